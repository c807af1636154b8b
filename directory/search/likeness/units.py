"""What is known about a municipality when it is compared, and its figures as numbers."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from directory.geo.points import Point
from directory.municipalities.models import Level

# Steps of legal status by the tasks they bring (§ 4 GO NRW); the Städteregion is a Kreis in law.
_STATUS_STEPS = {
    "Gemeinde": 0,
    "kreisangehörige Stadt": 1,
    "Mittlere kreisangehörige Stadt": 2,
    "Große kreisangehörige Stadt": 3,
    "kreisfreie Stadt": 4,
    "regionsangehörige Stadt (Rechtsstellung einer kreisfreien Stadt)": 4,
    "Kreis": 5,
    "Städteregion": 5,
    "Regierungsbezirk": 6,
}
# Degree of urbanisation after Eurostat, as GV-ISys writes it.
_URBANISATION_STEPS = {
    "gering besiedelt": 0,
    "mittlere Besiedlungsdichte": 1,
    "dicht besiedelt": 2,
}


@dataclass(frozen=True, slots=True)
class Unit:
    """What is known about one municipality, county or district; None or empty: not known.

    `density` is inhabitants per km². `county` is the key of the Kreis it lies in, its own five
    digits if it is in none. `topics` are those of its published practices.
    """

    ags: str
    name: str
    level: Level
    population: int | None
    density: float | None
    legal_status: str
    urbanisation: str | None
    county: str
    district: str
    point: Point | None
    topics: frozenset[str] = frozenset()
    practices: int = 0
    slug: str = ""


# Population, density, legal status and urbanisation, in the order of the factors
NUMBERS: tuple[Callable[[Unit], float | None], ...] = (
    lambda unit: None if unit.population is None else math.log(max(unit.population, 1)),
    lambda unit: math.log(unit.density) if unit.density else None,
    lambda unit: _STATUS_STEPS.get(unit.legal_status),
    lambda unit: _URBANISATION_STEPS.get(unit.urbanisation or ""),
)

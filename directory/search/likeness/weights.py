"""What makes two municipalities alike, and how much each of it counts: read from the address."""

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from directory.text import number

HEAVIEST = 5.0
PREFIX = "gewicht_"


class Factor(enum.StrEnum):
    """One respect in which two municipalities can differ; the values stand in the JSON."""

    POPULATION = "population"
    DENSITY = "density"
    LEGAL_STATUS = "legal_status"
    URBANISATION = "urbanisation"
    REGION = "region"
    DISTANCE = "distance"
    TOPICS = "topics"

    @property
    def label(self) -> str:
        """The German name of the factor."""
        return _FACTORS[self].label

    @property
    def hint(self) -> str:
        """What is compared, in a few words."""
        return _FACTORS[self].hint

    @property
    def parameter(self) -> str:
        """The name of the factor's weight in addresses."""
        return PREFIX + _FACTORS[self].name


@dataclass(frozen=True)
class _Description:
    name: str
    label: str
    hint: str
    usual_weight: float


_FACTORS = {
    Factor.POPULATION: _Description(
        "einwohner", "Einwohnerzahl", "im Verhältnis: doppelt so groß zählt überall gleich", 4
    ),
    Factor.DENSITY: _Description(
        "dichte", "Bevölkerungsdichte", "Menschen je km², im Verhältnis", 2
    ),
    Factor.LEGAL_STATUS: _Description(
        "rechtsstellung", "Rechtsstellung", "von der Gemeinde bis zur kreisfreien Stadt", 2
    ),
    Factor.URBANISATION: _Description(
        "siedlung", "Siedlungsdichte", "gering, mittel oder dicht besiedelt", 1
    ),
    Factor.REGION: _Description(
        "region", "Region", "derselbe Kreis, derselbe Regierungsbezirk oder keiner", 1
    ),
    Factor.DISTANCE: _Description("entfernung", "Entfernung", "Luftlinie in Kilometern", 1),
    Factor.TOPICS: _Description("themen", "Gemeinsame Themen", "der erfassten Praxisbeispiele", 1),
}


class Arguments(Protocol):
    """The part of Werkzeug's `MultiDict` that is needed."""

    def getlist(self, key: str) -> list[str]:
        """Return all values of one name."""


@dataclass(frozen=True)
class Weights:
    """How much each factor counts, from 0 (not at all) to 5; one value a factor, in its order."""

    values: tuple[float, ...]

    @classmethod
    def usual(cls) -> "Weights":
        """Return what holds as long as nobody chose."""
        return cls(tuple(_FACTORS[factor].usual_weight for factor in Factor))

    @classmethod
    def equal(cls) -> "Weights":
        """Return a weight of one for each factor."""
        return cls((1.0,) * len(Factor))

    @classmethod
    def of(cls, given: Mapping[Factor, float]) -> "Weights":
        """Return these weights; factors that are not named do not count."""
        return cls(tuple(given.get(factor, 0.0) for factor in Factor))

    @classmethod
    def from_args(cls, args: Arguments) -> tuple["Weights", tuple[str, ...]]:
        """Read the weights and, a sentence each, what could not be read."""
        values, problems = [], []
        for factor, usual in zip(Factor, cls.usual().values, strict=True):
            text = next(iter(args.getlist(factor.parameter)), "").strip()
            value = _read(text) if text else usual
            if value is None:
                problems.append(
                    f"Das Gewicht „{factor.label}“ muss eine Zahl von 0 bis {number(HEAVIEST)} "
                    f"sein; gerechnet wird mit {number(usual)}."
                )
                value = usual
            values.append(value)
        weights = cls(tuple(values))
        if not any(values):
            problems.append(
                "Alle Gewichte standen auf 0, so ließe sich nichts vergleichen; gerechnet wird "
                "mit gleichen Gewichten."
            )
            weights = cls.equal()
        return weights, tuple(problems)

    def __getitem__(self, factor: Factor) -> float:
        return dict(zip(Factor, self.values, strict=True))[factor]

    def pairs(self) -> list[tuple[str, str]]:
        """Return names and values for an address; what is as usual need not be said."""
        return [
            (factor.parameter, written(value))
            for factor, value, usual in zip(Factor, self.values, self.usual().values, strict=True)
            if value != usual
        ]


def written(weight: float) -> str:
    """Write a weight for an address or a control: `2` or `2.5`."""
    return f"{weight:g}"


def _read(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return round(value, 2) if math.isfinite(value) and 0 <= value <= HEAVIEST else None

"""A comparison of two municipalities in words and as lengths of a bar."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from directory.search.likeness.peers import Peer
from directory.search.likeness.scales import rounded_shares
from directory.search.likeness.units import Unit
from directory.search.likeness.weights import Factor
from directory.search.lists.reference import Reference
from directory.text import join, located_in, number
from directory.topics.models import TermKind
from directory.web.filters import km

_BAR = 100.0
# What is smaller does not tell two places apart.
_NOTICEABLE = 0.005
_NAMED_REASONS = 2


@dataclass(frozen=True)
class Share:
    """One factor of one comparison: `text` is its share in the index, `values` what was compared.

    `x` and `width` are its place in the stacked bar, in hundredths of the longest bar.
    """

    factor: str
    label: str
    text: str
    values: str
    missing: bool
    counts: bool
    x: float
    width: float


def shares(own: Unit, peer: Peer, reference: Reference, longest: float) -> list[Share]:
    """Return every factor; the rounded shares add up to the rounded index."""
    found = []
    rounded = rounded_shares(peer.index, [part.share for part in peer.parts])
    x = 0.0
    for part, share in zip(peer.parts, rounded, strict=True):
        width = _BAR * part.share / longest
        missing = part.difference is None
        found.append(
            Share(
                factor=colour(part.factor),
                label=part.factor.label,
                text=number(share, 2),
                values=_missing_value(part.factor, own, peer.unit)
                if missing
                else _VALUES[part.factor](own, peer, reference),
                missing=missing,
                counts=bool(part.weight),
                x=round(x, 2),
                width=round(width, 2),
            )
        )
        x += width
    return found


def colour(factor: Factor) -> str:
    """Return how static/css/peers.css calls the colour of a factor."""
    return factor.value.replace("_", "-")


def reason(peer: Peer) -> str:
    """Say what tells the two apart most, and where they are equal."""
    counted = [part for part in peer.parts if part.weight and part.difference is not None]
    telling = sorted(
        (part for part in counted if part.share >= _NOTICEABLE), key=lambda part: -part.share
    )
    equal = [part.factor.label for part in counted if not part.difference]
    sentences = []
    if telling:
        names = [part.factor.label for part in telling[:_NAMED_REASONS]]
        title = "Größter Unterschied" if len(names) == 1 else "Größte Unterschiede"
        sentences.append(f"{title}: {join(names)}.")
    if equal:
        sentences.append(f"Gleich: {join(equal)}.")
    return " ".join(sentences)


def missing_everywhere(found: Sequence[Peer], unknown: Sequence[Factor]) -> list[Factor]:
    """Return what counts but is not known of any of these peers.

    What is `unknown` of the place itself is not named again.
    """
    missing = [set(peer.missing) for peer in found]
    common = set.intersection(*missing) if missing else set()
    return [factor for factor in Factor if factor in common and factor not in unknown]


def missing_sentence(peer: Peer, said: Sequence[Factor]) -> str:
    """Name what counts but is not known of this peer; empty if nothing is missing.

    What is `said` once for all of them is left out.
    """
    names = [f"„{factor.label}“" for factor in peer.missing if factor not in said]
    return f"Angabe fehlt: {join(names)}." if names else ""


def unknown_sentence(name: str, unknown: Sequence[Factor], lacking: Sequence[Factor]) -> str:
    """Name what cannot be compared at all: `unknown` of the place itself, `lacking` of its peers.

    Empty if all is known.
    """
    sentences = [
        f"{whose} fehlt die Angabe {join([f'„{factor.label}“' for factor in factors])}."
        for whose, factors in ((f"Zu {name}", unknown), ("Zu den hier gezeigten", lacking))
        if factors
    ]
    if not sentences:
        return ""
    return " ".join([*sentences, "Verglichen wird ohne sie; die übrigen Gewichte zählen mehr."])


def _missing_value(factor: Factor, own: Unit, other: Unit) -> str:
    lacking = [unit.name for unit in (own, other) if _lacks(factor, unit)]
    if factor is Factor.TOPICS:
        return f"Angabe fehlt: noch kein Praxisbeispiel aus {join(lacking)} erfasst"
    return f"Angabe fehlt zu {join(lacking)}"


def _lacks(factor: Factor, unit: Unit) -> bool:
    match factor:
        case Factor.TOPICS:
            return not unit.topics
        case Factor.DISTANCE:
            return unit.point is None
        case Factor.POPULATION:
            return unit.population is None
        case Factor.DENSITY:
            return unit.density is None
        case Factor.URBANISATION:
            return unit.urbanisation is None
    return False


def _both(one: str, other: str) -> str:
    return f"beide: {one}" if one == other else f"{one} – {other}"


def _region(own: Unit, peer: Peer, reference: Reference) -> str:
    other = peer.unit
    if own.county == other.county and own.county in reference.counties:
        return f"beide {located_in(reference.counties[own.county])}"
    districts = [
        reference.districts.get(unit.district, "").removeprefix("Regierungsbezirk ")
        for unit in (own, other)
    ]
    if own.district == other.district:
        return f"beide im Regierungsbezirk {districts[0]}"
    return f"Regierungsbezirke {join(districts)}"


def _topics(own: Unit, peer: Peer, reference: Reference) -> str:
    shared = own.topics & peer.unit.topics
    labels = [label for slug, label in reference.terms[TermKind.TOPIC].items() if slug in shared]
    return f"gemeinsam: {', '.join(labels)}" if labels else "keines gemeinsam"


_VALUES: dict[Factor, Callable[[Unit, Peer, Reference], str]] = {
    Factor.POPULATION: lambda own, peer, _: (
        f"{number(own.population or 0)} – {number(peer.unit.population or 0)}"
    ),
    Factor.DENSITY: lambda own, peer, _: (
        f"{number(own.density or 0, 0)} – {number(peer.unit.density or 0, 0)} je km²"
    ),
    Factor.LEGAL_STATUS: lambda own, peer, _: _both(own.legal_status, peer.unit.legal_status),
    Factor.URBANISATION: lambda own, peer, _: _both(
        own.urbanisation or "", peer.unit.urbanisation or ""
    ),
    Factor.REGION: _region,
    Factor.DISTANCE: lambda _own, peer, _: f"{km(peer.km or 0)} Luftlinie",
    Factor.TOPICS: _topics,
}

"""What is asked of a collection: which names its address may have, and what they say."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from werkzeug.datastructures import MultiDict

from directory.errors import BadInput
from directory.geo.points import Box
from directory.ogc.moments import Interval
from directory.search.criteria import Criteria
from directory.search.lists.listings import ALL, LISTINGS, ListKind
from directory.search.lists.reference import Reference
from directory.search.parameters import TEXT, Fault, GetReference, Parameter, faults
from directory.text import number

MOST_ITEMS = 1_000
USUAL_ITEMS = 100
LAST_OFFSET = 100_000_000
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

_WHOLE = re.compile(r"[0-9]{1,18}")
# Names that say how to answer, not which features
_BESIDES = {"f", "limit", "offset", "bbox", "bbox-crs", "crs", "datetime", "geometry"}
_EDGES, _EDGES_WITH_HEIGHT = 4, 6


class BadQuestion(BadInput):
    """Names or values of the address that the standard wants refused."""

    status = 400
    title = "Anfrage nicht verstanden"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(" ".join(detail for _, detail in faults))
        self.members = {"errors": [{"name": name, "detail": detail} for name, detail in faults]}


def boxes_of(text: str) -> tuple[Box, ...]:
    """Return what `bbox` says as boxes: two if it crosses the date line. Heights do not count.

    Raises:
        ValueError: it is not four or six numbers, or these make no box.
    """
    edges = [float(part) for part in text.split(",")]
    if len(edges) == _EDGES_WITH_HEIGHT:
        west, south, lowest, east, north, highest = edges
        if not lowest <= highest:
            raise ValueError("the lowest height is above the highest")
    else:
        west, south, east, north = edges
    if west > east:
        return Box(west, south, 180.0, north), Box(-180.0, south, east, north)
    return (Box(west, south, east, north),)


def _limit_fault(text: str) -> str | None:
    if _WHOLE.fullmatch(text) and int(text) > 0:
        return None
    most = number(MOST_ITEMS)
    return f"„limit“ muss eine ganze Zahl ab 1 sein; mehr als {most} kommen nie auf einmal."


def _bbox_fault(text: str) -> str | None:
    try:
        boxes_of(text)
    except ValueError:
        return (
            "„bbox“ braucht vier Zahlen in Grad, durch Komma getrennt: West,Süd,Ost,Nord; "
            "oder sechs, mit der Höhe nach Süd und nach Nord."
        )
    return None


def _datetime_fault(text: str) -> str | None:
    try:
        Interval.from_text(text)
    except ValueError:
        return (
            "„datetime“ braucht einen Tag (2026-02-03), einen Zeitpunkt (2026-02-03T10:00:00Z) "
            "oder einen Zeitraum aus zweien davon (2026-02-03/.. heißt: ab dann)."
        )
    return None


def _crs_fault(text: str) -> str | None:
    return None if text == CRS84 else f"Koordinaten gibt es hier nur in {CRS84}."


FORM = Parameter(
    "f",
    "Form der Antwort; ohne Angabe entscheidet `Accept`",
    TEXT,
    values=lambda _: {"json": "JSON oder GeoJSON", "html": "Seite für Menschen"},
)
LIMIT = Parameter(
    "limit",
    f"Höchstzahl der Features; mehr als {number(MOST_ITEMS)} kommen nie auf einmal",
    {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": USUAL_ITEMS},
    check=_limit_fault,
)
OFFSET = Parameter(
    "offset",
    "Features, die übersprungen werden",
    {"type": "integer", "minimum": 0, "maximum": LAST_OFFSET, "default": 0},
)
BBOX = Parameter(
    "bbox",
    "Nur was dieses Rechteck berührt: West,Süd,Ost,Nord in Grad; mit Höhen sechs Zahlen",
    {
        "type": "array",
        "items": {"type": "number"},
        "oneOf": [{"minItems": count, "maxItems": count} for count in (4, 6)],
    },
    example="6.9,50.6,7.3,50.9",
    check=_bbox_fault,
)
DATETIME = Parameter(
    "datetime",
    "Nur was in diese Zeit fällt: Tag, Zeitpunkt oder Zeitraum, `..` ist ein offenes Ende",
    TEXT,
    example="2024-01-01/..",
    check=_datetime_fault,
)
GEOMETRY = Parameter(
    "geometry",
    "Als was Features gezeigt werden: Punkt oder Grenze ihrer Kommune",
    TEXT | {"default": "point"},
    values=lambda _: {"point": "Punkt", "boundary": "Grenze"},
)
CRS = tuple(
    Parameter(name, f"{whose}; nur CRS84 (WGS 84, Länge zuerst)", TEXT, check=_crs_fault)
    for name, whose in (
        ("crs", "Koordinatensystem der Antwort"),
        ("bbox-crs", "Koordinatensystem von `bbox`"),
    )
)
OF_ITEMS = (FORM, LIMIT, OFFSET, BBOX, DATETIME, GEOMETRY, *CRS)
OF_ITEM = (FORM, GEOMETRY, CRS[0])


@dataclass(frozen=True)
class Question:
    """One question to a collection, checked; what is absent is as usual."""

    args: MultiDict[str, str]
    # Name of a property → name of the filter that pages have for it
    aliases: Mapping[str, str]
    get_reference: GetReference

    @property
    def reference(self) -> Reference:
        """What values are checked and labelled with."""
        return self.get_reference()

    @cached_property
    def limit(self) -> int:
        """How many features at most."""
        return min(int(self.args.get("limit", USUAL_ITEMS)), MOST_ITEMS)

    @cached_property
    def offset(self) -> int:
        """How many features stand before the first one."""
        return int(self.args.get("offset", 0))

    @cached_property
    def boxes(self) -> tuple[Box, ...] | None:
        """The boxes that features have to meet one of; None: they may be anywhere."""
        text = self.args.get("bbox")
        return None if text is None else boxes_of(text)

    @cached_property
    def interval(self) -> Interval | None:
        """The time that features have to belong to; None: any."""
        text = self.args.get("datetime")
        return None if text is None else Interval.from_text(text)

    @cached_property
    def outlines(self) -> bool:
        """Whether features are areas, not points."""
        return self.args.get("geometry") == "boundary"

    def pairs(self, *without: str) -> list[tuple[str, str]]:
        """Return all names and values but those of some names."""
        return [pair for pair in self.args.items(multi=True) if pair[0] not in without]

    def filters(self, *without: str) -> MultiDict[str, str]:
        """Return what narrows the features, each filter as pages call it."""
        return MultiDict(
            (self.aliases.get(name, name), value) for name, value in self.pairs(*_BESIDES, *without)
        )

    def criteria(self, kind: ListKind, *without: str) -> Criteria:
        """Return the filters, but those `without` a meaning there, as the list's page reads them.

        Raises:
            BadQuestion: the page would say that it did not understand something.
        """
        filters = self.filters(*without)
        # A collection without filters is all of it.
        if LISTINGS[kind].members_by_default and "mitglied" not in filters:
            filters.add("mitglied", ALL)
        criteria = Criteria.from_args(filters, kind=kind, reference=self.reference)
        if criteria.problems:
            raise BadQuestion([(one.name, one.wrong) for one in criteria.problems])
        return criteria


def read_question(
    args: MultiDict[str, str],
    parameters: Sequence[Parameter],
    reference: Callable[[], Reference],
    aliases: Mapping[str, str] | None = None,
) -> Question:
    """Return what an address asks.

    Raises:
        BadQuestion: it has a name that is not among `parameters`, or a value nobody understands.
    """
    aliases = aliases or {}
    wrong = faults(args, parameters, reference)
    wrong += [
        (name, f"„{name}“ und „{meant}“ meinen dasselbe; geben Sie nur eines an.")
        for name, meant in aliases.items()
        if name in args and meant in args
    ]
    if wrong:
        raise BadQuestion(wrong)
    return Question(args, aliases, reference)

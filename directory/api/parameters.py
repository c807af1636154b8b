"""What may stand behind the `?` of each address: read strictly, described from the same place.

Pages say what they did not understand and go on; programmes are refused, with every name that is
wrong, because nobody would read a sentence beside the answer.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from directory.api.schemas import Schema
from directory.errors import BadInput
from directory.search.criteria import (
    DISTANCE,
    PAGE_SIZE,
    RELEVANCE,
    SIMILARITY,
    Criteria,
)
from directory.search.listings import LISTINGS, ListKind
from directory.search.reference import Reference
from directory.search.weights import HEAVIEST, Factor
from directory.text import clean, number

MOST_ITEMS = 100
LAST_OFFSET = 100_000_000
WEIGHT = "weight_"

Values = Mapping[str, str]
GetReference = Callable[[], Reference]


class BadQuery(BadInput):
    """Names of the address that are not known or have values that nobody understands."""

    title = "Anfrage nicht verstanden"

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__(" ".join(detail for _, detail in faults))
        self.members = {"errors": [{"name": name, "detail": detail} for name, detail in faults]}


@dataclass(frozen=True)
class Parameter:
    """One name of an address and what it may say."""

    name: str
    meaning: str
    schema: Schema
    # Values it may have, with labels, where the catalogue knows them all
    values: Callable[[Reference], Values] | None = None
    repeats: bool = False
    # Whether it may stand there without a value
    may_be_empty: bool = False
    example: str | int | None = None

    def fault(self, given: Sequence[str], reference: GetReference) -> str | None:
        """Return what is wrong with these values, if anything is."""
        if len(given) > 1 and not self.repeats:
            return f"„{self.name}“ darf nur einmal angegeben werden."
        for value in given:
            if not value and not self.may_be_empty:
                return f"„{self.name}“ ist leer; lassen Sie die Angabe weg."
            if wrong := self._wrong(value, reference):
                return wrong
        return None

    def _wrong(self, value: str, reference: GetReference) -> str | None:
        if len(value) > self.schema.get("maxLength", len(value)):
            return f"„{self.name}“ darf höchstens {self.schema['maxLength']} Zeichen lang sein."
        if self.values is not None:
            if clean(value) not in self.values(reference()):
                return f"„{self.name}“ kennt den Wert „{_short(value)}“ nicht."
        elif (form := _NUMBERS.get(self.schema["type"])) is not None:
            low, high = self.schema["minimum"], self.schema["maximum"]
            pattern, called = form
            if not pattern.fullmatch(value) or not low <= _number(value) <= high:
                return (
                    f"„{self.name}“ muss eine {called} von {number(low)} bis {number(high)} sein."
                )
        return None


# A whole number of more digits is none that anybody means.
_NUMBERS = {
    "integer": (re.compile(r"[0-9]{1,12}"), "ganze Zahl"),
    "number": (re.compile(r"[0-9]+([.,][0-9]+)?(e[-+]?[0-9]{1,3})?", re.IGNORECASE), "Zahl"),
}


def _number(text: str) -> float:
    return float(text.replace(",", "."))


@dataclass(frozen=True)
class Asked:
    """The names and values of one address, checked; what is absent is as usual."""

    path: str
    args: MultiDict[str, str]
    get_reference: GetReference

    @property
    def reference(self) -> Reference:
        """What values are checked and labelled with; read only by those who need it."""
        return self.get_reference()

    @property
    def limit(self) -> int:
        """How many items at most."""
        return int(self.args.get("limit", PAGE_SIZE))

    @property
    def offset(self) -> int:
        """How many items stand before the first one."""
        parts_before = int(self.args.get("seite", 1)) - 1
        return int(self.args.get("offset", 0)) + parts_before * self.limit

    def pairs(self, *without: str) -> list[tuple[str, str]]:
        """Return all names and values but those of some names."""
        return [pair for pair in self.args.items(multi=True) if pair[0] not in without]

    def criteria(self, kind: ListKind) -> Criteria:
        """Return the same question as the page of the list would read it.

        Raises:
            BadQuery: the page would say that it did not understand something.
        """
        args = MultiDict(self.pairs("limit", "offset", "seite"))
        criteria = Criteria.from_args(args, kind=kind, reference=self.reference)
        if criteria.problems:
            raise BadQuery([(one.name, one.wrong) for one in criteria.problems])
        return criteria


def read(
    path: str,
    args: MultiDict[str, str],
    parameters: Sequence[Parameter],
    reference: GetReference,
) -> Asked:
    """Return what an address asks.

    Raises:
        BadQuery: it holds a name that is not among `parameters`, or a value nobody understands.
    """
    known = {one.name: one for one in parameters}
    faults = []
    for name in args:
        if name not in known:
            faults.append((_short(name), f"„{_short(name)}“ gibt es hier nicht."))
        elif wrong := known[name].fault(args.getlist(name), reference):
            faults.append((name, wrong))
    if faults:
        raise BadQuery(faults)
    return Asked(path, args, reference)


def _short(text: str, length: int = 40) -> str:
    text = clean(text)
    return text if len(text) <= length else f"{text[:length]}…"


# Parameters --------------------------------------------------------------------------------------

_TEXT: Schema = {"type": "string"}


def _integer(low: int, high: int, usual: int | None = None) -> Schema:
    schema: Schema = {"type": "integer", "minimum": low, "maximum": high}
    return schema if usual is None else schema | {"default": usual}


def limit(usual: int = PAGE_SIZE) -> Parameter:
    """How many items at most, `usual` if nobody says."""
    return Parameter("limit", "Höchstzahl der Einträge", _integer(1, MOST_ITEMS, usual))


OFFSET = Parameter("offset", "Einträge, die übersprungen werden", _integer(0, LAST_OFFSET, 0))
WINDOW = (limit(), OFFSET)
_PAGE = Parameter(
    "seite",
    "Nummer des Abschnitts von `limit` Einträgen, gezählt ab `offset`",
    _integer(1, 100_000),
)
_WORDS = Parameter(
    "q",
    "Suchworte; deutsche Wortformen, Zusammensetzungen und Tippfehler werden verstanden",
    {**_TEXT, "maxLength": 300},
    may_be_empty=True,
    example="ehrenamt",
)
_LITERAL = Parameter(
    "genau",
    "Worte so nehmen, wie sie dastehen: nichts berichtigen, keine verwandten Worte",
    _TEXT,
    values=lambda _: {"1": "wörtlich"},
)
_PLACES = (
    Parameter("ort", "Name, Postleitzahl oder `Breite,Länge` in NRW", _TEXT, example="Bonn"),
    Parameter(
        "umkreis",
        "Kilometer um `ort`",
        {"type": "number", "minimum": 0.1, "maximum": 500},
        example=25,
    ),
    Parameter(
        "bbox",
        "Rechteck aus Grad: West,Süd,Ost,Nord",
        {**_TEXT, "pattern": r"^-?\d+(\.\d+)?(,-?\d+(\.\d+)?){3}$"},
        example="6.9,50.6,7.3,50.9",
    ),
    Parameter(
        "meine",
        "Eigene Kommune (Name, Postleitzahl oder AGS), für `sort=aehnlich`",
        _TEXT,
        example="05962016",
    ),
)
KEYS = Parameter(
    "kommune",
    "AGS der Kommune",
    _TEXT,
    values=lambda reference: {place.ags: place.name for place in reference.gazetteer.places()},
    repeats=True,
)


def of_listing(kind: ListKind) -> tuple[Parameter, ...]:
    """Return the names that the list understands on its page, with `limit` and `offset`."""
    listing = LISTINGS[kind]
    facets = tuple(
        Parameter(
            facet.name,
            f"{facet.label}; mehrere Werte heißen „oder“",
            _TEXT,
            values=facet.labels,
            repeats=True,
        )
        for facet in listing.facets
    )
    places = _PLACES if listing.place is not None else ()
    return (_WORDS, _LITERAL, *facets, *places, _sort(kind), *WINDOW, _PAGE)


def _sort(kind: ListKind) -> Parameter:
    listing = LISTINGS[kind]
    orders = {RELEVANCE: "beste Treffer zuerst"}
    orders |= {name: order.label for name, order in listing.orders.items()}
    if listing.place is not None:
        orders[DISTANCE] = "Entfernung; nur mit `ort`"
        orders[SIMILARITY] = "Ähnlichkeit zur eigenen Kommune; nur mit `meine`"
    said = "; ".join(f"`{name}`: {label}" for name, label in orders.items())
    usual = listing.default_order
    return Parameter(
        "sort",
        f"Reihenfolge, ohne Angabe `{usual}`, mit Suchworten `{RELEVANCE}`. {said}",
        _TEXT,
        values=lambda _: orders,
    )


def weights() -> Iterator[Parameter]:
    """Yield the weight of each factor of a comparison."""
    for factor in Factor:
        yield Parameter(
            f"{WEIGHT}{factor.value}",
            f"Gewicht von „{factor.label}“ ({factor.hint})",
            {"type": "number", "minimum": 0, "maximum": HEAVIEST},
        )

"""What may stand behind the `?` of each address of the JSON interface, and how it is read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from directory.errors import BadInput
from directory.search.criteria import PAGE_SIZE, Criteria
from directory.search.likeness.weights import HEAVIEST, Factor
from directory.search.lists.listings import LISTINGS, ListKind
from directory.search.lists.reference import Reference
from directory.search.parameters import (
    LITERAL,
    PLACES,
    TEXT,
    WORDS,
    Fault,
    GetReference,
    Parameter,
    Schema,
    facets_of,
    faults,
    sort_of,
)

MOST_ITEMS = 100
LAST_OFFSET = 100_000_000
WEIGHT = "weight_"


class BadQuery(BadInput):
    """Names of the address that are not known or have values that nobody understands."""

    title = "Anfrage nicht verstanden"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(" ".join(detail for _, detail in faults))
        self.members = {"errors": [{"name": name, "detail": detail} for name, detail in faults]}


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
    if wrong := faults(args, parameters, reference):
        raise BadQuery(wrong)
    return Asked(path, args, reference)


# Parameters --------------------------------------------------------------------------------------


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
KEYS = Parameter(
    "kommune",
    "AGS der Kommune",
    TEXT,
    values=lambda reference: {place.ags: place.name for place in reference.gazetteer.places()},
    repeats=True,
)


def of_listing(kind: ListKind) -> tuple[Parameter, ...]:
    """Return the names that the list understands on its page, with `limit` and `offset`."""
    places = PLACES if LISTINGS[kind].place is not None else ()
    return (WORDS, LITERAL, *facets_of(kind), *places, sort_of(kind), *WINDOW, _PAGE)


def weights() -> Iterator[Parameter]:
    """Yield the weight of each factor of a comparison."""
    for factor in Factor:
        yield Parameter(
            f"{WEIGHT}{factor.value}",
            f"Gewicht von „{factor.label}“ ({factor.hint})",
            {"type": "number", "minimum": 0, "maximum": HEAVIEST},
        )

"""What may stand behind the `?` of an address that programmes ask: one object for each name.

Pages say what they did not understand and go on; programmes are refused, with every name that is
wrong, because nobody would read a sentence beside the answer.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from directory.search.criteria import (
    DISTANCE,
    LARGEST_RADIUS_KM,
    RELEVANCE,
    SIMILARITY,
    short,
)
from directory.search.lists.listings import LISTINGS, ListKind
from directory.search.lists.reference import Reference
from directory.search.words.question import LONGEST_QUERY
from directory.text import clean, number

# A JSON Schema
Schema = dict[str, Any]
Values = Mapping[str, str]
GetReference = Callable[[], Reference]
# A name of the address, and what is wrong with it as a sentence
Fault = tuple[str, str]


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
    # What is wrong with a value, where the schema cannot tell
    check: Callable[[str], str | None] | None = None

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
        if self.check is not None:
            return self.check(value)
        if self.values is not None:
            if clean(value) not in self.values(reference()):
                return f"„{self.name}“ kennt den Wert „{short(value)}“ nicht."
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


def faults(
    args: MultiDict[str, str], parameters: Sequence[Parameter], reference: GetReference
) -> list[Fault]:
    """Return what is wrong with an address: names not among `parameters`, and wrong values."""
    known = {one.name: one for one in parameters}
    found = []
    for name in args:
        if name not in known:
            found.append((short(name), f"„{short(name)}“ gibt es hier nicht."))
        elif wrong := known[name].fault(args.getlist(name), reference):
            found.append((name, wrong))
    return found


# Parameters --------------------------------------------------------------------------------------

TEXT: Schema = {"type": "string"}


WORDS = Parameter(
    "q",
    "Suchworte; deutsche Wortformen, Zusammensetzungen und Tippfehler werden verstanden",
    {**TEXT, "maxLength": LONGEST_QUERY},
    may_be_empty=True,
    example="ehrenamt",
)
LITERAL = Parameter(
    "genau",
    "Worte so nehmen, wie sie dastehen: nichts berichtigen, keine verwandten Worte",
    TEXT,
    values=lambda _: {"1": "wörtlich"},
)
PLACES = (
    Parameter("ort", "Name, Postleitzahl oder `Breite,Länge` in NRW", TEXT, example="Bonn"),
    Parameter(
        "umkreis",
        "Kilometer um `ort`",
        {"type": "number", "minimum": 0.1, "maximum": LARGEST_RADIUS_KM},
        example=25,
    ),
    Parameter(
        "bbox",
        "Rechteck aus Grad: West,Süd,Ost,Nord",
        {**TEXT, "pattern": r"^-?\d+(\.\d+)?(,-?\d+(\.\d+)?){3}$"},
        example="6.9,50.6,7.3,50.9",
    ),
    Parameter(
        "meine",
        "Eigene Kommune (Name, Postleitzahl oder AGS), für `sort=aehnlich`",
        TEXT,
        example="05962016",
    ),
)


def facets_of(kind: ListKind) -> tuple[Parameter, ...]:
    """Return the filters of a list, as its page calls them."""
    return tuple(
        Parameter(
            facet.name,
            f"{facet.label}; mehrere Werte heißen „oder“",
            TEXT,
            values=facet.labels,
            repeats=True,
        )
        for facet in LISTINGS[kind].facets
    )


def sort_of(kind: ListKind) -> Parameter:
    """Return in which orders a list can be asked for."""
    listing = LISTINGS[kind]
    orders = {RELEVANCE: "beste Treffer zuerst"}
    orders |= {name: order.label for name, order in listing.orders.items()}
    if listing.place is not None:
        orders[DISTANCE] = "Entfernung; nur mit `ort`"
        orders[SIMILARITY] = "Ähnlichkeit zur eigenen Kommune; nur mit `meine`"
    said = "; ".join(f"`{name}`: {label}" for name, label in orders.items())
    usual = listing.default_order
    near = f", mit `umkreis` `{DISTANCE}`" if listing.place is not None else ""
    return Parameter(
        "sort",
        f"Reihenfolge, ohne Angabe `{usual}`, mit Suchworten `{RELEVANCE}`{near}. {said}",
        TEXT,
        values=lambda _: orders,
    )

"""What a visitor asks of a list, as an object: read from the address once, printed back exactly.

Pages, map, JSON and exports all build the same :class:`Criteria`; nothing else reads the address.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, Self
from urllib.parse import urlencode

from directory.geo.places import Found
from directory.geo.points import Box
from directory.search.lists.listings import ALL, LISTINGS, Listing, ListKind
from directory.search.lists.reference import Reference
from directory.search.words.question import LONGEST_QUERY
from directory.search.words.understanding import Understood, understand
from directory.text import clean, join, number

PAGE_SIZE = 20
RELEVANCE, DISTANCE, SIMILARITY = "relevanz", "entfernung", "aehnlich"
RADII_KM = (10, 25, 50, 100)
LARGEST_RADIUS_KM = 500

_DEFAULT_RADIUS_KM = 25.0
_LAST_PAGE = 100_000
# So much of what somebody sent is repeated to them.
_LONGEST_REPEATED = 40
# Names every list understands besides its facets.
_COMMON = {"q", "genau", "ort", "umkreis", "bbox", "meine", "sort", "seite"}
# Names that say how a page shows a list, not what is in it
_OF_PAGES = {"alle", "ebene"}

Pair = tuple[str, str]


class Arguments(Protocol):
    """The part of Werkzeug's `MultiDict` that is needed."""

    def keys(self) -> Iterable[str]:
        """Return the names."""

    def getlist(self, key: str) -> list[str]:
        """Return all values of one name."""


class Problem(str):
    """What could not be understood of one name of the address, as a sentence for people.

    It says what was done `instead`, because pages go on without it; programmes are refused, so to
    them it says only what is `wrong`.
    """

    __slots__ = ("name", "wrong")

    name: str
    wrong: str

    def __new__(cls, name: str, wrong: str, instead: str, hint: str = "") -> Self:
        """Make the sentence: what is `wrong`; what was done `instead`. And a `hint`."""
        hint = hint and f" {hint}"
        self = super().__new__(cls, f"{wrong}; {instead}.{hint}")
        self.name = name
        self.wrong = f"{wrong}.{hint}"
        return self


@dataclass(frozen=True)
class Criteria:
    """One question to one list."""

    kind: ListKind
    q: str = ""
    # Take the words as they are: no correction, no other words, no places among them
    literal: bool = False
    # Facet name → chosen values; values of one facet mean "or", facets mean "and"
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    place: str = ""
    where: Found | None = None
    radius_km: float | None = None
    box: Box | None = None
    # AGS of the visitor's own municipality; narrows nothing, but lists say how near others are
    own: str = ""
    sort: str = ""
    page: int = 1
    # What of this was read from the visitor's words; pages say so
    understood: Understood | None = field(default=None, compare=False)
    # Set where a place from the words would leave nothing: entries may then lack most words
    leniently: bool = field(default=False, compare=False)
    # What could not be understood, one sentence each; the rest still applies
    problems: tuple[Problem, ...] = field(default=(), compare=False)

    @classmethod
    def from_args(cls, args: Arguments, *, kind: ListKind, reference: Reference) -> "Criteria":
        """Read a question; whatever is wrong becomes a sentence in `problems`."""
        return _Reader(args, LISTINGS[kind], reference).criteria()

    @property
    def listing(self) -> Listing:
        """The list that is asked."""
        return LISTINGS[self.kind]

    @property
    def members_only(self) -> bool:
        """Whether the list is narrowed to members because nobody asked for all."""
        return self.listing.members_by_default and not self.choices.get("mitglied")

    @property
    def order(self) -> str:
        """The order in force: the chosen one, or what fits the question best."""
        if self.sort:
            return self.sort
        return _usual_order(self.listing, self.q, self.radius_km)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but order and page is asked for."""
        return bool(self.q or self.choices or self.place or self.box)

    def pairs(self) -> list[Pair]:
        """Return the question as names and values, as it stands in the address."""
        found: list[Pair] = [("q", self.q)] if self.q else []
        if self.literal:
            found.append(("genau", "1"))
        for facet in self.listing.facets:
            found += [(facet.name, value) for value in self.choices.get(facet.name, ())]
        if self.place:
            found.append(("ort", self.place))
        if self.radius_km is not None:
            found.append(("umkreis", f"{self.radius_km:g}".replace(".", ",")))
        if self.box:
            found.append(("bbox", self.box.to_text()))
        if self.own:
            found.append(("meine", self.own))
        if self.sort:
            found.append(("sort", self.sort))
        if self.page > 1:
            found.append(("seite", str(self.page)))
        return found

    def to_query(self) -> str:
        """Return the question as the part of an address after `?`; empty if nothing is asked."""
        return urlencode(self.pairs())

    def hidden_inputs(self, exclude: Sequence[str] = ()) -> list[Pair]:
        """Return what a form has to carry along; a new question starts at the first page."""
        return [pair for pair in self.pairs() if pair[0] not in {*exclude, "seite"}]

    def on_page(self, page: int) -> "Criteria":
        """Return the same question, asked for another page."""
        return replace(self, page=page)

    def sorted_by(self, sort: str) -> "Criteria":
        """Return the same question in another order."""
        return replace(self, sort=sort, page=1)

    def without(self, name: str, value: str | None = None) -> "Criteria":
        """Return the question without one filter, or without one `value` of it."""
        if name == "q":
            sort = "" if self.sort == RELEVANCE else self.sort
            return replace(self, q="", literal=False, sort=sort, page=1)
        if name == "ort":
            sort = "" if self.sort == DISTANCE else self.sort
            return replace(self, place="", where=None, radius_km=None, sort=sort, page=1)
        if name == "bbox":
            return replace(self, box=None, page=1)
        kept = tuple(v for v in self.choices.get(name, ()) if value is not None and v != value)
        return self._choosing(name, kept)

    def toggled(self, name: str, value: str) -> "Criteria":
        """Return the question with one value of a facet switched on or off."""
        chosen = self.choices.get(name, ())
        if value in chosen:
            return self.without(name, value)
        if name == "mitglied" and self.listing.members_by_default:
            return self._choosing(name, (value,))
        return self._choosing(name, (*chosen, value))

    def everywhere(self) -> "Criteria":
        """Return the same words without any filter: in all of North Rhine-Westphalia."""
        choices = {"mitglied": (ALL,)} if self.listing.members_by_default else {}
        return Criteria(kind=self.kind, q=self.q, literal=self.literal, choices=choices)

    def for_list(self, kind: ListKind) -> "Criteria":
        """Return what of the question another list understands as well."""
        names = {facet.name for facet in LISTINGS[kind].facets}
        choices = {name: values for name, values in self.choices.items() if name in names}
        return Criteria(
            kind=kind,
            q=self.q,
            literal=self.literal,
            choices=choices,
            place=self.place,
            where=self.where,
            radius_km=self.radius_km,
            box=self.box,
            own=self.own,
        )

    def _choosing(self, name: str, values: tuple[str, ...]) -> "Criteria":
        choices = {n: v for n, v in self.choices.items() if n != name}
        if values:
            choices[name] = values
        return replace(self, choices=choices, page=1)


class _Reader:
    """Reads one question and collects what is wrong with it."""

    def __init__(self, args: Arguments, listing: Listing, reference: Reference) -> None:
        self.args = args
        self.listing = listing
        self.reference = reference
        self.problems: list[Problem] = []
        self.understood: Understood | None = None

    def criteria(self) -> Criteria:
        q = self._text("q")
        literal = bool(q) and self._text("genau") == "1"
        if not literal:
            self.understood = self._understand(q)
            q = self.understood.words if self.understood else q
        choices = self._choices()
        words, place = self._place()
        # A region has no middle.
        has_point = place is not None and place.point is not None
        radius = self._radius(has_place=place is not None) if has_point or not place else None
        if place is not None and not place.places and radius is None:
            radius = _DEFAULT_RADIUS_KM
        box = self._box()
        own = self._own()
        usual = _usual_order(self.listing, q, radius)
        sort = self._sort(usual=usual, has_point=has_point, has_own=bool(own))
        page = self._page()
        self._refuse_unknown_names()
        return Criteria(
            kind=self.listing.kind,
            q=q,
            literal=literal,
            choices=choices,
            place=words if place else "",
            where=place,
            radius_km=radius,
            box=box,
            own=own,
            sort=sort,
            page=page,
            understood=self.understood,
            problems=tuple(self.problems),
        )

    def _refuse(self, name: str, wrong: str, instead: str, hint: str = "") -> None:
        self.problems.append(Problem(name, wrong, instead, hint))

    def _text(self, name: str) -> str:
        values = self.args.getlist(name)
        text = clean(values[0]) if values else ""
        if len(text) > LONGEST_QUERY:
            self._refuse(
                name,
                "Ihre Suchworte sind sehr lang",
                f"gesucht wurde nach den ersten {LONGEST_QUERY} Zeichen",
            )
            text = text[:LONGEST_QUERY].strip()
        return text

    def _understand(self, q: str) -> Understood | None:
        """Return what the words say about places, where the address does not say it."""
        if not q or self.listing.place is None:
            return None
        found = understand(
            q,
            self.reference.gazetteer,
            facets={facet.name for facet in self.listing.facets if facet.is_of_places},
            of_places=self.listing.kind is ListKind.MUNICIPALITIES,
        )
        if found is None or (found.place and self._text("ort")):
            return None
        return None if any(map(self._text, found.choices)) else found

    def _choices(self) -> dict[str, tuple[str, ...]]:
        choices = {}
        for facet in self.listing.facets:
            given = list(dict.fromkeys(clean(v) for v in self.args.getlist(facet.name)))
            if self.understood:
                given += self.understood.choices.get(facet.name, ())
            wanted = [value for value in given if value]
            known = facet.labels(self.reference) if wanted else {}
            unknown = [value for value in wanted if value not in known]
            if unknown:
                self._refuse(
                    facet.name,
                    f"„{facet.label}“ kennt den Wert {_quoted(unknown)} nicht",
                    "dieser Filter wurde weggelassen",
                )
            chosen = tuple(value for value in wanted if value in known)
            if chosen and not self._is_default(facet.name, chosen):
                choices[facet.name] = chosen
        return choices

    def _is_default(self, name: str, chosen: tuple[str, ...]) -> bool:
        return self.listing.members_by_default and name == "mitglied" and ALL not in chosen

    def _place(self) -> tuple[str, Found | None]:
        words = self._text("ort") or (self.understood.place if self.understood else "")
        if not words:
            return "", None
        if self.listing.place is None:
            self._refuse(
                "ort",
                f"{self.listing.plural} lassen sich nicht nach Ort eingrenzen",
                "gesucht wurde überall",
            )
            return "", None
        gazetteer = self.reference.gazetteer
        found = gazetteer.find_area(words)
        if found is None:
            similar = [f"„{place.name}“" for place in gazetteer.suggest(words)]
            self._refuse(
                "ort",
                f"Einen Ort „{short(words)}“ kennen wir in Nordrhein-Westfalen nicht",
                "gesucht wurde ohne Ort",
                f"Meinten Sie {join(similar, 'oder')}?" if similar else "",
            )
        return words, found

    def _radius(self, *, has_place: bool) -> float | None:
        text = self._text("umkreis")
        if not text:
            return self.understood.radius_km if self.understood else None
        try:
            radius = float(text.replace(",", "."))
        except ValueError:
            radius = math.nan
        if not 0 < radius <= LARGEST_RADIUS_KM:
            self._refuse(
                "umkreis",
                "Der Umkreis muss eine Zahl in Kilometern zwischen 1 und "
                f"{number(LARGEST_RADIUS_KM)} sein",
                "gesucht wurde ohne Umkreis",
            )
            return None
        if not has_place:
            if not self.args.getlist("ort") or not self._text("ort"):
                self._refuse("umkreis", "Zu einem Umkreis gehört ein Ort", "gesucht wurde überall")
            return None
        return round(radius, 1)

    def _box(self) -> Box | None:
        text = self._text("bbox")
        if not text:
            return None
        try:
            return Box.from_text(text)
        except ValueError:
            self._refuse(
                "bbox",
                "Der Kartenausschnitt war nicht lesbar",
                "gesucht wurde in ganz Nordrhein-Westfalen",
            )
            return None

    def _own(self) -> str:
        words = self._text("meine")
        if not words or self.listing.place is None:
            return ""
        found = self.reference.gazetteer.find(words)
        if found is None or not found.places:
            self._refuse(
                "meine",
                f"Eine Kommune „{short(words)}“ kennen wir in Nordrhein-Westfalen nicht",
                "bitte wählen Sie Ihre Kommune noch einmal",
            )
            return ""
        return found.places[0].ags

    def _sort(self, *, usual: str, has_point: bool, has_own: bool) -> str:
        sort = self._text("sort")
        if sort in {"", usual, RELEVANCE}:
            return ""
        if (sort == DISTANCE and has_point) or (sort == SIMILARITY and has_own):
            return sort
        if sort == SIMILARITY:
            self._refuse(
                "sort",
                "Um nach Ähnlichkeit zu sortieren, wählen Sie bitte zuerst Ihre Kommune",
                "sortiert wurde wie gewöhnlich",
            )
            return ""
        if sort in self.listing.orders:
            return sort
        self._refuse(
            "sort",
            f"Eine Sortierung „{short(sort)}“ gibt es hier nicht",
            "sortiert wurde wie gewöhnlich",
        )
        return ""

    def _page(self) -> int:
        text = self._text("seite")
        if not text:
            return 1
        if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:9]) <= _LAST_PAGE:
            self._refuse("seite", "Diese Seite gibt es nicht", "gezeigt wird die erste")
            return 1
        return int(text)

    def _refuse_unknown_names(self) -> None:
        known = _COMMON | _OF_PAGES | {facet.name for facet in self.listing.facets}
        unknown = [name for name in dict.fromkeys(self.args.keys()) if name not in known]
        if unknown:
            self._refuse(
                unknown[0],
                f"Den Filter {_quoted(unknown)} gibt es hier nicht",
                "er wurde weggelassen",
            )


def _usual_order(listing: Listing, q: str, radius_km: float | None) -> str:
    """Return the order that goes without saying: best first, else nearest, else the list's own."""
    if q:
        return RELEVANCE
    return listing.default_order if radius_km is None else DISTANCE


def _quoted(values: Sequence[str]) -> str:
    return join([f"„{short(value)}“" for value in values[:3]])


def short(text: str) -> str:
    """Return the beginning of what somebody sent, good to be repeated to them."""
    text = clean(text)
    return text if len(text) <= _LONGEST_REPEATED else f"{text[:_LONGEST_REPEATED]}…"

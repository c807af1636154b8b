"""The one table of what the JSON interface can do: routes and description come from here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from directory.api import reading, shapes
from directory.api.parameters import KEYS, OFFSET, WINDOW, Parameter, limit, of_listing, weights
from directory.search.listings import ListKind
from directory.search.peers import PEERS
from directory.topics.models import TermKind

AGS = Parameter(
    "ags",
    "Amtlicher Gemeindeschlüssel: 8 Ziffern für eine Gemeinde, 5 für einen Kreis, 3 für einen "
    "Regierungsbezirk",
    {"type": "string", "pattern": r"^(\d{8}|\d{5}|\d{3})$"},
    example="05962016",
)
_ID = Parameter(
    "id",
    "Nummer des Praxisbeispiels",
    {"type": "integer", "minimum": 1, "maximum": 999_999_999},
)
_SLUG = Parameter("slug", "Kurzname der Veranstaltung", {"type": "string"}, example="kongress-2015")


@dataclass(frozen=True)
class Operation:
    """One thing that can be read: where, with which names, what it gives and how it is found."""

    name: str
    # With converters, as Flask takes it
    rule: str
    tag: str
    summary: str
    read: Callable[..., Any]
    # The class of the answer, or of each item of a list
    shape: type[Any]
    is_list: bool = False
    in_path: tuple[Parameter, ...] = ()
    in_query: Sequence[Parameter] = ()
    # What a real answer is asked for with, for the description
    example: str = ""
    cache_control: str = "no-cache"
    # False: it costs less than counting it
    counts: bool = True


_MUNICIPALITIES, _PRACTICES = "Kommunen", "Praxisbeispiele"
_EVENTS, _OTHERS = "Veranstaltungen", "Weiteres"

OPERATIONS = (
    Operation(
        "municipalities",
        "/municipalities",
        _MUNICIPALITIES,
        "Belegte Mitglieder, mit `mitglied=alle` alle Kommunen in Nordrhein-Westfalen",
        reading.municipalities,
        shapes.Municipality,
        is_list=True,
        in_query=of_listing(ListKind.MUNICIPALITIES),
        example="limit=1",
    ),
    Operation(
        "municipality",
        "/municipalities/<ags:ags>",
        _MUNICIPALITIES,
        "Eine Kommune",
        reading.municipality,
        shapes.Municipality,
        in_path=(AGS,),
    ),
    Operation(
        "peers",
        "/municipalities/<ags:ags>/peers",
        _MUNICIPALITIES,
        "Vergleichbare Kommunen, die ähnlichste zuerst, mit den Gründen",
        reading.peers,
        shapes.Peer,
        is_list=True,
        in_path=(AGS,),
        in_query=(
            *weights(),
            Parameter(
                "ebenen",
                "Auch Kommunen anderer Ebenen",
                {"type": "string"},
                values=lambda _: {"alle": "alle Ebenen"},
            ),
            Parameter(
                "nur",
                "Nur Kommunen mit Praxisbeispielen",
                {"type": "string"},
                values=lambda _: {"praxis": "mit Praxisbeispielen"},
            ),
            limit(PEERS),
            OFFSET,
        ),
        example="limit=1",
    ),
    Operation(
        "practices",
        "/practices",
        _PRACTICES,
        "Veröffentlichte Praxisbeispiele",
        reading.practices,
        shapes.Practice,
        is_list=True,
        in_query=of_listing(ListKind.PRACTICES),
        example="q=ehrenamt&limit=1",
    ),
    Operation(
        "practice",
        "/practices/<entry_id:id>",
        _PRACTICES,
        "Ein Praxisbeispiel",
        reading.practice,
        shapes.Practice,
        in_path=(_ID,),
    ),
    Operation(
        "contacts",
        "/contacts",
        _MUNICIPALITIES,
        "Ansprechstellen in den Kommunen",
        reading.contacts,
        shapes.Contact,
        is_list=True,
        in_query=(KEYS, *WINDOW),
        example="limit=1",
    ),
    Operation(
        "topics",
        "/topics",
        _PRACTICES,
        "Das Schlagwortverzeichnis: Themen, Zielgruppen, Instrumente",
        reading.topics,
        shapes.Term,
        is_list=True,
        in_query=(
            Parameter(
                "art",
                "Nur Begriffe dieser Art",
                {"type": "string"},
                values=lambda _: {kind.value: kind.label for kind in TermKind},
                repeats=True,
            ),
            *WINDOW,
        ),
        example="limit=1",
    ),
    Operation(
        "events",
        "/events",
        _EVENTS,
        "Veranstaltungen",
        reading.events,
        shapes.Event,
        is_list=True,
        in_query=of_listing(ListKind.EVENTS),
        example="limit=1",
    ),
    Operation(
        "event",
        "/events/<slug>",
        _EVENTS,
        "Eine Veranstaltung mit Programm, Mitwirkenden und Material",
        reading.event,
        shapes.EventDetails,
        in_path=(_SLUG,),
    ),
    Operation(
        "resources",
        "/resources",
        _OTHERS,
        "Pressemitteilungen, Dossiers, Downloads, Artikel und Links",
        reading.resources,
        shapes.Resource,
        is_list=True,
        in_query=of_listing(ListKind.RESOURCES),
        example="limit=1",
    ),
    Operation(
        "suggest",
        "/suggest",
        _OTHERS,
        "Was gemeint sein kann, während jemand tippt",
        reading.suggestions,
        shapes.Suggestions,
        in_query=(
            Parameter(
                "q",
                "Anfang eines Wortes, ab zwei Zeichen",
                {"type": "string"},
                may_be_empty=True,
                example="gue",
            ),
        ),
        example="q=hemer",
        cache_control="public, max-age=300",
        counts=False,
    ),
)

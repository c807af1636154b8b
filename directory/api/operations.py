"""The one table of what the JSON interface can do: routes and description come from here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from directory.accounts.models import Scope
from directory.api import drafts, reading, samples, shapes, writing
from directory.api.bodies import MERGE_PATCH
from directory.api.parameters import KEYS, OFFSET, WINDOW, limit, of_listing, weights
from directory.api.tags import JSON
from directory.search.likeness.peers import PEERS
from directory.search.lists.listings import ListKind
from directory.search.parameters import Parameter
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
_DRAFT = Parameter(
    "id",
    "Nummer des Entwurfs",
    {"type": "integer", "minimum": 1, "maximum": 999_999_999},
    example=samples.DRAFT.id,
)
_SLUG = Parameter("slug", "Kurzname der Veranstaltung", {"type": "string"}, example="kongress-2015")


@dataclass(frozen=True)
class Operation:
    """One thing that can be done: where, with which names, what it gives and how it comes about.

    What anybody may do reads; what needs a token is given its account as `by`, too.
    """

    name: str
    # With converters, as Flask takes it
    rule: str
    tag: str
    summary: str
    do: Callable[..., Any]
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
    method: str = "GET"
    # What a token must allow; None: anybody may
    scope: Scope | None = None
    # The class of what is sent, and an example of it
    body: type[Any] | None = None
    body_example: Any = None
    # What a good answer may be
    statuses: tuple[HTTPStatus, ...] = (HTTPStatus.OK,)
    # Whether somebody must have read what they change
    needs_tag: bool = False
    # An answer, where nobody may be asked for a real one
    sample: Any = None

    @property
    def types_taken(self) -> tuple[str, ...]:
        """The media types of what is sent; a change may call itself one."""
        return (JSON, MERGE_PATCH) if self.method == "PATCH" else (JSON,)


_MUNICIPALITIES, _PRACTICES = "Kommunen", "Praxisbeispiele"
_EVENTS, _OTHERS = "Veranstaltungen", "Weiteres"
_WRITING = "Schreiben"

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
# What programmes do in the name of an account. Nothing of it is for anybody else's eyes.
OF_BEARERS = (
    Operation(
        "drafts",
        "/drafts",
        _WRITING,
        "Die offenen Entwürfe des eigenen Kontos und der eigenen Kommunen, zuletzt geänderte "
        "zuerst",
        drafts.drafts,
        shapes.Draft,
        is_list=True,
        in_query=WINDOW,
        scope=Scope.READ_DRAFTS,
        sample=samples.LISTING,
    ),
    Operation(
        "draft",
        "/drafts/<entry_id:id>",
        _WRITING,
        "Ein Entwurf, mit dem, was noch fehlt, und den Anmerkungen der Prüfung",
        drafts.draft,
        shapes.Draft,
        in_path=(_DRAFT,),
        scope=Scope.READ_DRAFTS,
        sample=samples.DRAFT,
    ),
    Operation(
        "begin_draft",
        "/practices",
        _WRITING,
        "Ein neues Praxisbeispiel entwerfen; veröffentlicht wird es erst nach der Prüfung",
        writing.begin,
        shapes.Draft,
        method="POST",
        scope=Scope.WRITE_DRAFTS,
        body=shapes.PracticeChange,
        body_example=samples.NEW,
        statuses=(HTTPStatus.CREATED,),
        sample=samples.DRAFT,
    ),
    Operation(
        "change_draft",
        "/drafts/<entry_id:id>",
        _WRITING,
        "Einen Entwurf ändern, einreichen oder zurückholen",
        writing.change_draft,
        shapes.Draft,
        in_path=(_DRAFT,),
        method="PATCH",
        scope=Scope.WRITE_DRAFTS,
        body=shapes.PracticeChange,
        body_example=samples.CHANGE,
        needs_tag=True,
        sample=samples.DRAFT,
    ),
    Operation(
        "change_practice",
        "/practices/<entry_id:id>",
        _WRITING,
        "Ein veröffentlichtes Praxisbeispiel ändern: im Entwurf daneben, der dabei entsteht, wenn "
        "es noch keinen gibt",
        writing.change_practice,
        shapes.Draft,
        in_path=(_ID,),
        method="PATCH",
        scope=Scope.WRITE_DRAFTS,
        body=shapes.PracticeChange,
        body_example=samples.CHANGE,
        statuses=(HTTPStatus.OK, HTTPStatus.CREATED),
        needs_tag=True,
        sample=samples.DRAFT,
    ),
)
ALL = (*OPERATIONS, *OF_BEARERS)

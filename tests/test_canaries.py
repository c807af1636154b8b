"""Nothing that is not public leaves by any door: every route that anybody may read is walked.

Every text in the database that is not for readers gets a canary of its own. New routes are walked
by themselves; a new table has to say on which side it stands. What single doors owe besides stands
in tests/feeds/test_canaries.py.
"""

import datetime as dt
import io
import re
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import JSON, Boolean, Column, Date, LargeBinary, String, Table, insert, select
from sqlalchemy import Enum as EnumType
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter
from werkzeug.test import TestResponse

from directory.contacts.models import ContactPoint
from directory.db import Model, UtcDateTime, db, utc_now
from directory.events.models import (
    Event,
    EventOrganiser,
    EventSession,
    EventSource,
    Keynote,
    Resource,
)
from directory.municipalities.models import Municipality
from directory.practices.models import Practice, PracticeSource
from directory.publication.catalogue import advance
from directory.publication.models import Status
from directory.search import index
from directory.topics.models import Term
from tests.factories import (
    build_contact,
    build_event,
    build_participation,
    build_practice,
    build_resource,
    build_session,
)
from tests.test_every_route import VALUES, addresses

pytestmark = pytest.mark.slow

HEMER = "05962016"
# Stands in every text that is long enough, so that searches have something to find.
WORD = "Zaunkönigsprogramm"
CANARY = re.compile(r"kanarie(\d+)", re.IGNORECASE)
# A canary has so many characters; shorter columns hold codes.
ROOM = 10
# Texts that are read as days and the like
TYPED = dict.fromkeys(("date_start", "date_end", "sort_date", "date", "as_of", "attendance_unit"))
# Asked of every address; names an address does not know are its own business.
QUERIES = ("", f"?q={WORD}", "?mitglied=alle", "?limit=100")
OGC_QUERIES = ("?f=html", "?f=json&limit=1000")
# Values that a part of an address may have besides the one in test_every_route.py
MORE = {"name": ("kommunen", "praxisbeispiele", "veranstaltungen", "ansprechstellen")}
# The entry whose name stands in test_every_route.py, wherever a single one is shown
EXAMPLES: dict[type[Practice] | type[Event], str] = {
    Practice: "aachen-buero-fuer-ehrenamt-mit-verbindlichen-leitlinien",
    Event: "kongress-2015",
}

# What no reader ever sees a row of
PRIVATE = {
    *(
        "account",
        "account_link",
        "account_session",
        "account_municipality",
        "passkey",
        "access_token",
    ),
    *("sign_in_attempt", "request_count", "parked_text", "desk_notice", "handover"),
    *("audit_entry", "decision", "revision", "working_copy", "working_copy_state"),
    *("stage_change", "field_comment", "import_batch", "import_row", "feedback_message"),
    *("outbox_mail", "subscriber", "subscription", "confirmation_request", "confirmation_link"),
    *("failed_query", "geocoded_address", "geocoder_turn"),
}
# What readers see while the entry is published
PUBLISHED = {
    *("practice", "practice_source", "practice_term", "practice_attachment", "stored_file"),
    *("contact_point", "event", "event_organiser", "event_session", "event_source", "keynote"),
    *("participation", "resource", "resource_event", "resource_municipality", "resource_term"),
}
# What everybody may see, and what is made from the rest
OPEN = {
    *("municipality", "membership", "training_round", "postcode_place", "term", "synonym"),
    *("event_series", "catalogue_state", "checked_link"),
    *("search_change", "search_entry", "search_posting", "search_token", "suggestion"),
}


class Cage:
    """Hands out canaries and knows where each was put."""

    def __init__(self) -> None:
        self.places: dict[int, str] = {}

    def canary(self, column: Column[Any]) -> str:
        """A text for this column, as long as fits."""
        number = len(self.places) + 100
        self.places[number] = str(column)
        name = f"Kanarie{number}"
        text = f"{name} {WORD}"
        return text if len(text) <= room(column) else name

    def texts(self, entity: type[Model], **fields: Any) -> dict[str, Any]:
        """A canary for every text of an entry but those in `fields`."""
        made = dict(fields)
        for column in entity.__table__.columns:
            if column.name in made | TYPED.keys() or column.foreign_keys:
                continue
            if column.name == "slug":
                made["slug"] = self.canary(column).split()[0].lower()
            elif isinstance(column.type, JSON):
                made[column.name] = [self.canary(column)]
            elif is_text(column) and room(column) >= ROOM:
                made[column.name] = self.canary(column)
        return made

    def escaped(self, text: str) -> dict[str, str]:
        """Canaries seen in a text, and where they come from."""
        return {f"Kanarie{one}": self.places[int(one)] for one in CANARY.findall(text)}


def is_text(column: Column[Any]) -> bool:
    return isinstance(column.type, String) and not isinstance(column.type, EnumType)


def room(column: Column[Any]) -> int:
    """How many characters a text may have."""
    return getattr(column.type, "length", None) or 10_000


def test_every_table_is_on_one_side() -> None:
    named = [*PRIVATE, *PUBLISHED, *OPEN]
    assert sorted(named) == sorted(Model.metadata.tables)


@pytest.fixture
def cage() -> Cage:
    return Cage()


def test_what_is_private_is_behind_no_door(app: Flask, cage: Cage) -> None:
    with app.app_context():
        for table in Model.metadata.sorted_tables:
            if table.name in PRIVATE:
                fill(db.session, table, cage)
        contact = db.session.scalars(select(ContactPoint).where(ContactPoint.ags == HEMER)).one()
        contact.fallback_email = cage.canary(ContactPoint.__table__.c.fallback_email)
        keynote = db.session.scalars(select(Keynote)).first()
        assert keynote is not None
        keynote.person_basis = cage.canary(Keynote.__table__.c.person_basis)
        finish(db.session)
    assert len(cage.places) > 70
    assert_silent(app, cage)


def test_what_is_not_published_is_behind_no_door(app: Flask, cage: Cage) -> None:
    with app.app_context():
        for status in set(Status) - {Status.PUBLISHED}:
            add_entries(db.session, cage, status=status)
        finish(db.session)
    assert len(cage.places) > 100
    assert_silent(app, cage)


def test_the_walk_hears_every_kind_of_entry(app: Flask, cage: Cage) -> None:
    with app.app_context():
        add_entries(db.session, cage, status=Status.PUBLISHED)
        finish(db.session)
    seen: dict[str, set[str]] = {}
    for endpoint, _, text in walk(app):
        for place in cage.escaped(text).values():
            seen.setdefault(place.split(".")[0], set()).add(endpoint)
    assert len(seen["practice"]) >= 8
    assert {"exports.csv", "exports.xlsx", "atom_feeds.practices"} <= seen["practice"]
    assert {"calendars.events", "api.events"} <= seen["event"]
    assert {"contact_cards.of_municipality", "api.contacts"} <= seen["contact_point"]
    assert "resources.index" in seen["resource"]
    assert all("ogc.item" in seen[kind] for kind in ("practice", "event", "contact_point"))


def add_entries(session: Session, cage: Cage, *, status: Status) -> None:
    """Add an entry of each kind with a canary in each of its texts, tied to what is published."""
    hemer = session.get(Municipality, HEMER)
    assert hemer is not None
    topic = session.scalars(select(Term)).first()
    known = {"status": status, "published_at": utc_now()}
    practice = build_practice(session, hemer, **cage.texts(Practice, **known))
    practice.terms.append(topic)
    practice.sources.append(PracticeSource(position=1, **cage.texts(PracticeSource)))
    # Readers see a person of a contact point on one page only: tests/feeds/test_canaries.py.
    no_person = {"person_name": None, "person_basis": None}
    build_contact(session, hemer, **cage.texts(ContactPoint, **known, **no_person))
    day = {"year": 2027, "date_start": "2027-07-01", "sort_date": "2027-07-01"}
    event = build_event(session, **cage.texts(Event, **known, **day))
    event.organisers.append(EventOrganiser(position=1, **cage.texts(EventOrganiser)))
    event.sources.append(EventSource(position=1, **cage.texts(EventSource)))
    event.keynotes.append(Keynote(position=1, **cage.texts(Keynote)))
    part = build_session(session, event, **cage.texts(EventSession))
    build_participation(session, event, hemer, session_id=part.id, practice_id=practice.id)
    resource = build_resource(session, **cage.texts(Resource, **known))
    resource.municipalities.append(hemer)
    # A published event where the entry that is none was shown
    published = session.scalars(select(Event).where(Event.slug == "kongress-2015")).one()
    build_participation(session, published, hemer, practice_id=practice.id)
    resource.events.append(published)


def fill(session: Session, table: Table, cage: Cage) -> None:
    """Add one row with a canary in each of its texts."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.foreign_keys:
            target = next(iter(column.foreign_keys)).column
            row[column.name] = session.execute(select(target)).scalars().first()
        elif column is not table.autoincrement_column:
            row[column.name] = value(column, cage)
    session.execute(insert(table).values(row))


def value(column: Column[Any], cage: Cage) -> Any:
    kind = column.type
    match kind:
        case EnumType() if kind.enum_class is not None:
            return next(iter(kind.enum_class))
        case String():
            return cage.canary(column) if room(column) >= ROOM else "x"
        case JSON():
            return [cage.canary(column)]
        case LargeBinary():
            return cage.canary(column).encode()
        case UtcDateTime():
            return utc_now()
        case Date():
            return dt.date(2026, 1, 1)
        case Boolean():
            return False
        case _:
            return 1


def finish(session: Session) -> None:
    session.flush()
    index.rebuild(session)
    advance(session)
    session.commit()


def assert_silent(app: Flask, cage: Cage) -> None:
    escaped = {address: found for _, address, text in walk(app) if (found := cage.escaped(text))}
    assert escaped == {}


def walk(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Endpoint, address and text of everything that anybody may read."""
    client = app.test_client()
    for endpoint, path in doors(app):
        for query in (*QUERIES, *OGC_QUERIES) if endpoint.startswith("ogc.") else QUERIES:
            answer = client.get(path + query, buffered=True)
            assert answer.status_code < 500, path + query
            # An address that holds a canary may be said back to whoever asked for it.
            yield endpoint, path + query, readable(answer).replace(path, "")


def doors(app: Flask) -> Iterator[tuple[str, str]]:
    """Every address of test_every_route.py, with every list there is and every entry of a cage."""
    public = dict(addresses(app))
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint not in public:
                continue
            yield rule.endpoint, public[rule.endpoint]
            for name, converter in rule._converters.items():  # noqa: SLF001
                several = converter.items if isinstance(converter, AnyConverter) else MORE.get(name)
                for one in several or ():
                    values = {**VALUES[rule.endpoint], name: one}
                    yield rule.endpoint, app.url_for(rule.endpoint, **values)
        for model, example in EXAMPLES.items():
            shown = [one for one in public if VALUES.get(one) == {"slug": example}]
            assert shown
            for entry in db.session.scalars(select(model).where(model.slug.like("kanarie%"))):
                for endpoint in shown:
                    yield endpoint, app.url_for(endpoint, slug=entry.slug)
                if model is Practice:
                    yield "api.practice", app.url_for("api.practice", id=entry.id)
        for name, key in features():
            yield "ogc.item", app.url_for("ogc.item", name=name, key=key)


def features() -> Iterator[tuple[str, str]]:
    """Collection and key of every entry of a cage below /ogc, published or not."""
    yield from (
        (name, f"{key}")
        for name, key, text in (
            ("praxisbeispiele", Practice.id, Practice.slug),
            ("veranstaltungen", Event.slug, Event.slug),
            ("ansprechstellen", ContactPoint.id, ContactPoint.unit),
        )
        for key in db.session.scalars(select(key).where(text.ilike("kanarie%")))
    )


def readable(answer: TestResponse) -> str:
    """All that an answer says, headers included, whatever it is packed in."""
    said = f"{answer.headers}\n"
    if answer.mimetype.endswith("spreadsheetml.sheet"):
        with ZipFile(io.BytesIO(answer.data)) as archive:
            return said + "\n".join(archive.read(name).decode() for name in archive.namelist())
    if answer.mimetype == "application/pdf":
        pages = PdfReader(io.BytesIO(answer.data)).pages
        return said + "\n".join(page.extract_text() for page in pages)
    # Calendars and cards fold long lines.
    return said + answer.data.decode("utf-8", "replace").replace("\r\n ", "")

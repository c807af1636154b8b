"""Nothing that is not public leaves by any of these doors."""

from collections.abc import Collection

import pytest
from flask import Flask
from sqlalchemy import select

from directory.contacts.models import ContactPoint
from directory.db import db
from directory.events.models import Event
from directory.municipalities.models import Municipality
from directory.practices.models import Practice
from directory.publication.catalogue import advance
from directory.publication.models import EntryKind, Status, WorkingCopy
from directory.search import index
from tests.factories import build_contact, build_event, build_practice, build_session
from tests.printing.papers import Paper

CANARY = "Kanarienvogel"
HEMER = "05962016"
DOORS = (
    "/praxisbeispiele.atom",
    "/veranstaltungen.atom",
    "/veranstaltungen.ics",
    "/kommunen/hemer/kontakt.vcf",
    "/kommunen.csv?mitglied=alle",
    "/kommunen.geojson?mitglied=alle",
    "/praxisbeispiele.csv",
    "/praxisbeispiele.geojson",
    *(
        f"/ogc/collections/{name}/items?limit=1000&f={form}"
        for name in ("kommunen", "praxisbeispiele", "ansprechstellen", "veranstaltungen")
        for form in ("json", "html")
    ),
    "/ogc/api",
    "/sitemap-1.xml",
    "/kommunen/hemer/steckbrief.pdf",
    "/praxisbeispiele/hemer-ehrennadel-der-stadt/steckbrief.pdf",
    "/embed/karte?mitglied=alle",
    "/embed/karte?ebene=praxisbeispiele",
    "/embed/praxisbeispiele",
    "/kommunen/hemer",
    "/praxisbeispiele",
    "/veranstaltungen",
)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.ARCHIVED])
def test_what_is_not_public_is_behind_no_door(app: Flask, status: Status) -> None:
    with app.app_context():
        session, hemer = db.session, db.session.get(Municipality, HEMER)
        build_practice(session, hemer, title=f"{CANARY} Beispiel", status=status)
        build_contact(session, hemer, unit=f"{CANARY} Büro", status=status)
        event = build_event(
            session, title=f"{CANARY} Fest", year=2027, date_start="2027-07-01", status=status
        )
        build_session(session, event, title=f"{CANARY} Workshop")
        index.rebuild(session)
        advance(session)
        session.commit()
    assert_silent(app)


def test_what_is_only_for_the_house_is_behind_no_door(app: Flask) -> None:
    with app.app_context():
        session = db.session
        contact = session.scalars(select(ContactPoint).where(ContactPoint.ags == HEMER)).one()
        contact.person_name, contact.person_basis = f"{CANARY} Person", f"{CANARY} Grund"
        contact.fallback_email = f"{CANARY}@example.org"
        practice = session.scalars(select(Practice).where(Practice.ags == HEMER)).first()
        event = session.scalars(select(Event).where(Event.slug == "kongress-2015")).one()
        assert practice is not None
        for kind, entry in ((EntryKind.PRACTICE, practice), (EntryKind.EVENT, event)):
            session.add(
                WorkingCopy(
                    kind=kind,
                    key=entry.slug,
                    title=f"{CANARY} Fassung",
                    fields={"title": f"{CANARY} Feld"},
                    author=f"{CANARY} Autor",
                )
            )
        advance(session)
        session.commit()
    # A name with its reason may stand on the page of the municipality, but in no file.
    assert_silent(app, leaving_out={"/kommunen/hemer"})


def assert_silent(app: Flask, leaving_out: Collection[str] = ()) -> None:
    client = app.test_client()
    for path in (door for door in DOORS if door not in leaving_out):
        answer = client.get(path)
        assert answer.status_code == 200, path
        is_paper = answer.mimetype == "application/pdf"
        # Folded lines of calendars and cards are put together first.
        text = Paper(answer.data).text if is_paper else answer.text.replace("\r\n ", "")
        assert CANARY.casefold() not in text.casefold(), path

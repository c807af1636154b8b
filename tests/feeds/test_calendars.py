"""iCalendar, read by icalendar itself: nothing made up, nothing lost."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.db import db
from directory.events.models import Event, EventStatus
from directory.publication.catalogue import advance
from directory.publication.models import Status
from directory.search import index
from tests.factories import build_event, build_session
from tests.pages import get

BERLIN = ZoneInfo("Europe/Berlin")


def read(client: FlaskClient, path: str) -> icalendar.Calendar:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    assert b"\n" not in answer.data.replace(b"\r\n", b"")
    calendar = icalendar.Calendar.from_ical(answer.data)
    assert not calendar.errors
    assert "METHOD" not in calendar
    return calendar


def by_title(calendar: icalendar.Calendar) -> dict[str, icalendar.Event]:
    return {str(one["SUMMARY"]): one for one in calendar.events}


@pytest.fixture
def keep(app: Flask) -> Callable[[Callable[[Session], Event]], str]:
    """Keep the event that is built, shown to readers; returns its slug."""

    def kept(build: Callable[[Session], Event]) -> str:
        with app.app_context():
            event = build(db.session)
            index.refresh(db.session, "event", [event.slug])
            advance(db.session)
            db.session.commit()
            return event.slug

    return kept


def event_of(client: FlaskClient, keep: Any, **fields: Any) -> icalendar.Event:
    slug = keep(lambda session: build_event(session, year=2027, **fields))
    return read(client, f"/veranstaltungen/{slug}.ics").events[0]


def test_every_event_with_a_known_day_stands_in_the_calendar_once(
    client: FlaskClient, site_app: Flask
) -> None:
    calendar = read(client, "/veranstaltungen.ics")
    with site_app.app_context():
        every = db.session.query(Event).filter(Event.status == Status.PUBLISHED).all()
        known = {one.title for one in every if one.days}
        parts = sum(len(one.sessions) for one in every if one.days and len(set(one.days)) == 1)
    titles = [str(one["SUMMARY"]) for one in calendar.events if "RELATED-TO" not in one]
    assert sorted(titles) == sorted(known)
    assert 0 < len(known) < len(every)
    assert len(calendar.events) - len(titles) >= parts > 0
    uids = [str(one["UID"]) for one in calendar.events]
    assert len(set(uids)) == len(uids)


def test_programmes_are_told_to_come_again_twice_a_day(client: FlaskClient) -> None:
    said = client.get("/veranstaltungen.ics").get_data(as_text=True).splitlines()
    assert {"REFRESH-INTERVAL;VALUE=DURATION:PT12H", "X-PUBLISHED-TTL:PT12H"} <= set(said)


def test_the_calendar_takes_the_filters_of_the_list(client: FlaskClient) -> None:
    some = read(client, "/veranstaltungen.ics?art=kongress").events
    assert 0 < len(some) < len(read(client, "/veranstaltungen.ics").events)
    assert {str(one["CATEGORIES"].cats[0]) for one in some if "RELATED-TO" not in one} == {
        "Kongress"
    }


def test_an_event_without_times_fills_its_days(app: Flask, keep: Any) -> None:
    event = event_of(app.test_client(), keep, date_start="2027-06-23", date_end="2027-06-26")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (dt.date(2027, 6, 23), dt.date(2027, 6, 27))
    assert event["TRANSP"] == "TRANSPARENT"


def test_times_are_those_of_berlin_in_summer_and_winter(app: Flask, keep: Any) -> None:
    times = {"time_start": dt.time(9, 30), "time_end": dt.time(16)}
    for day, hour in (("2027-07-01", 7), ("2027-12-01", 8)):
        event = event_of(app.test_client(), keep, date_start=day, **times)
        start = event["DTSTART"].dt
        assert start.tzinfo.key == "Europe/Berlin"
        assert (start.hour, start.astimezone(dt.UTC).hour) == (9, hour)
        assert event["DTEND"].dt.hour == 16


def test_an_end_that_nobody_knows_is_not_made_up(app: Flask, keep: Any) -> None:
    event = event_of(
        app.test_client(), keep, date_start="2027-07-01", time_start=dt.time(9), time_end=None
    )
    assert event["DTSTART"].dt == dt.datetime(2027, 7, 1, 9, tzinfo=BERLIN)
    assert "DTEND" not in event
    assert "DURATION" not in event


@pytest.mark.parametrize(("start", "end"), [("2027-07", None), ("2027", "2027"), (None, None)])
def test_a_day_that_nobody_knows_gives_no_entry_but_a_sentence(
    app: Flask, keep: Any, start: str | None, end: str | None
) -> None:
    slug = keep(
        lambda session: build_event(
            session, year=2027, date_start=start, date_end=end, title="Ohne Tag"
        )
    )
    client = app.test_client()
    page = get(client, f"/veranstaltungen/{slug}.ics", status=404)
    assert "Der Tag dieser Veranstaltung ist nicht bekannt" in page.text
    assert "Ohne Tag" not in by_title(read(client, "/veranstaltungen.ics"))
    assert ".ics" not in str([link.href for link in get(client, f"/veranstaltungen/{slug}").links])


def test_parts_are_appointments_of_their_own_and_know_where_they_belong(
    app: Flask, keep: Any
) -> None:
    def build(session: Session) -> Event:
        event = build_event(session, year=2027, date_start="2027-07-01", title="Kongress 2027")
        build_session(
            session, event, number=3, title="Räte", time_start=dt.time(14), duration_min=90
        )
        build_session(session, event, title="Foyer")
        return event

    found = by_title(read(app.test_client(), f"/veranstaltungen/{keep(build)}.ics"))
    part = found["Workshop 3: Räte"]
    assert part["RELATED-TO"] == found["Kongress 2027"]["UID"]
    assert part["RELATED-TO"].params["RELTYPE"] == "PARENT"
    assert (part["DTSTART"].dt.hour, part["DTEND"].dt.time()) == (14, dt.time(15, 30))
    assert found["Foyer"]["DTSTART"].dt == dt.date(2027, 7, 1)


def test_who_subscribed_learns_of_changes_and_cancellation(app: Flask, keep: Any) -> None:
    moment = dt.datetime(2027, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    slug = keep(
        lambda session: build_event(
            session, year=2027, date_start="2027-07-01", event_status=EventStatus.ANNOUNCED
        )
    )
    client = app.test_client()
    before = read(client, f"/veranstaltungen/{slug}.ics").events[0]

    def cancel(session: Session) -> Event:
        event = session.query(Event).filter_by(slug=slug).one()
        event.event_status, event.version, event.updated_at = EventStatus.CANCELLED, 2, moment
        return event

    keep(cancel)
    after = read(client, f"/veranstaltungen/{slug}.ics").events[0]
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert (after["DTSTAMP"].dt, after["LAST-MODIFIED"].dt) == (moment, moment)
    assert "STATUS" not in before
    assert after["STATUS"] == "CANCELLED"
    assert str(after["SUMMARY"]) == str(before["SUMMARY"])


def test_the_time_zone_is_told_as_its_rules(client: FlaskClient) -> None:
    (zone,) = read(client, "/veranstaltungen.ics").timezones
    own = zone.to_tz()
    for day in (dt.datetime(1999, 3, 28, 12), dt.datetime(2027, 7, 1), dt.datetime(2060, 12, 1)):  # noqa: DTZ001
        assert day.replace(tzinfo=own).utcoffset() == day.replace(tzinfo=BERLIN).utcoffset()


def test_text_comes_through_as_it_was_written(app: Flask, keep: Any) -> None:
    title = 'Größe; "Maß", Komma\\Strich: ' + "überall " * 20
    event = event_of(app.test_client(), keep, date_start="2027-07-01", title=title.strip())
    assert str(event["SUMMARY"]) == title.strip()


def test_what_has_not_changed_is_not_sent_again(client: FlaskClient) -> None:
    path = "/veranstaltungen.ics?reihe=engagementkongress"
    etag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304


def test_pages_offer_the_calendar(client: FlaskClient) -> None:
    assert "/veranstaltungen.ics?art=kongress" in [
        link.href for link in get(client, "/veranstaltungen?art=kongress").links
    ]
    assert "/veranstaltungen/kongress-2015.ics" in [
        link.href for link in get(client, "/veranstaltungen/kongress-2015").links
    ]

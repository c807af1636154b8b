"""Keeping series, events with all their parts, and resources."""

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.events.drafts import (
    EventDraft,
    KeynotePart,
    OrganiserPart,
    ParticipationPart,
    SeriesDraft,
    SessionPart,
)
from directory.events.models import (
    Event,
    EventFormat,
    EventKind,
    EventSession,
    EventStatus,
    ParticipationRole,
    Resource,
    ResourceType,
    SessionKind,
)
from directory.events.operations import save_event, save_events, save_series
from directory.events.resources import ResourceDraft, save_resource
from directory.publication.models import Revision, Status
from directory.publication.saving import Outcome
from directory.publication.sources import Source
from directory.publication.validation import InvalidEntry
from tests.factories import (
    build_event,
    build_municipality,
    build_practice,
    build_series,
    build_session,
    build_term,
)

HEMER = "05962016"
BONN = "05314000"


@pytest.fixture
def draft(session: Session) -> EventDraft:
    """Everything that can be said about an event."""
    build_municipality(session, ags=HEMER, name="Hemer")
    bonn = build_municipality(session, ags=BONN, name="Bonn")
    build_practice(session, bonn, slug="bonn-tag")
    build_series(session, slug="kongress")
    return EventDraft(
        slug="kongress-2017",
        series="kongress",
        kind=EventKind.CONGRESS,
        title="Engagementkongress 2017",
        short_title="Kongress 2017",
        motto="Engagement stärken",
        year=2017,
        date_start="2017-10-16",
        date_end="2017-10-16",
        time_start=dt.time(9, 30),
        time_end=dt.time(16, 30),
        event_status=EventStatus.HELD,
        event_format=EventFormat.IN_PERSON,
        venue_name="Stadthalle Bad Godesberg",
        venue_town="Bonn",
        venue_ags=BONN,
        attendance_label="200 oder 250 Teilnehmende",
        attendance_min=200,
        attendance_max=250,
        attendance_unit="people",
        guiding_topics=("Demokratie",),
        programme=("Begrüßung", "Workshops"),
        sessions_note="Sieben Workshops.",
        note="Mit Stand.",
        organisers=(OrganiserPart(role="Veranstalter", name="Land Nordrhein-Westfalen"),),
        keynotes=(
            KeynotePart(
                role="Impuls", topic="Demokratie", person="Dr. A", person_basis="Ankündigung"
            ),
        ),
        sessions=(
            SessionPart(
                slug="kongress-2017-1",
                number=1,
                kind=SessionKind.WORKSHOP,
                title="Anfangen",
                track="Grundlagen",
                date=dt.date(2017, 10, 16),
                time_start=dt.time(11),
                time_end=dt.time(12, 30),
                duration_min=90,
            ),
            SessionPart(slug="kongress-2017-2", kind=SessionKind.FORUM, title="Weitermachen"),
        ),
        participations=frozenset(
            {
                ParticipationPart(ags=HEMER, role=ParticipationRole.STAND),
                ParticipationPart(
                    ags=BONN,
                    role=ParticipationRole.FORUM,
                    session="kongress-2017-2",
                    practice="bonn-tag",
                ),
            }
        ),
        sources=(Source(title="Bericht", url="https://www.land.nrw/b", as_of="2017-10-17"),),
    )


def test_everything_said_comes_back(session: Session, draft: EventDraft) -> None:
    event = save_event(session, by="anna", draft=draft).entry
    session.expire_all()
    assert EventDraft.of(event) == draft
    assert (event.status, event.version, event.sort_date) == (Status.DRAFT, 1, "2017-10-16")


def test_saving_again_changes_nothing(session: Session, draft: EventDraft) -> None:
    save_event(session, by="anna", draft=draft)
    session.expire_all()
    assert save_event(session, by="bert", draft=draft).outcome is Outcome.UNCHANGED
    assert len(session.scalars(select(Revision)).all()) == 1


def test_sessions_keep_their_rows_when_they_change_places(
    session: Session, draft: EventDraft
) -> None:
    event = save_event(session, by="anna", draft=draft).entry
    ids = {part.slug: part.id for part in event.sessions}
    new = SessionPart(slug="kongress-2017-0", kind=SessionKind.SESSION, title="Begrüßung")
    changed = dataclasses.replace(draft, sessions=(new, *reversed(draft.sessions)))
    save_event(session, by="anna", draft=changed)
    session.expire_all()
    assert EventDraft.of(event) == changed
    assert {part.slug: part.id for part in event.sessions if part.slug in ids} == ids


def test_a_dropped_session_takes_its_participations_along(
    session: Session, draft: EventDraft
) -> None:
    event = save_event(session, by="anna", draft=draft).entry
    changed = dataclasses.replace(
        draft,
        sessions=draft.sessions[:1],
        participations=frozenset({ParticipationPart(ags=BONN, role=ParticipationRole.FORUM)}),
        keynotes=(),
        sources=(),
    )
    save_event(session, by="anna", draft=changed)
    session.expire_all()
    assert EventDraft.of(event) == changed
    assert session.scalars(select(EventSession.slug)).all() == ["kongress-2017-1"]


def test_a_session_belongs_to_one_event(session: Session, draft: EventDraft) -> None:
    other = build_event(session, slug="kongress-2015", year=2015)
    build_session(session, other, slug="kongress-2017-1")
    with pytest.raises(InvalidEntry) as caught:
        save_event(session, by="anna", draft=draft)
    assert caught.value.problems == {
        "sessions": "Die Kennung „kongress-2017-1“ gehört zu „kongress-2015“."
    }


def test_events_without_a_date_sort_by_their_year(session: Session) -> None:
    draft = EventDraft(
        slug="werkstatt-5",
        kind=EventKind.TRAINING,
        title="5. Werkstatt",
        short_title="5. Werkstatt",
        year=2024,
        event_status=EventStatus.HELD,
    )
    month = dataclasses.replace(draft, slug="werkstatt-6", date_start="2024-06")
    saved = save_events(session, by="anna", drafts=[draft, month])
    assert [result.entry.sort_date for result in saved] == ["2024", "2024-06"]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"series": "tour"}, {"series"}),
        ({"year": 2018}, {"year"}),
        ({"date_start": "2017-10-17", "sessions": ()}, {"date_end", "participations[1].session"}),
        ({"date_end": "2017-09"}, {"date_end", "sessions[1].date"}),
        ({"time_end": dt.time(9, 30)}, {"time_end"}),
        ({"time_start": None}, {"time_start"}),
        ({"venue_ags": "05999999"}, {"venue_ags"}),
        ({"attendance_max": 100}, {"attendance_max"}),
        ({"attendance_unit": "pets"}, {"attendance_unit"}),
        ({"attendance_label": None}, {"attendance_label"}),
        (
            {"keynotes": (KeynotePart(role="Impuls", topic="Mut", person="Dr. A"),)},
            {"keynotes[1].person_basis"},
        ),
        (
            {
                "participations": frozenset(
                    {ParticipationPart(ags="1", role=ParticipationRole.HOST)}
                )
            },
            {"participations[1].ags"},
        ),
        (
            {
                "participations": frozenset(
                    {ParticipationPart(ags=BONN, role=ParticipationRole.HOST, practice="x")}
                )
            },
            {"participations[1].practice"},
        ),
    ],
)
def test_what_cannot_be_is_refused(
    session: Session, draft: EventDraft, changes: dict[str, object], fields: set[str]
) -> None:
    with pytest.raises(InvalidEntry) as caught:
        save_event(session, by="anna", draft=dataclasses.replace(draft, **changes))
    assert set(caught.value.problems) == fields
    assert session.scalars(select(Event)).all() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "Kongress 1"}, "slug"),
        ({"number": 0}, "number"),
        ({"date": dt.date(2017, 10, 17)}, "date"),
        ({"time_end": dt.time(10)}, "time_end"),
        ({"duration_min": 2000}, "duration_min"),
    ],
)
def test_sessions_that_cannot_be_are_refused(
    session: Session, draft: EventDraft, changes: dict[str, object], field: str
) -> None:
    faulty = dataclasses.replace(draft.sessions[0], **changes)
    with pytest.raises(InvalidEntry) as caught:
        save_event(
            session,
            by="anna",
            draft=dataclasses.replace(draft, sessions=(faulty, draft.sessions[1])),
        )
    assert set(caught.value.problems) == {f"sessions[1].{field}"}


def test_one_municipality_takes_one_seat_once(session: Session, draft: EventDraft) -> None:
    doubled = draft.participations | {
        ParticipationPart(ags=BONN, role=ParticipationRole.FORUM, session="kongress-2017-2")
    }
    with pytest.raises(InvalidEntry) as caught:
        save_event(session, by="anna", draft=dataclasses.replace(draft, participations=doubled))
    assert set(caught.value.problems) == {"participations"}


def test_a_series_comes_back_as_it_was_said(session: Session) -> None:
    draft = SeriesDraft(
        slug="kongress",
        position=1,
        title="Engagementkongress",
        description="Alle zwei Jahre.",
        motto="Engagement stärken",
        rhythm="alle zwei Jahre",
        audience=("Verwaltung",),
        organisers=("Land Nordrhein-Westfalen",),
    )
    series = save_series(session, by="anna", draft=draft).entry
    session.expire_all()
    assert SeriesDraft.of(series) == draft
    assert save_series(session, by="bert", draft=draft).outcome is Outcome.UNCHANGED


# Resources -------------------------------------------------------------------------------------


@pytest.fixture
def resource(session: Session) -> ResourceDraft:
    """Everything that can be said about a resource."""
    build_municipality(session, ags=HEMER, name="Hemer")
    build_event(session, slug="kongress-2017")
    build_term(session, slug="anerkennung")
    return ResourceDraft(
        slug="bericht",
        kind=ResourceType.DOWNLOAD,
        title="Bericht",
        publisher="Land NRW",
        url="https://www.land.nrw/bericht.pdf",
        source_url="https://www.land.nrw/berichte",
        description="Was war.",
        leads_to_file=True,
        date="2017-11",
        events=frozenset({"kongress-2017"}),
        terms=frozenset({"anerkennung"}),
        municipalities=frozenset({HEMER}),
    )


def test_a_resource_comes_back_as_it_was_said(session: Session, resource: ResourceDraft) -> None:
    entry = save_resource(session, by="anna", draft=resource).entry
    session.expire_all()
    assert ResourceDraft.of(entry) == resource
    assert save_resource(session, by="bert", draft=resource).outcome is Outcome.UNCHANGED


def test_a_resource_can_let_go_of_what_it_belonged_to(
    session: Session, resource: ResourceDraft
) -> None:
    entry = save_resource(session, by="anna", draft=resource).entry
    loose = dataclasses.replace(
        resource, events=frozenset(), terms=frozenset(), municipalities=frozenset()
    )
    save_resource(session, by="anna", draft=loose)
    session.expire_all()
    assert ResourceDraft.of(entry) == loose
    assert entry.version == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "www.land.nrw"),
        ("date", "2017-13"),
        ("publisher", ""),
        ("events", frozenset({"kongress-1917"})),
        ("terms", frozenset({"katzen"})),
        ("municipalities", frozenset({"05999999"})),
    ],
)
def test_a_resource_that_cannot_be_is_refused(
    session: Session, resource: ResourceDraft, field: str, value: object
) -> None:
    with pytest.raises(InvalidEntry) as caught:
        save_resource(session, by="anna", draft=dataclasses.replace(resource, **{field: value}))
    assert set(caught.value.problems) == {field}
    assert session.scalars(select(Resource)).all() == []

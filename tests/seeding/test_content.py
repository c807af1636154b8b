"""What the directory knows once the seed is in: everything the files say, and nothing else."""

import csv
import datetime as dt
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.contacts.models import ContactPoint
from directory.events.models import (
    Event,
    EventFormat,
    EventSeries,
    EventSession,
    Keynote,
    Participation,
    ParticipationRole,
    Resource,
    SessionKind,
)
from directory.municipalities.models import (
    Evidence,
    Level,
    Membership,
    Municipality,
    MunicipalityKind,
    PostcodePlace,
)
from directory.practices.models import Practice, PracticeState
from directory.publication.models import AuditEntry, Decision, EntryKind, Revision, Status
from directory.resources import resource_dir
from directory.topics.models import Term, TermKind

SEED = resource_dir("seed")


def csv_rows(name: str) -> list[dict[str, str]]:
    with (SEED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def json_rows(name: str) -> Any:
    return json.loads((SEED / name).read_text(encoding="utf-8"))


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def get_event(session: Session, slug: str) -> Event:
    return session.scalars(select(Event).where(Event.slug == slug)).one()


def names(municipalities: Sequence[Municipality]) -> list[str]:
    return sorted(municipality.name for municipality in municipalities)


def test_every_row_of_every_file_arrives(loaded: Session) -> None:
    assert {
        model: count(loaded, model)
        for model in (
            Municipality,
            PostcodePlace,
            Membership,
            Term,
            ContactPoint,
            Practice,
            EventSeries,
            Event,
            Resource,
        )
    } == {
        Municipality: len(csv_rows("municipalities_nrw.csv")),
        PostcodePlace: len(csv_rows("postcodes_nrw.csv")),
        Membership: len(csv_rows("members.csv")),
        Term: len(csv_rows("topics.csv")),
        ContactPoint: len(csv_rows("contacts.csv")),
        Practice: len(json_rows("practices.json")),
        EventSeries: len(json_rows("events.json")["series"]),
        Event: len(json_rows("events.json")["events"]),
        Resource: len(json_rows("resources.json")),
    }


def test_practices_say_what_the_file_says(loaded: Session) -> None:
    told = {
        practice.slug: (
            practice.ags,
            practice.title,
            practice.summary,
            practice.situation,
            practice.approach,
            practice.result,
            practice.success_factors,
            practice.stumbling_blocks,
            practice.partners,
            practice.started_year,
            {term.slug for term in practice.terms_of(TermKind.TOPIC)},
            {term.slug for term in practice.terms_of(TermKind.TARGET_GROUP)},
            {term.slug for term in practice.terms_of(TermKind.INSTRUMENT)},
            [(source.title, source.url, source.as_of) for source in practice.sources],
        )
        for practice in loaded.scalars(select(Practice))
    }
    assert told == {
        row["id"]: (
            row["municipality_ags"],
            row["title"],
            row["summary"],
            row["situation"],
            row["approach"],
            row["result"],
            row["success_factors"],
            row["stumbling_blocks"],
            row["partners"],
            row["started_year"],
            set(row["topics"]),
            set(row["target_groups"]),
            set(row["instruments"]),
            [(source["title"], source["url"], source["as_of"]) for source in row["sources"]],
        )
        for row in json_rows("practices.json")
    }


def test_states_of_practices_are_those_of_the_sources(loaded: Session) -> None:
    states = Counter(loaded.scalars(select(Practice.state)))
    assert states == {
        PracticeState.IDEA: 2,
        PracticeState.RUNNING: 88,
        PracticeState.RECURRING: 32,
        PracticeState.FINISHED: 26,
        PracticeState.UNKNOWN: 5,
    }


def test_nothing_is_added_that_the_sources_do_not_say(loaded: Session) -> None:
    practices = loaded.scalars(select(Practice)).all()
    assert not any(practice.no_stumbling_blocks_known for practice in practices)
    assert all(practice.confirmed_at is None for practice in practices)
    assert all(practice.ended_year is None for practice in practices)
    assert set(loaded.scalars(select(Participation.practice_id))) == {None}
    contacts = loaded.scalars(select(ContactPoint)).all()
    assert all(contact.verified_at is None for contact in contacts)
    conditions = loaded.execute(
        select(
            Membership.has_contact_person,
            Membership.is_cross_cutting_task,
            Membership.offers_volunteer_card,
            Membership.commits_to_continuity,
        )
    )
    assert {tuple(row) for row in conditions} == {(None, None, None, None)}


# The network -----------------------------------------------------------------------------------


def test_forty_memberships_are_documented_and_the_others_are_none(loaded: Session) -> None:
    municipalities = loaded.scalars(select(Municipality)).all()
    assert sum(municipality.is_member for municipality in municipalities) == 40
    training_only = loaded.scalars(
        select(Membership).where(Membership.evidence == Evidence.TRAINING_ONLY)
    ).all()
    assert len(training_only) == 27
    assert not any(membership.municipality.is_member for membership in training_only)
    assert all(membership.rounds for membership in training_only)


def test_only_a_stated_year_means_a_signed_declaration(loaded: Session) -> None:
    memberships = loaded.scalars(select(Membership)).all()
    assert {(m.member_since is not None, m.signed_declaration) for m in memberships} == {
        (True, True),
        (False, None),
    }
    assert sum(m.member_since is not None for m in memberships) == 19


def test_luenen_attended_two_rounds(loaded: Session) -> None:
    membership = loaded.get_one(Membership, "05978024")
    assert [attended.number for attended in membership.rounds] == [2, 5]


# Municipalities --------------------------------------------------------------------------------


def test_municipalities_have_the_kind_visitors_take_them_for(loaded: Session) -> None:
    kinds = Counter(loaded.scalars(select(Municipality.kind)))
    assert kinds == {
        MunicipalityKind.INDEPENDENT_CITY: 22,
        MunicipalityKind.COUNTY_TOWN: 250,
        MunicipalityKind.RURAL: 124,
        MunicipalityKind.COUNTY: 31,
        MunicipalityKind.DISTRICT: 5,
    }
    aachen = loaded.get_one(Municipality, "05334002")
    assert (aachen.kind, aachen.level) == (MunicipalityKind.COUNTY_TOWN, Level.MUNICIPALITY)
    assert aachen.county is not None
    assert aachen.county.name == "Städteregion Aachen"


def test_addresses_and_sorting_know_umlauts_and_brackets(loaded: Session) -> None:
    rows = loaded.execute(
        select(Municipality.name, Municipality.slug, Municipality.sort_name)
        .where(Municipality.name.in_(("Stolberg (Rhld.)", "Übach-Palenberg", "Kreis Lippe")))
        .order_by(Municipality.sort_name)
    )
    assert [tuple(row) for row in rows] == [
        ("Kreis Lippe", "kreis-lippe", "kreis lippe"),
        ("Stolberg (Rhld.)", "stolberg-rhld", "stolberg (rhld.)"),
        ("Übach-Palenberg", "uebach-palenberg", "uebach-palenberg"),
    ]
    assert len(set(loaded.scalars(select(Municipality.slug)))) == 432


# The congress ----------------------------------------------------------------------------------


def test_the_first_three_congresses_had_eleven_numbered_workshops(loaded: Session) -> None:
    congress = loaded.get_one(EventSeries, "engagementkongress")
    workshops = {
        event.year: [part.number for part in event.sessions if part.number is not None]
        for event in congress.events
        if event.year <= 2017
    }
    assert workshops == {2013: [1, 2, 3, 4, 5], 2015: [1, 2, 3, 4, 5, 6], 2017: []}
    assert get_event(loaded, "kongress-2013").sessions[0].title == (
        "Vom Anfangen. »PackEnden«, Stolpersteine und Gelingensfaktoren"
    )


def test_our_own_texts_quote_as_the_pages_do(loaded: Session) -> None:
    """Titles are verbatim and keep the marks they were found with."""
    texts = [
        text
        for practice in loaded.scalars(select(Practice))
        for text in (practice.summary, practice.situation, practice.approach, practice.result)
    ]
    texts += [
        text
        for event in loaded.scalars(select(Event))
        for text in (event.note, event.sessions_note)
    ]
    assert [text for text in texts if text and set(text) & set("»«")] == []


def test_the_learning_carousel_of_2015_belongs_to_nine_municipalities(loaded: Session) -> None:
    carousel = loaded.scalars(
        select(EventSession).where(EventSession.kind == SessionKind.LEARNING_CAROUSEL)
    ).one()
    assert (carousel.slug, carousel.title, carousel.number, carousel.position) == (
        "kongress-2015-lernkarussell",
        "Lernkarussell",
        None,
        7,
    )
    assert carousel.event.slug == "kongress-2015"
    assert {part.role for part in carousel.participations} == {ParticipationRole.LEARNING_CAROUSEL}
    assert names([part.municipality for part in carousel.participations]) == [
        "Bonn",
        "Essen",
        "Hagen",
        "Hemer",
        "Kamp-Lintfort",
        "Lünen",
        "Rheine",
        "Velbert",
        "Witten",
    ]


def test_the_save_the_date_of_2017_has_times_and_venue(loaded: Session) -> None:
    event = get_event(loaded, "kongress-2017")
    assert (event.date_start, event.date_end) == ("2017-10-16", "2017-10-16")
    assert (event.time_start, event.time_end) == (dt.time(9, 30), dt.time(16, 30))
    assert (event.venue_name, event.venue_town) == ("Stadthalle Bad Godesberg", "Bonn")
    assert event.venue is not None
    assert event.venue.name == "Bonn"
    assert event.attendance_label == "200 oder 250 Teilnehmende, je nach Quelle"


def test_a_person_is_named_only_with_the_reason(loaded: Session) -> None:
    rows = loaded.execute(
        select(Keynote.person, Keynote.person_basis).where(Keynote.person.is_not(None))
    )
    assert [tuple(row) for row in rows] == [
        (
            "PD Dr. Ansgar Klein (BBE)",
            "Name steht in der öffentlichen Ankündigung der Veranstaltung",
        )
    ]


def test_the_later_editions_follow_in_order(loaded: Session) -> None:
    congress = loaded.get_one(EventSeries, "engagementkongress")
    assert [(event.slug, event.event_format) for event in congress.events][3:] == [
        ("kongress-2020", EventFormat.DIGITAL),
        ("kongress-2024", EventFormat.HYBRID),
    ]
    digital, hybrid = congress.events[3:]
    assert [part.date for part in digital.sessions] == [dt.date(2020, 6, 24)] * 3
    assert len(hybrid.sessions) == 4


def test_who_sat_at_a_forum_is_counted_once_and_there(loaded: Session) -> None:
    event = get_event(loaded, "kongress-2024")
    forum = event.sessions[3]
    assert forum.kind is SessionKind.FORUM
    assert {part.session_id for part in event.participations} == {forum.id}
    assert names([part.municipality for part in event.participations]) == ["Rheine", "Wuppertal"]


def test_events_without_a_day_sort_by_what_is_known(loaded: Session) -> None:
    rows = dict(iter(loaded.execute(select(Event.slug, Event.sort_date))))
    assert rows["ews-5"] == "2024"
    assert rows["spitzentreffen-2016"] == "2016-06"
    assert rows["kongress-2013"] == "2013-10-09"


def test_resources_belong_to_events_terms_and_municipalities(loaded: Session) -> None:
    resources = loaded.scalars(select(Resource)).all()
    links = Counter[str]()
    for resource in resources:
        links["event"] += len(resource.events)
        links["topic"] += len(resource.terms)
        links["ags"] += len(resource.municipalities)
    related = [link for row in json_rows("resources.json") for link in row["relates_to"]]
    assert links == Counter(link["kind"] for link in related)
    assert not any(resource.leads_to_file for resource in resources)


# Traces ----------------------------------------------------------------------------------------


def test_every_entry_leaves_one_revision_and_one_line_in_the_audit_trail(loaded: Session) -> None:
    expected = {
        EntryKind.MUNICIPALITY: 432,
        EntryKind.MEMBERSHIP: 67,
        EntryKind.TERM: 72,
        EntryKind.CONTACT: 42,
        EntryKind.PRACTICE: 153,
        EntryKind.SERIES: 4,
        EntryKind.EVENT: 24,
        EntryKind.RESOURCE: 52,
    }
    assert Counter(loaded.scalars(select(Revision.kind))) == expected
    assert Counter(loaded.scalars(select(AuditEntry.kind))) == expected
    made = loaded.execute(select(Revision.version, Revision.actor).distinct()).all()
    assert [tuple(row) for row in made] == [(1, "seed")]


def test_everything_is_published_by_a_decision(loaded: Session) -> None:
    for model in (ContactPoint, Practice, Event, Resource):
        assert set(loaded.scalars(select(model.status))) == {Status.PUBLISHED}
        assert None not in set(loaded.scalars(select(model.published_at)))
    decisions = loaded.execute(select(Decision.kind, Decision.before, Decision.after))
    assert Counter(tuple(row) for row in decisions) == {
        (EntryKind.CONTACT, Status.DRAFT, Status.PUBLISHED): 42,
        (EntryKind.PRACTICE, Status.DRAFT, Status.PUBLISHED): 153,
        (EntryKind.EVENT, Status.DRAFT, Status.PUBLISHED): 24,
        (EntryKind.RESOURCE, Status.DRAFT, Status.PUBLISHED): 52,
    }

"""Keeping contact points: offices, never persons, and nobody vouches by typing."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.contacts.drafts import ContactDraft
from directory.contacts.models import ContactPoint
from directory.contacts.operations import contact_key, save_contact
from directory.publication.models import Revision, Status
from directory.publication.saving import Outcome
from directory.publication.validation import InvalidEntry
from tests.factories import build_contact, build_municipality

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def draft_for(ags: str, **fields: object) -> ContactDraft:
    draft = ContactDraft(
        ags=ags,
        unit="Ehrenamtsbüro",
        source_url="https://www.hemer.de/ehrenamt",
        street="Hademareplatz 44",
        postcode="58675",
        town="Hemer",
        phone="02372 551-0",
        email="ehrenamt@hemer.de",
        url="https://www.hemer.de/ehrenamt",
        as_of="2022",
    )
    return replace(draft, **fields)


def test_a_new_contact_is_a_draft_that_nobody_vouched_for(session: Session) -> None:
    ags = build_municipality(session).ags
    saved = save_contact(session, by="anna", draft=draft_for(ags))
    assert saved.outcome is Outcome.CREATED
    assert (saved.entry.status, saved.entry.version) == (Status.DRAFT, 1)
    assert saved.entry.verified_at is None
    assert saved.entry.changed_at == saved.entry.updated_at


def test_changing_a_contact_is_not_verifying_it(session: Session) -> None:
    ags = build_municipality(session).ags
    contact = save_contact(session, by="anna", draft=draft_for(ags)).entry
    contact.changed_at = contact.verified_at = LONG_AGO
    saved = save_contact(session, by="anna", draft=draft_for(ags, phone="02372 551-1"))
    assert saved.entry is contact
    assert (contact.phone, contact.version) == ("02372 551-1", 2)
    assert contact.verified_at == LONG_AGO
    assert contact.changed_at > LONG_AGO


def test_an_unchanged_contact_keeps_its_date(session: Session) -> None:
    ags = build_municipality(session).ags
    contact = save_contact(session, by="anna", draft=draft_for(ags)).entry
    contact.changed_at = LONG_AGO
    assert save_contact(session, by="anna", draft=draft_for(ags)).outcome is Outcome.UNCHANGED
    assert contact.changed_at == LONG_AGO


def test_an_office_can_be_renamed_and_stays_itself(session: Session) -> None:
    contact = build_contact(session, unit="Ehrenamtsbüro")
    renamed = replace(ContactDraft.of(contact), unit="Stabsstelle Engagement")
    save_contact(session, by="anna", draft=renamed, contact=contact)
    assert session.scalars(select(ContactPoint.unit)).all() == ["Stabsstelle Engagement"]
    revision = session.scalars(select(Revision)).one()
    assert revision.key == contact_key(contact)


def test_two_offices_of_one_place_have_different_names(session: Session) -> None:
    contact = build_contact(session, unit="Ehrenamtsbüro")
    other = build_contact(session, contact.municipality, unit="Stabsstelle")
    renamed = replace(ContactDraft.of(other), unit="Ehrenamtsbüro")
    with pytest.raises(InvalidEntry) as caught:
        save_contact(session, by="anna", draft=renamed, contact=other)
    assert caught.value.problems == {"unit": "Diese Stelle ist für die Kommune schon eingetragen."}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ags", "05999999"),
        ("unit", ""),
        ("postcode", "5867"),
        ("phone", "abends"),
        ("email", "ehrenamt"),
        ("email", "erika.musterfrau@hemer.de"),
        ("url", "hemer.de"),
        ("source_url", "javascript:alert(1)"),
        ("as_of", "22"),
        ("street", "Hademareplatz\n44"),
    ],
)
def test_what_cannot_be_is_refused(session: Session, field: str, value: str) -> None:
    ags = build_municipality(session).ags
    with pytest.raises(InvalidEntry) as caught:
        save_contact(session, by="anna", draft=replace(draft_for(ags), **{field: value}))
    assert set(caught.value.problems) == {field}
    assert session.scalars(select(ContactPoint)).all() == []

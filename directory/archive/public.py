"""Which rows and columns of the catalogue are public, and what they say to the public."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from directory.contacts.models import ContactPoint
from directory.contacts.standing import Standing, offered_email, standing_of
from directory.events.models import (
    Event,
    EventOrganiser,
    EventSeries,
    EventSession,
    EventSource,
    Keynote,
    Participation,
    Resource,
    ResourceEvent,
    ResourceMunicipality,
    ResourceTerm,
)
from directory.files.models import StoredFile
from directory.municipalities.models import Membership, Municipality, PostcodePlace, TrainingRound
from directory.parcels.tables import Row, TableForm, Where, rows_of
from directory.practices.models import Practice, PracticeAttachment, PracticeSource, practice_term
from directory.publication.models import CatalogueState, Status
from directory.topics.models import Synonym, Term

# In place of who did something and why: nobody's business outside of the house.
BY_ARCHIVE = "archiv"
_PERSONS = ("person_name", "person_basis")
# What no page shows of a membership
_UNSHOWN = (
    "declaration_signed_on",
    "has_contact_person",
    "is_cross_cutting_task",
    "signed_declaration",
    "offers_volunteer_card",
    "commits_to_continuity",
)

Change = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class PublicTable:
    """One table: its public columns, which of its rows are public, and what they then say."""

    form: TableForm
    where: Where = lambda _: ()
    change: Change = dict


# The tables of an archive, and what a loaded row gets in columns that no archive has
INSTEAD: Mapping[str, Mapping[str, Any]] = {
    "catalogue_state": {},
    "municipality": {},
    "membership": {},
    "training_round": {},
    "postcode_place": {},
    "term": {},
    "synonym": {},
    "stored_file": {"uploaded_by": BY_ARCHIVE},
    "practice": {},
    "practice_term": {},
    "practice_source": {},
    "practice_attachment": {},
    "contact_point": {},
    "event_series": {},
    "event": {},
    "event_organiser": {},
    "keynote": {"person_basis": BY_ARCHIVE},
    "event_session": {},
    "event_source": {},
    "participation": {},
    "resource": {},
    "resource_event": {},
    "resource_term": {},
    "resource_municipality": {},
}


def public_tables(
    connection: Connection, today: dt.date, *, with_contacts: bool
) -> tuple[PublicTable, ...]:
    """Return the tables of an archive made on the day `today`, each after those it refers to.

    Names of people at contact points, and why they may be named, only `with_contacts`.
    """
    of_resource = partial(_of_published, name="resource_id", owner=Resource)
    of_practice = partial(_of_published, name="practice_id", owner=Practice)
    of_event = partial(_of_published, name="event_id", owner=Event)
    return (
        _table(CatalogueState, ("index_rules",)),
        _table(Municipality),
        _table(Membership, _UNSHOWN),
        _table(TrainingRound),
        _table(PostcodePlace),
        _table(Term),
        _table(Synonym),
        _table(StoredFile, ("uploaded_by",), lambda t: [t.c.sha256.in_(_shown_files())]),
        _published(Practice),
        of_practice(practice_term),
        of_practice(PracticeSource),
        of_practice(PracticeAttachment),
        _contacts(today, with_contacts=with_contacts),
        _table(EventSeries),
        _published(Event),
        of_event(EventOrganiser),
        # A person stands on the page for a reason that does not.
        of_event(Keynote, hidden=("person_basis",)),
        of_event(EventSession),
        of_event(EventSource),
        _participations(connection),
        _published(Resource),
        of_resource(ResourceTerm),
        of_resource(ResourceMunicipality),
        _table(
            ResourceEvent,
            where=lambda t: [t.c.resource_id.in_(_ids(Resource)), t.c.event_id.in_(_ids(Event))],
        ),
    )


def public_rows(
    connection: Connection, table: PublicTable, count: Callable[[int], object]
) -> Iterator[Row]:
    """Yield the public rows of a table as the public may see them."""
    return map(table.change, rows_of(connection, table.form, table.where, count))


def _table(
    model: Any, hidden: Sequence[str] = (), where: Where = lambda _: (), change: Change = dict
) -> PublicTable:
    table = model if isinstance(model, Table) else model.__table__
    return PublicTable(TableForm.of(table, hidden), where, change)


def _published(model: Any, hidden: Sequence[str] = (), change: Change = dict) -> PublicTable:
    return _table(model, hidden, lambda t: [t.c.status == Status.PUBLISHED.value], change)


def _of_published(
    model: Any, name: str, owner: Any, hidden: Sequence[str] = (), change: Change = dict
) -> PublicTable:
    return _table(model, hidden, lambda t: [t.c[name].in_(_ids(owner))], change)


def _ids(model: Any) -> Select[tuple[int]]:
    return select(model.id).where(model.status == Status.PUBLISHED)


def _shown_files() -> Select[Any]:
    return select(PracticeAttachment.sha256).where(
        PracticeAttachment.practice_id.in_(_ids(Practice))
    )


def _contacts(today: dt.date, *, with_contacts: bool) -> PublicTable:
    """Contact points with the ways to reach them that the pages offer today, and no others."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        contact = ContactPoint(**row)
        is_stale = standing_of(contact, today) is Standing.STALE
        offered = offered_email(contact, today)
        shown = {
            "phone": None if is_stale else contact.phone,
            "email": None if is_stale else offered,
            # Pages offer it only where nobody can rely on the other one.
            "fallback_email": offered if is_stale else None,
            "undeliverable_at": None,
        }
        if with_contacts and is_stale:
            shown |= {"person_name": None, "person_basis": None}
        return row | shown

    return _published(ContactPoint, () if with_contacts else _PERSONS, change)


def _participations(connection: Connection) -> PublicTable:
    """Who took part; with an example only where readers may see it."""
    shown = set(connection.scalars(_ids(Practice)))

    def change(row: dict[str, Any]) -> dict[str, Any]:
        return row if row["practice_id"] in shown else row | {"practice_id": None}

    return _of_published(Participation, "event_id", Event, change=change)

"""What the public entries of somebody's municipalities lack: nothing urgent, but their own."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts.models import Account
from directory.contacts.queries import ContactRow, of_municipality
from directory.editorial.kinds import KINDS
from directory.editorial.tasks import Task
from directory.municipalities.models import Municipality
from directory.practices.models import Practice
from directory.practices.queries import of_municipalities
from directory.publication.models import EntryKind
from directory.text import join


def gaps_of(session: Session, account: Account) -> Sequence[Task]:
    """Return what can be completed in the municipalities of `account`, place by place."""
    places = session.scalars(
        select(Municipality)
        .where(Municipality.ags.in_(account.places))
        .order_by(Municipality.sort_name)
    )
    return [gap for place in places for gap in _gaps_in(session, place)]


def _gaps_in(session: Session, place: Municipality) -> Iterator[Task]:
    contacts = of_municipality(session, place.ags)
    if not contacts:
        yield Task(
            f"Ansprechstelle in {place.name}",
            "Es gibt noch keine",
            "desk_copies.new",
            (("path", KINDS[EntryKind.CONTACT].path),),
        )
    for contact in contacts:
        if reason := _lack_of_contact(contact):
            yield Task(
                f"„{contact.unit}“ in {place.name}",
                reason,
                "desk_contacts.standing",
                (("key", contact.id),),
            )
    for practice in of_municipalities(session, [place.ags]):
        if reason := _lack_of_practice(practice):
            yield Task(
                f"„{practice.title}“ in {place.name}",
                reason,
                "desk_entries.history",
                (("path", KINDS[EntryKind.PRACTICE].path), ("key", practice.slug)),
            )


def _lack_of_contact(contact: ContactRow) -> str:
    said = []
    if contact.verified_at is None:
        said.append("Nicht bestätigt")
    if not (contact.phone or contact.email):
        said.append("Telefon und E-Mail nicht bekannt")
    return "; ".join(said)


def _lack_of_practice(practice: Practice) -> str:
    missing = [
        name
        for name, is_there in (
            ("Gelingensbedingungen", practice.success_factors),
            ("Stolpersteine", practice.stumbling_blocks or practice.no_stumbling_blocks_known),
        )
        if not is_there
    ]
    return f"Ohne {join(missing)}" if missing else ""

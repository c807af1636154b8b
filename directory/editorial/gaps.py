"""What public entries lack: those of somebody's municipalities one by one, to the office in sum."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Text, cast, exists, func, select
from sqlalchemy.orm import Session

from directory.accounts.models import Account
from directory.accounts.rights import Right, may
from directory.contacts.models import ContactPoint
from directory.contacts.queries import ContactRow, of_municipality
from directory.editorial.kinds import KINDS
from directory.editorial.tasks import Task
from directory.municipalities.models import Evidence, Membership, Municipality
from directory.practices.models import Practice
from directory.practices.queries import of_municipalities
from directory.publication.models import EntryKind, Status
from directory.text import join, plural


def gaps_of(session: Session, account: Account) -> Sequence[Task]:
    """Return what can be completed in the municipalities of `account`, or in the whole network."""
    if may(account, Right.OFFICE):
        return list(_gaps_in_network(session))
    places = session.scalars(
        select(Municipality)
        .where(Municipality.ags.in_(account.places))
        .order_by(Municipality.sort_name)
    )
    return [gap for place in places for gap in _gaps_in(session, place)]


def _gaps_in_network(session: Session) -> Iterator[Task]:
    no_way = func.coalesce(ContactPoint.phone, ContactPoint.email).is_(None)
    contacts, mute = session.execute(
        select(func.count(), func.count().filter(no_way)).where(
            ContactPoint.status == Status.PUBLISHED, ContactPoint.verified_at.is_(None)
        )
    ).one()
    if contacts:
        yield Task(
            f"{plural(contacts, 'Ansprechstelle', 'Ansprechstellen')} nicht bestätigt",
            f"{mute} davon ohne Telefon und E-Mail",
            "desk_entries.index",
            (("path", KINDS[EntryKind.CONTACT].path),),
        )
    members = session.scalar(
        select(func.count()).where(
            Membership.evidence == Evidence.DOCUMENTED,
            ~exists().where(
                ContactPoint.ags == Membership.ags, ContactPoint.status == Status.PUBLISHED
            ),
        )
    )
    if members:
        yield Task(
            f"{plural(members, 'Mitglied', 'Mitglieder')} ohne Ansprechstelle",
            "Stand des Netzwerks",
            "desk_office.network",
        )
    practices = session.scalar(
        select(func.count()).where(
            Practice.status == Status.PUBLISHED,
            ~Practice.no_stumbling_blocks_known,
            cast(Practice.stumbling_blocks, Text) == "[]",
        )
    )
    if practices:
        yield Task(
            f"{plural(practices, 'Praxisbeispiel', 'Praxisbeispiele')} ohne Stolpersteine",
            "„keine bekannt“ ist auch nicht angekreuzt",
            "desk_entries.index",
            (("path", KINDS[EntryKind.PRACTICE].path),),
        )


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

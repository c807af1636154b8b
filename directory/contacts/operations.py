"""Keeping contact points. Callers commit; nothing here says that somebody vouched for one."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from directory.contacts.drafts import ContactDraft
from directory.contacts.models import ContactPoint
from directory.municipalities.models import Municipality
from directory.municipalities.operations import known_ags
from directory.publication.models import EntryKind, Status
from directory.publication.saving import Saved, in_chunks, refuse_invalid, save_all
from directory.publication.validation import InvalidEntry, Known


def save_contact(
    session: Session, *, by: str, draft: ContactDraft, contact: ContactPoint | None = None
) -> Saved[ContactPoint]:
    """Change `contact`, or else create or change the one of the draft's place and unit.

    New ones are drafts. Raise `InvalidEntry`, also when another contact has that place and unit.
    """
    if contact is None:
        return save_contacts(session, by=by, drafts=[draft])[0]
    others = select(ContactPoint.id).where(
        ContactPoint.ags == draft.ags,
        ContactPoint.unit == draft.unit,
        ContactPoint.id != contact.id,
    )
    if session.scalar(others) is not None:
        raise InvalidEntry({"unit": "Diese Stelle ist für die Kommune schon eingetragen."})
    return _save(session, by=by, drafts=[draft], existing={_identity(draft): contact})[0]


def save_contacts(
    session: Session, *, by: str, drafts: Sequence[ContactDraft], checked: bool = False
) -> list[Saved[ContactPoint]]:
    """Create or change contact points by place and unit, all or none; raise `InvalidEntry`.

    `checked`: they were found valid a moment ago, with all that they refer to.
    """
    existing: dict[tuple[str, str], ContactPoint] = {}
    for chunk in in_chunks(draft.ags for draft in drafts):
        for contact in session.scalars(select(ContactPoint).where(ContactPoint.ags.in_(chunk))):
            existing[contact.ags, contact.unit] = contact
    return _save(session, by=by, drafts=drafts, existing=existing, checked=checked)


def contact_key(contact: ContactPoint) -> str:
    """Return the key of `contact` in the history: its number, since units get renamed."""
    return str(contact.id)


def _identity(draft: ContactDraft) -> tuple[str, str]:
    return draft.ags, draft.unit


def _save(
    session: Session,
    *,
    by: str,
    drafts: Sequence[ContactDraft],
    existing: dict[tuple[str, str], ContactPoint],
    checked: bool = False,
) -> list[Saved[ContactPoint]]:
    if not checked:
        known = Known(ags=known_ags(session, (draft.ags for draft in drafts)))
        refuse_invalid(drafts, known, key=lambda draft: f"{draft.ags} {draft.unit}")
    return save_all(
        session,
        kind=EntryKind.CONTACT,
        drafts=drafts,
        existing=existing,
        identity=_identity,
        create=lambda _: ContactPoint(status=Status.DRAFT),
        read=ContactDraft.of,
        write=_write,
        key=contact_key,
        by=by,
    )


def _write(contact: ContactPoint, draft: ContactDraft) -> None:
    contact.ags = draft.ags
    contact.unit = draft.unit
    contact.street = draft.street
    contact.postcode = draft.postcode
    contact.town = draft.town
    contact.lat = draft.lat
    contact.lon = draft.lon
    contact.phone = draft.phone
    if contact.email != draft.email:
        # What came back was sent to the address before.
        contact.undeliverable_at = None
    contact.email = draft.email
    contact.url = draft.url
    contact.source_url = draft.source_url
    contact.as_of = draft.as_of
    contact.fallback_email = draft.fallback_email
    contact.person_name = draft.person_name
    contact.person_basis = draft.person_basis


def sketch_contact(draft: ContactDraft, *, place: Municipality) -> ContactPoint:
    """Return what `draft` would look like as an entry that is never kept: for previews."""
    contact = ContactPoint()
    _write(contact, draft)
    set_committed_value(contact, "municipality", place)
    return contact

"""What contact points answer by their link; it goes the usual way to readers. Callers commit."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from directory.contacts import vouching
from directory.contacts.models import Answer, ContactPoint
from directory.contacts.operations import contact_key
from directory.editorial.kinds import KINDS
from directory.editorial.publishing import begin_change, submit
from directory.feedback.hints import Target, leave_hint
from directory.publication import workflow
from directory.publication.models import EntryKind
from directory.publication.validation import InvalidEntry
from directory.publication.workflow import AlreadyOpen
from directory.text import clean, is_email

# What a contact point may correct about itself by its link.
CORRECTABLE = ("unit", "email", "phone", "url", "street", "postcode", "town", "fallback_email")
_LONGEST = 300
_KIND = KINDS[EntryKind.CONTACT]


def correct(
    session: Session, contact: ContactPoint, values: Mapping[str, str], *, now: dt.datetime
) -> None:
    """Hand in what the contact point says about itself; that it answered counts as confirmed.

    Where somebody is changing the entry already, it becomes a hint to them.

    Raises:
        InvalidEntry: what was typed cannot be kept.
    """
    typed = {name: " ".join(clean(values.get(name, "")).split()) for name in CORRECTABLE}
    present = _KIND.read(contact).fields()
    changed = {
        name: value or None for name, value in typed.items() if value != (present[name] or "")
    }
    if changed.get("unit", "") is None:
        raise InvalidEntry({"unit": "Bitte nennen Sie die Stelle."})
    if changed:
        _hand_in(session, contact, present | changed, "Berichtigung durch die Ansprechstelle")
    vouching.confirm(
        session,
        contact,
        by=vouching.BY_LINK,
        now=now,
        answer=Answer.CORRECTED if changed else Answer.CONFIRMED,
    )


def name_successor(
    session: Session, contact: ContactPoint, *, unit: str, email: str, now: dt.datetime
) -> None:
    """Hand in who answers from now on, as a function with its address; nothing is confirmed.

    Raises:
        InvalidEntry: the address is none, or neither is given.
    """
    unit, email = " ".join(clean(unit).split()), "".join(clean(email).split())
    problems = {}
    if not unit and not email:
        problems["successor_unit"] = "Bitte nennen Sie die Stelle oder ihre Adresse."
    if len(unit) > _LONGEST:
        problems["successor_unit"] = "Bitte fassen Sie sich kürzer."
    if email and not is_email(email):
        problems["successor_email"] = "Bitte geben Sie eine vollständige E-Mail-Adresse an."
    if problems:
        raise InvalidEntry(problems)
    present = _KIND.read(contact).fields()
    changed: dict[str, Any] = {"person_name": None, "person_basis": None}
    if unit:
        changed["unit"] = unit
    if email:
        changed["email"] = email
    try:
        _hand_in(session, contact, present | changed, "Nachfolge, genannt von der Ansprechstelle")
    except InvalidEntry as error:
        raise InvalidEntry(
            {
                {"unit": "successor_unit", "email": "successor_email"}.get(field, field): sentence
                for field, sentence in error.problems.items()
            }
        ) from error
    vouching.close_with_successor(session, contact, now=now)


def _hand_in(session: Session, contact: ContactPoint, fields: dict[str, Any], note: str) -> None:
    try:
        copy = begin_change(session, _KIND, contact_key(contact), by=vouching.BY_LINK)
    except AlreadyOpen:
        present = _KIND.read(contact).fields()
        told = [
            f"{name}: {fields[name] or '–'}" for name in fields if fields[name] != present[name]
        ]
        target = Target(EntryKind.CONTACT, contact_key(contact), contact.unit, contact.ags)
        leave_hint(session, target, message=note, suggestion="\n".join(told), reply_to="")
        return
    workflow.save(
        session,
        copy,
        fields,
        seen=copy.version,
        by=vouching.BY_LINK,
        title=_KIND.title(session, fields)[:300],
    )
    submit(session, copy, by=vouching.BY_LINK, note=note)

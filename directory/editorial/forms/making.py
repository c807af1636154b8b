"""Making a form for somebody: with the places, terms and series they can choose from."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from directory.accounts.models import Account, Role
from directory.editorial.access import may_see_file
from directory.editorial.forms.attachments import Attachments
from directory.editorial.forms.fields import EntryForm, Place, Rows, every_field
from directory.editorial.kinds import Kind
from directory.events.models import Event
from directory.files.queries import find_files
from directory.municipalities.models import Municipality
from directory.practices.queries import attachment_hashes
from directory.publication.validation import Problems
from directory.search.lists.reference import Reference, get_reference
from directory.topics.models import TermKind

# Of so many places somebody picks from a list; of more they type a name.
_MOST_TO_PICK = 12
_TERMS = {
    "topics": TermKind.TOPIC,
    "target_groups": TermKind.TARGET_GROUP,
    "instruments": TermKind.INSTRUMENT,
}
_MOST_ROUNDS = 12


def make_form(
    session: Session,
    kind: Kind,
    account: Account,
    *,
    values: Mapping[str, Any] | None = None,
    typed: "MultiDict[str, str] | None" = None,
    problems: Problems | None = None,
    more: Collection[str] = (),
) -> EntryForm:
    """Return the form of `kind` as `account` fills it in, with empty rows added to `more`."""
    if values is None and len(account.places) == 1:
        values = {"ags": next(iter(account.places))}
    form = kind.form(values, typed, problems)
    for name in more:
        if name in form and isinstance(form[name], Rows):
            form[name].add_spare()
    _offer(session, form, get_reference(session))
    _know_places(session, form, account)
    _know_files(session, form, account, kept=values or {})
    return form


def _offer(session: Session, form: EntryForm, reference: Reference) -> None:
    names = {field.name for field in form}
    for name, term_kind in _TERMS.items():
        if name in names:
            form[name].choices = list(reference.terms[term_kind].items())
    if "terms" in names:
        form["terms"].choices = [
            choice for terms in reference.terms.values() for choice in terms.items()
        ]
    if "series" in names:
        form["series"].choices = list(reference.series.items())
    if "events" in names:
        events = session.execute(
            select(Event.slug, Event.short_title).order_by(Event.sort_date.desc())
        )
        form["events"].choices = [(slug, title) for slug, title in events]
    if "rounds" in names:
        form["rounds"].choices = [(f"{one}", f"Runde {one}") for one in range(1, _MOST_ROUNDS + 1)]


def _know_places(session: Session, form: EntryForm, account: Account) -> None:
    fields = [field for field in every_field(form) if isinstance(field, Place)]
    if not fields:
        return
    names = place_names(session)
    find = partial(_find_place, session, {name: ags for ags, name in names.items()})
    own = sorted(account.places, key=lambda ags: names.get(ags, ags))
    for field in fields:
        field.names = names
        field.find = find
        if account.role is Role.EDITOR and len(own) <= _MOST_TO_PICK:
            field.offered = [(ags, names.get(ags, ags)) for ags in own]
            # The help says what to type.
            field.description = ""


def _know_files(
    session: Session, form: EntryForm, account: Account, *, kept: Mapping[str, Any]
) -> None:
    """Let only files into the form that it had before, or that `account` may see anyway."""
    for field in form:
        if isinstance(field, Attachments):
            had = set(attachment_hashes(kept))
            field.allowed = {
                one for one in field.hashes if one in had or may_see_file(session, account, one)
            }
            field.files = find_files(session, field.allowed)


def find_place(session: Session, words: str) -> str | None:
    """Return the key (AGS) of the one place that is called so, typed as a name or a key."""
    names = place_names(session)
    if words in names:
        return words
    return _find_place(session, {name: ags for ags, name in names.items()}, words)


def _find_place(session: Session, keys: Mapping[str, str], words: str) -> str | None:
    if words in keys:
        return keys[words]
    found = get_reference(session).gazetteer.find(words)
    is_clear = found is not None and len(found.places) == 1 and not found.alternatives
    return found.places[0].ags if found and is_clear else None


def place_names(session: Session) -> dict[str, str]:
    """Return AGS → name by name, with what it is where two places share one."""
    rows = session.execute(
        select(Municipality.ags, Municipality.name, Municipality.designation).order_by(
            Municipality.sort_name
        )
    ).all()
    seen: dict[str, int] = {}
    for _, name, _ in rows:
        seen[name] = seen.get(name, 0) + 1
    return {
        ags: name if seen[name] == 1 else f"{name} ({designation})"
        for ags, name, designation in rows
    }

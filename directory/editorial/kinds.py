"""The kinds of entries the desk can write, and how each of them is found, read and kept.

Everything the desk does is the same for all kinds; what differs stands in this one table.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Select, bindparam, false, select
from sqlalchemy.orm import Session, joinedload, selectinload

from directory.accounts.rights import Right
from directory.contacts.drafts import ContactDraft
from directory.contacts.models import ContactPoint
from directory.contacts.operations import contact_key, save_contact
from directory.editorial.forms.events import EventForm, ResourceForm
from directory.editorial.forms.fields import EntryForm
from directory.editorial.forms.places import ContactForm, MembershipForm, ProfileForm
from directory.editorial.forms.practices import PracticeForm
from directory.errors import NotFound
from directory.events.drafts import EventDraft
from directory.events.models import Event, EventSession, Resource
from directory.events.operations import save_event
from directory.events.resources import ResourceDraft, save_resource
from directory.municipalities.drafts import MembershipDraft, MunicipalityDraft
from directory.municipalities.models import Membership, Municipality
from directory.municipalities.operations import save_membership, save_municipality
from directory.practices.drafts import PracticeDraft
from directory.practices.models import Practice
from directory.practices.operations import save_practice
from directory.publication.models import EntryKind
from directory.publication.redaction import REMOVED
from directory.publication.saving import Draft, Saved
from directory.text import slugify

Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of entries, as the desk sees it."""

    kind: EntryKind
    # Its part of the desk's addresses, and its German names
    path: str
    singular: str
    plural: str
    new: str
    # Who may write it: `WRITE` for what belongs to a municipality, `OFFICE` for the rest
    right: Right
    form: type[EntryForm]

    # All entries, with what reading them needs; and the column editors' municipalities stand in
    entries: Callable[[], Select[Any]]
    place: Any
    key_column: Any
    # What lists look for words in, and what they are in order of
    title_column: Any
    order_column: Any

    key: Callable[[Any], str]
    read: Callable[[Any], Draft]
    # Given who saves, the draft, and the key of the entry; None: a new one
    save: Callable[[Session, str, Any, str | None], Saved[Any]]
    title: Callable[[Session, Values], str]
    # Fills in what nobody types, before values are read as a draft
    complete: Callable[[Session, Values], Values]
    # The index that visitors search in knows it by this name; None: it is not searched
    index_kind: str | None
    can_be_begun: bool = True

    @property
    def draft(self) -> type[Draft]:
        """What its values are read as."""
        return self.form.DRAFT

    def find(self, session: Session, key: str) -> Any | None:
        """Return the entry called `key`, whatever its status."""
        return next(iter(self.find_all(session, [key])), None)

    def find_all(self, session: Session, keys: Collection[str]) -> Sequence[Any]:
        """Return those of the entries called `keys` that there are, whatever their status."""
        wanted: Collection[Any] = keys
        if self.key_column is ContactPoint.id:
            wanted = [int(key) for key in keys if re.fullmatch(r"[0-9]{1,9}", key)]
        return session.scalars(self._called, {"keys": wanted}).all()

    @cached_property
    def _called(self) -> Select[Any]:
        # Written once: to build it takes as long as to run it.
        return self.entries().where(self.key_column.in_(bindparam("keys", expanding=True)))

    def get(self, session: Session, key: str) -> Any:
        """Return the entry called `key`; raise `NotFound`."""
        entry = self.find(session, key)
        if entry is None:
            raise NotFound("Diesen Eintrag gibt es nicht (mehr).")
        return entry

    def ags_of(self, values: Values) -> str | None:
        """Return the municipality that `values` belong to; None: to the whole network."""
        ags = values.get("ags")
        return ags if self.place is not None and isinstance(ags, str) and ags else None

    def in_places(self, places: Collection[str] | None) -> Select[Any]:
        """Return the entries of `places` (AGS) in their order; None: of all."""
        statement = self.entries().order_by(self.order_column)
        if places is None:
            return statement
        return statement.where(false() if self.place is None else self.place.in_(places))


def kind_of_path(path: str) -> Kind:
    """Return the kind with this part of the address; raise `NotFound`."""
    for kind in KINDS.values():
        if kind.path == path:
            return kind
    raise NotFound("Diese Art von Einträgen gibt es in der Redaktion nicht.")


def _with_slug(
    column: Any, name: Callable[[Session, Values], str]
) -> Callable[[Session, Values], Values]:
    """Return what gives new entries an address of their own, made from their `name`."""

    def complete(session: Session, values: Values) -> Values:
        if values.get("slug"):
            return values
        wanted = slugify(name(session, values), longest=100) or "eintrag"
        taken = set(session.scalars(select(column).where(column.startswith(wanted))))
        slug, number = wanted, 2
        while slug in taken:
            slug, number = f"{wanted}-{number}", number + 1
        return {**values, "slug": slug}

    return complete


def _practice_name(session: Session, values: Values) -> str:
    place = session.get(Municipality, values.get("ags") or "")
    return f"{place.slug if place else ''} {values.get('title') or ''}"


def _event_name(_session: Session, values: Values) -> str:
    short, year = str(values.get("short_title") or ""), str(values.get("year") or "")
    return short if year in short else f"{short} {year}"


def _title(_session: Session, values: Values) -> str:
    return str(values.get("title") or "")


def _membership_title(session: Session, values: Values) -> str:
    place = session.get(Municipality, values.get("ags") or "")
    return f"Mitgliedschaft von {place.name}" if place else "Mitgliedschaft"


def _complete_event(session: Session, values: Values) -> Values:
    """Give the event its address, and each part of its programme one that no other event has."""
    values = _with_slug(Event.slug, _event_name)(session, values)
    taken = set(
        session.scalars(select(EventSession.slug).join(Event).where(Event.slug != values["slug"]))
    )
    parts = []
    for part in values.get("sessions") or ():
        slug = part.get("slug")
        if not slug:
            title = part.get("title") or "programmpunkt"
            wanted = slugify(f"{values['slug']} {title}", longest=100)
            slug, number = wanted, 2
            while slug in taken:
                slug, number = f"{wanted}-{number}", number + 1
        taken.add(slug)
        parts.append({**part, "slug": slug})
    return {**values, "sessions": parts}


def _unchanged(_session: Session, values: Values) -> Values:
    return values


def _complete_contact(_session: Session, values: Values) -> Values:
    """Leave out a person whose name was removed: an older state must not bring the rest back."""
    if REMOVED in str(values.get("person_name") or ""):
        return {**values, "person_name": None, "person_basis": None}
    return values


_Key = str | None


def _keep_practice(session: Session, by: str, draft: PracticeDraft, _key: _Key) -> Saved[Any]:
    return save_practice(session, by=by, draft=draft)


def _keep_contact(session: Session, by: str, draft: ContactDraft, key: _Key) -> Saved[Any]:
    contact = None if key is None else KINDS[EntryKind.CONTACT].find(session, key)
    return save_contact(session, by=by, draft=draft, contact=contact)


def _keep_municipality(
    session: Session, by: str, draft: MunicipalityDraft, _key: _Key
) -> Saved[Any]:
    return save_municipality(session, by=by, draft=draft)


def _keep_membership(session: Session, by: str, draft: MembershipDraft, _key: _Key) -> Saved[Any]:
    return save_membership(session, by=by, draft=draft)


def _keep_event(session: Session, by: str, draft: EventDraft, _key: _Key) -> Saved[Any]:
    return save_event(session, by=by, draft=draft)


def _keep_resource(session: Session, by: str, draft: ResourceDraft, _key: _Key) -> Saved[Any]:
    return save_resource(session, by=by, draft=draft)


_ALL: Sequence[Kind] = (
    Kind(
        kind=EntryKind.PRACTICE,
        path="praxisbeispiele",
        singular="Praxisbeispiel",
        plural="Praxisbeispiele",
        new="Neues Praxisbeispiel",
        right=Right.WRITE,
        form=PracticeForm,
        entries=lambda: select(Practice).options(
            joinedload(Practice.municipality),
            selectinload(Practice.terms),
            selectinload(Practice.sources),
            selectinload(Practice.attachments),
        ),
        place=Practice.ags,
        key_column=Practice.slug,
        title_column=Practice.title,
        order_column=Practice.title,
        key=lambda entry: entry.slug,
        read=PracticeDraft.of,
        save=_keep_practice,
        title=_title,
        complete=_with_slug(Practice.slug, _practice_name),
        index_kind="practice",
    ),
    Kind(
        kind=EntryKind.CONTACT,
        path="ansprechstellen",
        singular="Ansprechstelle",
        plural="Ansprechstellen",
        new="Neue Ansprechstelle",
        right=Right.WRITE,
        form=ContactForm,
        entries=lambda: select(ContactPoint).options(joinedload(ContactPoint.municipality)),
        place=ContactPoint.ags,
        key_column=ContactPoint.id,
        title_column=ContactPoint.unit,
        order_column=ContactPoint.unit,
        key=contact_key,
        read=ContactDraft.of,
        save=_keep_contact,
        title=lambda _session, values: str(values.get("unit") or ""),
        complete=_complete_contact,
        index_kind="contact",
    ),
    Kind(
        kind=EntryKind.MUNICIPALITY,
        path="kommunen",
        singular="Profil der Kommune",
        plural="Profile der Kommunen",
        new="",
        right=Right.WRITE,
        form=ProfileForm,
        entries=lambda: select(Municipality),
        place=Municipality.ags,
        key_column=Municipality.ags,
        title_column=Municipality.name,
        order_column=Municipality.sort_name,
        key=lambda entry: entry.ags,
        read=MunicipalityDraft.of,
        save=_keep_municipality,
        title=lambda _session, values: str(values.get("name") or ""),
        complete=_unchanged,
        index_kind="municipality",
        can_be_begun=False,
    ),
    Kind(
        kind=EntryKind.MEMBERSHIP,
        path="mitgliedschaften",
        singular="Mitgliedschaft",
        plural="Mitgliedschaften",
        new="Neue Mitgliedschaft",
        right=Right.OFFICE,
        form=MembershipForm,
        entries=lambda: (
            select(Membership)
            .join(Membership.municipality)
            .options(joinedload(Membership.municipality), selectinload(Membership.rounds))
        ),
        place=Membership.ags,
        key_column=Membership.ags,
        title_column=Municipality.name,
        order_column=Municipality.sort_name,
        key=lambda entry: entry.ags,
        read=MembershipDraft.of,
        save=_keep_membership,
        title=_membership_title,
        complete=_unchanged,
        index_kind=None,
    ),
    Kind(
        kind=EntryKind.EVENT,
        path="veranstaltungen",
        singular="Veranstaltung",
        plural="Veranstaltungen",
        new="Neue Veranstaltung",
        right=Right.OFFICE,
        form=EventForm,
        entries=lambda: select(Event),
        place=None,
        key_column=Event.slug,
        title_column=Event.title,
        order_column=Event.sort_date,
        key=lambda entry: entry.slug,
        read=EventDraft.of,
        save=_keep_event,
        title=_title,
        complete=_complete_event,
        index_kind="event",
    ),
    Kind(
        kind=EntryKind.RESOURCE,
        path="materialien",
        singular="Material",
        plural="Materialien",
        new="Neues Material",
        right=Right.OFFICE,
        form=ResourceForm,
        entries=lambda: select(Resource),
        place=None,
        key_column=Resource.slug,
        title_column=Resource.title,
        order_column=Resource.title,
        key=lambda entry: entry.slug,
        read=ResourceDraft.of,
        save=_keep_resource,
        title=_title,
        complete=_with_slug(Resource.slug, _title),
        index_kind="resource",
    ),
)
KINDS: Mapping[EntryKind, Kind] = {kind.kind: kind for kind in _ALL}

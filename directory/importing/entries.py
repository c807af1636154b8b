"""The entries that rows are about: finding them, saving them, naming them in the history."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from directory.contacts.drafts import ContactDraft
from directory.contacts.models import ContactPoint
from directory.contacts.operations import contact_key, save_contacts
from directory.db import Model
from directory.importing.models import ImportKind
from directory.municipalities.drafts import MembershipDraft
from directory.municipalities.models import Membership
from directory.municipalities.operations import save_memberships
from directory.practices.drafts import PracticeDraft
from directory.practices.models import Practice
from directory.practices.operations import save_practices
from directory.publication.models import EntryKind, Publishable, Revision, Status
from directory.publication.saving import Draft, Saved, in_chunks
from directory.text import slugify

D = TypeVar("D", bound=Draft)
E = TypeVar("E", bound=Model)
Values = Mapping[str, Any]
Identity = tuple[str, ...]

_LONGEST_SLUG = 120


class Entries(ABC, Generic[D, E]):
    """The entries of one kind that a file may be about, loaded at once."""

    kind: EntryKind
    draft: type[D]
    # How the search calls them; None: they are not in its index
    indexed_as: str | None
    # The fields that tell one entry from another
    identity_fields: tuple[str, ...]

    def __init__(self, session: Session) -> None:
        self._session = session
        # Whether what is loaded must stay as it is until the transaction ends
        self.locking = False
        self.present: dict[Identity, E] = {}

    def lock(self, identities: Iterable[Identity]) -> None:
        """Load the entries of `identities` as they are now; nobody changes them before the end."""
        self.locking = True
        self.load((dict(zip(self.identity_fields, one, strict=True)) for one in identities), {})

    def _all(self, statement: Select[E]) -> Iterable[E]:
        if self.locking:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return self._session.scalars(statement)

    @abstractmethod
    def load(self, rows: Iterable[Values], names: Mapping[str, str]) -> None:
        """Load what `rows` may be about; `names` are AGS → name."""

    def identify(self, values: Values) -> Identity | None:
        """Return what tells the entry of a row from all others; None when it does not say."""
        identity = tuple(values.get(field) or "" for field in self.identity_fields)
        return identity if all(identity) else None

    @abstractmethod
    def read(self, entry: E) -> D:
        """Return the draft that `entry` corresponds to."""

    @abstractmethod
    def save(self, drafts: Sequence[D], *, by: str, checked: bool = False) -> list[Saved[E]]:
        """Save `drafts`, all or none; `checked` as the operations of the kind have it."""

    @abstractmethod
    def key(self, entry: E) -> str:
        """Return what the history calls `entry`."""

    @abstractmethod
    def by_keys(self, keys: Sequence[str]) -> dict[str, E]:
        """Return the entries that the history calls `keys`."""

    def status(self, entry: E) -> Status | None:
        """Return where `entry` stands between desk and public; None: it is always public."""
        return entry.status if isinstance(entry, Publishable) else None

    def versions(self, entries: Iterable[E]) -> dict[str, int]:
        """Return key → version of each of `entries`: equal as long as nobody saved another."""
        return {self.key(entry): entry.version for entry in entries}  # type: ignore[attr-defined]


class Practices(Entries[PracticeDraft, Practice]):
    """Practices, by slug or else by municipality and title."""

    kind = EntryKind.PRACTICE
    draft = PracticeDraft
    indexed_as = "practice"
    identity_fields = ("slug",)

    def load(self, rows: Iterable[Values], names: Mapping[str, str]) -> None:
        """Load the practices of the rows' slugs, municipalities and titles."""
        rows = list(rows)
        self._names = names
        slugs = [row["slug"] for row in rows if row.get("slug")]
        unnamed = [row for row in rows if not row.get("slug")]
        places = {row["ags"] for row in unnamed if row.get("ags")}
        titles = [row["title"] for row in unnamed if row.get("title")]
        found: dict[str, Practice] = {}
        for chunk in in_chunks(slugs):
            found |= self._where(Practice.slug.in_(chunk))
        for chunk in in_chunks(titles):
            found |= self._where(Practice.title.in_(chunk), Practice.ags.in_(places))
        self.present = {(slug,): practice for slug, practice in found.items()}
        self._by_title = {(one.ags, one.title): one.slug for one in found.values()}
        self._made: dict[tuple[str, str], str] = {}
        self._plain: dict[tuple[str, str], str] = {}
        wanted = {self._plain_slug(row) for row in unnamed if row.get("ags") and row.get("title")}
        self._taken = set(slugs)
        for chunk in in_chunks(wanted):
            taken = select(Practice.slug).where(Practice.slug.in_(chunk))
            self._taken.update(self._session.scalars(taken))

    def identify(self, values: Values) -> Identity | None:
        """Return the slug: the row's own, that of the entry it is about, or a new one."""
        if values.get("slug"):
            return (values["slug"],)
        ags, title = values.get("ags"), values.get("title")
        if not ags or not title:
            return None
        place = (ags, title)
        slug = self._by_title.get(place) or self._made.get(place)
        if slug is None:
            slug = self._new_slug(values)
            self._made[place] = slug
        return (slug,)

    def read(self, entry: Practice) -> PracticeDraft:
        """Return the draft that `entry` corresponds to."""
        return PracticeDraft.of(entry)

    def save(
        self, drafts: Sequence[PracticeDraft], *, by: str, checked: bool = False
    ) -> list[Saved[Practice]]:
        """Save `drafts`, all or none."""
        return save_practices(self._session, by=by, drafts=drafts, checked=checked)

    def key(self, entry: Practice) -> str:
        """Return the slug."""
        return entry.slug

    def by_keys(self, keys: Sequence[str]) -> dict[str, Practice]:
        """Return the practices of these slugs."""
        found: dict[str, Practice] = {}
        for chunk in in_chunks(keys):
            found |= self._where(Practice.slug.in_(chunk))
        return found

    def _where(self, *conditions: Any) -> dict[str, Practice]:
        whole = (selectinload(Practice.terms), selectinload(Practice.sources))
        rows = self._all(select(Practice).where(*conditions).options(*whole))
        return {practice.slug: practice for practice in rows}

    def _plain_slug(self, values: Values) -> str:
        ags, title = place = values["ags"], values["title"]
        if place not in self._plain:
            plain = slugify(f"{self._names.get(ags, ags)} {title}", longest=_LONGEST_SLUG)
            self._plain[place] = plain or "praxisbeispiel"
        return self._plain[place]

    def _new_slug(self, values: Values) -> str:
        plain, number = self._plain_slug(values), 1
        slug = plain
        # Two titles may differ in nothing that an address can show.
        while slug in self._taken:
            number += 1
            slug = f"{plain[: _LONGEST_SLUG - 6]}-{number}"
        self._taken.add(slug)
        return slug


class Contacts(Entries[ContactDraft, ContactPoint]):
    """Contact points, by municipality and unit."""

    kind = EntryKind.CONTACT
    draft = ContactDraft
    indexed_as = "contact"
    identity_fields = ("ags", "unit")

    def load(self, rows: Iterable[Values], names: Mapping[str, str]) -> None:  # noqa: ARG002
        """Load all contact points of the rows' municipalities."""
        for chunk in in_chunks(row["ags"] for row in rows if row.get("ags")):
            statement = select(ContactPoint).where(ContactPoint.ags.in_(chunk))
            for contact in self._all(statement):
                self.present[contact.ags, contact.unit] = contact

    def read(self, entry: ContactPoint) -> ContactDraft:
        """Return the draft that `entry` corresponds to."""
        return ContactDraft.of(entry)

    def save(
        self, drafts: Sequence[ContactDraft], *, by: str, checked: bool = False
    ) -> list[Saved[ContactPoint]]:
        """Save `drafts`, all or none."""
        return save_contacts(self._session, by=by, drafts=drafts, checked=checked)

    def key(self, entry: ContactPoint) -> str:
        """Return the number."""
        return contact_key(entry)

    def by_keys(self, keys: Sequence[str]) -> dict[str, ContactPoint]:
        """Return the contact points of these numbers."""
        found: dict[str, ContactPoint] = {}
        for chunk in in_chunks(keys):
            statement = select(ContactPoint).where(ContactPoint.id.in_([int(key) for key in chunk]))
            found |= {contact_key(one): one for one in self._all(statement)}
        return found


class Memberships(Entries[MembershipDraft, Membership]):
    """Memberships, by municipality."""

    kind = EntryKind.MEMBERSHIP
    draft = MembershipDraft
    indexed_as = None
    identity_fields = ("ags",)

    def load(self, rows: Iterable[Values], names: Mapping[str, str]) -> None:  # noqa: ARG002
        """Load the memberships of the rows' municipalities."""
        found = self.by_keys([row["ags"] for row in rows if row.get("ags")])
        self.present = {(ags,): entry for ags, entry in found.items()}

    def read(self, entry: Membership) -> MembershipDraft:
        """Return the draft that `entry` corresponds to."""
        return MembershipDraft.of(entry)

    def save(
        self, drafts: Sequence[MembershipDraft], *, by: str, checked: bool = False
    ) -> list[Saved[Membership]]:
        """Save `drafts`, all or none."""
        return save_memberships(self._session, by=by, drafts=drafts, checked=checked)

    def key(self, entry: Membership) -> str:
        """Return the key of the municipality."""
        return entry.ags

    def by_keys(self, keys: Sequence[str]) -> dict[str, Membership]:
        """Return the memberships of these municipalities."""
        found: dict[str, Membership] = {}
        for chunk in in_chunks(keys):
            statement = select(Membership).where(Membership.ags.in_(chunk))
            for entry in self._all(statement.options(selectinload(Membership.rounds))):
                found[entry.ags] = entry
        return found

    def versions(self, entries: Iterable[Membership]) -> dict[str, int]:
        """Return AGS → number of revisions: memberships have no version of their own."""
        versions = {entry.ags: 1 for entry in entries}
        for chunk in in_chunks(versions):
            statement = (
                select(Revision.key, func.max(Revision.version))
                .where(Revision.kind == self.kind, Revision.key.in_(chunk))
                .group_by(Revision.key)
            )
            versions |= dict(self._session.execute(statement).all())
        return versions


_ENTRIES: dict[ImportKind, type[Entries[Any, Any]]] = {
    ImportKind.PRACTICES: Practices,
    ImportKind.CONTACTS: Contacts,
    ImportKind.MEMBERSHIPS: Memberships,
}


def entries_of(kind: ImportKind, session: Session) -> Entries[Any, Any]:
    """Return the access to the entries of `kind`."""
    return _ENTRIES[kind](session)

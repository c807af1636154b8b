"""Saving the seed: idempotent, all or nothing, and never over what editors wrote."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.contacts.models import ContactPoint
from directory.contacts.operations import contact_key, save_contacts
from directory.db import Model
from directory.events.models import Event, Resource
from directory.events.operations import save_all_series, save_events
from directory.events.resources import save_resources
from directory.municipalities.drafts import PostcodeDraft
from directory.municipalities.operations import (
    replace_postcodes,
    save_memberships,
    save_municipalities,
)
from directory.practices.models import Practice
from directory.practices.operations import save_practices
from directory.publication import history
from directory.publication.catalogue import advance
from directory.publication.models import EntryKind, Revision, Status
from directory.publication.saving import Draft, Outcome, Saved
from directory.publication.validation import InvalidEntry
from directory.seeding.event_tables import EVENTS, RESOURCES
from directory.seeding.files import SeedProblem
from directory.seeding.report import Count, SeedReport
from directory.seeding.seed import Rows, SeedError, read_seed
from directory.seeding.tables import (
    CONTACTS,
    MEMBERSHIPS,
    MUNICIPALITIES,
    POSTCODES,
    PRACTICES,
    TERMS,
)
from directory.topics.operations import save_terms

D = TypeVar("D", bound=Draft)
D_contra = TypeVar("D_contra", bound=Draft, contravariant=True)
E = TypeVar("E", bound=Model)
P = TypeVar("P", ContactPoint, Practice, Event, Resource)

# To be raised when the same files come to mean something else.
_RULES = b"1"
FILES = tuple(
    table.file
    for table in (
        MUNICIPALITIES,
        POSTCODES,
        MEMBERSHIPS,
        TERMS,
        CONTACTS,
        PRACTICES,
        EVENTS,
        RESOURCES,
    )
)


def seed_digest(folder: Path) -> str:
    """Return the SHA-256 (hex) of the files that `load_seed` reads; a missing one counts as empty.

    As long as it stays the same, loading again changes nothing that editors did not change.
    """
    digest = hashlib.sha256(_RULES)
    for name in FILES:
        path = folder / name
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"\0{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def load_seed(session: Session, folder: Path, *, by: str = "seed") -> SeedReport:
    """Load all tables of `folder`, publish what is new, and say what became of each row.

    Callers begin the write transaction and commit. Everything is read and checked before anything
    is saved; a faulty seed raises `SeedError`. An entry whose latest revision is not `by` the seed
    is left as the editors made it, and entries that the seed no longer has stay: withdrawing one
    is a decision.
    """
    seed = read_seed(folder)
    run = _Run(session, by)
    # In this order everything finds what it refers to.
    run.save("municipalities", EntryKind.MUNICIPALITY, seed.municipalities, save_municipalities)
    run.replace_postcodes(seed.postcodes)
    run.save("memberships", EntryKind.MEMBERSHIP, seed.memberships, save_memberships)
    run.save("terms", EntryKind.TERM, seed.terms, save_terms)
    contacts = run.save("contacts", EntryKind.CONTACT, seed.contacts, save_contacts)
    practices = run.save("practices", EntryKind.PRACTICE, seed.practices, save_practices)
    run.save("series", EntryKind.SERIES, seed.series, save_all_series)
    events = run.save("events", EntryKind.EVENT, seed.events, save_events)
    resources = run.save("resources", EntryKind.RESOURCE, seed.resources, save_resources)

    run.publish(EntryKind.CONTACT, contacts, contact_key)
    run.publish(EntryKind.PRACTICE, practices, lambda practice: practice.slug)
    run.publish(EntryKind.EVENT, events, lambda event: event.slug)
    run.publish(EntryKind.RESOURCE, resources, lambda resource: resource.slug)

    report = SeedReport(run.counts)
    if report.changed:
        advance(session)
    session.flush()
    return report


class _SaveAll(Protocol[D_contra, E]):
    """An operation that saves many drafts of one kind."""

    def __call__(
        self, session: Session, *, by: str, drafts: Sequence[D_contra]
    ) -> list[Saved[E]]: ...


class _Run:
    """One loading of the seed."""

    def __init__(self, session: Session, by: str) -> None:
        self.counts: dict[str, Count] = {}
        self._session = session
        self._by = by
        self._edited = _edited_by_others(session, by)

    def save(
        self, name: str, kind: EntryKind, rows: Rows[D], save: _SaveAll[D, E]
    ) -> list[Saved[E]]:
        """Save all rows but those that editors changed."""
        keys = [rows.table.key(draft) for draft in rows.drafts]
        edited = tuple(key for key in keys if key in self._edited[kind])
        drafts = [
            draft
            for key, draft in zip(keys, rows.drafts, strict=True)
            if key not in self._edited[kind]
        ]
        try:
            saved = save(self._session, by=self._by, drafts=drafts)
        except InvalidEntry as error:
            raise SeedError(_problems(rows, error)) from error
        outcomes = Counter(result.outcome for result in saved)
        self.counts[name] = Count(
            created=outcomes[Outcome.CREATED],
            changed=outcomes[Outcome.CHANGED],
            unchanged=outcomes[Outcome.UNCHANGED],
            edited=edited,
        )
        return saved

    def replace_postcodes(self, rows: Rows[PostcodeDraft]) -> None:
        """Save the postcodes, which nobody edits."""
        change = replace_postcodes(self._session, drafts=rows.drafts)
        self.counts["postcodes"] = Count(
            created=change.added, unchanged=change.kept, removed=change.removed
        )

    def publish(self, kind: EntryKind, saved: Iterable[Saved[P]], key: Callable[[P], str]) -> None:
        """Publish what is new; what is there already has a status that somebody decided on."""
        for result in saved:
            if result.outcome is Outcome.CREATED:
                history.move(
                    self._session,
                    result.entry,
                    kind=kind,
                    key=key(result.entry),
                    to=Status.PUBLISHED,
                    by=self._by,
                    note="Startbestand",
                )


def _problems(rows: Rows[D], error: InvalidEntry) -> list[SeedProblem]:
    # The seed is sound in itself; this is about an entry that the database has already.
    lines = dict(zip(map(rows.table.key, rows.drafts), rows.lines, strict=True))
    return [
        SeedProblem(
            rows.table.file,
            lines.get(error.key, 0),
            f"{rows.table.place_in_file(field)}: {sentence}",
        )
        for field, sentence in error.problems.items()
    ]


def _edited_by_others(session: Session, by: str) -> Mapping[EntryKind, set[str]]:
    # kind → keys of the entries whose latest revision somebody else made, in the seed's terms
    latest = (
        select(Revision.kind, Revision.key, func.max(Revision.version).label("version"))
        .group_by(Revision.kind, Revision.key)
        .subquery()
    )
    rows = session.execute(
        select(Revision.kind, Revision.key)
        .join(
            latest,
            (Revision.kind == latest.c.kind)
            & (Revision.key == latest.c.key)
            & (Revision.version == latest.c.version),
        )
        .where(Revision.actor != by)
    )
    edited: dict[EntryKind, set[str]] = defaultdict(set)
    for kind, key in rows:
        edited[kind].add(key)

    # The seed knows a contact by place and unit. When editors renamed the unit, it must find the
    # contact under the former name, or it would bring it back as a second one.
    contacts = edited.pop(EntryKind.CONTACT, set())
    for revision in session.scalars(select(Revision).where(Revision.kind == EntryKind.CONTACT)):
        if revision.key in contacts:
            former = revision.fields
            edited[EntryKind.CONTACT].add(f"{former['ags']} {former['unit']}")
    return edited

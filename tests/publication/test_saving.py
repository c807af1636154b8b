"""What is saved leaves a trace; what did not change leaves none."""

import dataclasses

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.publication.models import AuditEntry, EntryKind, Revision
from directory.publication.saving import Outcome
from directory.topics.drafts import TermDraft
from directory.topics.models import TermKind
from directory.topics.operations import save_term, save_terms

DRAFT = TermDraft(
    slug="ehrenamtskarte",
    kind=TermKind.INSTRUMENT,
    position=1,
    label="Ehrenamtskarte",
    definition="Eine Karte, die Vergünstigungen bringt.",
    synonyms=("Ehrenkarte",),
)


def revisions(session: Session) -> list[tuple[int, str, str]]:
    rows = session.scalars(select(Revision).order_by(Revision.version))
    return [(row.version, row.actor, row.fields["label"]) for row in rows]


def test_the_first_saving_creates_and_keeps_all_fields(session: Session) -> None:
    assert save_term(session, by="anna", draft=DRAFT).outcome is Outcome.CREATED
    revision = session.scalars(select(Revision)).one()
    assert (revision.kind, revision.key, revision.version, revision.actor) == (
        EntryKind.TERM,
        "ehrenamtskarte",
        1,
        "anna",
    )
    assert revision.fields == {
        "slug": "ehrenamtskarte",
        "kind": "instrument",
        "position": 1,
        "label": "Ehrenamtskarte",
        "definition": "Eine Karte, die Vergünstigungen bringt.",
        "synonyms": ["Ehrenkarte"],
    }
    line = session.scalars(select(AuditEntry)).one()
    assert (line.action, line.actor, line.kind, line.key) == (
        "created",
        "anna",
        EntryKind.TERM,
        "ehrenamtskarte",
    )


def test_saving_the_same_again_leaves_no_trace(session: Session) -> None:
    save_term(session, by="anna", draft=DRAFT)
    assert save_term(session, by="bert", draft=DRAFT).outcome is Outcome.UNCHANGED
    assert revisions(session) == [(1, "anna", "Ehrenamtskarte")]
    assert len(session.scalars(select(AuditEntry)).all()) == 1


def test_each_change_is_a_revision_of_its_own(session: Session) -> None:
    save_term(session, by="anna", draft=DRAFT)
    renamed = dataclasses.replace(DRAFT, label="Ehrenamtskarte NRW")
    assert save_term(session, by="bert", draft=renamed).outcome is Outcome.CHANGED
    save_term(session, by="anna", draft=DRAFT)
    assert revisions(session) == [
        (1, "anna", "Ehrenamtskarte"),
        (2, "bert", "Ehrenamtskarte NRW"),
        (3, "anna", "Ehrenamtskarte"),
    ]


def test_many_are_saved_in_the_order_they_came(session: Session) -> None:
    save_term(session, by="anna", draft=DRAFT)
    other = dataclasses.replace(DRAFT, slug="ehrenamtstag", label="Ehrenamtstag")
    saved = save_terms(session, by="anna", drafts=[other, DRAFT])
    assert [(result.entry.slug, result.outcome) for result in saved] == [
        ("ehrenamtstag", Outcome.CREATED),
        ("ehrenamtskarte", Outcome.UNCHANGED),
    ]

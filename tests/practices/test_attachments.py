"""Images and documents of a practice: what must be said about them, and that it comes back."""

import dataclasses

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory.files.models import FileKind, StoredFile
from directory.practices.attachments import AttachmentDraft
from directory.practices.drafts import PracticeDraft
from directory.practices.models import Licence, PracticeAttachment, PracticeState
from directory.practices.operations import save_practice
from directory.practices.queries import files_in_use, find_public_attachment
from directory.publication.drafting import restored
from directory.publication.models import (
    EntryKind,
    Revision,
    Status,
    WorkingCopy,
    WorkingCopyState,
)
from directory.publication.saving import Outcome
from directory.publication.validation import InvalidEntry
from tests.factories import build_document, build_image, build_municipality, build_term


@pytest.fixture
def draft(session: Session) -> PracticeDraft:
    """A practice with an image and a document."""
    build_term(session, slug="anerkennung")
    return PracticeDraft(
        slug="hemer-ehrenamtspreis",
        ags=build_municipality(session).ags,
        title="Ehrenamtspreis",
        summary="Hemer zeichnet Engagierte aus.",
        approach="Eine Jury wählt.",
        state=PracticeState.RECURRING,
        topics=frozenset({"anerkennung"}),
        attachments=(image(session), document(session)),
    )


def image(session: Session, **changes: object) -> AttachmentDraft:
    said = AttachmentDraft(
        sha256=build_image(session).sha256,
        kind=FileKind.IMAGE,
        caption="Verleihung 2024",
        alternative_text="Drei Jugendliche halten eine Urkunde.",
        licence=Licence.CC_BY,
        author="Stadt Hemer, Pressestelle",
    )
    return dataclasses.replace(said, **changes)  # type: ignore[arg-type]


def document(session: Session, **changes: object) -> AttachmentDraft:
    said = AttachmentDraft(
        sha256=build_document(session).sha256, kind=FileKind.DOCUMENT, caption="Leitlinien"
    )
    return dataclasses.replace(said, **changes)  # type: ignore[arg-type]


def problems(session: Session, draft: PracticeDraft, *said: AttachmentDraft) -> dict[str, str]:
    with pytest.raises(InvalidEntry) as invalid:
        save_practice(session, by="anna", draft=dataclasses.replace(draft, attachments=said))
    return invalid.value.problems


def test_everything_said_comes_back(session: Session, draft: PracticeDraft) -> None:
    practice = save_practice(session, by="anna", draft=draft).entry
    session.expire_all()
    assert PracticeDraft.of(practice) == draft
    revision = session.scalars(select(Revision)).one()
    assert restored(PracticeDraft, revision.fields) == draft
    assert save_practice(session, by="bert", draft=draft).outcome is Outcome.UNCHANGED


def test_their_order_and_every_word_count(session: Session, draft: PracticeDraft) -> None:
    practice = save_practice(session, by="anna", draft=draft).entry
    first, second = draft.attachments
    for said in (
        (second, first),
        (dataclasses.replace(first, author="Kreis"), second),
        (dataclasses.replace(first, alternative_text=None, decorative=True),),
        (),
    ):
        changed = dataclasses.replace(draft, attachments=said)
        assert save_practice(session, by="anna", draft=changed).outcome is Outcome.CHANGED
        session.expire_all()
        assert PracticeDraft.of(practice) == changed


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"alternative_text": None}, "alternative_text"),
        ({"alternative_text": " "}, "alternative_text"),
        ({"alternative_text": "x" * 501}, "alternative_text"),
        ({"decorative": True}, "decorative"),
        ({"licence": None}, "licence"),
        ({"author": None}, "author"),
        ({"caption": "zwei\nZeilen"}, "caption"),
        ({"kind": FileKind.DOCUMENT, "alternative_text": None}, "kind"),
        ({"sha256": "ab" * 32}, "sha256"),
        ({"sha256": "../geheim"}, "sha256"),
    ],
)
def test_an_image_is_refused_when_something_is_missing(
    session: Session, draft: PracticeDraft, changes: dict[str, object], field: str
) -> None:
    found = problems(session, draft, document(session), image(session, **changes))
    assert set(found) == {f"attachments[2].{field}"}


def test_a_document_needs_a_title_and_no_alternative_text(
    session: Session, draft: PracticeDraft
) -> None:
    assert set(problems(session, draft, document(session, caption=None))) == {
        "attachments[1].caption"
    }
    assert set(problems(session, draft, document(session, alternative_text="Ein Text."))) == {
        "attachments[1].alternative_text"
    }


def test_six_images_and_six_documents_are_the_most(session: Session, draft: PracticeDraft) -> None:
    images = [image(session) for _ in range(7)]
    documents = [document(session) for _ in range(7)]
    assert problems(session, draft, *images) == {"attachments": "Höchstens 6 Bilder."}
    assert problems(session, draft, *documents) == {"attachments": "Höchstens 6 Dokumente."}
    assert problems(session, draft, images[0], images[0]) == {
        "attachments": "Enthält eine Datei doppelt."
    }
    full = dataclasses.replace(draft, attachments=(*images[:6], *documents[:6]))
    assert save_practice(session, by="anna", draft=full).outcome is Outcome.CREATED


def test_a_file_is_public_when_a_published_practice_shows_it(
    session: Session, draft: PracticeDraft
) -> None:
    practice = save_practice(session, by="anna", draft=draft).entry
    sha256 = draft.attachments[1].sha256
    assert find_public_attachment(session, sha256) is None
    practice.status = Status.PUBLISHED
    session.flush()
    found = find_public_attachment(session, sha256)
    assert found is not None
    assert found.caption == "Leitlinien"
    practice.status = Status.ARCHIVED
    session.flush()
    assert find_public_attachment(session, sha256) is None


def test_a_file_is_in_use_as_long_as_a_revision_may_come_back(
    session: Session, draft: PracticeDraft
) -> None:
    save_practice(session, by="anna", draft=draft)
    save_practice(session, by="anna", draft=dataclasses.replace(draft, attachments=()))
    assert files_in_use(session) == {one.sha256 for one in draft.attachments}
    session.execute(delete(Revision))
    assert files_in_use(session) == set()


@pytest.mark.parametrize("fields", [{}, {"attachments": None}, {"attachments": [7, {}]}])
def test_what_is_being_written_keeps_its_files_however_unfinished(
    session: Session, fields: dict[str, object]
) -> None:
    sha256 = build_image(session).sha256
    said = {"attachments": [{"sha256": sha256}]}
    session.add(WorkingCopy(kind=EntryKind.PRACTICE, fields=fields, author="anna"))
    session.flush()
    assert files_in_use(session) == set()
    copy = WorkingCopy(kind=EntryKind.PRACTICE, fields=said, author="anna")
    session.add(copy)
    session.flush()
    assert files_in_use(session) == {sha256}
    copy.fields = {}
    copy.states.append(WorkingCopyState(version=1, fields=said, actor="anna"))
    session.flush()
    assert files_in_use(session) == {sha256}


def test_a_file_that_is_shown_cannot_be_forgotten(session: Session, draft: PracticeDraft) -> None:
    save_practice(session, by="anna", draft=draft)
    sha256 = draft.attachments[0].sha256
    with pytest.raises(IntegrityError):
        session.execute(delete(StoredFile).where(StoredFile.sha256 == sha256))
    session.rollback()


def test_attachments_go_with_their_practice(session: Session, draft: PracticeDraft) -> None:
    practice = save_practice(session, by="anna", draft=draft).entry
    session.delete(practice)
    session.flush()
    assert session.scalars(select(PracticeAttachment)).all() == []
    assert session.query(StoredFile).count() == 2


@pytest.mark.parametrize("licence", Licence)
def test_every_licence_has_a_name_and_creative_commons_an_address(licence: Licence) -> None:
    assert licence.label
    assert (licence.url is None) == (licence is Licence.NETWORK)

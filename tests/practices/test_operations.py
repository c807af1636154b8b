"""Keeping good-practice examples."""

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.practices.drafts import PracticeDraft
from directory.practices.models import CostBand, Practice, PracticeState, StaffEffort
from directory.practices.operations import save_practice, save_practices
from directory.publication.models import Revision, Status
from directory.publication.saving import Outcome
from directory.publication.sources import Source
from directory.publication.validation import InvalidEntry
from directory.topics.models import TermKind
from tests.factories import build_municipality, build_term


@pytest.fixture
def draft(session: Session) -> PracticeDraft:
    """Everything that can be said about a practice, in a town hall that knows three words."""
    build_term(session, slug="anerkennung")
    build_term(session, slug="jugend", kind=TermKind.TARGET_GROUP)
    build_term(session, slug="preis", kind=TermKind.INSTRUMENT)
    return PracticeDraft(
        slug="hemer-ehrenamtspreis",
        ags=build_municipality(session).ags,
        title="Ehrenamtspreis für Jugendliche",
        summary="Hemer zeichnet junge Engagierte aus.",
        situation="Junge Leute wurden selten geehrt.",
        approach="Eine Jury aus Jugendlichen wählt.",
        result="20 Vorschläge im Jahr 2022.",
        success_factors=("Jury", "Öffentlichkeit"),
        stumbling_blocks=("Wenig Zeit",),
        partners=("Stadtjugendring",),
        state=PracticeState.RECURRING,
        started_year=2019,
        ended_year=2022,
        ended_reason="Die Förderung lief aus.",
        cost_band=CostBand.UNDER_5000,
        staff_effort=StaffEffort.UNDER_QUARTER,
        topics=frozenset({"anerkennung"}),
        target_groups=frozenset({"jugend"}),
        instruments=frozenset({"preis"}),
        sources=(
            Source(title="Bericht", url="https://www.hemer.de/b", as_of="2022-05"),
            Source(title="Satzung", url="https://www.hemer.de/a"),
        ),
    )


def test_everything_said_comes_back(session: Session, draft: PracticeDraft) -> None:
    practice = save_practice(session, by="anna", draft=draft).entry
    session.expire_all()
    assert PracticeDraft.of(practice) == draft
    assert (practice.status, practice.version) == (Status.DRAFT, 1)


def test_saving_again_changes_nothing(session: Session, draft: PracticeDraft) -> None:
    save_practice(session, by="anna", draft=draft)
    session.expire_all()
    assert save_practice(session, by="bert", draft=draft).outcome is Outcome.UNCHANGED
    assert len(session.scalars(select(Revision)).all()) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Neuer Titel"},
        {"result": None},
        {"partners": ()},
        {"instruments": frozenset()},
        {"sources": (Source(title="Satzung", url="https://www.hemer.de/a"),)},
        {"success_factors": ("Öffentlichkeit", "Jury")},
        {"ended_year": None, "ended_reason": None},
        {"cost_band": None},
    ],
)
def test_any_change_is_a_new_version(
    session: Session, draft: PracticeDraft, changes: dict[str, object]
) -> None:
    practice = save_practice(session, by="anna", draft=draft).entry
    changed = dataclasses.replace(draft, **changes)
    assert save_practice(session, by="anna", draft=changed).outcome is Outcome.CHANGED
    session.expire_all()
    assert PracticeDraft.of(practice) == changed
    assert practice.version == 2


def test_sources_that_stay_keep_their_rows(session: Session, draft: PracticeDraft) -> None:
    practice = save_practice(session, by="anna", draft=draft).entry
    rows = [source.id for source in practice.sources]
    save_practice(session, by="anna", draft=dataclasses.replace(draft, title="Jugendpreis"))
    assert [source.id for source in practice.sources] == rows
    turned = dataclasses.replace(draft, sources=draft.sources[::-1])
    save_practice(session, by="anna", draft=turned)
    session.expire_all()
    assert PracticeDraft.of(practice) == turned


def test_a_changed_text_is_confirmed_by_nobody(session: Session, draft: PracticeDraft) -> None:
    practice = save_practice(session, by="anna", draft=draft).entry
    practice.confirmed_at = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    save_practice(session, by="anna", draft=draft)
    assert practice.confirmed_at is not None
    save_practice(session, by="anna", draft=dataclasses.replace(draft, summary="Anders."))
    assert practice.confirmed_at is None


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"slug": "Hemer Preis"}, {"slug"}),
        ({"ags": "05999999"}, {"ags"}),
        ({"title": "x" * 201}, {"title"}),
        ({"summary": "", "approach": ""}, {"summary", "approach"}),
        ({"started_year": 1899}, {"started_year"}),
        ({"started_year": 2023}, {"ended_year"}),
        ({"success_factors": ("",)}, {"success_factors"}),
        ({"no_stumbling_blocks_known": True}, {"no_stumbling_blocks_known"}),
        ({"topics": frozenset()}, {"topics"}),
        ({"topics": frozenset({"preis"})}, {"topics"}),
        ({"target_groups": frozenset({"katzen"})}, {"target_groups"}),
        (
            {"sources": (Source(title="", url="x", as_of="heute"),)},
            {"sources[1].title", "sources[1].url", "sources[1].as_of"},
        ),
    ],
)
def test_what_cannot_be_is_refused(
    session: Session, draft: PracticeDraft, changes: dict[str, object], fields: set[str]
) -> None:
    with pytest.raises(InvalidEntry) as caught:
        save_practice(session, by="anna", draft=dataclasses.replace(draft, **changes))
    assert set(caught.value.problems) == fields
    assert session.scalars(select(Practice)).all() == []


def test_many_at_once_are_kept_as_one_by_one(session: Session, draft: PracticeDraft) -> None:
    plain = PracticeDraft(
        slug="hemer-plain",
        ags=draft.ags,
        title="Schlicht",
        summary="Nichts weiter.",
        approach="Einfach so.",
        state=PracticeState.IDEA,
        topics=draft.topics,
    )
    drafts = [
        dataclasses.replace(one, slug=f"{one.slug}-{number}")
        for number in range(30)
        for one in (draft, plain)
    ]
    with session.begin_nested() as alone:
        single = [save_practice(session, by="anna", draft=one).entry for one in drafts]
        one_by_one = [_columns(practice) for practice in single]
        session.flush()
        alone.rollback()
    saved = save_practices(session, by="anna", drafts=drafts)
    assert {one.outcome for one in saved} == {Outcome.CREATED}
    assert [_columns(one.entry) for one in saved] == one_by_one
    assert [PracticeDraft.of(one.entry) for one in saved] == drafts
    assert {one.version for one in session.scalars(select(Revision))} == {1}
    assert session.scalar(select(func.count()).select_from(Revision)) == len(drafts)


def _columns(practice: Practice) -> dict[str, object]:
    """Return what a practice's row says, all but when it was written."""
    when = {"id", "created_at", "updated_at"}
    names = [column.name for column in Practice.__table__.columns if column.name not in when]
    return {name: getattr(practice, name) for name in names}


def test_of_many_all_are_saved_or_none(session: Session, draft: PracticeDraft) -> None:
    faulty = dataclasses.replace(draft, slug="hemer-fehler", title="")
    with pytest.raises(InvalidEntry) as caught:
        save_practices(session, by="anna", drafts=[draft, faulty])
    assert caught.value.key == "hemer-fehler"
    assert session.scalars(select(Practice)).all() == []

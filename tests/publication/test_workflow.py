"""The way of a working copy, step by step, on both databases."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.publication import workflow
from directory.publication.models import EntryKind, Stage, WorkingCopy
from directory.publication.validation import InvalidEntry

EDITOR, COLLEAGUE, REVIEWER = "konto:1", "konto:2", "konto:3"


def begun(session: Session, **fields: object) -> WorkingCopy:
    copy = workflow.begin(
        session, kind=EntryKind.PRACTICE, fields={"title": "Sprechstunde"}, by=EDITOR
    )
    for name, value in fields.items():
        setattr(copy, name, value)
    session.flush()
    return copy


def test_a_copy_goes_from_draft_to_published_and_leaves_its_trace(session: Session) -> None:
    copy = begun(session)
    workflow.take(session, copy, workflow.SUBMIT, by=EDITOR)
    workflow.take(session, copy, workflow.SEND_BACK, by=REVIEWER, note="Bitte die Quelle nennen.")
    workflow.save(session, copy, {"title": "Sprechstunde für Vereine"}, seen=1, by=EDITOR)
    workflow.take(session, copy, workflow.SUBMIT, by=EDITOR)
    workflow.take(session, copy, workflow.PUBLISH, by=REVIEWER)
    session.commit()
    session.expire_all()
    assert [(step.after, step.actor, step.note) for step in copy.steps] == [
        (Stage.DRAFT, EDITOR, None),
        (Stage.SUBMITTED, EDITOR, None),
        (Stage.RETURNED, REVIEWER, "Bitte die Quelle nennen."),
        (Stage.SUBMITTED, EDITOR, None),
        (Stage.PUBLISHED, REVIEWER, None),
    ]


def test_nobody_publishes_what_they_wrote_themselves(session: Session) -> None:
    copy = begun(session)
    workflow.save(session, copy, {"title": "Anders"}, seen=1, by=REVIEWER)
    workflow.take(session, copy, workflow.SUBMIT, by=EDITOR)
    for writer in (EDITOR, REVIEWER):
        with pytest.raises(workflow.OwnWork):
            workflow.take(session, copy, workflow.PUBLISH, by=writer)
        with pytest.raises(workflow.OwnWork):
            workflow.schedule(session, copy, at=utc_now() + dt.timedelta(days=1), by=writer)
    assert copy.stage is Stage.SUBMITTED


def test_returning_needs_a_reason(session: Session) -> None:
    copy = begun(session)
    workflow.take(session, copy, workflow.SUBMIT, by=EDITOR)
    with pytest.raises(InvalidEntry) as error:
        workflow.take(session, copy, workflow.SEND_BACK, by=REVIEWER, note="  ")
    assert error.value.problems == {"note": "Bitte schreiben Sie, warum."}
    assert copy.stage is Stage.SUBMITTED


@pytest.mark.parametrize("step", workflow.STEPS, ids=lambda step: step.label)
@pytest.mark.parametrize("stage", Stage)
def test_each_step_is_possible_exactly_where_the_table_says(
    session: Session, step: workflow.Step, stage: Stage
) -> None:
    copy = begun(session, stage=stage)
    if stage in step.before:
        workflow.take(session, copy, step, by=REVIEWER, note="weil")
        assert copy.stage is step.after
    else:
        with pytest.raises(workflow.WrongStep):
            workflow.take(session, copy, step, by=REVIEWER, note="weil")
        assert copy.stage is stage


def test_what_is_submitted_cannot_be_changed_under_the_reviewer(session: Session) -> None:
    copy = begun(session)
    workflow.take(session, copy, workflow.SUBMIT, by=EDITOR)
    with pytest.raises(workflow.WrongStep):
        workflow.save(session, copy, {"title": "Anders"}, seen=1, by=EDITOR)
    assert copy.fields == {"title": "Sprechstunde"}


def test_the_second_of_two_who_save_overwrites_nothing(session: Session) -> None:
    copy = begun(session)
    assert workflow.save(session, copy, {"title": "Von der ersten"}, seen=1, by=EDITOR)
    with pytest.raises(workflow.Overtaken) as error:
        workflow.save(session, copy, {"title": "Von der zweiten"}, seen=1, by=COLLEAGUE)
    assert error.value.copy.fields == {"title": "Von der ersten"}
    assert workflow.state_at(session, copy, 1) == {"title": "Sprechstunde"}


def test_saving_the_same_twice_is_saving_once(session: Session) -> None:
    copy = begun(session)
    assert workflow.save(session, copy, {"title": "Neu"}, seen=1, by=EDITOR)
    assert not workflow.save(session, copy, {"title": "Neu"}, seen=1, by=EDITOR)
    assert copy.version == 2


def test_only_so_many_states_are_kept(session: Session) -> None:
    copy = begun(session)
    for number in range(1, workflow.MOST_STATES + 5):
        workflow.save(session, copy, {"title": f"{number}"}, seen=number, by=EDITOR)
    session.commit()
    session.expire_all()
    assert len(copy.states) == workflow.MOST_STATES
    assert workflow.state_at(session, copy, 1) is None


def test_one_entry_has_one_open_copy(session: Session) -> None:
    first = begun(session, key="hemer-sprechstunde")
    with pytest.raises(workflow.AlreadyOpen) as error:
        workflow.begin(
            session, kind=EntryKind.PRACTICE, key="hemer-sprechstunde", fields={}, by=COLLEAGUE
        )
    assert error.value.copy is first
    workflow.take(session, first, workflow.DISCARD, by=EDITOR)
    workflow.begin(
        session, kind=EntryKind.PRACTICE, key="hemer-sprechstunde", fields={}, by=COLLEAGUE
    )


def test_a_date_of_publication_lies_ahead(session: Session) -> None:
    copy = begun(session)
    workflow.take(session, copy, workflow.SUBMIT, by=EDITOR)
    with pytest.raises(InvalidEntry):
        workflow.schedule(session, copy, at=utc_now() - dt.timedelta(minutes=1), by=REVIEWER)
    moment = utc_now() + dt.timedelta(days=3)
    workflow.schedule(session, copy, at=moment, by=REVIEWER)
    session.commit()
    session.expire_all()
    assert (copy.stage, copy.publish_at) == (Stage.SCHEDULED, moment)
    workflow.take(session, copy, workflow.TAKE_BACK, by=EDITOR)
    assert copy.publish_at is None


def test_what_was_written_on_the_way_goes_when_it_is_published(session: Session) -> None:
    copy = begun(session)
    workflow.save(session, copy, {"title": "Anders"}, seen=1, by=EDITOR)
    workflow.take(session, copy, workflow.SUBMIT, by=EDITOR)
    assert [one.version for one in copy.states] == [1, 2]
    workflow.take(session, copy, workflow.PUBLISH, by=REVIEWER)
    assert copy.states == []


def test_comments_stand_at_their_field_until_it_is_published(session: Session) -> None:
    copy = begun(session)
    workflow.take(session, copy, workflow.SUBMIT, by=EDITOR)
    workflow.comment(session, copy, field="title", words="Zu lang?", by=REVIEWER)
    workflow.comment(session, copy, field="summary", words="   ", by=REVIEWER)
    assert [(one.field, one.text, one.settled_at) for one in copy.comments] == [
        ("title", "Zu lang?", None)
    ]
    workflow.take(session, copy, workflow.PUBLISH, by=REVIEWER)
    assert copy.comments[0].settled_at is not None

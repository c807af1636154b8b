"""What can be written: drafts of practices, on the same way and with the same rights as the desk.

What somebody sends must be right, or nothing is kept; what is missing may follow until the draft
is submitted. The view commits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from directory.accounts.models import Account
from directory.api import presenters, shapes
from directory.api.bodies import BadBody, Sent
from directory.api.drafts import PRACTICE, address, get_draft, inner_name, outer_name, shown
from directory.api.tags import tagged
from directory.db import db
from directory.editorial.access import own_place, refuse_foreign, refuse_foreign_place
from directory.editorial.publishing import begin_change, read_fields, submit
from directory.errors import NotFound
from directory.practices import queries as practice_queries
from directory.publication import workflow
from directory.publication.models import EntryKind, WorkingCopy
from directory.publication.validation import InvalidEntry

_LONGEST_TITLE = 300


@dataclass(frozen=True)
class Written:
    """What became of a write: the draft as it is now, and whether it was begun just now."""

    draft: shapes.Draft
    is_new: bool


def begin(sent: Sent, by: Account) -> Written:
    """Begin a draft of a new practice."""
    stage, fields = _parts(sent.values)
    _refuse_wrong(by, {}, fields)
    copy = workflow.begin(
        db.session,
        kind=EntryKind.PRACTICE,
        fields=fields,
        ags=own_place(by, PRACTICE, fields),
        title=PRACTICE.title(db.session, fields)[:_LONGEST_TITLE],
        by=by.actor,
    )
    return _moved(copy, stage, by, is_new=True)


def change_draft(sent: Sent, by: Account, id: int) -> Written:  # noqa: A002 - its name in addresses
    """Change a draft, whose present state somebody has read."""
    copy = get_draft(by, id)
    sent.refuse_unless_seen(tagged(shown([copy])[0]))
    return _change(copy, sent, by, is_new=False)


def change_practice(sent: Sent, by: Account, id: int) -> Written:  # noqa: A002
    """Change a published practice: in the draft beside it, which is begun if there is none."""
    practice = practice_queries.find_by_id(db.session, id)
    if practice is None:
        raise NotFound(f"Ein Praxisbeispiel mit der Nummer {id} gibt es hier nicht (mehr).")
    refuse_foreign(by, PRACTICE, practice.ags)
    found = workflow.find_open(db.session, EntryKind.PRACTICE, practice.slug)
    if found is not None:
        copy = get_draft(by, found.id)
        sent.refuse_unless_seen(tagged(shown([copy])[0]), draft=address(copy.id))
        return _change(copy, sent, by, is_new=False)
    sent.refuse_unless_seen(tagged(presenters.practice(practice)))
    copy = begin_change(db.session, PRACTICE, practice.slug, by=by.actor)
    return _change(copy, sent, by, is_new=True)


def _change(copy: WorkingCopy, sent: Sent, by: Account, *, is_new: bool) -> Written:
    stage, fields = _parts(sent.values)
    if stage == "draft" and copy.stage in workflow.TAKE_BACK.before:
        workflow.take(db.session, copy, workflow.TAKE_BACK, by=by.actor)
    if fields:
        _refuse_wrong(by, copy.fields, fields)
        whole = {**copy.fields, **fields}
        workflow.save(
            db.session,
            copy,
            whole,
            # The tag has said that they have read it, and it is locked since.
            seen=copy.version,
            by=by.actor,
            title=PRACTICE.title(db.session, whole)[:_LONGEST_TITLE],
            ags=own_place(by, PRACTICE, whole),
        )
    return _moved(copy, stage, by, is_new=is_new)


def _moved(copy: WorkingCopy, stage: str | None, by: Account, *, is_new: bool) -> Written:
    """Hand the copy in if somebody wants that; asked twice it stays where it is."""
    if stage == "submitted" and copy.stage in workflow.SUBMIT.before:
        try:
            submit(db.session, copy, by=by.actor)
        except InvalidEntry as error:
            raise BadBody(
                [(outer_name(name), sentence) for name, sentence in error.problems.items()]
            ) from error
    return Written(shown([copy])[0], is_new)


def _parts(values: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """Return which stage somebody wants, and the fields as the draft calls them."""
    fields = {inner_name(name): value for name, value in values.items()}
    return fields.pop("stage", None), fields


def _refuse_wrong(by: Account, kept: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Raise `NotAllowed` for a place that is not theirs, `BadBody` for `given` values not right.

    What is given but says nothing is as if it were missing, and what was `kept` is not their fault.
    """
    whole = {**kept, **given}
    refuse_foreign_place(by, PRACTICE, whole)
    problems = read_fields(db.session, PRACTICE, whole).problems
    said = {name for name, value in given.items() if value not in (None, "", [])}
    faults = [
        (outer_name(name), sentence)
        for name, sentence in problems.items()
        if name.partition("[")[0] in said
    ]
    if faults:
        raise BadBody(faults)

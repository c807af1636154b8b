"""Drafts of practices as their writers read them: what they say, what is missing, what to mend."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select

from directory.accounts.models import Account
from directory.api import presenters, reading, shapes
from directory.api.parameters import Asked
from directory.db import db
from directory.editorial import copies
from directory.editorial.access import get_copy
from directory.editorial.kinds import KINDS
from directory.editorial.publishing import read_copy
from directory.errors import NotFound
from directory.practices.models import CostBand, Practice, PracticeState, StaffEffort
from directory.publication.models import EntryKind, Stage, WorkingCopy

PRACTICE = KINDS[EntryKind.PRACTICE]
# What the interface calls otherwise than the draft
_NAMES = {"state": "status"}
# What has a value of its own where nothing is written yet
_TEXTS = ("title", "summary", "approach")
_OPTIONAL_TEXTS = ("ags", "situation", "result", "ended_reason")
_LISTS = (
    *("success_factors", "stumbling_blocks", "partners"),
    *("topics", "target_groups", "instruments"),
)
_CHOICES = {"state": PracticeState, "cost_band": CostBand, "staff_effort": StaffEffort}


def drafts(asked: Asked, by: Account) -> shapes.Listing:
    """Return the open drafts of somebody and of their places, the last changed first."""
    found = copies.open_of(db.session, by, kind=EntryKind.PRACTICE)
    part = found[asked.offset : asked.offset + asked.limit]
    return reading.answer(asked, shown(part), len(found), url_for("desk.home"))


def draft(_asked: Asked, by: Account, id: int) -> shapes.Draft:  # noqa: A002 - its name in addresses
    """Return one draft."""
    return shown([get_draft(by, id)])[0]


def get_draft(by: Account, number: int) -> WorkingCopy:
    """Return the working copy of a practice, locked until the transaction ends.

    Raises:
        NotFound: there is none, or it is of something else.
        NotAllowed: it belongs to somebody else's municipality.
    """
    copy = get_copy(db.session, by, number)
    if copy.kind is not EntryKind.PRACTICE:
        raise NotFound(
            f"Einen Entwurf eines Praxisbeispiels mit der Nummer {number} gibt es nicht."
        )
    return copy


def shown(found: Sequence[WorkingCopy]) -> list[shapes.Draft]:
    """Return drafts as programmes read them."""
    keys = [copy.key for copy in found if copy.key is not None]
    slugs = select(Practice.slug, Practice.id).where(Practice.slug.in_(keys))
    numbers = dict(db.session.execute(slugs).all())
    return [_shown(copy, numbers.get(copy.key or "")) for copy in found]


def address(copy_id: int) -> str:
    """Return the address of a draft in the interface."""
    return presenters.absolute(url_for("api.draft", id=copy_id))


def outer_name(field: str) -> str:
    """Return what the interface calls a field of the draft: `state` is `status`."""
    return _NAMES.get(field, field)


def inner_name(name: str) -> str:
    """Return what the draft calls a field of the interface."""
    return next((inner for inner, outer in _NAMES.items() if outer == name), name)


def _shown(copy: WorkingCopy, practice_id: int | None) -> shapes.Draft:
    is_open = copy.stage in {Stage.DRAFT, Stage.RETURNED}
    problems = read_copy(db.session, copy).problems if is_open else {}
    returned = next((one for one in reversed(copy.steps) if one.after is Stage.RETURNED), None)
    return shapes.Draft(
        **{outer_name(name): value for name, value in _fields(copy.fields).items()},
        id=copy.id,
        stage=copy.stage,
        practice_id=practice_id,
        problems=[
            shapes.FieldProblem(outer_name(name), sentence) for name, sentence in problems.items()
        ],
        comments=[
            shapes.FieldProblem(outer_name(one.field), one.text)
            for one in copy.comments
            if one.settled_at is None
        ],
        returned_because=returned.note if returned and copy.stage is Stage.RETURNED else None,
        created_at=copy.created_at,
        updated_at=copy.updated_at,
        url=presenters.absolute(url_for("desk_copies.edit", copy_id=copy.id)),
    )


def _fields(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a copy says; what somebody typed at the desk and is no such value is left out."""
    fields: dict[str, Any] = {name: _text(kept.get(name)) or "" for name in _TEXTS}
    fields |= {name: _text(kept.get(name)) for name in _OPTIONAL_TEXTS}
    fields |= {name: [one for one in kept.get(name) or () if _text(one)] for name in _LISTS}
    for name, kind in _CHOICES.items():
        value = kept.get(name)
        fields[name] = value if value in set(kind) else None
    for name in ("started_year", "ended_year"):
        value = kept.get(name)
        fields[name] = value if isinstance(value, int) else None
    fields["no_stumbling_blocks_known"] = kept.get("no_stumbling_blocks_known") is True
    fields["sources"] = [
        shapes.DraftSource(
            _text(one.get("title")) or "", _text(one.get("url")) or "", _text(one.get("as_of"))
        )
        for one in kept.get("sources") or ()
    ]
    return fields


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None

"""The page of an entry's form: what is typed, what is missing, and ways to say it better."""

from typing import Any

from flask import render_template, request, url_for

from directory.accounts.guards import get_account
from directory.db import db
from directory.editorial.duplicates import Duplicate, similar_entries
from directory.editorial.forms.fields import EntryForm
from directory.editorial.forms.making import make_form
from directory.editorial.kinds import Kind
from directory.editorial.preview import has_preview
from directory.editorial.views.numbers import whole
from directory.editorial.views.point_view import point_view
from directory.editorial.views.words import NO_TITLE, step_lines, writing_hints
from directory.feedback.queries import hints_at
from directory.publication import workflow
from directory.publication.models import Stage, WorkingCopy


def form_page(
    kind: Kind,
    form: EntryForm,
    copy: WorkingCopy | None,
    *,
    seen: int | None = None,
    failed: str = "",
    kept: str = "",
    parked: int = 0,
) -> str:
    """Return the page of `form` for `copy` (None: a new entry).

    `seen` is the version its writer has before them, if not the newest. `failed` says why
    something could not be saved, `kept` that it is still there, `parked` under which number.
    """
    steps = copy.steps if copy else []
    returned = next((one for one in reversed(steps) if one.after is Stage.RETURNED), None)
    asked = request.args.get("fehlt") == "1" or bool(form.problems)
    version = copy.version if copy else 0
    return render_template(
        "editorial/form.html",
        kind=kind,
        form=form,
        copy=copy,
        version=version if seen is None else seen,
        title=(copy.title if copy else "") or NO_TITLE,
        action=url_for("desk_copies.save", copy_id=copy.id)
        if copy
        else url_for("desk_copies.create", path=kind.path),
        can_write=copy is None or copy.stage in {Stage.DRAFT, Stage.RETURNED},
        can_take_back=copy is not None and copy.stage in workflow.TAKE_BACK.before,
        can_discard=copy is not None and copy.stage in workflow.DISCARD.before,
        can_preview=has_preview(kind.kind),
        returned_note=(returned.note if copy and returned and copy.stage is Stage.RETURNED else ""),
        comments=_open_comments(copy),
        asked=asked,
        hints=writing_hints(form) if copy else {},
        duplicates=_duplicates(kind, copy),
        lines=step_lines(db.session, steps),
        outside=hints_at(db.session, copy.kind, copy.key) if copy and copy.key else [],
        failed=failed,
        kept=kept,
        parked=parked,
        point=point_view(form, copy),
    )


def typed_page(
    kind: Kind,
    copy: WorkingCopy | None,
    typed: Any,
    *,
    failed: str = "",
    kept: str = "",
    parked: int = 0,
) -> str:
    """Return the form with everything just as it was `typed`, whatever became of it."""
    values = copy.fields if copy else {}
    form = make_form(db.session, kind, get_account(), values=values, typed=typed)
    # Somebody who was deciding between two versions decides anew.
    was_deciding = any(name.startswith("wahl-") for name in typed)
    seen = 0 if was_deciding else whole(typed.get("version", ""))
    return form_page(kind, form, copy, seen=seen, failed=failed, kept=kept, parked=parked)


def _open_comments(copy: WorkingCopy | None) -> dict[str, list[Any]]:
    comments: dict[str, list[Any]] = {}
    for one in copy.comments if copy else ():
        if one.settled_at is None:
            comments.setdefault(one.field, []).append(one)
    return comments


def _duplicates(kind: Kind, copy: WorkingCopy | None) -> list[Duplicate]:
    """Return what resembles a new entry that has been saved; a present one is itself."""
    if copy is None or copy.key is not None:
        return []
    return similar_entries(db.session, kind, title=copy.title, ags=copy.ags)

"""`/redaktion/fassungen/<nr>`: writing a working copy, and taking it on its way."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from directory.accounts.guards import WrongToken, get_account, requires
from directory.accounts.models import Account
from directory.accounts.rights import Right
from directory.db import begin_write, db
from directory.editorial.access import (
    get_copy,
    own_place,
    refuse_foreign_place,
    refuse_without_right,
)
from directory.editorial.forms.making import make_form
from directory.editorial.kinds import KINDS, Kind, kind_of_path
from directory.editorial.publishing import (
    current_version,
    merge,
    read_copy,
    submit,
)
from directory.editorial.views.form_page import form_page
from directory.editorial.views.numbers import whole
from directory.editorial.views.parking import FORMS, keep_typed, typed_again
from directory.editorial.views.words import NO_TITLE, shown_value
from directory.errors import DirectoryError
from directory.publication import parking, workflow
from directory.publication.differences import collisions
from directory.publication.models import Stage, WorkingCopy
from directory.publication.validation import InvalidEntry, Problems
from directory.publication.workflow import Overtaken, WrongStep
from directory.web.errors import answer, asks_for_json
from directory.web.filters import time_of_day

bp = Blueprint("desk_copies", __name__, url_prefix="/redaktion")

_KIND = f"/<any({','.join(kind.path for kind in KINDS.values())}):path>"
# A congress has hundreds of parts, each with several fields; a story may be long.
_MOST_BYTES = 900_000
_SEND_AGAIN = (
    "Sie haben sich inzwischen neu angemeldet. Bitte speichern Sie noch einmal: "
    "Es steht alles so da, wie Sie es geschrieben haben."
)


@bp.url_value_preprocessor
def let_long_forms_in(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Read more of this request than of others."""
    # Earlier than `before_request`: there the form is read for its token.
    request.max_form_memory_size = _MOST_BYTES


@bp.get(f"{_KIND}/neu")
@requires(Right.WRITE)
def new(path: str) -> str:
    """Show the empty form of a new entry."""
    account = get_account()
    kind = _kind_to_begin(path)
    form = make_form(db.session, kind, account)
    return form_page(kind, form, None)


@bp.post(f"{_KIND}/neu")
@requires(Right.WRITE, signed_out=keep_typed)
def create(path: str) -> ResponseReturnValue:
    """Keep the first state of a new entry, however little it says."""
    account = get_account()
    kind = _kind_to_begin(path)
    begin_write(db.session)
    values = make_form(db.session, kind, account, values={}, typed=request.form).values()
    refuse_foreign_place(account, kind, values)
    copy = workflow.begin(
        db.session,
        kind=kind.kind,
        fields=values,
        ags=own_place(account, kind, values),
        title=kind.title(db.session, values)[:300],
        by=account.actor,
    )
    _forget_parked(account)
    db.session.commit()
    return _after_saving(copy)


@bp.get("/fassungen/<int:copy_id>")
@requires(Right.WRITE)
def edit(copy_id: int) -> str:
    """Show a working copy for writing; `?fehlt=1` says what stands against submitting it."""
    account = get_account()
    copy = get_copy(db.session, account, copy_id)
    kind = KINDS[copy.kind]
    asked = request.args.get("fehlt") == "1" or copy.stage is not Stage.DRAFT
    problems = read_copy(db.session, copy).problems if asked else {}
    form = make_form(
        db.session,
        kind,
        account,
        values=copy.fields,
        problems=problems,
        more=request.args.getlist("mehr"),
    )
    return form_page(kind, form, copy)


@bp.post("/fassungen/<int:copy_id>")
@requires(Right.WRITE, signed_out=keep_typed)
def save(copy_id: int) -> ResponseReturnValue:
    """Keep what was written; `weiter` says what the writer wants to do next."""
    account = get_account()
    begin_write(db.session)
    copy = get_copy(db.session, account, copy_id)
    kind = KINDS[copy.kind]
    form = make_form(db.session, kind, account, values=copy.fields, typed=request.form)
    return keep_written(account, kind, copy, form.values())


def keep_written(
    account: Account, kind: Kind, copy: WorkingCopy, values: dict[str, Any]
) -> ResponseReturnValue:
    """Save and commit what somebody wrote, and answer; what cannot be saved is shown again."""
    refuse_foreign_place(account, kind, values)
    try:
        workflow.save(
            db.session,
            copy,
            values,
            seen=_seen(),
            by=account.actor,
            title=kind.title(db.session, values)[:300],
            ags=own_place(account, kind, values),
            by_itself=asks_for_json(),
        )
    except Overtaken as error:
        if asks_for_json():
            return answer(error)
        return _collision_page(kind, copy, values, theirs=copy.fields, seen=_seen()), 409
    except WrongStep as error:
        if asks_for_json():
            return answer(error)
        return _not_saved_page(kind, account, copy, values, error), error.status
    _forget_parked(account)
    db.session.commit()
    return _after_saving(copy)


@bp.post("/fassungen/<int:copy_id>/abgleichen")
@requires(Right.WRITE, signed_out=keep_typed)
def bring_together(copy_id: int) -> ResponseReturnValue:
    """Keep what somebody decided field by field after a collision."""
    account = get_account()
    begin_write(db.session)
    copy = get_copy(db.session, account, copy_id)
    kind = KINDS[copy.kind]
    form = make_form(db.session, kind, account, values=copy.fields, typed=request.form)
    mine, theirs = form.values(), _published_or_kept(copy, kind)
    decided = {
        name: theirs.get(name) if request.form.get(f"wahl-{name}") == "theirs" else value
        for name, value in mine.items()
    }
    refuse_foreign_place(account, kind, decided)
    if copy.version != _seen():
        return _collision_page(kind, copy, decided, theirs=copy.fields, seen=_seen()), 409
    if copy.stage not in {Stage.DRAFT, Stage.RETURNED}:
        workflow.take(db.session, copy, workflow.TAKE_BACK, by=account.actor)
    merge(db.session, copy, decided, seen=copy.version, by=account.actor)
    db.session.commit()
    flash("Beide Fassungen sind zusammengeführt und gespeichert.", "success")
    return redirect(url_for(".edit", copy_id=copy.id), 303)


@bp.get("/fassungen/<int:copy_id>/abgleichen")
@requires(Right.WRITE)
def compare_with_published(copy_id: int) -> str:
    """Show copy and published entry side by side where they differ, to choose from."""
    copy = get_copy(db.session, get_account(), copy_id)
    kind = KINDS[copy.kind]
    theirs = _published_or_kept(copy, kind)
    return _collision_page(kind, copy, copy.fields, theirs=theirs, seen=copy.version)


@bp.post("/fassungen/<int:copy_id>/einreichen")
@requires(Right.WRITE)
def hand_in(copy_id: int) -> ResponseReturnValue:
    """Hand the copy to the reviewers, or say what is missing."""
    account = get_account()
    begin_write(db.session)
    copy = get_copy(db.session, account, copy_id)
    kind = KINDS[copy.kind]
    try:
        submit(db.session, copy, by=account.actor, note=request.form.get("note"))
    except InvalidEntry as error:
        return _missing_page(kind, account, copy, error.problems), error.status
    db.session.commit()
    flash("Eingereicht. Das Netzwerkbüro prüft den Eintrag und meldet sich.", "success")
    return redirect(url_for("desk.home"), 303)


@bp.post("/fassungen/<int:copy_id>/zurueckholen")
@requires(Right.WRITE)
def take_back(copy_id: int) -> ResponseReturnValue:
    """Make a submitted copy a draft again."""
    return _step(copy_id, workflow.TAKE_BACK, "Die Fassung ist wieder ein Entwurf.", ".edit")


@bp.post("/fassungen/<int:copy_id>/verwerfen")
@requires(Right.WRITE)
def discard(copy_id: int) -> ResponseReturnValue:
    """Give a working copy up; what readers see stays as it is."""
    return _step(copy_id, workflow.DISCARD, "Die Fassung ist verworfen.", "desk.home")


@bp.post("/fassungen/<int:copy_id>/anmerkungen/<int:comment_id>")
@requires(Right.WRITE)
def settle(copy_id: int, comment_id: int) -> ResponseReturnValue:
    """Mark a reviewer's remark as done."""
    account = get_account()
    begin_write(db.session)
    copy = get_copy(db.session, account, copy_id)
    for comment in copy.comments:
        if comment.id == comment_id:
            workflow.settle(db.session, comment)
    db.session.commit()
    return redirect(url_for(".edit", copy_id=copy.id), 303)


@bp.errorhandler(WrongToken)
def show_typed_again(error: WrongToken) -> ResponseReturnValue:
    """Show what was typed once more where the form is of an earlier session; nothing is saved.

    Somebody signed in again in another window, and their text must not be lost to that.
    """
    if asks_for_json() or request.endpoint not in FORMS:
        return answer(error)
    try:
        return typed_again(request.path, request.form, failed=_SEND_AGAIN), error.status
    except DirectoryError:
        # There is nothing to write in (any more): then the wrong token is the whole story.
        return answer(error)


def _kind_to_begin(path: str) -> Kind:
    kind = kind_of_path(path)
    refuse_without_right(get_account(), kind)
    return kind


def _step(copy_id: int, step: workflow.Step, said: str, onward: str) -> ResponseReturnValue:
    account = get_account()
    begin_write(db.session)
    copy = get_copy(db.session, account, copy_id)
    workflow.take(db.session, copy, step, by=account.actor)
    db.session.commit()
    flash(said, "success")
    values: dict[str, Any] = {"copy_id": copy_id} if onward == ".edit" else {}
    return redirect(url_for(onward, **values), 303)


def _after_saving(copy: WorkingCopy) -> ResponseReturnValue:
    """Go where the writer wanted to: on with writing, to the preview, or to what is missing."""
    if asks_for_json():
        return jsonify(
            version=copy.version,
            saved=f"Gespeichert um {time_of_day(copy.updated_at)}",
            page=url_for("desk_copies.edit", copy_id=copy.id),
            action=url_for("desk_copies.save", copy_id=copy.id),
        )
    wanted, _, field = request.form.get("weiter", "schreiben").partition(":")
    if wanted == "vorschau":
        return redirect(url_for("desk_preview.show", copy_id=copy.id), 303)
    if wanted == "zeilen":
        return redirect(
            url_for("desk_copies.edit", copy_id=copy.id, mehr=field, _anchor=f"{field}-neu"), 303
        )
    if wanted == "punkt":
        return redirect(url_for("desk_copies.edit", copy_id=copy.id, punkt=1, _anchor="punkt"), 303)
    if wanted == "dateien":
        return redirect(url_for("desk_copies.edit", copy_id=copy.id, _anchor="attachments"), 303)
    if wanted == "einreichen":
        return redirect(
            url_for("desk_copies.edit", copy_id=copy.id, fehlt=1, _anchor="einreichen"), 303
        )
    flash("Gespeichert. Noch sieht das niemand außer Ihnen und Ihrem Team.", "success")
    return redirect(url_for("desk_copies.edit", copy_id=copy.id), 303)


def _seen() -> int:
    return whole(request.form.get("version", ""))


def _forget_parked(account: Account) -> None:
    """Erase the text that was kept through a sign-in, now that it is saved; and all old ones."""
    number = whole(request.form.get("aufbewahrt", ""))
    parking.forget(db.session, account_id=account.id, number=number)
    parking.forget_old(db.session)


def _published_or_kept(copy: WorkingCopy, kind: Kind) -> dict[str, Any]:
    """Return what the other side of a collision says: the copy as kept, or the entry."""
    if copy.key is not None and current_version(db.session, kind, copy.key) != copy.base_version:
        return kind.read(kind.get(db.session, copy.key)).fields()
    return copy.fields


def _missing_page(kind: Kind, account: Account, copy: WorkingCopy, problems: Problems) -> str:
    db.session.rollback()
    copy = get_copy(db.session, account, copy.id)
    form = make_form(db.session, kind, account, values=copy.fields, problems=problems)
    return form_page(kind, form, copy)


def _not_saved_page(
    kind: Kind, account: Account, copy: WorkingCopy, values: dict[str, Any], error: WrongStep
) -> str:
    """Show what was typed although it cannot be kept now, so that nothing is lost."""
    form = make_form(db.session, kind, account, values=values)
    return form_page(kind, form, copy, failed=error.sentence)


def _collision_page(
    kind: Kind, copy: WorkingCopy, mine: Mapping[str, Any], *, theirs: Mapping[str, Any], seen: int
) -> str:
    account = get_account()
    base = workflow.state_at(db.session, copy, seen)
    form = make_form(db.session, kind, account, values=mine)
    labels = {field.name: str(field.label.text) for field in form}
    found = [one for one in collisions(base, mine, theirs) if one.field in labels]
    return render_template(
        "editorial/collision.html",
        kind=kind,
        copy=copy,
        form=form,
        title=copy.title or NO_TITLE,
        collisions=[
            {
                "field": one.field,
                "label": labels[one.field],
                "mine": shown_value(form, one.field, one.mine),
                "theirs": shown_value(form, one.field, one.theirs),
                "suggested": one.suggested or "mine",
                "both": one.suggested is None,
            }
            for one in found
        ],
    )

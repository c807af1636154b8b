"""`/redaktion/pruefung`: what waits, and one copy beside what readers see now."""

import datetime as dt
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from directory.accounts.guards import get_account, requires
from directory.accounts.queries import names_of
from directory.accounts.rights import Right
from directory.db import begin_write, db
from directory.editorial import copies
from directory.editorial.forms.making import make_form
from directory.editorial.kinds import KINDS
from directory.editorial.preview import has_preview
from directory.editorial.publishing import current_version, publish, read_copy
from directory.editorial.views.import_words import batch_card
from directory.editorial.views.words import (
    NO_TITLE,
    copy_card,
    public_href,
    shown_differences,
    step_lines,
)
from directory.importing import batches
from directory.publication import workflow
from directory.publication.models import Publishable, Status, WorkingCopy
from directory.publication.validation import InvalidEntry, Problems

bp = Blueprint("desk_review", __name__, url_prefix="/redaktion/pruefung")

_BERLIN = ZoneInfo("Europe/Berlin")
_PUBLISHED = Markup(
    "Veröffentlicht. Leserinnen und Leser sehen die neue Fassung ab sofort. "
    '<a href="{}">Zur öffentlichen Seite</a>'
)


@bp.get("")
@requires(Right.REVIEW)
def queue() -> str:
    """List what waits, oldest first, and what appears later."""
    account = get_account()
    waiting = copies.submitted(db.session)
    names = names_of(db.session, {copy.author for copy in waiting})
    return render_template(
        "editorial/queue.html",
        waiting=[
            (
                copy_card(copy),
                names[copy.author],
                copy.submitted_at,
                account.actor in {copy.author, *copy.contributors},
            )
            for copy in waiting
        ],
        imports=[
            (batch_card(db.session, one), one.prepared_by == account.actor)
            for one in batches.waiting(db.session)
        ],
        scheduled=[(copy_card(one), one.publish_at) for one in copies.scheduled(db.session)],
    )


@bp.get("/<int:copy_id>")
@requires(Right.REVIEW)
def copy(copy_id: int) -> str:
    """Show a copy beside what readers see now."""
    return _page(workflow.get_for_change(db.session, copy_id), {})


@bp.post("/<int:copy_id>/zurueckgeben")
@requires(Right.REVIEW)
def send_back(copy_id: int) -> ResponseReturnValue:
    """Return the copy to its writers with a reason and remarks at the fields."""
    account = get_account()
    begin_write(db.session)
    found = workflow.get_for_change(db.session, copy_id)
    try:
        _keep_remarks(found, account.actor)
        workflow.take(
            db.session,
            found,
            workflow.SEND_BACK,
            by=account.actor,
            note=request.form.get("note"),
        )
    except InvalidEntry as error:
        db.session.rollback()
        found = workflow.get_for_change(db.session, copy_id)
        return _page(found, error.problems), error.status
    db.session.commit()
    flash("Zurückgegeben. Wer daran schreibt, sieht Ihre Begründung.", "success")
    return redirect(url_for(".queue"), 303)


@bp.post("/<int:copy_id>/veroeffentlichen")
@requires(Right.REVIEW)
def release(copy_id: int) -> ResponseReturnValue:
    """Publish the copy now, or approve it for the moment that was typed."""
    account = get_account()
    begin_write(db.session)
    found = workflow.get_for_change(db.session, copy_id)
    try:
        moment = _moment(request.form.get("publish_at", ""))
        if moment is None:
            entry = publish(db.session, found, by=account.actor, note=request.form.get("note"))
            said = _PUBLISHED.format(public_href(entry))
        else:
            workflow.schedule(db.session, found, at=moment, by=account.actor)
            said = Markup("Freigegeben. Die Fassung erscheint zum gewählten Zeitpunkt.")
    except InvalidEntry as error:
        db.session.rollback()
        found = workflow.get_for_change(db.session, copy_id)
        return _page(found, error.problems), error.status
    db.session.commit()
    flash(said, "success")
    return redirect(url_for(".queue"), 303)


def _keep_remarks(found: WorkingCopy, actor: str) -> None:
    for name, words in request.form.items():
        if name.startswith("anmerkung-"):
            workflow.comment(
                db.session,
                found,
                field=name.removeprefix("anmerkung-")[:60],
                words=words,
                by=actor,
            )


def _moment(text: str) -> dt.datetime | None:
    """Return the local time of a form as a moment; None: nothing was typed."""
    if not text.strip():
        return None
    try:
        local = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        local = None
    if local is None or local.tzinfo is not None:
        raise InvalidEntry({"publish_at": "Bitte Datum und Uhrzeit angeben."})
    return local.replace(tzinfo=_BERLIN)


def _page(found: WorkingCopy, problems: Problems) -> str:
    account = get_account()
    kind = KINDS[found.kind]
    entry = kind.get(db.session, found.key) if found.key is not None else None
    before = kind.read(entry).fields() if entry is not None else {}
    form = make_form(db.session, kind, account, values=found.fields)
    missing = make_form(
        db.session,
        kind,
        account,
        values=found.fields,
        problems=read_copy(db.session, found).problems,
    )
    names = names_of(db.session, {found.author, *(one.actor for one in found.comments)})
    return render_template(
        "editorial/review.html",
        kind=kind,
        copy=found,
        title=found.title or NO_TITLE,
        author=names[found.author],
        is_new=found.key is None,
        is_archived=isinstance(entry, Publishable) and entry.status is Status.ARCHIVED,
        differences=shown_differences(kind, form, before, found.fields),
        missing=missing.told,
        comments=[(one.field, one.text, names[one.actor]) for one in found.comments],
        is_own=account.actor in {found.author, *found.contributors},
        base_changed=(
            found.key is not None
            and current_version(db.session, kind, found.key) != found.base_version
        ),
        can_publish=found.stage in workflow.PUBLISH.before,
        can_preview=has_preview(found.kind),
        can_send_back=found.stage in workflow.SEND_BACK.before,
        lines=step_lines(db.session, found.steps),
        problems=problems,
        typed={name: request.form.get(name, "") for name in ("note", "publish_at")},
        remarks={
            name.removeprefix("anmerkung-"): words
            for name, words in request.form.items()
            if name.startswith("anmerkung-")
        },
    )

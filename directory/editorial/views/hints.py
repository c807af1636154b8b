"""`/redaktion/hinweise`: what visitors say is out of date, and the answers to them."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from directory.accounts.guards import NotAllowed, get_account, requires
from directory.accounts.models import Account, Role
from directory.accounts.queries import names_of
from directory.accounts.rights import Right
from directory.config import Settings
from directory.db import begin_write, db
from directory.editorial.kinds import KINDS
from directory.editorial.publishing import begin_change
from directory.errors import Conflict
from directory.feedback import queries
from directory.feedback.hints import LONGEST_REPLY, answer_hint
from directory.feedback.models import FeedbackMessage, Outcome
from directory.feedback.operations import InvalidMessage
from directory.publication.workflow import AlreadyOpen

bp = Blueprint("desk_hints", __name__, url_prefix="/redaktion/hinweise")


@bp.get("")
@requires(Right.WRITE)
def index() -> str:
    """List the hints at one's own entries: open ones first, oldest first."""
    account = get_account()
    places = account.places if account.role is Role.EDITOR else None
    waiting = queries.open_hints(db.session, places)
    names = names_of(db.session, {one.taken_by for one in waiting if one.taken_by})
    return render_template(
        "editorial/hints.html",
        waiting=[(one, names.get(one.taken_by or "", "")) for one in waiting],
        answered=queries.answered_hints(db.session, places),
    )


@bp.get("/<int:number>")
@requires(Right.WRITE)
def detail(number: int) -> str:
    """Show one hint with what can be done about it."""
    return _page(_hint(number))


@bp.post("/<int:number>/aufgreifen")
@requires(Right.WRITE)
def take_up(number: int) -> ResponseReturnValue:
    """Begin a working copy of the entry, beside which the hint stands."""
    account = get_account()
    begin_write(db.session)
    hint = _hint(number)
    kind = KINDS.get(hint.entry_kind) if hint.entry_kind else None
    if kind is None or hint.entry_key is None:
        raise Conflict("Diesen Eintrag ändert die Administration unter „Begriffe“.")
    if hint.closed_at is not None:
        raise Conflict("Dieser Hinweis ist schon beantwortet.")
    hint.taken_by = account.actor
    try:
        copy = begin_change(db.session, kind, hint.entry_key, by=account.actor)
    except AlreadyOpen as error:
        copy = error.copy
    db.session.commit()
    return redirect(url_for("desk_copies.edit", copy_id=copy.id), 303)


@bp.post("/<int:number>/antwort")
@requires(Right.WRITE)
def answer(number: int) -> ResponseReturnValue:
    """Answer „erledigt“ or „abgelehnt, weil …“: once, by mail if an address was left."""
    begin_write(db.session)
    hint = _hint(number)
    settings: Settings = current_app.config["DIRECTORY"]
    reply = request.form.get("reply", "")
    try:
        answer_hint(db.session, hint, outcome=_outcome(), reply=reply, settings=settings)
    except InvalidMessage as error:
        db.session.rollback()
        return _page(_hint(number), reply=reply, problems=error.problems), error.status
    db.session.commit()
    flash("Der Hinweis ist beantwortet.", "success")
    return redirect(url_for(".index"), 303)


def _outcome() -> Outcome:
    try:
        return Outcome(request.form.get("outcome", ""))
    except ValueError:
        raise InvalidMessage({"outcome": "Bitte wählen Sie eine Antwort."}) from None


def _hint(number: int) -> FeedbackMessage:
    hint = queries.get_hint(db.session, number)
    if not _is_theirs(get_account(), hint):
        raise NotAllowed("Dieser Hinweis gehört zu einer Kommune, für die Sie nicht schreiben.")
    return hint


def _is_theirs(account: Account, hint: FeedbackMessage) -> bool:
    return account.covers(hint.ags)


def _page(hint: FeedbackMessage, *, reply: str = "", problems: dict[str, str] | None = None) -> str:
    kind = KINDS.get(hint.entry_kind) if hint.entry_kind else None
    names: dict[str, Any] = names_of(db.session, {hint.taken_by} if hint.taken_by else set())
    return render_template(
        "editorial/hint.html",
        hint=hint,
        kind=kind,
        taken_by=names.get(hint.taken_by or "", ""),
        chosen=request.form.get("outcome", ""),
        reply=reply,
        problems=problems or {},
        longest=LONGEST_REPLY,
    )

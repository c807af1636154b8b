"""`/redaktion/uebergabe`: wish, plan, handover; and finding a successor later.

The name stands in no address: the plan is asked for by POST, which changes nothing yet.
"""

from collections.abc import Mapping, Sequence

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from directory.accounts.guards import NotAllowed, get_account, requires
from directory.accounts.models import Account, Role
from directory.accounts.queries import all_accounts, get_by_id
from directory.accounts.rights import Right
from directory.config import Settings
from directory.db import begin_write, db
from directory.editorial import handover
from directory.editorial.handover import Wish
from directory.errors import Conflict
from directory.publication.validation import InvalidEntry, Problems

bp = Blueprint("desk_handover", __name__, url_prefix="/redaktion/uebergabe")

_FIELDS = ("von", "an", "postfach", "name", "neuer_name", "grundlage", "konto")


@bp.get("")
@requires(Right.HANDOVER)
def form() -> str:
    """Show the form; `?von=7` chooses whose work it is."""
    account = get_account()
    entered = dict.fromkeys(_FIELDS, "")
    wanted = request.args.get("von", "")
    entered["von"] = wanted if wanted.isdecimal() else str(account.id)
    entered["konto"] = "1"
    return _form_page(entered, {})


@bp.post("/vorschau")
@requires(Right.HANDOVER)
def preview() -> ResponseReturnValue:
    """Show exactly what would be touched, and touch nothing."""
    entered = _typed()
    try:
        wish = handover.checked(_wish(entered))
    except InvalidEntry as error:
        return _form_page(entered, error.problems), error.status
    return _plan_page(entered, wish)


@bp.post("")
@requires(Right.HANDOVER)
def hand_over() -> ResponseReturnValue:
    """Do what the preview showed: all of it, or nothing."""
    account = get_account()
    entered = _typed()
    begin_write(db.session)
    try:
        wish = _wish(entered)
        handover.hand_over(
            db.session,
            wish,
            by=account.actor,
            settings=_settings(),
            seen=request.form.get("stand", ""),
        )
    except InvalidEntry as error:
        db.session.rollback()
        return _form_page(entered, error.problems), error.status
    except Conflict as error:
        db.session.rollback()
        return _plan_page(entered, handover.checked(_wish(entered)), error.sentence), error.status
    db.session.commit()
    if wish.closes and wish.source is not None and wish.source.id == account.id:
        session.clear()
        return redirect(url_for("pages.home"), 303)
    flash("Übergeben. Was offen war, liegt jetzt bei der Nachfolge.", "success")
    return redirect(url_for("desk.home"), 303)


@bp.get("/<int:number>")
@requires(Right.OFFICE)
def detail(number: int) -> str:
    """Show what waits in the function mailbox, and who could take it."""
    record = handover.get_handover(db.session, number)
    return render_template(
        "editorial/handover_open.html",
        record=record,
        waiting=handover.held_by_mailbox(db.session, record),
        choices=_choices(all_accounts(db.session)),
    )


@bp.post("/<int:number>")
@requires(Right.OFFICE)
def settle(number: int) -> ResponseReturnValue:
    """Give what waits to a successor, or say that nobody needs to follow."""
    begin_write(db.session)
    record = handover.get_handover(db.session, number)
    handover.settle(db.session, record, _account(request.form.get("an", "")), settings=_settings())
    db.session.commit()
    flash("Die Nachfolge ist geregelt.", "success")
    return redirect(url_for("desk.home"), 303)


def _wish(entered: Mapping[str, str]) -> Wish:
    account = get_account()
    source = _account(entered["von"])
    if source is not None and not handover.may_hand_over(account, source):
        raise NotAllowed("Übergeben können Sie nur Ihre eigenen Aufgaben.")
    successor = _account(entered["an"])
    if successor is not None and not _knows(account, successor):
        raise NotAllowed("Übernehmen kann nur, wer für dieselbe Kommune schreibt.")
    return Wish(
        source=source,
        successor=successor,
        mailbox=entered["postfach"],
        name=entered["name"],
        new_name=entered["neuer_name"],
        new_basis=entered["grundlage"],
        closes=entered["konto"] == "1" and source is not None,
        places=handover.scope_of(account),
    )


def _knows(account: Account, other: Account) -> bool:
    """Whether `account` may learn of `other`: editors do of those who write for their places."""
    return account.role is not Role.EDITOR or bool(other.places & account.places)


def _account(number: str) -> Account | None:
    is_number = number.isascii() and number.isdecimal() and len(number) < 10
    return get_by_id(db.session, int(number)) if is_number else None


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in _FIELDS}


def _choices(accounts: Sequence[Account]) -> list[tuple[str, str]]:
    return [
        (str(one.id), f"{one.display_name} ({one.role.label})") for one in accounts if one.active
    ]


def _form_page(entered: Mapping[str, str], problems: Problems) -> str:
    account = get_account()
    everybody = all_accounts(db.session)
    return render_template(
        "editorial/handover.html",
        entered=entered,
        problems=problems,
        sources=_choices([one for one in everybody if handover.may_hand_over(account, one)]),
        successors=_choices([one for one in everybody if _knows(account, one)]),
    )


def _plan_page(entered: Mapping[str, str], wish: Wish, trouble: str = "") -> str:
    todo = handover.plan(db.session, wish)
    return render_template(
        "editorial/handover_plan.html",
        entered=entered,
        items=todo.items,
        digest=todo.digest,
        target=wish.successor.display_name if wish.successor else wish.mailbox,
        to_mailbox=wish.successor is None,
        name=wish.name,
        new_name=wish.new_name,
        closes=wish.closes,
        moves=wish.source is not None,
        trouble=trouble,
    )


def _settings() -> Settings:
    settings: Settings = current_app.config["DIRECTORY"]
    return settings

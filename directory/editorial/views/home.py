"""`/redaktion`: where everybody begins."""

from flask import Blueprint, render_template

from directory.accounts.guards import get_account, requires
from directory.accounts.rights import Right, may
from directory.db import db
from directory.editorial import copies, tasks
from directory.editorial.views.words import copy_card

bp = Blueprint("desk", __name__, url_prefix="/redaktion")


@bp.get("")
@requires(Right.WRITE)
def home() -> str:
    """Show at most five things to do, and what one has begun."""
    account = get_account()
    mine = copies.open_of(db.session, account)
    return render_template(
        "editorial/home.html",
        name=account.display_name,
        tasks=tasks.tasks_of(db.session, account),
        copies=[copy_card(one) for one in mine],
        reviews=may(account, Right.REVIEW),
    )

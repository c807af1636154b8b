"""`/redaktion`: where everybody begins."""

from flask import Blueprint, render_template

from directory.accounts.guards import get_account, requires
from directory.accounts.rights import Right, may
from directory.db import db
from directory.editorial import copies, gaps, tasks
from directory.editorial.views.words import copy_card

bp = Blueprint("desk", __name__, url_prefix="/redaktion")


@bp.get("")
@requires(Right.WRITE)
def home() -> str:
    """Show at most five things to do, what one has begun, and what entries lack."""
    account = get_account()
    mine = copies.open_of(db.session, account)
    urgent = tasks.tasks_of(db.session, account)
    pages = {(one.endpoint, one.values) for one in urgent}
    return render_template(
        "editorial/home.html",
        name=account.name,
        tasks=urgent,
        gaps=[
            one
            for one in gaps.gaps_of(db.session, account)
            if (one.endpoint, one.values) not in pages
        ],
        copies=[copy_card(one) for one in mine],
        reviews=may(account, Right.REVIEW),
    )

"""`/redaktion/netzwerk` and what visitors looked for in vain: the office's overviews."""

import datetime as dt

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from directory.accounts.guards import get_account, requires
from directory.accounts.queries import open_invitations
from directory.accounts.rights import Right, may
from directory.db import begin_write, db, utc_now
from directory.editorial import office, vocabulary
from directory.editorial.access import may_write
from directory.editorial.kinds import KINDS
from directory.errors import NotFound
from directory.links import collecting, queries
from directory.pages.components.coverage import topics_coverage
from directory.publication.validation import InvalidEntry
from directory.search.lists.reference import get_reference
from directory.text import clean

bp = Blueprint("desk_office", __name__, url_prefix="/redaktion")

# Older failures say little about what is missing now.
_LOOK_BACK = dt.timedelta(days=180)
# What the form sends in place of a term; no slug begins like this.
_OFF_THE_LIST = "-"


@bp.get("/netzwerk")
@requires(Right.OFFICE)
def network() -> str:
    """Show where members, proofs and examples are missing."""
    lines = office.checklist(db.session)
    return render_template(
        "editorial/network.html",
        conditions=office.CONDITIONS,
        lines=lines,
        unproven=sum(1 for line in lines if line.unproven),
        unsigned=sum(1 for line in lines if line.signed_on is None),
        without_contact=sum(1 for line in lines if not line.contacts),
        gaps=office.counties_without_members(db.session),
        coverage=topics_coverage(get_reference(db.session)),
        invitations=[
            (one.display_name, one.role.label, one.created_at)
            for one in open_invitations(db.session)
        ],
    )


@bp.get("/erfolglose-suchen")
@requires(Right.OFFICE)
def failed_searches() -> str:
    """List the words that found nothing."""
    return _failed_page()


@bp.post("/erfolglose-suchen")
@requires(Right.OFFICE)
def settle_search() -> ResponseReturnValue:
    """Let words lead to a term from now on, or take them off the list."""
    account = get_account()
    words = clean(request.form.get("words", ""))[:200]
    term = clean(request.form.get("term", ""))
    if not term:
        return _failed_page(f"Bitte wählen Sie, was mit „{words}“ geschehen soll."), 422
    begin_write(db.session)
    if term != _OFF_THE_LIST:
        if not may(account, Right.VOCABULARY):
            return _failed_page("Wörter der Begriffe ändert die Administration."), 403
        try:
            found = vocabulary.add_synonym(db.session, term, words, by=account.actor)
        except (InvalidEntry, NotFound) as error:
            db.session.rollback()
            return _failed_page(error.sentence), error.status
        said = f"Wer „{words}“ sucht, findet jetzt auch „{found.label}“."
    else:
        said = f"„{words}“ steht nicht mehr auf der Liste."
    office.forget_words(db.session, words)
    db.session.commit()
    flash(said, "success")
    return redirect(url_for(".failed_searches"), 303)


@bp.get("/verweise")
@requires(Right.WRITE)
def broken_links() -> str:
    """List addresses that do not answer any more, with the entries that lead there."""
    account = get_account()
    broken = queries.broken(db.session)
    rows = [
        (broken[mention.url], mention, KINDS[mention.kind])
        for mention in collecting.mentions(db.session)
        if mention.url in broken and may_write(account, KINDS[mention.kind], mention.ags)
    ]
    return render_template("editorial/broken_links.html", rows=rows)


def _failed_page(failed: str = "") -> str:
    reference = get_reference(db.session)
    return render_template(
        "editorial/failed_searches.html",
        rows=office.failed_words(db.session, since=(utc_now() - _LOOK_BACK).date()),
        terms=[
            (kind.plural, list(terms.items())) for kind, terms in reference.terms.items() if terms
        ],
        off_the_list=_OFF_THE_LIST,
        may_change_terms=may(get_account(), Right.VOCABULARY),
        failed=failed,
    )

"""`/redaktion/begriffe`: topics, target groups and instruments with their synonyms."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from directory.accounts.guards import get_account, requires
from directory.accounts.rights import Right
from directory.db import begin_write, db
from directory.editorial import vocabulary
from directory.editorial.forms.terms import TermForm
from directory.editorial.views.numbers import whole
from directory.publication.validation import InvalidEntry
from directory.topics.models import TermKind

bp = Blueprint("desk_terms", __name__, url_prefix="/redaktion/begriffe")


@bp.get("")
@requires(Right.VOCABULARY)
def index() -> str:
    """Show the three lists."""
    return render_template(
        "editorial/terms.html",
        lists=[(kind.plural, vocabulary.terms_of(db.session, kind)) for kind in TermKind],
    )


@bp.get("/neu")
@requires(Right.VOCABULARY)
def new() -> str:
    """Show the empty form of a new term; `?wort=` is what somebody looked for."""
    values = {
        "label": request.args.get("wort", "")[:120],
        "position": vocabulary.next_position(db.session),
    }
    return _page(TermForm(values), None, 0)


@bp.get("/<slug>")
@requires(Right.VOCABULARY)
def edit(slug: str) -> str:
    """Show one term for changing."""
    values, seen = vocabulary.get_values(db.session, slug)
    return _page(TermForm(values), slug, seen)


@bp.post("/neu")
@requires(Right.VOCABULARY)
def create() -> ResponseReturnValue:
    """Add a term."""
    return _keep(None)


@bp.post("/<slug>")
@requires(Right.VOCABULARY)
def save(slug: str) -> ResponseReturnValue:
    """Change a term."""
    return _keep(slug)


def _keep(slug: str | None) -> ResponseReturnValue:
    begin_write(db.session)
    kept, _ = vocabulary.get_values(db.session, slug) if slug else ({}, 0)
    values = TermForm(kept, request.form).values()
    version = whole(request.form.get("version", "0"))
    try:
        term = vocabulary.keep_term(db.session, slug, values, seen=version, by=get_account().actor)
    except InvalidEntry as error:
        return _page(TermForm(values, problems=error.problems), slug, version), error.status
    except vocabulary.TermOvertaken as error:
        return _page(TermForm(values), slug, version, failed=error.sentence), error.status
    db.session.commit()
    flash(f"„{term.label}“ ist gespeichert und gilt ab sofort, auch in der Suche.", "success")
    return redirect(url_for(".index"), 303)


def _page(form: TermForm, slug: str | None, version: int, failed: str = "") -> str:
    return render_template(
        "editorial/term.html", form=form, slug=slug, version=version, failed=failed
    )

"""`/redaktion/<art>`: the entries of one kind, their history, and where changing one begins."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from directory.accounts.guards import get_account, requires
from directory.accounts.models import Role
from directory.accounts.rights import Right, may
from directory.db import begin_write, db, utc_now
from directory.editorial import copies
from directory.editorial.access import refuse_foreign, refuse_without_right
from directory.editorial.entries import entry_rows
from directory.editorial.forms.making import make_form
from directory.editorial.history import history_of, state_of
from directory.editorial.kinds import KINDS, Kind, kind_of_path
from directory.editorial.publishing import archive, begin_change, restore, show
from directory.editorial.views.numbers import whole
from directory.editorial.views.words import shown_differences, step_lines
from directory.errors import BadInput
from directory.practices.models import Practice
from directory.practices.operations import confirm_practice
from directory.publication.models import EntryKind, Publishable, Status
from directory.publication.workflow import AlreadyOpen
from directory.web.filters import date

bp = Blueprint("desk_entries", __name__, url_prefix="/redaktion")

_KIND = f"/<any({','.join(kind.path for kind in KINDS.values())}):path>"


@bp.get(_KIND)
@requires(Right.WRITE)
def index(path: str) -> str:
    """List the entries somebody may write; `?q=` looks for words in their titles."""
    account = get_account()
    kind = _kind(path)
    places = account.places if account.role is Role.EDITOR else None
    words = request.args.get("q", "").strip()[:100]
    rows = entry_rows(db.session, kind, places=places, words=words, page=_page())
    return render_template("editorial/entries.html", kind=kind, rows=rows, words=words)


@bp.post(f"{_KIND}/<key>/bearbeiten")
@requires(Right.WRITE)
def begin(path: str, key: str) -> ResponseReturnValue:
    """Begin a working copy of an entry, or go to the one there is."""
    account = get_account()
    kind = _kind(path)
    begin_write(db.session)
    refuse_foreign(account, kind, _ags(kind, key))
    try:
        copy = begin_change(db.session, kind, key, by=account.actor)
    except AlreadyOpen as error:
        copy = error.copy
    db.session.commit()
    return redirect(url_for("desk_copies.edit", copy_id=copy.id), 303)


@bp.get(f"{_KIND}/<key>/verlauf")
@requires(Right.WRITE)
def history(path: str, key: str) -> str:
    """Show who changed what when; `?stand=3` compares that state with the one before it."""
    account = get_account()
    kind = _kind(path)
    refuse_foreign(account, kind, _ags(kind, key))
    entry = kind.get(db.session, key)
    wanted = whole(request.args.get("stand", ""))
    chosen = state_of(db.session, kind, key, wanted) if wanted else None
    fields = kind.read(entry).fields()
    form = make_form(db.session, kind, account, values=fields)
    written = copies.of_entry(db.session, kind.kind, key)
    return render_template(
        "editorial/history.html",
        kind=kind,
        key=key,
        title=kind.title(db.session, fields),
        lines=history_of(db.session, kind, key),
        chosen=chosen,
        differences=(shown_differences(kind, form, chosen.before, chosen.fields) if chosen else []),
        ways=[(one.stage.label, step_lines(db.session, one.steps)) for one in written],
        may_archive=may(account, Right.REVIEW) and _status(entry) is Status.PUBLISHED,
        is_archived=_status(entry) is Status.ARCHIVED,
        is_being_written=any(one.stage.is_open for one in written),
        looked_through=_looked_through(entry),
        is_past_review=isinstance(entry, Practice) and entry.is_past_review(utc_now()),
    )


@bp.post(f"{_KIND}/<key>/wiederherstellen")
@requires(Right.WRITE)
def bring_back(path: str, key: str) -> ResponseReturnValue:
    """Begin a working copy that says what the entry said once."""
    account = get_account()
    kind = _kind(path)
    wanted = whole(request.form.get("stand", ""))
    if not wanted:
        raise BadInput("Bitte wählen Sie den Stand, der wiederkommen soll.")
    begin_write(db.session)
    refuse_foreign(account, kind, _ags(kind, key))
    copy = restore(db.session, kind, key, wanted, by=account.actor)
    db.session.commit()
    flash(
        "Der frühere Stand steht jetzt in dieser Arbeitsfassung. Veröffentlicht ist er noch "
        "nicht: Bitte reichen Sie sie zur Prüfung ein.",
        "success",
    )
    return redirect(url_for("desk_copies.edit", copy_id=copy.id), 303)


@bp.post(f"{_KIND}/<key>/archivieren")
@requires(Right.REVIEW)
def put_away(path: str, key: str) -> ResponseReturnValue:
    """Take an entry away from readers, for a reason."""
    account = get_account()
    kind = _kind(path)
    begin_write(db.session)
    archive(db.session, kind, key, by=account.actor, note=request.form.get("note", ""))
    db.session.commit()
    flash("Der Eintrag ist archiviert. Leserinnen und Leser sehen ihn nicht mehr.", "success")
    return redirect(url_for(".history", path=path, key=key), 303)


@bp.post("/praxisbeispiele/<key>/bestaetigen")
@requires(Right.WRITE)
def confirm(key: str) -> ResponseReturnValue:
    """Say for the municipality that an example still is as it is written."""
    account = get_account()
    kind = KINDS[EntryKind.PRACTICE]
    begin_write(db.session)
    practice = kind.get(db.session, key)
    refuse_foreign(account, kind, practice.ags)
    confirm_practice(db.session, practice, by=account.actor)
    show(db.session, kind, [key])
    db.session.commit()
    flash("Danke. Der Eintrag gilt als durchgesehen.", "success")
    return redirect(url_for(".history", path=kind.path, key=key), 303)


def _kind(path: str) -> Kind:
    kind = kind_of_path(path)
    refuse_without_right(get_account(), kind)
    return kind


def _ags(kind: Kind, key: str) -> str | None:
    return kind.ags_of(kind.read(kind.get(db.session, key)).fields())


def _status(entry: object) -> Status | None:
    return entry.status if isinstance(entry, Publishable) else None


def _looked_through(entry: object) -> str:
    """Say when somebody last was sure of a published example; of other entries nothing."""
    if not isinstance(entry, Practice) or entry.status is not Status.PUBLISHED:
        return ""
    day = date(entry.looked_through_at)
    # To be published, or loaded with the first stock, is not to be looked through.
    return (
        f"Seit dem {day} hat niemand durchgesehen, ob das noch stimmt."
        if entry.confirmed_at is None
        else f"Zuletzt durchgesehen am {day}."
    )


def _page() -> int:
    return max(1, whole(request.args.get("seite", "1")))

"""What people do with an import: hand it over, release or return it, drop it, take it back."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from directory.accounts.guards import get_account, requires
from directory.accounts.rights import Right
from directory.db import begin_write, db
from directory.editorial.views.import_words import batch_card
from directory.editorial.views.imports import import_page, workroom
from directory.errors import Conflict
from directory.importing import batches
from directory.importing.applying import Outdated, WrongRows, preview_undo, refuse_closed, undo
from directory.importing.models import ImportBatch
from directory.importing.planning import Step
from directory.publication.validation import InvalidEntry
from directory.text import plural

bp = Blueprint("desk_import_steps", __name__, url_prefix="/redaktion/import/<int:number>")

# Up to so many rows people wait for the answer, a few seconds; more are worked on behind it.
WAITED_FOR = 500
_MOST_LISTED = 200


@bp.post("/uebergeben")
@requires(Right.IMPORT)
def submit(number: int) -> ResponseReturnValue:
    """Hand the import over to whoever releases it."""
    actor = get_account().actor
    return _step(
        number,
        lambda batch: batches.submit(db.session, batch, by=actor),
        "Zur Freigabe gegeben. Eine andere Person aus dem Netzwerkbüro sieht den Import jetzt.",
    )


@bp.post("/zuruecknehmen")
@requires(Right.IMPORT)
def take_back(number: int) -> ResponseReturnValue:
    """Take it back from the release, to change it."""
    return _step(
        number,
        lambda batch: batches.take_back(db.session, batch),
        "Zurückgenommen. Sie können die Spalten ändern und noch einmal prüfen.",
    )


@bp.post("/zurueckgeben")
@requires(Right.REVIEW)
def send_back(number: int) -> ResponseReturnValue:
    """Return it to whoever prepared it, with a reason."""
    actor, note = get_account().actor, request.form.get("note", "")
    return _step(
        number,
        lambda batch: batches.send_back(db.session, batch, by=actor, note=note),
        "Zurückgegeben. Wer den Import vorbereitet hat, sieht Ihre Begründung.",
    )


@bp.post("/verwerfen")
@requires(Right.IMPORT)
def discard(number: int) -> ResponseReturnValue:
    """Drop it before it did anything."""
    actor = get_account().actor
    return _step(
        number,
        lambda batch: batches.discard(db.session, batch, by=actor),
        "Verworfen. Die Zeilen der Datei sind gelöscht.",
    )


@bp.post("/freigeben")
@requires(Right.REVIEW)
def release(number: int) -> ResponseReturnValue:
    """Let it into the catalogue: at once, or behind the answer when it is large."""
    actor = get_account().actor

    def work(session: Session, progress: Step) -> None:
        batch = batches.get_batch(session, number, lock=True)
        batches.release(session, batch, by=actor, progress=progress)

    batch = batches.get_batch(db.session, number)
    batches.refuse_own(batch, by=actor)
    return _work(batch, work, "Übernommen. Leserinnen und Leser sehen die neuen Angaben ab sofort.")


@bp.get("/rueckgaengig")
@requires(Right.IMPORT)
def undo_preview(number: int) -> str:
    """Say what taking it back would do, and what would stay and why."""
    batch = batches.get_batch(db.session, number)
    found = preview_undo(db.session, batch)
    return render_template(
        "editorial/imports/undo.html",
        card=batch_card(db.session, batch),
        groups=[
            (title, [row.name for row in rows[:_MOST_LISTED]], len(rows))
            for title, rows in (
                ("Wird zurückgezogen", found.removed),
                ("Bekommt den früheren Stand", found.restored),
            )
        ],
        kept=[(row.name, reason) for row, reason in found.kept[:_MOST_LISTED]],
        kept_total=len(found.kept),
        has_effect=bool(found.removed or found.restored),
    )


@bp.post("/rueckgaengig")
@requires(Right.IMPORT)
def take_out(number: int) -> ResponseReturnValue:
    """Take everything back that it did and nobody has changed since."""
    actor = get_account().actor

    def work(session: Session, progress: Step) -> None:
        batch = batches.get_batch(session, number, lock=True)
        undo(session, batch, by=actor, progress=progress)

    batch = batches.get_batch(db.session, number)
    refuse_closed(batch)
    return _work(batch, work, "Der Import ist rückgängig gemacht.")


def _step(number: int, take: Callable[[ImportBatch], object], said: str) -> ResponseReturnValue:
    workroom().forget(number)
    begin_write(db.session)
    batch = batches.get_batch(db.session, number, lock=True)
    try:
        take(batch)
    except InvalidEntry as error:
        db.session.rollback()
        return import_page(batch, problems=error.problems), error.status
    except WrongRows as error:
        return _refused(batch, error)
    db.session.commit()
    flash(said, "success")
    return redirect(url_for("desk_imports.show", number=number), 303)


def _work(
    batch: ImportBatch, work: Callable[[Session, Step], object], said: str
) -> ResponseReturnValue:
    number, rows = batch.id, batches.size(db.session, batch)
    # What has been read so far belongs to no transaction that writes.
    db.session.rollback()
    if rows > WAITED_FOR:
        workroom().start(db.engine, number, total=rows, work=work)
        flash(
            f"{plural(rows, 'Zeile wird', 'Zeilen werden')} bearbeitet. Sie können die Seite "
            "verlassen; es geht auch ohne Sie weiter.",
            "info",
        )
        return redirect(url_for("desk_imports.show", number=number), 303)
    workroom().forget(number)
    begin_write(db.session)
    try:
        work(db.session, lambda _: None)
    except Outdated as error:
        return _refused(batches.get_batch(db.session, number), error)
    db.session.commit()
    flash(said, "success")
    return redirect(url_for("desk_imports.show", number=number), 303)


def _refused(batch: ImportBatch, error: Conflict) -> ResponseReturnValue:
    """Show the import as it would work now, and why the step was not taken."""
    db.session.rollback()
    return import_page(batch, failed=error.sentence), error.status

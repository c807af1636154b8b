"""`/redaktion/import`: a file comes in, its columns are told, and it is looked at row by row.

Whoever takes a step with it: :mod:`directory.editorial.views.import_steps`.
"""

import io
import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.exceptions import RequestEntityTooLarge

from directory.accounts.guards import current_account, get_account, requires
from directory.accounts.rights import Right, may
from directory.config import Settings
from directory.db import begin_write, db
from directory.editorial.views.import_words import (
    STATE_OF,
    RowLine,
    batch_card,
    batch_cards,
    column_lines,
    imported_line,
    planned_line,
)
from directory.editorial.views.numbers import whole
from directory.importing import batches
from directory.importing.kinds import KINDS
from directory.importing.mapping import ColumnMapping, WrongMapping, refuse_unusable
from directory.importing.models import BatchState, ImportBatch, ImportKind, ImportRow
from directory.importing.planning import Plan, RowState
from directory.importing.references import References
from directory.importing.running import Workroom
from directory.importing.templates import write_template
from directory.publication.validation import Problems
from directory.sheets.reading import read_table
from directory.sheets.table import MOST_BYTES, Table, UnreadableTable
from directory.text import clean
from directory.text import number as german_number
from directory.web.pagination import Page
from directory.web.tables import csv_response

bp = Blueprint("desk_imports", __name__, url_prefix="/redaktion/import")

# What `?zeilen=` says → which rows are shown
FILTERS = {
    "fehlerhaft": RowState.WRONG,
    "neu": RowState.NEW,
    "geaendert": RowState.CHANGED,
    "unveraendert": RowState.UNCHANGED,
}
PAGE_SIZE = 50
_MOST_PROBLEMS = 100
# The form around the file takes some bytes, too.
_MOST_BYTES = MOST_BYTES + 1_000_000
_FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@bp.url_value_preprocessor
def _let_tables_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    # Earlier than `before_request`: there the form is read for its token.
    if endpoint == f"{bp.name}.upload":
        request.max_content_length = _MOST_BYTES


@bp.errorhandler(RequestEntityTooLarge)
def _say_that_it_is_too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    if not may(current_account(), Right.IMPORT):
        return current_app.make_response(error.get_response())
    sentence = (
        f"Die Datei ist größer als {german_number(MOST_BYTES // 1_000_000)} MB. "
        "Bitte teilen Sie die Tabelle auf mehrere Dateien auf."
    )
    return _start_page({"file": sentence}), 413


@bp.get("")
@requires(Right.IMPORT)
def index() -> str:
    """Show how to begin, and the newest imports."""
    return _start_page({}, request.args.get("art", ""))


@bp.get("/vorlagen/<any(practices, contacts, memberships):kind>.<any(xlsx, csv):suffix>")
@requires(Right.IMPORT)
def template(kind: str, suffix: str) -> Response:
    """Send the template to fill in."""
    wanted = KINDS[ImportKind(kind)]
    file = io.BytesIO()
    write_template(db.session, file, wanted, as_xlsx=suffix == "xlsx")
    response = Response(file.getvalue(), mimetype=_FORMATS[suffix])
    name = f"vorlage-{wanted.name.label.lower()}.{suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.post("")
@requires(Right.IMPORT)
def upload() -> ResponseReturnValue:
    """Read a file and keep what it says."""
    account = get_account()
    chosen, file = request.form.get("kind", ""), request.files.get("file")
    problems: Problems = {}
    if chosen not in set(ImportKind):
        problems["kind"] = "Bitte wählen Sie, was in der Tabelle steht."
    if file is None or not file.filename:
        problems["file"] = "Bitte wählen Sie eine Datei."
        return _start_page(problems, chosen), 422
    name = clean(re.split(r"[\\/]", file.filename)[-1]) or "Tabelle"
    try:
        table = read_table(file.read(), name)
    except UnreadableTable as error:
        problems["file"] = error.sentence
    if problems:
        return _start_page(problems, chosen), 422
    begin_write(db.session)
    batch = batches.begin(
        db.session, kind=KINDS[ImportKind(chosen)], table=table, filename=name, by=account.actor
    )
    db.session.commit()
    return redirect(url_for(".columns", number=batch.id), 303)


@bp.get("/<int:number>/spalten")
@requires(Right.IMPORT)
def columns(number: int) -> ResponseReturnValue:
    """Show what each column of the file is taken for."""
    batch = batches.get_batch(db.session, number)
    if batch.state is not BatchState.UPLOADED:
        return redirect(url_for(".show", number=number), 303)
    table = batches.table_of(batch)
    return _columns_page(batch, table, batch.mapping or [None] * len(table.columns))


@bp.post("/<int:number>/spalten")
@requires(Right.IMPORT)
def change_columns(number: int) -> ResponseReturnValue:
    """Keep what each column was said to be."""
    begin_write(db.session)
    batch = batches.get_batch(db.session, number, lock=True)
    table = batches.table_of(batch)
    fields = [
        request.form.get(f"spalte-{place}", "").strip() or None
        for place in range(len(table.columns))
    ]
    problems = _twice(table, fields)
    if problems:
        return _columns_page(batch, table, fields, problems), 422
    wishes = dict(zip(table.columns, (field or "" for field in fields), strict=True))
    batches.remap(db.session, batch, wishes)
    try:
        refuse_unusable(KINDS[batch.kind], ColumnMapping(tuple(batch.mapping or ())))
    except WrongMapping:
        return _columns_page(batch, table, fields), 422
    finally:
        db.session.commit()
    return redirect(url_for(".show", number=number), 303)


@bp.get("/<int:number>")
@requires(Right.IMPORT)
def show(number: int) -> ResponseReturnValue:
    """Show what the file would do, or did: `?zeilen=fehlerhaft&seite=2`."""
    batch = batches.get_batch(db.session, number)
    try:
        return import_page(batch)
    except WrongMapping:
        return redirect(url_for(".columns", number=number), 303)


@bp.get("/<int:number>/fehler.csv")
@requires(Right.IMPORT)
def problems(number: int) -> Response:
    """Send everything that is wrong, cell by cell, as a table."""
    plan = batches.planned(db.session, batches.get_batch(db.session, number))
    head = ["Zeile", "Spalte", "Feld", "In der Zelle", "Was nicht stimmt"]
    rows = [
        [one.row, one.letter or "", one.header, one.written, one.sentence] for one in plan.problems
    ]
    return csv_response(f"fehler-import-{number}", head, rows)


def workroom() -> Workroom:
    """Return where work on large imports goes on."""
    settings: Settings = current_app.config["DIRECTORY"]
    return Workroom(settings.instance_dir / "imports")


def import_page(batch: ImportBatch, *, failed: str = "", problems: Problems | None = None) -> str:
    """Show one import; `failed` says why a step was not taken, `problems` are those of its form.

    Raises:
        WrongMapping: nothing tells which entries the rows are about.
    """
    account = get_account()
    standing = workroom().standing(batch.id)
    is_open = batch.state in (BatchState.UPLOADED, BatchState.PREPARED)
    is_running = standing is not None and standing.is_running
    wanted = request.args.get("zeilen", "")
    plan = batches.planned(db.session, batch) if is_open and not is_running else None
    counts, page = {}, None
    if not is_running and batch.state is not BatchState.DISCARDED:
        counts = plan.counts if plan else _counts(batch)
        place = max(1, whole(request.args.get("seite", "")))
        page = _rows(batch, plan, counts, FILTERS.get(wanted), place)
    waits = batch.state is BatchState.PREPARED and not is_running
    is_own = batch.prepared_by == account.actor
    outdated = batches.changed_since(db.session, batch, plan) if waits and plan else []
    return render_template(
        "editorial/imports/import.html",
        card=batch_card(db.session, batch),
        note=batch.note,
        is_undone=batch.state is BatchState.UNDONE,
        standing=standing,
        failed=failed or (standing.failed if standing else ""),
        filters=[(name, state.label, counts[state]) for name, state in FILTERS.items() if counts],
        wanted=wanted if wanted in FILTERS else "",
        total=sum(counts.values()),
        summary=", ".join(
            f"{german_number(count)} {state.label}"
            for state, count in counts.items()
            if count or plan or state is not RowState.WRONG
        ),
        notes=plan.notes if plan else (),
        wrong=plan.problems[:_MOST_PROBLEMS] if plan else [],
        wrong_total=len(plan.problems) if plan else 0,
        page=page,
        page_href=lambda one: url_for(
            "desk_imports.show", number=batch.id, zeilen=wanted or None, seite=one, _anchor="zeilen"
        ),
        outdated=outdated,
        is_preparing=batch.state is BatchState.UPLOADED,
        has_effect=plan is not None and plan.has_effect,
        waits=waits,
        is_own=is_own,
        can_release=waits and not is_own and not outdated,
        can_undo=batch.state is BatchState.RELEASED and batch.erased_at is None and not is_running,
        problems=problems or {},
        typed=request.form.get("note", ""),
    )


def _start_page(problems: Problems, chosen: str = "") -> str:
    return render_template(
        "editorial/imports/index.html",
        kinds=[(kind.value, kind.label) for kind in ImportKind],
        chosen=chosen,
        problems=problems,
        cards=batch_cards(db.session, batches.newest(db.session)),
    )


def _columns_page(
    batch: ImportBatch,
    table: Table,
    fields: Sequence[str | None],
    problems: dict[int, str] | None = None,
) -> str:
    kind = KINDS[batch.kind]
    failed = ""
    try:
        refuse_unusable(kind, ColumnMapping(tuple(fields)))
    except WrongMapping as error:
        failed = error.sentence
    return render_template(
        "editorial/imports/columns.html",
        card=batch_card(db.session, batch),
        columns=column_lines(table, fields, problems or {}),
        offered=[(one.field, one.header) for one in kind.columns],
        missing=[one for one in kind.columns if one.required and one.field not in fields],
        failed=failed,
        is_wrong=bool(failed or problems),
        rows=len(table.rows),
    )


def _twice(table: Table, fields: Sequence[str | None]) -> dict[int, str]:
    """Return what is wrong with each column whose field another one has, too."""
    return {
        place: "Diese Angabe ist zwei Spalten zugeordnet. Bitte wählen Sie eine davon ab."
        for place in range(len(table.columns))
        if fields[place] is not None and fields.count(fields[place]) > 1
    }


def _counts(batch: ImportBatch) -> dict[RowState, int]:
    return {
        RowState.NEW: batch.created,
        RowState.CHANGED: batch.changed,
        RowState.UNCHANGED: batch.unchanged,
        RowState.WRONG: 0,
    }


def _rows(
    batch: ImportBatch,
    plan: Plan | None,
    counts: dict[RowState, int],
    wanted: RowState | None,
    place: int,
) -> Page[RowLine]:
    total = counts[wanted] if wanted else sum(counts.values())
    place = min(place, max(1, -(-total // PAGE_SIZE)))
    start = (place - 1) * PAGE_SIZE
    if plan is None:
        lines = _imported(batch, wanted, start)
    else:
        chosen = [row for row in plan.rows if wanted in (None, row.state)]
        references = References.load(db.session)
        kind = KINDS[batch.kind]
        lines = [planned_line(kind, row, references) for row in chosen[start : start + PAGE_SIZE]]
    return Page(lines, place, PAGE_SIZE, total)


def _imported(batch: ImportBatch, wanted: RowState | None, start: int) -> list[RowLine]:
    outcomes = [outcome for outcome, state in STATE_OF.items() if wanted in (None, state)]
    rows = db.session.scalars(
        select(ImportRow)
        .where(ImportRow.batch_id == batch.id, ImportRow.outcome.in_(outcomes))
        .order_by(ImportRow.number)
        .offset(start)
        .limit(PAGE_SIZE)
    )
    return [imported_line(batch, row) for row in rows]

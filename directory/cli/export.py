"""`directory export`: what the site offers to download, as a file or for the next programme."""

import dataclasses
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

import click
import orjson
from flask import Flask
from werkzeug.datastructures import MultiDict

from directory.cli.opening import open_database, read_settings, require_schema
from directory.cli.progress import progress_bar
from directory.errors import BadInput, Unavailable
from directory.search.lists.listings import ListKind

# What can be asked for, and the list of the JSON interface with the same entries
_LISTS = {
    "kommunen": "municipalities",
    "praxisbeispiele": "practices",
    "veranstaltungen": "events",
    "materialien": "resources",
    "ansprechstellen": "contacts",
    "themen": "topics",
}
_CRITERIA = {
    "kommunen": ListKind.MUNICIPALITIES,
    "praxisbeispiele": ListKind.PRACTICES,
    "veranstaltungen": ListKind.EVENTS,
    "materialien": ListKind.RESOURCES,
}
# What the site itself gives; the rest is made of the JSON
_DOORS = {
    "kommunen": {"csv", "xlsx", "geojson"},
    "praxisbeispiele": {"csv", "xlsx", "geojson", "atom"},
    "veranstaltungen": {"atom", "ics"},
}
_MADE = {"json", "csv", "xlsx"}
_AT_ONCE = 100

Pieces = Iterator[bytes]


@click.command()
@click.argument("entries", type=click.Choice(list(_LISTS)))
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "xlsx", "geojson", "json", "atom", "ics"]),
    default="csv",
    show_default=True,
)
@click.option(
    "--filter",
    "query",
    default="",
    metavar="FRAGE",
    help="Auswahl wie in der Adresse der Liste: „thema=vernetzung&kreis=05962“.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Datei, die geschrieben wird; ohne sie die Standardausgabe.",
)
def export(entries: str, form: str, query: str, output: Path | None) -> None:
    """Veröffentlichte ENTRIES exportieren, mit denselben Filtern wie auf der Website."""
    from directory.cli.site import open_site

    if form not in _DOORS.get(entries, set()) | _MADE:
        raise click.UsageError(f"„{entries}“ gibt es nicht als {form}.")
    if output is None and form == "xlsx" and sys.stdout.buffer.isatty():
        raise click.UsageError("Für XLSX bitte mit --output eine Datei nennen.")
    query = query.removeprefix("?")
    settings = read_settings()
    with open_database(settings) as engine:
        require_schema(engine)
        with open_site(settings) as app, progress_bar("Exportieren") as bar:
            _refuse_misunderstood(app, entries, query)
            bar.begin(_total(app, entries, query))
            pieces = _counted(_pieces(app, entries, form, query), bar.step)
            if output is None:
                _write(pieces, sys.stdout.buffer)
            else:
                _write_file(pieces, output)


def _refuse_misunderstood(app: Flask, entries: str, query: str) -> None:
    """Raise `BadInput` where a page would answer what it did not understand with a sentence."""
    from directory.db import db
    from directory.search.criteria import Criteria
    from directory.search.lists.reference import get_reference

    if entries in _CRITERIA:
        with app.test_request_context("/"):
            criteria = Criteria.from_args(
                MultiDict(parse_qsl(query, keep_blank_values=True)),
                kind=_CRITERIA[entries],
                reference=get_reference(db.session),
            )
        if criteria.problems:
            raise BadInput(" ".join(criteria.problems))


def _total(app: Flask, entries: str, query: str) -> int:
    from directory.web.inside import ask_all

    return int(orjson.loads(ask_all(app, _page(entries, query, 0, limit=1)))["total"])


def _page(entries: str, query: str, offset: int, *, limit: int = _AT_ONCE) -> str:
    # Whole lists are exported: what picks a part of one is left out.
    kept = "&".join(
        pair for pair in query.split("&") if pair.split("=")[0] not in {"limit", "offset", "seite"}
    )
    return f"/api/v1/{_LISTS[entries]}?{kept}{'&' if kept else ''}limit={limit}&offset={offset}"


def _pieces(app: Flask, entries: str, form: str, query: str) -> Pieces:
    from directory.web.inside import ask

    if form in _DOORS.get(entries, set()):
        return ask(app, f"/{entries}.{form}?{query}")
    if form == "json":
        return _as_json(_items(app, entries, query))
    return _as_table(entries, form, _items(app, entries, query))


def _items(app: Flask, entries: str, query: str) -> Iterator[dict[str, Any]]:
    from directory.web.inside import ask_all

    offset, total = 0, 1
    while offset < total:
        answer = orjson.loads(ask_all(app, _page(entries, query, offset)))
        total = answer["total"]
        yield from answer["items"]
        offset += _AT_ONCE


def _as_json(items: Iterator[dict[str, Any]]) -> Pieces:
    """Yield a JSON array, one entry on a line."""
    yield b"["
    between = b"\n"
    for one in items:
        yield between + orjson.dumps(one)
        between = b",\n"
    yield b"\n]\n"


def _as_table(entries: str, form: str, items: Iterator[dict[str, Any]]) -> Pieces:
    """Yield a table with a column for each field of the JSON, under its name there."""
    from tempfile import TemporaryFile

    from directory.api.operations import OPERATIONS
    from directory.sheets.writing import SheetColumn, csv_lines, write_xlsx

    # Also where there is no entry to see them by
    (shape,) = (one.shape for one in OPERATIONS if one.name == _LISTS[entries])
    head = [field.name for field in dataclasses.fields(shape)]
    rows = ([_cell(one[name]) for name in head] for one in items)
    if form == "csv":
        yield from csv_lines(head, rows)
        return
    with TemporaryFile() as file:
        columns = [SheetColumn(header=name) for name in head]
        write_xlsx(file, sheet=entries.capitalize(), columns=columns, rows=rows)
        file.seek(0)
        yield file.read()


def _cell(value: Any) -> object:
    """Return what stands in one cell for a value of the JSON: of an entry its name."""
    if isinstance(value, dict):
        names = ("label", "name", "title", "slug", "url")
        return next((value[name] for name in names if name in value), orjson.dumps(value).decode())
    if isinstance(value, list):
        return "\n".join(str(_cell(one)) for one in value)
    return value


def _counted(pieces: Pieces, step: Callable[[int], None]) -> Pieces:
    """Yield the pieces; each line of them is about an entry."""
    for piece in pieces:
        step(piece.count(b"\n"))
        yield piece


def _write(pieces: Pieces, file: BinaryIO) -> None:
    file.writelines(pieces)
    file.flush()


def _write_file(pieces: Pieces, target: Path) -> None:
    """Write beside and rename: nobody ever opens half a table."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            _write(pieces, file)
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise Unavailable(f"„{target}“ lässt sich nicht schreiben: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)

"""Answering with a table for spreadsheets."""

from collections.abc import Iterable, Sequence

from flask import Response

from directory.sheets.writing import csv_lines


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Answer the CSV file `name`, as German Excel opens it."""
    response = Response(b"".join(csv_lines(head, rows)), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response

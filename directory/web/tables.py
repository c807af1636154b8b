"""Tables as files for spreadsheets: what people typed stays text and never becomes a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from flask import Response

# Spreadsheets take a cell for a formula that begins like this, also with full-width signs.
_FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")
# … but these are a number or a telephone number, and stay what they are.
_NUMBER = re.compile(r"[+-]?\d[\d .,/()-]*")
_BYTE_ORDER_MARK = "\ufeff"


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Answer a CSV file as German Excel opens it: semicolons, UTF-8 with a byte order mark."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([[cell(value) for value in row] for row in rows])
    response = Response(
        (_BYTE_ORDER_MARK + text.getvalue()).encode(), mimetype="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def cell(value: object) -> str:
    """Return `value` as the text of a cell; what would be a formula gets an apostrophe."""
    text = "" if value is None else str(value)
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text

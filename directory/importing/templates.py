"""Templates to fill in: every column with its hint, an example and what there is to choose from."""

from collections.abc import Iterator, Sequence
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.importing.kinds import Column, Kind
from directory.municipalities.models import Municipality
from directory.sheets.writing import SheetColumn, csv_lines, write_xlsx
from directory.topics.models import Term, TermKind

# A longer list helps nobody to choose.
_MOST_PLACES = 1_000


def csv_template(kind: Kind) -> Iterator[bytes]:
    """Yield the template as CSV: headings and an example."""
    return csv_lines([column.header for column in kind.columns], [example(kind)])


def write_template(session: Session, file: IO[bytes], kind: Kind, *, as_xlsx: bool = True) -> None:
    """Write the template to `file`; XLSX has the present vocabulary to choose from, CSV has not."""
    if not as_xlsx:
        file.writelines(csv_template(kind))
        return
    terms: dict[TermKind, list[str]] = {}
    for term in session.scalars(select(Term).order_by(Term.position)):
        terms.setdefault(term.kind, []).append(term.label)
    places = session.scalars(
        select(Municipality.name).order_by(Municipality.sort_name).limit(_MOST_PLACES + 1)
    ).all()
    if len(places) > _MOST_PLACES:
        places = []
    write_xlsx(
        file,
        sheet=kind.name.label,
        columns=[_sheet_column(column, terms, places) for column in kind.columns],
        rows=[example(kind)],
        notes=notes(kind),
    )


def example(kind: Kind) -> list[str | None]:
    """Return one row as it may be filled in; planning refuses it, should it be left in the file."""
    return [column.example or None for column in kind.columns]


def notes(kind: Kind) -> list[str]:
    """Return what people have to know to fill in the template, a line per sentence."""
    return [
        f"Vorlage für den Import: {kind.name.label}",
        "Die zweite Zeile ist ein Beispiel. Bitte löschen Sie sie, bevor Sie die Datei hochladen.",
        "Spalten dürfen fehlen, wenn sie nicht Pflicht sind. Eine leere Zelle heißt: keine Angabe.",
        "Was in keiner Spalte steht, bleibt bei vorhandenen Einträgen, wie es ist.",
        "",
        *(
            f"{column.header}{' (Pflicht)' if column.required else ''}: {column.hint}"
            for column in kind.columns
        ),
    ]


def _sheet_column(
    column: Column, terms: dict[TermKind, list[str]], places: Sequence[str]
) -> SheetColumn:
    content = column.content
    choices = content.choices
    if content.terms is not None:
        choices = tuple(terms.get(content.terms, ()))
    elif column.field == "ags":
        choices = tuple(dict.fromkeys(places))
    return SheetColumn(
        header=column.header,
        kind=content.kind,
        width=column.width,
        choices=choices,
        # Several terms, and keys of municipalities, are no entry of the list and yet right.
        open_list=not content.choices,
        hint=f"{'Pflicht. ' if column.required else ''}{column.hint}",
    )

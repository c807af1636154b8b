"""`/kommunen.csv`, `.xlsx`, `.geojson` and the same of practices: all hits of a filter.

Entries are read a few hundred at a time, each lot in a transaction of its own: neither memory nor
the database is held while somebody downloads slowly.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from tempfile import TemporaryFile
from typing import IO, Any, TypeVar

import orjson
from flask import Blueprint, Response, stream_with_context, url_for

from directory.accounts.open_doors import count_file
from directory.attributions import DATA_SOURCES
from directory.db import db, utc_now
from directory.errors import BadInput, Hint
from directory.feeds.questions import asked, in_words, page_path
from directory.feeds.tables import MUNICIPALITY, PRACTICE, Beside, beside
from directory.municipalities.models import Municipality
from directory.publication.catalogue import last_change
from directory.search.criteria import Criteria
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import Reference
from directory.search.queries import find_ids, load_entries
from directory.sheets.writing import csv_lines, write_xlsx
from directory.web.addresses import absolute
from directory.web.filters import date, date_time

bp = Blueprint("exports", __name__)
bp.before_request(count_file)

_AT_ONCE = 500
_BYTES_AT_ONCE = 64_000
_COLUMNS = {ListKind.MUNICIPALITIES: MUNICIPALITY, ListKind.PRACTICES: PRACTICE}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# About one metre, as exact as on the map.
_DIGITS = 5

_LISTS = '/<any("kommunen", "praxisbeispiele"):name>'


@bp.get(f"{_LISTS}.csv")
def csv(name: str) -> Response:
    """Give a list as a table that German Excel opens.

    Raises:
        BadInput: something of the filter is not understood. The other forms say so within.
    """
    criteria, reference = asked(ListKind(name))
    if criteria.problems:
        raise BadInput(
            " ".join(problem.wrong for problem in criteria.problems),
            (Hint("Die Liste ohne das, was nicht verständlich war", page_path(criteria)),),
        )
    head = [column.sheet.header for column in _COLUMNS[criteria.kind]]
    lots = _lots(criteria, reference, _row)
    return _download(_joined(csv_lines(head, chain.from_iterable(lots))), name, "csv", "text/csv")


@bp.get(f"{_LISTS}.xlsx")
def xlsx(name: str) -> Response:
    """Give a list as a workbook with typed columns and a sheet that names the sources."""
    criteria, reference = asked(ListKind(name))
    notes = _notes(criteria, reference)
    file = TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    write_xlsx(
        file,
        sheet=criteria.listing.plural,
        columns=[column.sheet for column in _COLUMNS[criteria.kind]],
        rows=chain.from_iterable(_lots(criteria, reference, _row)),
        notes=notes,
        notes_sheet="Quellen",
    )
    response = _download(_content(file), name, "xlsx", _XLSX)
    response.content_length = file.tell()
    # If nobody reads it after all, as with HEAD.
    response.call_on_close(file.close)
    return response


@bp.get(f"{_LISTS}.geojson")
def geojson(name: str) -> Response:
    """Give a list as GeoJSON (RFC 7946); what has no point is there without geometry."""
    criteria, reference = asked(ListKind(name))
    foreign = {
        "source": absolute(page_path(criteria.on_page(1))),
        "attribution": _attributions(),
        "problems": criteria.problems,
    }
    features = chain.from_iterable(_lots(criteria, reference, _feature))
    pieces = _joined(_feature_collection(foreign, features))
    return _download(pieces, name, "geojson", "application/geo+json")


Made = TypeVar("Made")


def _lots(
    criteria: Criteria, reference: Reference, make: Callable[[Any, Beside], Made]
) -> Iterator[list[Made]]:
    """Return what is made of all hits in list order, a few hundred at a time."""
    ids = find_ids(db.session, criteria, reference)

    def lots() -> Iterator[list[Made]]:
        for start in range(0, len(ids), _AT_ONCE):
            entries = load_entries(db.session, criteria, ids[start : start + _AT_ONCE])
            known = beside(db.session, reference, entries)
            made = [make(entry, known) for entry in entries]
            # Ends the transaction before anybody waits, and lets go of what was read.
            db.session.rollback()
            db.session.expunge_all()
            yield made

    return lots()


def _row(entry: Any, known: Beside) -> list[object]:
    return [column.value(entry, known) for column in _COLUMNS[_kind(entry)]]


def _feature(entry: Any, known: Beside) -> bytes:
    place = entry if isinstance(entry, Municipality) else entry.municipality
    geometry = None
    if place.lat is not None and place.lon is not None:
        point = [round(place.lon, _DIGITS), round(place.lat, _DIGITS)]
        geometry = {"type": "Point", "coordinates": point}
    properties = {column.name: column.value(entry, known) for column in _COLUMNS[_kind(entry)]}
    feature = {"type": "Feature", "id": entry.slug, "geometry": geometry, "properties": properties}
    return orjson.dumps(feature)


def _kind(entry: Any) -> ListKind:
    return ListKind.MUNICIPALITIES if isinstance(entry, Municipality) else ListKind.PRACTICES


def _feature_collection(foreign: dict[str, Any], features: Iterator[bytes]) -> Iterator[bytes]:
    begun = orjson.dumps({"type": "FeatureCollection"} | foreign).removesuffix(b"}")
    yield begun + b',"features":['
    for number, feature in enumerate(features):
        yield (b",\n" if number else b"\n") + feature
    yield b"\n]}\n"


def _content(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(_BYTES_AT_ONCE):
            yield piece


def _joined(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in larger pieces: each piece is one write to the network."""
    several = b""
    for piece in pieces:
        several += piece
        if len(several) >= _BYTES_AT_ONCE:
            yield several
            several = b""
    yield several


def _download(pieces: Iterator[bytes], name: str, ending: str, mimetype: str) -> Response:
    response = Response(stream_with_context(pieces), mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def _attributions() -> list[str]:
    return [source.attribution for source in DATA_SOURCES if source.attribution]


def _notes(criteria: Criteria, reference: Reference) -> list[str]:
    words = in_words(criteria, reference)
    return [
        f"{criteria.listing.plural} aus dem Verzeichnis des Kommunen-Netzwerks: engagiert in NRW",
        f"Abgerufen am {date_time(utc_now())}",
        f"Daten zuletzt geändert am {date(last_change(db.session))}",
        f"Auswahl: {words or 'alle'}",
        *criteria.problems,
        f"Diese Liste auf der Website: {absolute(page_path(criteria.on_page(1)))}",
        f"Quellen und Lizenzen: {absolute(url_for('pages.licences'))}",
        *_attributions(),
    ]

"""The only door to pypdf: look through a PDF for what no reader of a town hall's paper needs.

Runs in the short-lived process of `directory.files.examination`, never in the application's own.
"""

import io
import logging
import re
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from directory.files.findings import DocumentFound
from directory.files.refusals import RefusedUpload
from directory.text import clean, number

if TYPE_CHECKING:
    from pypdf import PdfReader

MOST_PAGES = 500
_LONGEST_TITLE = 200
# Where programmes look when they guess what a file is.
_SNIFFED_BYTES = 1_024
_MARKUP = (b"<html", b"<script", b"<!doctype", b"<svg", b"<?php")
# What may follow the mark of the end: line ends, and padding of a careless tool.
_LONGEST_TAIL = 1_024

# Name in a PDF → what to say; `/S /Launch` is an action, `/EmbeddedFiles` a name of the catalogue.
_ACTIVE = {
    "/JavaScript": "Programme (JavaScript)",
    "/JS": "Programme (JavaScript)",
    "/Rendition": "Medien, die Programme (JavaScript) starten",
    "/Launch": "Befehle, die andere Programme starten",
    "/EmbeddedFile": "eingebettete Dateien",
    "/EmbeddedFiles": "eingebettete Dateien",
    "/RichMedia": "eingebettete Medien",
    "/XFA": "ein Formular mit Programmen (XFA)",
    "/SubmitForm": "ein Formular, das Angaben verschickt",
    "/ImportData": "Befehle, die Daten nachladen",
}
# `/JS` is left out, as it only counts beside two of the others and may come about by chance.
_SUSPICIOUS = re.compile("|".join(sorted(_ACTIVE.keys() - {"/JS"})).encode())
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def read_document(data: bytes) -> DocumentFound:
    """Look through the PDF `data`: readable, not encrypted, of limited length, without actions.

    Raise `RefusedUpload`; whatever else is raised means that the content is no sound PDF.
    """
    from pypdf import PdfReader

    # What pypdf has to say about odd files would end up in the log of the application.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    _refuse_disguises(data)
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        raise RefusedUpload(
            "Das PDF ist verschlüsselt oder geschützt. Bitte ohne Kennwort und Schutz speichern."
        )
    # Stated at the root, so that nobody has to count ten thousand pages to find them too many.
    tree: Any = reader.root_object["/Pages"]
    stated = tree.get("/Count")
    _refuse_too_long(stated if isinstance(stated, int) else 0)
    if _is_suspicious(reader, data):
        _refuse_active_content(reader)
    pages = len(reader.pages)
    _refuse_too_long(pages)
    if pages == 0:
        raise RefusedUpload("Das PDF hat keine Seiten.")
    return DocumentFound(pages=pages, title=_title(reader))


def _refuse_too_long(pages: int) -> None:
    if pages > MOST_PAGES:
        raise RefusedUpload(
            f"Das PDF hat {number(pages)} Seiten; höchstens {MOST_PAGES} sind möglich."
        )


def _refuse_disguises(data: bytes) -> None:
    """Refuse a PDF that is something else as well: markup in front, an archive behind."""
    beginning = data[:_SNIFFED_BYTES].lower()
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise RefusedUpload("Das PDF ist unvollständig oder beschädigt. Bitte neu erzeugen.")
    tail = data[end + len(b"%%EOF") :]
    if any(mark in beginning for mark in _MARKUP) or len(tail.strip(b"\0\r\n\t ")) > _LONGEST_TAIL:
        raise RefusedUpload(
            "Die Datei ist nicht nur ein PDF, sondern zugleich etwas anderes. Bitte neu erzeugen."
        )


def _is_suspicious(reader: "PdfReader", data: bytes) -> bool:
    """Whether a name of something active occurs at all, be it in a text or by chance.

    Names stand in the file as it is or in its compressed object streams. Looking for them there
    takes milliseconds, looking at each of 50,000 objects would take ten seconds.
    """
    packed = {stream for stream, _ in reader.xref_objStm.values()}
    parts = (_unpacked(reader, stream) for stream in sorted(packed))
    return any(_SUSPICIOUS.search(_unescaped(part)) for part in chain([data], parts))


def _unpacked(reader: "PdfReader", idnum: int) -> bytes:
    from pypdf.generic import StreamObject

    stream = reader.get_object(idnum)
    if not isinstance(stream, StreamObject):
        raise TypeError("no stream of objects")
    return stream.get_data()


def _unescaped(part: bytes) -> bytes:
    return _ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), part)


def _refuse_active_content(reader: "PdfReader") -> None:
    """Look at every object, also at those that no page refers to."""
    from pypdf.generic import IndirectObject

    numbers = {(idnum, 0) for idnum in reader.xref_objStm}
    for generation, offsets in reader.xref.items():
        numbers |= {(idnum, generation) for idnum in offsets}
    for idnum, generation in sorted(numbers):
        for name in _names(reader.get_object(IndirectObject(idnum, generation, reader))):
            if name in _ACTIVE:
                raise RefusedUpload(
                    f"Das PDF enthält {_ACTIVE[name]}. Bitte ohne speichern, etwa über "
                    "„Drucken“ und „Als PDF speichern“."
                )


def _names(thing: Any) -> Iterator[str]:
    """Return the keys and names directly in `thing`, without following references."""
    from pypdf.generic import NameObject

    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield from one.keys()
            waiting.extend(dict.values(one))
        elif isinstance(one, list):
            waiting.extend(list.__iter__(one))
        elif isinstance(one, NameObject):
            yield one


def _title(reader: "PdfReader") -> str | None:
    title = reader.metadata.title if reader.metadata else None
    return " ".join(clean(title).split())[:_LONGEST_TITLE].strip() or None if title else None

"""Taking uploads in and clearing out what nobody uses. Callers commit."""

import datetime as dt
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.files.examination import examine
from directory.files.findings import PDF, DocumentFound, ImageFound
from directory.files.models import StoredFile, document_name, image_name
from directory.files.refusals import RefusedUpload
from directory.files.storage import Storage
from directory.rows import upsert
from directory.text import clean

MOST_BYTES = 20_000_000

_KINDS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", PDF),
)
_GENERAL = "Möglich sind Bilder als JPEG, PNG, WebP oder GIF und Dokumente als PDF."


@dataclass(frozen=True)
class Upload:
    """An upload that was looked into and may be kept."""

    sha256: str
    content: bytes
    found: ImageFound | DocumentFound


def examine_upload(data: bytes | BinaryIO, *, filename: str) -> Upload:
    """Look into an upload; `filename` is only used to name it in the sentence of a refusal.

    Takes up to 4 s of computing and needs no database: views that write ask this before
    `begin_write`. Raise `RefusedUpload`.
    """
    content = data if isinstance(data, bytes) else data.read(MOST_BYTES + 1)
    try:
        found = examine(content, _media_type(content))
    except RefusedUpload as refusal:
        name = clean(filename)[:60] or "Datei ohne Namen"
        raise RefusedUpload(f"„{name}“: {refusal.sentence}") from refusal
    return Upload(hashlib.sha256(content).hexdigest(), content, found)


def keep_examined(session: Session, storage: Storage, upload: Upload, *, by: str) -> StoredFile:
    """Keep what was examined; the same content again is the same file.

    First the files, then the row: if anything fails in between, files are left that no row names,
    and `directory files clean` removes them.
    """
    for name, content in _contents(upload).items():
        # Also when the row is there already: files that got lost come back, and stay from today.
        storage.put(name, content)
    # Of two who upload the same at the same time, one writes the row. Its age begins anew, as that
    # of its files does, so that nothing is cleared away under the hands of who sent it again.
    session.execute(
        upsert(session, StoredFile)
        .values(**_row(upload), uploaded_at=utc_now(), uploaded_by=by)
        .on_conflict_do_update(index_elements=[StoredFile.sha256], set_={"uploaded_at": utc_now()})
    )
    return session.get_one(StoredFile, upload.sha256, populate_existing=True)


def keep_upload(
    session: Session, storage: Storage, *, data: bytes | BinaryIO, filename: str, by: str
) -> StoredFile:
    """Look into an upload and keep it; nothing is kept when `RefusedUpload` is raised."""
    return keep_examined(session, storage, examine_upload(data, filename=filename), by=by)


def forget_unused(session: Session, *, used: Collection[str], older_than: dt.datetime) -> int:
    """Remove the rows of files that are not `used` and were uploaded before `older_than`.

    Their contents are leftovers from then on (`queries.leftovers`), to be deleted after the commit:
    rolled back, nothing is lost.
    """
    old = session.scalars(select(StoredFile.sha256).where(StoredFile.uploaded_at < older_than))
    unused = [sha256 for sha256 in old if sha256 not in used]
    for sha256 in unused:
        session.execute(delete(StoredFile).where(StoredFile.sha256 == sha256))
    return len(unused)


def _media_type(content: bytes) -> str:
    """Tell by its first bytes what a file claims to be; the name and the browser say nothing."""
    if not content:
        raise RefusedUpload("Die Datei ist leer.")
    if len(content) > MOST_BYTES:
        raise RefusedUpload(
            f"Die Datei ist zu groß; höchstens {MOST_BYTES // 1_000_000} MB sind möglich."
        )
    for beginning, media_type in _KINDS:
        if content.startswith(beginning):
            return media_type
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    raise RefusedUpload(_what_instead(content))


def _what_instead(content: bytes) -> str:
    """Say what would be taken; where the format is known, how to get there."""
    beginning = content[:1_024].lstrip(b"\xef\xbb\xbf\t\r\n ").lower()
    if beginning.startswith((b"<svg", b"<?xml")) or b"<svg" in beginning:
        return "SVG-Dateien können Programme enthalten. Bitte als PNG speichern."
    if content[4:8] == b"ftyp":
        return "Das ist ein Bild oder Video eines Telefons (etwa HEIC). Bitte als JPEG speichern."
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "Das ist ein Archiv oder Büro-Dokument. Bitte als PDF speichern."
    return f"Diese Art von Datei geht nicht. {_GENERAL}"


def _contents(upload: Upload) -> dict[str, bytes]:
    if isinstance(upload.found, DocumentFound):
        return {document_name(upload.sha256): upload.content}
    return {
        image_name(upload.sha256, variant.width): variant.content
        for variant in upload.found.variants
    }


def _row(upload: Upload) -> dict[str, object]:
    found = upload.found
    common: dict[str, object] = {"sha256": upload.sha256, "size_bytes": len(upload.content)}
    if isinstance(found, DocumentFound):
        return common | {
            "media_type": PDF,
            "variants": [],
            "pages": found.pages,
            "title": found.title,
        }
    return common | {
        "media_type": found.media_type,
        "width": found.width,
        "height": found.height,
        "variants": [[one.width, one.height] for one in found.variants],
    }

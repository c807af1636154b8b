"""Files that were uploaded and taken: what is known about each."""

import datetime as dt
import enum

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.db import Model, UtcDateTime, utc_now
from directory.files.findings import PDF


class FileKind(enum.StrEnum):
    """What can be done with a file: shown on the page, or downloaded."""

    IMAGE = "image"
    DOCUMENT = "document"


class StoredFile(Model):
    """One file, known by the SHA-256 (hex) of what was uploaded.

    Of an image only its variants are kept, made anew; of a PDF the upload itself.
    """

    __tablename__ = "stored_file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(40))
    # Of what was uploaded.
    size_bytes: Mapped[int]

    # Images: pixels of the upload, upright, and [width, height] of each variant, narrowest first
    width: Mapped[int | None]
    height: Mapped[int | None]
    variants: Mapped[list[list[int]]] = mapped_column(JSON, default=list)

    # Documents
    pages: Mapped[int | None]
    title: Mapped[str | None] = mapped_column(String(200))

    uploaded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
    uploaded_by: Mapped[str] = mapped_column(String(120))

    @property
    def kind(self) -> FileKind:
        """Image or document."""
        return FileKind.DOCUMENT if self.media_type == PDF else FileKind.IMAGE

    @property
    def names(self) -> list[str]:
        """The names of all its files in the storage."""
        if self.kind is FileKind.DOCUMENT:
            return [document_name(self.sha256)]
        return [image_name(self.sha256, width) for width, _ in self.variants]


def image_name(sha256: str, width: int) -> str:
    """Return the name of one variant of an image."""
    return f"{sha256}-{width}.webp"


def document_name(sha256: str) -> str:
    """Return the name of a document."""
    return f"{sha256}.pdf"

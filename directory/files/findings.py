"""What a look into an uploaded file found: all that is kept of it."""

from dataclasses import dataclass

PDF = "application/pdf"


@dataclass(frozen=True)
class Variant:
    """One width of an image, in pixels, as WebP."""

    width: int
    height: int
    content: bytes


@dataclass(frozen=True)
class ImageFound:
    """An image made anew: no byte of the upload is in it. The widest variant comes last."""

    media_type: str
    width: int
    height: int
    variants: tuple[Variant, ...]


@dataclass(frozen=True)
class DocumentFound:
    """A PDF that holds nothing which acts by itself."""

    pages: int
    title: str | None

"""`/dateien`: images and documents of published practices, and how pages show them."""

from collections.abc import Callable, Sequence

from flask import Blueprint, Flask, Response, current_app, request, url_for
from werkzeug.routing import BaseConverter
from werkzeug.wsgi import wrap_file

from directory.db import db
from directory.files.findings import PDF
from directory.files.models import FileKind, StoredFile, document_name, image_name
from directory.files.queries import find_file
from directory.files.storage import MissingFile, storage_for
from directory.practices import queries as practices
from directory.practices.models import PracticeAttachment
from directory.practices.queries import AttachmentRow
from directory.text import number, plural, slugify
from directory.web import security
from directory.web.prepared import FOREVER

bp = Blueprint("files", __name__, url_prefix="/dateien")


class HashConverter(BaseConverter):
    """A SHA-256 in an address: 64 small hexadecimal digits."""

    regex = "[0-9a-f]{64}"


MaySee = Callable[[str], bool]
_LONGEST_NAME = 80
_KILO, _MEGA = 1_000, 1_000_000


def nobody_else(_sha256: str) -> bool:
    """Without a desk only the public sees files: those of published practices."""
    return False


def init_app(app: Flask, *, may_also_see: MaySee = nobody_else) -> None:
    """Let `may_also_see` decide by hash, for the present request, who sees what is not public."""
    app.extensions["may_also_see_file"] = may_also_see
    app.url_map.converters["hash"] = HashConverter


@bp.get("/<hash:sha256>-<int:width>.webp")
def image(sha256: str, width: int) -> Response:
    """Send one width of an image."""
    stored, is_public, _ = _visible(sha256)
    if width not in {one for one, _ in stored.variants}:
        raise MissingFile
    return _send(image_name(sha256, width), "image/webp", is_public=is_public)


@bp.get("/<hash:sha256>.pdf")
def document(sha256: str) -> Response:
    """Send a document to be saved under a name made of its title; browsers never open it here."""
    stored, is_public, title = _visible(sha256)
    if stored.kind is not FileKind.DOCUMENT:
        raise MissingFile
    security.sandbox()
    response = _send(document_name(sha256), PDF, is_public=is_public)
    name = slugify(title or stored.title or "dokument", longest=_LONGEST_NAME) or "dokument"
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.pdf")
    return response


def _visible(sha256: str) -> tuple[StoredFile, bool, str | None]:
    """Return the file, whether everybody may see it, and what its practice calls it."""
    stored = find_file(db.session, sha256)
    attachment = practices.find_public_attachment(db.session, sha256)
    may_also_see: MaySee = current_app.extensions["may_also_see_file"]
    if stored is None or not (attachment or may_also_see(sha256)):
        raise MissingFile
    return stored, attachment is not None, attachment.caption if attachment else None


def _send(name: str, media_type: str, *, is_public: bool) -> Response:
    response = Response(mimetype=media_type)
    response.set_etag(name)
    # What is not public yet belongs into no cache but the one of whoever works on it.
    response.headers["Cache-Control"] = FOREVER if is_public else "private, no-cache"
    if not request.if_none_match.contains(name):
        file = storage_for(current_app.config["DIRECTORY"]).open(name)
        response.content_length = file.seek(0, 2)
        file.seek(0)
        response.call_on_close(file.close)
        response.response = wrap_file(request.environ, file)
    response.make_conditional(request, accept_ranges=True, complete_length=response.content_length)
    return response


# How pages show them ----------------------------------------------------------------------------


def figures(attachments: Sequence[PracticeAttachment | AttachmentRow]) -> list[dict[str, object]]:
    """Return the images among `attachments` for `components/figures.html`."""
    return [_figure(one) for one in attachments if one.kind is FileKind.IMAGE]


def downloads(attachments: Sequence[PracticeAttachment | AttachmentRow]) -> list[dict[str, object]]:
    """Return the documents among `attachments` for `components/downloads.html`."""
    return [
        {
            "title": one.caption or one.file.title or "Dokument",
            "href": url_for("files.document", sha256=one.sha256),
            "note": f"PDF, {plural(one.file.pages or 1, 'Seite', 'Seiten')}, "
            f"{size_words(one.file.size_bytes)}",
            "credit": ", ".join(filter(None, [one.author, one.licence and one.licence.label])),
        }
        for one in attachments
        if one.kind is FileKind.DOCUMENT
    ]


def size_words(size: int) -> str:
    """Write a size in bytes: `850 Byte`, `340 KB`, `1,2 MB`."""
    if size < _KILO:
        return f"{size} Byte"
    if round(size / _KILO) < _KILO:
        return f"{number(size / _KILO, 0)} KB"
    return f"{number(size / _MEGA, 1)} MB"


def _figure(one: PracticeAttachment | AttachmentRow) -> dict[str, object]:
    sources = [
        (url_for("files.image", sha256=one.sha256, width=width), width, height)
        for width, height in one.file.variants
    ]
    href, width, height = sources[-1]
    return {
        "src": href,
        "srcset": ", ".join(f"{source} {its_width}w" for source, its_width, _ in sources),
        "width": width,
        "height": height,
        "alt": "" if one.decorative else one.alternative_text or "",
        "caption": one.caption,
        "author": one.author,
        "licence": (one.licence.label, one.licence.url) if one.licence else None,
    }

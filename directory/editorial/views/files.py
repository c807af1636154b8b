"""`/redaktion/fassungen/<nr>/dateien`: images and documents of what is being written."""

from typing import Any

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from directory.accounts.guards import WrongToken, current_account, get_account, requires
from directory.accounts.rights import Right, may
from directory.db import begin_write, db
from directory.editorial.access import get_copy, refuse_foreign_place
from directory.editorial.access import may_see_file as may_account_see_file
from directory.editorial.forms.attachments import Attachments
from directory.editorial.forms.fields import EntryForm
from directory.editorial.forms.making import make_form
from directory.editorial.kinds import KINDS
from directory.editorial.views.copies import (
    keep_written,
    let_long_forms_in,
    show_typed_again,
)
from directory.editorial.views.form_page import form_page
from directory.editorial.views.numbers import whole
from directory.editorial.views.parking import keep_typed
from directory.errors import BadInput
from directory.files.findings import DocumentFound
from directory.files.models import FileKind
from directory.files.operations import MOST_BYTES, Upload, examine_upload, keep_examined
from directory.files.refusals import RefusedUpload
from directory.files.storage import storage_for
from directory.practices.attachments import MOST_OF_A_KIND
from directory.publication.models import WorkingCopy

bp = Blueprint("desk_files", __name__, url_prefix="/redaktion")
bp.register_error_handler(WrongToken, show_typed_again)

# The file itself and, around it, everything else that the form says
_MOST_SENT = MOST_BYTES + 1_000_000
# A story with a dozen files has more fields than a form without.
_MOST_PARTS = 1_000


@bp.url_value_preprocessor
def _let_files_in(endpoint: str | None, values: dict[str, Any] | None) -> None:
    # Earlier than `before_request`: there the form is read for its token.
    let_long_forms_in(endpoint, values)
    request.max_content_length = _MOST_SENT
    request.max_form_parts = _MOST_PARTS


@bp.post("/fassungen/<int:copy_id>/dateien")
@requires(Right.WRITE, signed_out=keep_typed)
def add(copy_id: int) -> ResponseReturnValue:
    """Keep what was written together with one more file, or say why the file is not taken."""
    account = get_account()
    copy = get_copy(db.session, account, copy_id)
    form, files = _typed(copy)
    refuse_foreign_place(account, KINDS[copy.kind], form.values())
    try:
        upload = _examined(files)
    except RefusedUpload as refusal:
        return _refused_page(copy_id, refusal), refusal.status
    # By itself: should the copy have been changed meanwhile, the file is part of what is compared.
    # What nobody uses after all is cleared away by `directory files clean`.
    begin_write(db.session)
    storage = storage_for(current_app.config["DIRECTORY"])
    keep_examined(db.session, storage, upload, by=account.actor)
    db.session.commit()

    begin_write(db.session)
    copy = get_copy(db.session, account, copy_id)
    form, _ = _typed(copy)
    values = form.values()
    values["attachments"] = [*values["attachments"], _said_at_first(upload)]
    return keep_written(account, KINDS[copy.kind], copy, values)


def may_see_file(sha256: str) -> bool:
    """Return whether whoever asks works on something with this file: see `pages.files`."""
    account = current_account()
    return (
        account is not None
        and may(account, Right.WRITE)
        and may_account_see_file(db.session, account, sha256)
    )


def _typed(copy: WorkingCopy) -> tuple[EntryForm, Attachments]:
    """Return the form with what was typed, and the part of it that is about files."""
    kind = KINDS[copy.kind]
    form = make_form(db.session, kind, get_account(), values=copy.fields, typed=request.form)
    for field in form:
        if isinstance(field, Attachments):
            return form, field
    raise BadInput(f"Zu dieser Art von Einträgen gehören keine Dateien: {kind.singular}.")


def _examined(files: Attachments) -> Upload:
    """Return what was sent, looked into; before anything is written, for it takes its time."""
    sent = request.files.get("datei")
    if sent is None or not sent.filename:
        raise RefusedUpload("Bitte wählen Sie zuerst ein Bild oder ein PDF aus.")
    hashes = files.hashes
    room = {kind: not files.is_full(kind) for kind in FileKind}
    db.session.rollback()
    upload = examine_upload(sent.stream, filename=sent.filename)  # type: ignore[arg-type]
    if upload.sha256 in hashes:
        raise RefusedUpload(f"„{sent.filename[:60]}“ ist schon dabei.")
    if not room[_kind_of(upload)]:
        raise RefusedUpload(
            f"Zu einem Eintrag gehören höchstens {MOST_OF_A_KIND} Bilder und {MOST_OF_A_KIND} "
            "Dokumente. Bitte entfernen Sie zuerst eines."
        )
    return upload


def _refused_page(copy_id: int, refusal: RefusedUpload) -> str:
    copy = get_copy(db.session, get_account(), copy_id)
    form, files = _typed(copy)
    files.refusal = refusal.sentence
    return form_page(
        KINDS[copy.kind],
        form,
        copy,
        seen=whole(request.form.get("version", "")),
        failed="Die Datei wurde nicht angenommen.",
    )


def _said_at_first(upload: Upload) -> dict[str, Any]:
    """Return what is known about a file before anybody said something."""
    title = upload.found.title if isinstance(upload.found, DocumentFound) else None
    return {
        "sha256": upload.sha256,
        "kind": _kind_of(upload).value,
        "alternative_text": None,
        "decorative": False,
        "caption": title,
        "author": None,
        "licence": None,
    }


def _kind_of(upload: Upload) -> FileKind:
    return FileKind.DOCUMENT if isinstance(upload.found, DocumentFound) else FileKind.IMAGE

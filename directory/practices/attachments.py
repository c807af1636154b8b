"""What can be said about the images and documents of a practice, and what must hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from directory.files.models import FileKind
from directory.practices.models import Licence, PracticeAttachment
from directory.practices.queries import AttachmentRow
from directory.publication.validation import Check, Known

MOST_OF_A_KIND = 6


@dataclass(frozen=True, kw_only=True)
class AttachmentDraft:
    """One uploaded file, by its hash, and what is said about it.

    The caption stands below an image; of a document it is the title.
    """

    sha256: str
    kind: FileKind
    caption: str | None = None
    alternative_text: str | None = None
    decorative: bool = False
    licence: Licence | None = None
    author: str | None = None

    @classmethod
    def of(cls, entry: PracticeAttachment | AttachmentRow) -> "AttachmentDraft":
        """Return the draft that `entry` corresponds to."""
        return cls(
            sha256=entry.sha256,
            kind=entry.kind,
            caption=entry.caption,
            alternative_text=entry.alternative_text,
            decorative=entry.decorative,
            licence=entry.licence,
            author=entry.author,
        )


def check_attachments(check: Check, attachments: Sequence[AttachmentDraft], known: Known) -> None:
    """Check all `attachments` of one practice, in their order."""
    for position, attachment in enumerate(attachments, start=1):
        part = check.within("attachments", position)
        _check_file(part, attachment, known)
        part.line("caption", attachment.caption, PracticeAttachment.caption)
        part.line("author", attachment.author, PracticeAttachment.author)
        part.line(
            "alternative_text", attachment.alternative_text, PracticeAttachment.alternative_text
        )
        if attachment.kind is FileKind.IMAGE:
            _check_image(part, attachment)
        else:
            _check_document(part, attachment)
    for kind, name in ((FileKind.IMAGE, "Bilder"), (FileKind.DOCUMENT, "Dokumente")):
        if sum(attachment.kind is kind for attachment in attachments) > MOST_OF_A_KIND:
            check.say("attachments", f"Höchstens {MOST_OF_A_KIND} {name}.")
    if len({attachment.sha256 for attachment in attachments}) < len(attachments):
        check.say("attachments", "Enthält eine Datei doppelt.")


def _check_file(check: Check, attachment: AttachmentDraft, known: Known) -> None:
    if known.files is None:
        return
    kind = known.files.get(attachment.sha256)
    if kind is None:
        check.say("sha256", "Die Datei ist nicht mehr da. Bitte noch einmal hochladen.")
    elif kind != attachment.kind:
        check.say("kind", "Die Datei ist von anderer Art.")


def _check_image(check: Check, image: AttachmentDraft) -> None:
    if image.decorative and image.alternative_text is not None:
        check.say("decorative", "Ein schmückendes Bild braucht keinen Alternativtext.")
    if not image.decorative and image.alternative_text is None:
        check.say(
            "alternative_text",
            "Bitte beschreiben, was auf dem Bild zu sehen ist, oder „schmückend“ wählen.",
        )
    if image.licence is None:
        check.say("licence", "Bitte angeben, unter welcher Lizenz das Bild steht.")
    if image.author is None:
        check.say("author", "Bitte angeben, von wem das Bild ist: eine Stelle oder Einrichtung.")


def _check_document(check: Check, document: AttachmentDraft) -> None:
    if document.caption is None:
        check.say("caption", "Bitte einen Titel angeben.")
    if document.alternative_text is not None or document.decorative:
        check.say("alternative_text", "Nur Bilder haben einen Alternativtext.")

"""The part of a form that is about uploaded files: what is said of each, their order, removal."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from wtforms import Form, StringField

from directory.editorial.forms.fields import Chosen, Line, Rows, Tick, values_of
from directory.files.models import FileKind, StoredFile
from directory.practices.attachments import MOST_OF_A_KIND
from directory.practices.models import Licence

# What the buttons at a file send: `dateien:hoch:<hash>`.
_PRESSED = re.compile(r"dateien:(hoch|runter|weg):([0-9a-f]{64})")
_FOR_DOCUMENTS = {
    "caption": "Titel des Dokuments",
    "author": "Von wem ist das Dokument?",
}
_ONLY_OF_IMAGES = {"alternative_text": None, "decorative": False}


class Hidden(StringField):
    """A value nobody types: it says what the fields beside it are about."""

    drawn_as = "hidden"

    def plain(self) -> Any:
        """Return the value."""
        return self.data or ""


class AttachmentForm(Form):
    """One uploaded file and what is said about it."""

    sha256 = Hidden("Datei")
    kind = Hidden("Art der Datei")
    alternative_text = Line(
        "Alternativtext",
        help="Was ist zu sehen? Für alle, die das Bild nicht sehen.",
        example="Vier Menschen sitzen im Rathaus um einen Tisch",
    )
    decorative = Tick("Das Bild ist schmückend und braucht keinen Alternativtext")
    caption = Line("Bildunterschrift", optional=True)
    author = Line(
        "Von wem ist das Bild?",
        help="Stelle oder Einrichtung; eine Person nur, wenn sie genannt werden will",
        example="Stadt Hemer",
    )
    licence = Chosen(
        "Lizenz",
        choices=[(licence.value, licence.label) for licence in Licence],
    )


class Attachments(Rows):
    """The files of an entry in their order; they come by uploading, never by typing."""

    drawn_as = "files"
    _SPARE = 0

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(AttachmentForm, label, one="Datei", **options)
        # Filled in when the form is made: what is known about each, by hash.
        self.files: Mapping[str, StoredFile] = {}
        self.allowed: Collection[str] = frozenset()
        # Why a file was not taken
        self.refusal = ""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take what is there, and do what the pressed button says."""
        super().process(formdata, data, extra_filters)
        for entry in self.entries:
            if entry.form.kind.data == FileKind.DOCUMENT:
                _ask_about_document(entry.form)
        pressed = _PRESSED.fullmatch(formdata.get("weiter", "")) if formdata else None
        if pressed:
            self._do(*pressed.groups())

    @property
    def hashes(self) -> list[str]:
        """The files in their order."""
        return [entry.form.sha256.plain() for entry in self.entries]

    @property
    def cards(self) -> list[tuple[Any, StoredFile | None]]:
        """Each part of the form with what is known about its file; None: it is gone."""
        return [(entry, self.files.get(entry.form.sha256.plain())) for entry in self.entries]

    def is_full(self, kind: FileKind) -> bool:
        """Whether there may be no more files of this kind."""
        count = sum(1 for one in self.entries if one.form.kind.data == kind)
        return count >= MOST_OF_A_KIND

    def bare(self, name: str) -> Mapping[str, str]:
        """Return the kind of the file: of images more is asked than of documents."""
        part = next(entry.form for entry in self.entries if entry.name == name)
        return {"kind": part.kind.plain()}

    def plain(self) -> Any:
        """Return what is said about each file; hashes from elsewhere are not taken."""
        return [
            {name: None if value == "" else value for name, value in part.items()}
            for entry in self.entries
            if (part := _ONLY_OF_IMAGES | values_of(entry.form))["sha256"] in self.allowed
        ]

    def _do(self, action: str, sha256: str) -> None:
        if sha256 not in self.hashes:
            return
        place = self.hashes.index(sha256)
        entry = self.entries.pop(place)
        if action == "hoch":
            self.entries.insert(max(place - 1, 0), entry)
        elif action == "runter":
            self.entries.insert(place + 1, entry)


def _ask_about_document(part: AttachmentForm) -> None:
    for name in _ONLY_OF_IMAGES:
        del part[name]
    for name, label in _FOR_DOCUMENTS.items():
        part[name].label.text = label
    part["author"].example = ""

"""What must not come in is refused with a sentence, soon, in little memory; and nothing is kept."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.db import create_database_engine
from directory.errors import Unavailable
from directory.files import examination
from directory.files.models import StoredFile
from directory.files.operations import MOST_BYTES, keep_upload
from directory.files.refusals import RefusedUpload
from directory.files.storage import FolderStorage
from tests import uploads
from tests.databases import Databases
from tests.uploads import SCRIPT, pdf, photo, with_action

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PNG_START = b"\x89PNG\r\n\x1a\n"

# What it is → how it is made, what it is called, and words of the sentence.
HOSTILE = {
    "an SVG with a script": (lambda: SVG, "logo.svg", "SVG-Dateien können Programme enthalten"),
    "an SVG called PNG": (lambda: SVG, "logo.png", "Bitte als PNG speichern"),
    "an SVG behind an XML header": (lambda: b'<?xml version="1.0"?>' + SVG, "a.png", "SVG"),
    "a web page called JPEG": (lambda: b"<html>" + SCRIPT, "a.jpg", "Diese Art von Datei geht"),
    "a photo of a phone": (lambda: b"\0\0\0\x18ftypheic" + bytes(99), "a.heic", "als JPEG"),
    "an archive": (lambda: b"PK\x03\x04" + bytes(99), "a.docx", "als PDF speichern"),
    "a programme": (lambda: b"\x7fELF" + bytes(99), "a.jpg", "Diese Art von Datei"),
    "nothing": (lambda: b"", "leer.png", "Die Datei ist leer"),
    "too much": (lambda: b"\xff\xd8\xff" + bytes(MOST_BYTES), "a.jpg", "höchstens 20 MB"),
    "an image bare of all but its beginning": (lambda: PNG_START, "a.png", "beschädigt"),
    "an image cut off": (lambda: photo()[:-3000], "a.jpg", "beschädigt"),
    "an image full of noise": (lambda: PNG_START + bytes(range(256)) * 40, "a.png", "beschädigt"),
    "a pixel bomb": (uploads.pixel_bomb, "a.png", "zu viele Bildpunkte"),
    "more pixels than fit": (
        lambda: uploads.header_of(6_000, 6_000),
        "a.png",
        "zu viele Bildpunkte",
    ),
    "a tower": (lambda: uploads.header_of(10, 9_000), "a.png", "zu schmal"),
    "text that unpacks without end": (uploads.text_bomb, "a.png", "beschädigt"),
    "a thousand scans": (lambda: uploads.progressive_scans(1_000), "a.jpg", "zu aufwendig"),
    "a profile that unpacks without end": (uploads.profile_bomb, "a.png", "beschädigt"),
    "text called PDF": (lambda: b"Sehr geehrte Damen und Herren", "a.pdf", "Diese Art von Datei"),
    "a PDF cut off": (lambda: pdf(3)[:200], "a.pdf", "unvollständig oder beschädigt"),
    "a PDF of nothing but its ends": (lambda: b"%PDF-1.7\n%%EOF\n", "a.pdf", "beschädigt"),
    "a PDF that is a web page": (
        lambda: b"%PDF-1.7\n<html>" + SCRIPT + pdf(),
        "a.pdf",
        "zugleich etwas anderes",
    ),
    "a PDF that is an archive": (
        lambda: pdf() + b"PK\x03\x04" + b"x" * 2_000,
        "a.pdf",
        "zugleich etwas anderes",
    ),
    "a PDF behind a web page": (lambda: b"<html>" + pdf(), "a.pdf", "Diese Art von Datei"),
    "a PDF with JavaScript": (
        lambda: pdf(change=with_action("/JavaScript", JS="app.alert(1)")),
        "a.pdf",
        "Programme (JavaScript)",
    ),
    "a PDF with JavaScript in other letters": (
        lambda: pdf(change=with_action("/JavaScript", JS="app.alert(1)")).replace(
            b"/JavaScript", b"/J#61vaScript"
        ),
        "a.pdf",
        "Programme (JavaScript)",
    ),
    "a PDF with JavaScript packed away": (
        lambda: uploads.with_objects_in_a_stream(b"<< /S /JavaScript /JS (app.alert(1)) >>"),
        "a.pdf",
        "Programme (JavaScript)",
    ),
    "a PDF that starts programmes": (
        lambda: pdf(change=with_action("/Launch", F="cmd.exe")),
        "a.pdf",
        "andere Programme starten",
    ),
    "a PDF with a file in it": (
        lambda: pdf(change=lambda writer: writer.add_attachment("a.exe", b"MZ")),
        "a.pdf",
        "eingebettete Dateien",
    ),
    "a PDF that sends what is typed": (
        lambda: pdf(change=with_action("/SubmitForm", F="https://example.org")),
        "a.pdf",
        "das Angaben verschickt",
    ),
    "an encrypted PDF": (
        lambda: pdf(change=lambda writer: writer.encrypt("geheim", algorithm="RC4-128")),
        "a.pdf",
        "verschlüsselt oder geschützt",
    ),
    "a PDF of 10,000 pages": (lambda: pdf(10_000), "a.pdf", "10.000 Seiten; höchstens 500"),
    "a PDF without pages": (lambda: pdf(0), "a.pdf", "keine Seiten"),
    "pages on a chain of 5,000 branches": (lambda: uploads.deep_tree(5_000), "a.pdf", "Datei"),
    "pages that are their own branch": (uploads.looping_tree, "a.pdf", "Datei"),
    "arrays in 100,000 arrays": (lambda: uploads.nested(100_000), "a.pdf", "Datei"),
    "objects that unpack without end": (
        lambda: uploads.with_objects_in_a_stream(b"<< /S /GoTo >>", padding=300_000_000),
        "a.pdf",
        "Datei",
    ),
}


@pytest.fixture
def session(sqlite_databases: Databases) -> Iterator[Session]:
    """One engine is enough: nothing gets as far as the database."""
    with sqlite_databases.empty() as url:
        engine = create_database_engine(url)
        with Session(engine) as session:
            yield session
        engine.dispose()


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "files")


@contextmanager
def at_most_five_seconds() -> Iterator[None]:
    """Of computing: how long that takes on a busy machine says nothing about the upload."""

    def computed() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before = computed()
    yield
    assert computed() - before < 5


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_with_a_sentence_and_nothing_is_kept(
    name: str, session: Session, storage: FolderStorage
) -> None:
    make, filename, words = HOSTILE[name]
    data = make()
    with at_most_five_seconds(), pytest.raises(RefusedUpload) as refused:
        keep_upload(session, storage, data=data, filename=filename, by="anna")
    assert refused.value.sentence.startswith(f"„{filename}“: ")
    assert words in refused.value.sentence
    assert refused.value.sentence.endswith((".", "“."))
    assert refused.value.status == 422
    assert list(storage.names()) == []
    assert session.scalars(select(StoredFile)).all() == []


@pytest.mark.parametrize(
    "work",
    [
        "bytearray(examination.MEMORY_BYTES)",
        "while True: pass",
        "import time; time.sleep(60)",
        "import os; os.abort()",
        "open('/tmp/left-behind-by-an-upload', 'wb').write(b'x' * 10_000)",
        "import os; assert 'DIRECTORY_SECRET_KEY' in os.environ",
    ],
)
def test_whoever_takes_over_the_process_has_little_of_it(
    work: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a library could be made to do ends in a refusal: limits, no secrets, no files."""
    monkeypatch.setenv("DIRECTORY_SECRET_KEY", "k" * 40)
    start = examination._START.replace(  # noqa: SLF001
        "work(sys.argv[2])",
        f"from directory.files import examination\nexamination._limit()\n{work}",
    )
    monkeypatch.setattr(examination, "_START", start)
    monkeypatch.setattr(examination, "WALL_SECONDS", 5)
    with at_most_five_seconds(), pytest.raises(RefusedUpload, match="zu aufwendig aufgebaut"):
        examination.examine(photo(), "image/jpeg")


def test_many_at_once_wait_and_are_told_when_it_takes_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(examination, "_free", BoundedSemaphore(1))
    monkeypatch.setattr(examination, "_WAIT_SECONDS", 0.05)
    with examination._free, pytest.raises(Unavailable, match="gleich noch einmal"):  # noqa: SLF001
        examination.examine(photo(), "image/jpeg")
    assert examination.examine(photo(), "image/jpeg")

"""Images and documents of published practices: shown, sent, and shown to nobody before."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from directory import create_app
from directory.config import Settings
from directory.db import begin_write, db
from directory.files.models import FileKind
from directory.files.operations import Upload, examine_upload, keep_examined
from directory.files.storage import storage_for
from directory.pages.files import size_words
from directory.practices.attachments import AttachmentDraft
from directory.practices.drafts import PracticeDraft
from directory.practices.models import Licence, Practice
from directory.practices.operations import save_practice
from directory.publication.catalogue import advance
from directory.publication.models import Status
from tests.browser import Browser, assert_accessible
from tests.buckets import bucket_server
from tests.databases import Databases
from tests.pages import get
from tests.uploads import pdf, photo

SLUG = "aachen-buero-fuer-ehrenamt-mit-verbindlichen-leitlinien"
PAGE = f"/praxisbeispiele/{SLUG}"
NONE = "ab" * 32


@dataclass(frozen=True)
class Illustrated:
    """An application whose practice `SLUG` shows these files."""

    app: Flask
    image: str
    adornment: str
    document: str


@pytest.fixture
def shown(app: Flask) -> Illustrated:
    return illustrate(app)


@cache
def uploads() -> list[Upload]:
    """Looked into once for all tests."""
    contents = (photo(1200, 800), photo(400, 400), pdf(12, title="Egal"))
    return [examine_upload(content, filename="a") for content in contents]


def illustrate(app: Flask) -> Illustrated:
    storage = storage_for(app.config["DIRECTORY"])
    with app.app_context():
        begin_write(db.session)
        image, adornment, document = (
            keep_examined(db.session, storage, upload, by="anna").sha256 for upload in uploads()
        )
        practice = db.session.scalars(select(Practice).where(Practice.slug == SLUG)).one()
        said: dict[str, Any] = {"licence": Licence.CC_BY, "author": "Stadt Aachen"}
        draft = replace(
            PracticeDraft.of(practice),
            attachments=(
                AttachmentDraft(
                    sha256=image,
                    kind=FileKind.IMAGE,
                    caption="Das Büro im Rathaus",
                    alternative_text="Zwei Menschen am Tresen.",
                    **said,
                ),
                AttachmentDraft(
                    sha256=adornment,
                    kind=FileKind.IMAGE,
                    decorative=True,
                    licence=Licence.NETWORK,
                    author="Stadt Aachen",
                ),
                AttachmentDraft(
                    sha256=document, kind=FileKind.DOCUMENT, caption="Leitlinien für Äcker & Höfe"
                ),
            ),
        )
        save_practice(db.session, by="anna", draft=draft)
        advance(db.session)
        db.session.commit()
    return Illustrated(app, image, adornment, document)


def move(app: Flask, status: Status) -> None:
    with app.app_context():
        begin_write(db.session)
        db.session.query(Practice).filter_by(slug=SLUG).one().status = status
        db.session.commit()


def test_the_page_shows_images_with_their_words_and_documents(shown: Illustrated) -> None:
    page = get(shown.app.test_client(), PAGE)
    image, adornment = page.all("figure img")
    assert image["alt"] == "Zwei Menschen am Tresen."
    assert image["src"] == f"/dateien/{shown.image}-1200.webp"
    assert (image["width"], image["height"]) == ("1200", "800")
    assert image["srcset"].split(", ")[0] == f"/dateien/{shown.image}-480.webp 480w"
    assert adornment["alt"] == ""
    first, second = (one.text for one in page.all("figcaption"))
    assert first == "Das Büro im Rathaus Bild: Stadt Aachen, CC BY 4.0"
    assert second == "Bild: Stadt Aachen, Nutzung durch das Netzwerk erlaubt"
    assert page.one("a[rel=license]")["href"].startswith("https://creativecommons.org/licenses/by/")
    assert page.one(".downloads li").text == "Leitlinien für Äcker & Höfe PDF, 12 Seiten, 2 KB"
    assert page.one(".downloads a")["href"] == f"/dateien/{shown.document}.pdf"


def test_a_practice_without_files_says_nothing_of_them(client: FlaskClient) -> None:
    page = get(client, PAGE)
    assert not page.has("figure")
    assert not page.has("#dokumente")


def test_cards_show_no_images(shown: Illustrated) -> None:
    assert "/dateien/" not in shown.app.test_client().get("/praxisbeispiele?q=leitlinien").text


def test_every_width_is_sent_once_and_for_all(shown: Illustrated) -> None:
    client = shown.app.test_client()
    for source in get(client, PAGE).all("figure img")[0]["srcset"].split(", "):
        href = source.split()[0]
        with client.get(href) as answer:
            assert (answer.status_code, answer.mimetype) == (200, "image/webp")
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.data[8:12] == b"WEBP"
            assert answer.content_length == len(answer.data)
            etag = answer.headers["ETag"]
        with client.get(href, headers={"If-None-Match": etag}) as again:
            assert (again.status_code, again.data) == (304, b"")


def test_a_document_is_saved_and_never_opened_as_a_page(shown: Illustrated) -> None:
    client = shown.app.test_client()
    with client.get(f"/dateien/{shown.document}.pdf") as answer:
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert (
            answer.headers["Content-Disposition"]
            == "attachment; filename=leitlinien-fuer-aecker-hoefe.pdf"
        )
        assert answer.data == pdf(12, title="Egal")
    with client.get(f"/dateien/{shown.document}.pdf", headers={"Range": "bytes=0-4"}) as part:
        assert (part.status_code, part.data) == (206, b"%PDF-")
    with client.head(f"/dateien/{shown.document}.pdf") as head:
        assert (head.status_code, head.data) == (200, b"")


def hrefs(shown: Illustrated) -> list[str]:
    return [
        f"/dateien/{shown.image}-480.webp",
        f"/dateien/{shown.adornment}-400.webp",
        f"/dateien/{shown.document}.pdf",
    ]


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.ARCHIVED])
def test_only_a_published_practice_makes_its_files_public(any_app: Flask, status: Status) -> None:
    shown = illustrate(any_app)
    client = shown.app.test_client()
    move(shown.app, status)
    for href in hrefs(shown):
        assert get(client, href, status=404).text
    move(shown.app, Status.PUBLISHED)
    for href in hrefs(shown):
        with client.get(href) as answer:
            assert answer.status_code == 200


def test_a_file_that_nothing_shows_is_nobodys_business(app: Flask) -> None:
    storage = storage_for(app.config["DIRECTORY"])
    with app.app_context():
        begin_write(db.session)
        names = keep_examined(db.session, storage, uploads()[0], by="anna").names
        db.session.commit()
    for name in names:
        assert app.test_client().get(f"/dateien/{name}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        f"{NONE}-480.webp",
        f"{NONE}.pdf",
        "{image}-481.webp",
        "{image}.pdf",
        "{document}-480.webp",
        "{image}-480.webp.8f2c11aa.part",
        "{image}-99999999999999999999.webp",
        "..%2fsecret_key.pdf",
        "%00.pdf",
        "ä-1.webp",
    ],
)
def test_nothing_else_has_an_address(shown: Illustrated, path: str) -> None:
    address = path.format(image=shown.image, document=shown.document)
    get(shown.app.test_client(), f"/dateien/{address}", status=404)


def test_a_file_that_got_lost_is_not_found(shown: Illustrated) -> None:
    storage = storage_for(shown.app.config["DIRECTORY"])
    storage.delete(f"{shown.image}-480.webp")
    page = get(shown.app.test_client(), f"/dateien/{shown.image}-480.webp", status=404)
    assert "Diese Datei gibt es hier nicht" in page.text


def test_the_desk_decides_who_else_sees_a_file_and_no_cache_keeps_it(app: Flask) -> None:
    shown = illustrate(app)
    move(app, Status.DRAFT)
    app.extensions["may_also_see_file"] = lambda sha256: sha256 == shown.image
    client = app.test_client()
    with client.get(f"/dateien/{shown.image}-480.webp") as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, no-cache"
    assert client.get(f"/dateien/{shown.document}.pdf").status_code == 404


def test_files_come_from_the_store_that_is_configured(
    sqlite_databases: Databases, tmp_path: Path
) -> None:
    with bucket_server("dateien") as endpoint, sqlite_databases.seeded() as url:
        app = create_app(
            Settings(
                database_url=url,
                instance_dir=tmp_path,
                secret_key="k" * 40,
                storage=f"s3://dateien?endpoint={endpoint}",
            )
        )
        shown = illustrate(app)
        client = app.test_client()
        with client.get(f"/dateien/{shown.document}.pdf") as answer:
            assert answer.data == pdf(12, title="Egal")
        with client.get(f"/dateien/{shown.image}-960.webp") as answer:
            assert answer.data[8:12] == b"WEBP"
        with app.app_context():
            db.engine.dispose()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (1, "1 Byte"),
        (999, "999 Byte"),
        (340_400, "340 KB"),
        (999_999, "1,0 MB"),
        (20_000_000, "20,0 MB"),
    ],
)
def test_sizes_read_in_german(size: int, words: str) -> None:
    assert size_words(size) == words


def test_images_fit_at_every_width_and_in_the_dark(
    browser: Browser, app: Flask, own_site: str
) -> None:
    illustrate(app)
    for width, scheme in ((320, "light"), (320, "dark"), (1280, "light"), (1280, "dark")):
        page = browser.new_page(width=width, colour_scheme=scheme, site=own_site)
        page.goto(PAGE)
        page.locator("figure img").first.scroll_into_view_if_needed()
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        shown = page.locator("figure img").first
        assert shown.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
        page.close()

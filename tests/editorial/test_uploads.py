"""Images and documents at the desk: taken, described, shown, and seen by nobody too early."""

import datetime as dt
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from directory.accounts.models import Role
from directory.db import begin_write, db, utc_now
from directory.files.models import StoredFile
from directory.files.operations import MOST_BYTES
from directory.files.storage import storage_for
from directory.practices.models import PracticeAttachment
from tests.commands import done
from tests.editorial.test_collisions import suggested
from tests.editorial.test_writing import COMPLETE, HEMER, send, typed
from tests.pages import Page, get, post
from tests.signing_in import signed_in, token
from tests.uploads import pdf, photo, photo_with_place, pixel_bomb, with_action

NEW = "/redaktion/praxisbeispiele/neu"
SLUG = "hemer-vereinssprechstunde-am-ersten-montag"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
SAID = {
    "alternative_text": "Ein Tisch mit Unterlagen",
    "author": "Stadt Hemer",
    "licence": "CC-BY-4.0",
}


def begun(client: FlaskClient) -> str:
    return send(client, NEW, {**COMPLETE, "version": 0})


def upload(
    client: FlaskClient,
    path: str,
    content: bytes,
    *,
    name: str = "bild.jpg",
    status: int = 303,
    **written: object,
) -> Page | None:
    """Choose a file and press the button below it, as the form stands or with `written` in it."""
    page = get(client, path)
    data = {
        **typed(page),
        "topics": COMPLETE["topics"],
        **written,
        "csrf_token": token(client, NEW),
        "datei": (io.BytesIO(content), name),
    }
    if status == 303:
        answer = client.post(path + "/dateien", data=data)
        assert answer.status_code == 303, answer.text[:2000]
        assert answer.location == path
        return None
    return post(client, path + "/dateien", data, status=status)


def change(client: FlaskClient, path: str, **written: object) -> None:
    data = {**typed(get(client, path)), "topics": COMPLETE["topics"], **written}
    send(client, path, data)


def pictures(page: Page) -> list[str]:
    return [one["src"] for one in page.all("main img")]


def answer_to(client: FlaskClient, path: str) -> TestResponse:
    """A file, read to its end and closed."""
    answer = client.get(path)
    answer.get_data()
    answer.close()
    return answer


def stored(app: Flask) -> tuple[int, int]:
    """How many uploads are known, and how many files lie in the store."""
    with app.app_context():
        rows = db.session.scalar(select(func.count()).select_from(StoredFile)) or 0
        return rows, len(list(storage_for(app.config["DIRECTORY"]).names()))


def test_an_image_goes_from_the_desk_to_the_readers_and_away_again(app: Flask) -> None:
    editor, reviewer = signed_in(app, Role.EDITOR, (HEMER,)), signed_in(app, Role.REVIEWER, ())
    reader = app.test_client()
    path = begun(editor)
    number = path.rsplit("/", 1)[-1]
    upload(editor, path, photo_with_place())
    upload(editor, path, photo(300, 200))
    draft = get(editor, path)
    shown, superfluous = pictures(draft)
    assert "Bilder beschreiben" in get(editor, "/redaktion").text
    change(editor, path, weiter=f"dateien:weg:{superfluous.split('/')[-1][:64]}")
    refused = send(editor, path + "/einreichen", {}, 422)
    assert "Bitte beschreiben, was auf dem Bild zu sehen ist" in refused
    change(editor, path, **{f"attachments-0-{name}": text for name, text in SAID.items()})
    assert "Bilder beschreiben" not in get(editor, "/redaktion").text
    send(editor, path + "/einreichen", {})

    review = get(reviewer, f"/redaktion/pruefung/{number}")
    assert [(one["src"], one["alt"]) for one in review.all("main img")] == [
        (shown, SAID["alternative_text"])
    ]
    assert answer_to(reviewer, shown).status_code == 200
    send(reviewer, f"/redaktion/pruefung/{number}/veroeffentlichen", {})
    public = get(reader, f"/praxisbeispiele/{SLUG}")
    assert [one["alt"] for one in public.all(".picture img")] == [SAID["alternative_text"]]
    answer = answer_to(reader, shown)
    assert answer.status_code == 200
    assert "public" in answer.headers["Cache-Control"]

    again = send(editor, f"/redaktion/praxisbeispiele/{SLUG}/bearbeiten", {})
    change(editor, again, weiter=f"dateien:weg:{shown.split('/')[-1][:64]}")
    send(editor, again + "/einreichen", {})
    number = again.rsplit("/", 1)[-1]
    review = get(reviewer, f"/redaktion/pruefung/{number}")
    assert pictures(review) == [shown]
    send(reviewer, f"/redaktion/pruefung/{number}/veroeffentlichen", {})
    assert not get(reader, f"/praxisbeispiele/{SLUG}").has(".picture")
    assert answer_to(reader, shown).status_code == 404

    # What was never published is cleared away; what was may come back from the history.
    assert stored(app)[0] == 2
    with app.app_context():
        begin_write(db.session)
        db.session.execute(update(StoredFile).values(uploaded_at=utc_now() - dt.timedelta(days=9)))
        db.session.commit()
    settings = app.config["DIRECTORY"]
    done("files clean", settings.database_url, settings.instance_dir)
    assert stored(app)[0] == 1
    assert answer_to(editor, shown).status_code == 200
    assert answer_to(editor, superfluous).status_code == 404


def test_a_document_gets_its_title_and_no_alternative_text(app: Flask) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    path = begun(editor)
    upload(editor, path, pdf(3, title="Leitlinien"), name="a.pdf")
    form = get(editor, path)
    fields = {name for name in typed(form) if name.startswith("attachments-0-")}
    assert fields == {
        f"attachments-0-{one}" for one in ("sha256", "kind", "caption", "author", "licence")
    }
    assert typed(form)["attachments-0-caption"] == "Leitlinien"
    assert (
        answer_to(editor, form.one(".desk-files__document a")["href"]).mimetype == "application/pdf"
    )
    send(editor, path + "/einreichen", {})


def test_files_change_places(app: Flask) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    path = begun(editor)
    upload(editor, path, photo(300, 200), weiter="schreiben")
    upload(editor, path, photo(301, 200), **{"attachments-0-caption": "Erstes"})
    one, other = pictures(get(editor, path))
    change(editor, path, weiter=f"dateien:hoch:{other.split('/')[-1][:64]}")
    page = get(editor, path)
    assert pictures(page) == [other, one]
    assert typed(page)["attachments-1-caption"] == "Erstes"
    change(editor, path, weiter=f"dateien:runter:{other.split('/')[-1][:64]}")
    assert pictures(get(editor, path)) == [one, other]


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (SVG, "logo.svg", "SVG-Dateien können Programme enthalten"),
        (b"", "leer.png", "leer"),
        (pixel_bomb(), "bombe.png", "bombe.png"),
        (pdf(change=with_action("/JavaScript", JS="1")), "formular.pdf", "formular.pdf"),
        (b"PK\x03\x04" + bytes(99), "antrag.docx", "als PDF speichern"),
        (b"\xff\xd8\xff" + bytes(MOST_BYTES), "gross.jpg", "höchstens 20 MB"),
    ],
    ids=["svg", "empty", "pixel bomb", "script in a PDF", "office", "too large"],
)
def test_what_is_refused_is_a_sentence_and_every_word_stays(
    app: Flask, content: bytes, name: str, sentence: str
) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    path = begun(editor)
    before = stored(app)
    page = upload(editor, path, content, name=name, status=422, result="Noch nicht gespeichert")
    assert page is not None
    assert sentence in page.one("#datei-fehler").text
    assert page.one("#datei")["aria-invalid"] == "true"
    assert typed(page)["result"] == "Noch nicht gespeichert"
    assert stored(app) == before
    assert typed(get(editor, path))["result"] == ""


def test_no_file_a_second_time_and_more_than_six_are_refused(app: Flask) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    path = begun(editor)
    page = post(
        editor,
        path + "/dateien",
        {**typed(get(editor, path)), "csrf_token": token(editor, NEW)},
        status=422,
    )
    assert "Bitte wählen Sie zuerst" in page.one("#datei-fehler").text
    upload(editor, path, photo(300, 200))
    page = upload(editor, path, photo(300, 200), status=422)
    assert page is not None
    assert "schon dabei" in page.one("#datei-fehler").text
    for width in range(301, 306):
        upload(editor, path, photo(width, 200))
    page = upload(editor, path, photo(306, 200), status=422)
    assert page is not None
    assert "höchstens 6 Bilder" in page.one("#datei-fehler").text


def test_nobody_else_sees_or_adds_files_of_a_draft(app: Flask) -> None:
    editor, foreign = (
        signed_in(app, Role.EDITOR, (HEMER,)),
        signed_in(app, Role.EDITOR, ("05314000",)),
    )
    reviewer, reader = signed_in(app, Role.REVIEWER, ()), app.test_client()
    path = begun(editor)
    upload(editor, path, photo(300, 200))
    (shown,) = pictures(get(editor, path))
    answer = answer_to(editor, shown)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer_to(reviewer, shown).status_code == 200
    assert answer_to(foreign, shown).status_code == 404
    assert answer_to(reader, shown).status_code == 404

    before = stored(app)
    data = {"csrf_token": token(foreign, NEW), "datei": (io.BytesIO(photo(200, 200)), "a.jpg")}
    assert foreign.post(path + "/dateien", data=data).status_code == 403
    data = {"datei": (io.BytesIO(photo(200, 200)), "a.jpg")}
    assert editor.post(path + "/dateien", data=data).status_code == 403
    assert stored(app) == before

    # Knowing what a file is called does not open it either.
    own = send(foreign, NEW, {"title": "Aus Bonn", "version": 0})
    sha256 = shown.split("/")[-1][:64]
    taken = {"attachments-0-sha256": sha256, "attachments-0-kind": "image", "version": 1}
    send(foreign, own, {"title": "Aus Bonn, neu", **taken})
    assert not any(name.startswith("attachments-") for name in typed(get(foreign, own)))
    assert answer_to(foreign, shown).status_code == 404


def test_two_who_change_the_files_at_once_choose(app: Flask) -> None:
    one, other = (signed_in(app, Role.EDITOR, (HEMER,)) for _ in range(2))
    path = begun(one)
    before = typed(get(other, path))
    upload(one, path, photo(300, 200))
    data = {
        **before,
        "topics": COMPLETE["topics"],
        "result": "Mehr",
        "csrf_token": token(other, NEW),
        "datei": (io.BytesIO(photo(301, 200)), "zweites.jpg"),
    }
    page = post(other, path + "/dateien", data, status=409)
    assert suggested(page) == {"result": "mine", "attachments": "mine"}
    action = path + "/abgleichen"
    send(
        other,
        action,
        {**page.fields(action), "wahl-attachments": "mine", "topics": COMPLETE["topics"]},
    )
    (kept,) = pictures(get(one, path))
    assert kept.endswith("-301.webp")
    assert typed(get(one, path))["result"] == "Mehr"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(PracticeAttachment)) == 0


def test_a_new_entry_is_saved_before_it_gets_files(app: Flask) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    page = get(editor, NEW)
    assert not page.has("input[type=file]")
    button = page.one("button[value='dateien:neu']")
    path = send(editor, NEW, {"title": "Neu", "version": 0, button["name"]: button["value"]})
    assert path.endswith("#attachments")
    assert get(editor, path.split("#")[0]).has("input[type=file]")


def test_a_file_for_another_kind_of_entry_is_refused(app: Flask) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    path = send(editor, "/redaktion/ansprechstellen/neu", {"unit": "Ehrenamt", "version": 0})
    data = {"csrf_token": token(editor, NEW), "datei": (io.BytesIO(photo(200, 200)), "a.jpg")}
    assert editor.post(path + "/dateien", data=data).status_code == 422
    assert stored(app) == (0, 0)

"""Tables at the desk: prepared by one person, released by another, taken back as one."""

import io
import threading
import time
from collections.abc import Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from directory.accounts.models import Role
from directory.db import begin_write, db
from directory.editorial.views import import_steps
from directory.errors import Conflict
from directory.importing import batches
from directory.importing.planning import Step
from directory.importing.running import Workroom
from tests.editorial.test_writing import send
from tests.pages import Page, checked, get
from tests.signing_in import signed_in, token

IMPORTS = "/redaktion/import"
CONTACTS = (
    "Kommune;Stelle;Telefon;Durchwahl;Quelle\r\n"
    "Hemer;Stelle für Probeläufe;02372 551-0;;https://www.example.org/ehrenamt\r\n"
    "Bonn;Stelle für Probeläufe;;;https://www.example.org/ehrenamt\r\n"
)
PRACTICE = {
    "Kommune": "Hemer",
    "Titel": "Probelauf mit Pfeffer",
    "Kurzfassung": "Die Stadt ehrt Engagierte.",
    "Vorgehen": "Einmal im Jahr lädt das Rathaus ein.",
    "Stolpersteine": "keine bekannt",
    "Status": "laufend",
    "Themen": "Anerkennungskultur",
}


@pytest.fixture
def office(app: Flask) -> FlaskClient:
    return signed_in(app, Role.REVIEWER, ())


@pytest.fixture
def colleague(app: Flask) -> FlaskClient:
    return signed_in(app, Role.ADMINISTRATOR, ())


def workbook(*rows: Sequence[object]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))
    book.save(file)
    return file.getvalue()


def post_file(client: FlaskClient, path: str, data: dict[str, object]) -> TestResponse:
    # From memory: the client's own way leaves its temporary file to the garbage collector.
    boundary, body = encode_multipart(data)
    return client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def sent(
    client: FlaskClient, content: bytes, name: str = "liste.csv", kind: str = "contacts"
) -> TestResponse:
    """What answers when this file is uploaded."""
    data = {
        "kind": kind,
        "file": FileStorage(io.BytesIO(content), name),
        "csrf_token": token(client),
    }
    return post_file(client, IMPORTS, data)


def uploaded(client: FlaskClient, content: bytes | str, kind: str = "contacts") -> str:
    """The address of the import that this file becomes, with the columns as they were guessed."""
    data = content.encode() if isinstance(content, str) else content
    answer = sent(client, data, "liste.csv" if isinstance(content, str) else "liste.xlsx", kind)
    assert answer.status_code == 303, answer.text
    return answer.location.removesuffix("/spalten")


def prepared(client: FlaskClient, content: bytes | str, kind: str = "contacts") -> str:
    path = uploaded(client, content, kind)
    send(client, f"{path}/uebergeben", {})
    return path


def refused(client: FlaskClient, content: bytes, name: str = "liste.csv") -> str:
    """Why this file is not taken."""
    page = checked(IMPORTS, sent(client, content, name), status=422)
    assert page.has("#art-2[checked]"), "what was chosen is lost"
    return page.one("#datei-fehler").text


def shown(page: Page) -> dict[str, str]:
    """The rows of a dry run: name → what they do."""
    return {
        row.one(".import-row__name").text: row.one(".badge").text for row in page.all(".import-row")
    }


# Uploading --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["practices", "contacts", "memberships"])
def test_templates_open_in_a_spreadsheet(office: FlaskClient, kind: str) -> None:
    page = get(office, IMPORTS)
    paths = [one["href"] for one in page.all("a[download]") if f"/{kind}." in one["href"]]
    workbook_path, text_path = paths
    heads = next(load_workbook(io.BytesIO(office.get(workbook_path).data)).active.values)
    assert "Kommune" in heads
    text = office.get(text_path).data.decode("utf-8-sig")
    assert text.split("\r\n")[0].split(";") == list(heads)


def test_a_workbook_is_read_and_its_columns_are_guessed(office: FlaskClient) -> None:
    path = uploaded(office, workbook(list(PRACTICE), list(PRACTICE.values())), "practices")
    page = get(office, f"{path}/spalten")
    guessed = page.fields(f"{path}/spalten")
    assert guessed["spalte-0"] == "ags"
    assert guessed["spalte-1"] == "title"
    assert "Die Stadt ehrt Engagierte." in page.text
    assert shown(get(office, path)) == {"Hemer: Probelauf mit Pfeffer": "neu"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "leer"),
        (b"%PDF-1.7 ...", "Das ist ein PDF"),
        (b"PK\x03\x04 kein Archiv", "beschädigt"),
        (b"Kommune;Kommune\r\nHemer;Hemer\r\n", "steht zweimal"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(
    office: FlaskClient, content: bytes, sentence: str
) -> None:
    assert sentence in refused(office, content)
    assert get(office, IMPORTS).has(".unknown")


def test_a_file_beyond_the_limit_is_refused_on_the_same_page(office: FlaskClient) -> None:
    assert "größer als 20 MB" in refused(office, b"x" * 20_500_000)
    answer = sent(office, b"x" * 22_000_000)
    page = checked(IMPORTS, answer, status=413)
    assert "größer als 20 MB" in page.one("#datei-fehler").text


def test_only_the_upload_takes_large_forms(office: FlaskClient) -> None:
    path = uploaded(office, CONTACTS)
    data = {
        "csrf_token": token(office),
        "file": FileStorage(io.BytesIO(b"x" * 2_000_000), "liste.csv"),
    }
    assert post_file(office, f"{path}/spalten", data).status_code == 413


def test_nothing_chosen_is_said_at_both_fields(office: FlaskClient) -> None:
    answer = office.post(IMPORTS, data={"csrf_token": token(office)})
    page = checked(IMPORTS, answer, status=422)
    assert "Bitte wählen Sie" in page.one("#art-fehler").text
    assert "Bitte wählen Sie" in page.one("#datei-fehler").text


def test_a_form_from_elsewhere_is_refused(office: FlaskClient) -> None:
    file = FileStorage(io.BytesIO(CONTACTS.encode()), "liste.csv")
    answer = post_file(office, IMPORTS, {"kind": "contacts", "file": file})
    assert answer.status_code == 403
    path = prepared(office, CONTACTS)
    assert office.post(f"{path}/verwerfen").status_code == 403


def test_editors_have_no_part_in_it(app: Flask, office: FlaskClient) -> None:
    path = prepared(office, CONTACTS)
    editor = signed_in(app, Role.EDITOR)
    for page in (IMPORTS, path, f"{path}/spalten", f"{path}/fehler.csv", f"{path}/rueckgaengig"):
        assert editor.get(page).status_code == 403, page
    for step in ("uebergeben", "freigeben", "zurueckgeben", "verwerfen", "rueckgaengig"):
        answer = editor.post(f"{path}/{step}", data={"csrf_token": token(editor)})
        assert answer.status_code == 403, step
    assert sent(editor, CONTACTS.encode()).status_code == 403
    assert sent(editor, b"x" * 22_000_000).status_code == 413


# Columns ----------------------------------------------------------------------------------------


def test_a_column_gets_another_meaning(office: FlaskClient) -> None:
    path = uploaded(office, CONTACTS.replace(";;https", ";02372 551-99;https"))
    columns = get(office, f"{path}/spalten").fields(f"{path}/spalten")
    assert (columns["spalte-2"], columns["spalte-3"]) == ("phone", "")
    send(office, f"{path}/spalten", columns | {"spalte-2": "", "spalte-3": "phone"})
    page = get(office, path)
    assert "02372 551-99" in page.text
    assert "02372 551-0 " not in page.text
    assert "nicht übernommen: „Telefon“" in page.text


def test_a_field_is_told_by_one_column_only(office: FlaskClient) -> None:
    path = uploaded(office, CONTACTS)
    columns = get(office, f"{path}/spalten").fields(f"{path}/spalten")
    answer = office.post(
        f"{path}/spalten", data=columns | {"spalte-3": "phone", "csrf_token": token(office)}
    )
    page = checked(path, answer, status=422)
    assert "zwei Spalten zugeordnet" in page.one("#spalte-3-fehler").text
    assert page.fields(f"{path}/spalten")["spalte-3"] == "phone"


def test_without_a_column_for_the_place_nothing_can_be_checked(office: FlaskClient) -> None:
    path = uploaded(office, CONTACTS.replace("Kommune;", "Xyz;"))
    assert office.get(path).location == f"{path}/spalten"
    page = get(office, f"{path}/spalten")
    assert "Es ist nicht klar, um welche Einträge es geht" in page.text
    assert "Quelle" not in page.one(".kern-alert--warning").text


# The dry run ------------------------------------------------------------------------------------


def test_every_mistake_stands_at_its_cell(office: FlaskClient) -> None:
    path = uploaded(office, CONTACTS.replace("Bonn", "Nirgendwo").replace("02372 551-0", "x"))
    page = get(office, path)
    rows = [row.text for row in page.all(".checklist tbody tr")]
    assert len(rows) == 2
    assert rows[0].startswith("Spalte C, Zeile 2")
    assert rows[1].startswith("Spalte A, Zeile 3")
    assert "2 Zeilen: 0 neu, 0 geändert, 0 unverändert, 2 fehlerhaft" in page.text
    assert not page.has(f'form[action="{path}/uebergeben"]')

    table = office.get(f"{path}/fehler.csv").data.decode("utf-8-sig").splitlines()
    assert table[1].startswith("2;C;Telefon;x;")
    answer = office.post(f"{path}/uebergeben", data={"csrf_token": token(office)})
    assert "2 Zeilen sind fehlerhaft" in checked(path, answer, status=409).text


def test_rows_are_sorted_out_by_what_they_do_and_by_page(office: FlaskClient) -> None:
    lines = [f"Hemer;Stelle {one};;;https://www.example.org/" for one in range(120)]
    lines.append("Nirgendwo;Stelle;;;https://www.example.org/")
    path = uploaded(office, "\r\n".join([CONTACTS.split("\r\n", maxsplit=1)[0], *lines]))
    assert len(shown(get(office, path))) == 50
    assert shown(get(office, f"{path}?zeilen=fehlerhaft")) == {"Stelle": "fehlerhaft"}
    last = get(office, f"{path}?zeilen=neu&seite=3")
    assert len(shown(last)) == 20
    assert "Zeilen 101 bis 120 von 120" in last.text
    assert len(shown(get(office, f"{path}?zeilen=neu&seite=99"))) == 20


# Four eyes --------------------------------------------------------------------------------------


def test_an_import_needs_two_people_and_is_taken_back_as_one(
    app: Flask, office: FlaskClient, colleague: FlaskClient
) -> None:
    reader = app.test_client()
    table = workbook(list(PRACTICE), list(PRACTICE.values()))
    path = prepared(office, table, "practices")

    own = get(office, path)
    assert "Freigeben kann sie nur jemand anderes" in own.text
    assert not own.has(f'form[action="{path}/freigeben"]')
    send(office, f"{path}/freigeben", {}, status=409)
    assert "Pfeffer" not in get(reader, "/praxisbeispiele?ort=Hemer").text

    assert get(colleague, "/redaktion").link("Import „liste.xlsx“ prüfen") == path
    assert get(colleague, "/redaktion/pruefung").link("liste.xlsx") == path
    assert "Einmal im Jahr lädt das Rathaus ein." in get(colleague, path).text
    send(colleague, f"{path}/freigeben", {})

    for page in ("/praxisbeispiele?ort=Hemer", "/suche?q=Pfeffer"):
        assert get(reader, page).link("Probelauf mit Pfeffer").endswith("-mit-pfeffer"), page
    found = reader.get("/map/praxisbeispiele.geojson?q=Pfeffer").get_data(as_text=True)
    assert "pfeffer" in found.lower()
    done = get(office, path)
    assert "freigegeben am" in done.text
    assert shown(done) == {"Hemer: Probelauf mit Pfeffer": "neu"}

    assert "Wird zurückgezogen (1)" in get(office, f"{path}/rueckgaengig").text
    send(office, f"{path}/rueckgaengig", {})
    assert "1 neuer Eintrag zurückgezogen" in get(office, path).text
    assert "Pfeffer" not in get(reader, "/praxisbeispiele?ort=Hemer").text


def test_it_goes_back_with_a_reason(office: FlaskClient, colleague: FlaskClient) -> None:
    path = prepared(office, CONTACTS)
    answer = colleague.post(f"{path}/zurueckgeben", data={"csrf_token": token(colleague)})
    assert "Bitte schreiben Sie, warum." in checked(path, answer, status=422).text
    send(colleague, f"{path}/zurueckgeben", {"note": "Bonn hat schon eine"})
    assert "Bonn hat schon eine" in get(office, "/redaktion").text
    assert "Bonn hat schon eine" in get(office, path).text
    send(office, f"{path}/uebergeben", {})
    assert "Bonn hat schon eine" not in get(office, path).text


def test_what_changed_since_is_said_and_checked_anew(
    office: FlaskClient, colleague: FlaskClient
) -> None:
    first, second = prepared(office, CONTACTS), prepared(office, CONTACTS)
    send(colleague, f"{first}/freigeben", {})
    page = get(colleague, second)
    assert "Seit der Vorbereitung hat sich etwas geändert" in page.text
    assert not page.has(f'form[action="{second}/freigeben"]')
    answer = colleague.post(f"{second}/freigeben", data={"csrf_token": token(colleague)})
    page = checked(second, answer, status=409)
    assert "es wurde nichts übernommen" in page.text
    assert set(shown(page).values()) == {"unverändert"}
    send(colleague, f"{second}/zuruecknehmen", {})
    assert "es gibt nichts zu übernehmen" in get(colleague, second).text


def test_a_dropped_file_is_gone_but_not_that_there_was_one(office: FlaskClient) -> None:
    path = prepared(office, CONTACTS)
    send(office, f"{path}/verwerfen", {})
    assert "verworfen" in get(office, path).text
    assert "verworfen" in get(office, IMPORTS).text


def test_undoing_leaves_alone_what_somebody_changed(
    app: Flask, office: FlaskClient, colleague: FlaskClient
) -> None:
    first = prepared(office, CONTACTS)
    send(colleague, f"{first}/freigeben", {})
    second = prepared(office, CONTACTS.replace("02372 551-0", "02372 551-99"))
    changes = get(colleague, f"{second}?zeilen=geaendert")
    assert (changes.one("del").text, changes.one("ins").text) == ("0", "99")
    send(colleague, f"{second}/freigeben", {})
    preview = get(office, f"{first}/rueckgaengig")
    assert "Bleibt, wie es ist (1)" in preview.text
    assert "Seit dem Import hat ihn jemand geändert." in preview.text
    send(office, f"{first}/rueckgaengig", {})
    assert "deshalb unberührt: „Hemer: Stelle für Probeläufe“" in get(office, first).text
    reader = app.test_client()
    assert "02372 551-99" in get(reader, "/kommunen/hemer").text
    assert "Stelle für Probeläufe" not in get(reader, "/kommunen/bonn").text


# Large ones -------------------------------------------------------------------------------------


def finished(client: FlaskClient, path: str) -> Page:
    """The page of an import once nobody works on it any more."""
    for _ in range(200):
        page = get(client, path)
        if not page.has("progress"):
            return page
        time.sleep(0.1)
    pytest.fail("never comes to an end")


def test_a_large_import_is_released_behind_the_answer(
    app: Flask, office: FlaskClient, colleague: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_steps, "WAITED_FOR", 1)
    path = prepared(office, CONTACTS)
    send(colleague, f"{path}/freigeben", {})
    assert "übernommen" in finished(colleague, path).one(".eyebrow").text
    assert "Stelle für Probeläufe" in get(app.test_client(), "/kommunen/bonn").text
    send(office, f"{path}/rueckgaengig", {})
    assert "rückgängig gemacht" in finished(colleague, path).one(".eyebrow").text


def test_a_page_says_how_far_the_work_is_until_it_ends(
    app: Flask, office: FlaskClient, colleague: FlaskClient
) -> None:
    path = prepared(office, CONTACTS)
    may_end = threading.Event()

    def work(_: Session, progress: Step) -> None:
        progress(0)
        assert may_end.wait(60)
        raise Conflict("Der Strom war weg.")

    with app.app_context():
        db.session.rollback()
        reading = db.engine
    Workroom(app.config["DIRECTORY"].instance_dir / "imports").start(
        reading, int(path.rsplit("/", 1)[-1]), total=2_000, work=work
    )
    page = get(colleague, path)
    assert "0 von 2.000 Zeilen" in page.text
    assert page.link("Stand ansehen") == path
    assert not page.has(f'form[action="{path}/freigeben"]')
    answer = colleague.post(f"{path}/freigeben", data={"csrf_token": token(colleague)})
    assert answer.status_code == 409
    may_end.set()
    assert "Der Strom war weg." in finished(colleague, path).text
    send(colleague, f"{path}/freigeben", {})
    assert "übernommen" in get(colleague, path).one(".eyebrow").text


def test_why_work_behind_the_answer_failed_is_said(
    app: Flask, office: FlaskClient, colleague: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_steps, "WAITED_FOR", 1)
    first, second = prepared(office, CONTACTS), prepared(office, CONTACTS)
    send(colleague, f"{first}/freigeben", {})
    finished(colleague, first)
    send(colleague, f"{second}/freigeben", {})
    page = finished(colleague, second)
    assert "es wurde nichts übernommen" in page.text
    with app.app_context():
        begin_write(db.session)
        assert batches.get_batch(db.session, int(second.rsplit("/", 1)[-1])).released_by is None

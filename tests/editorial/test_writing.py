"""Writing, reviewing and publishing, as the people of the desk do it."""

import re

from flask import Flask
from flask.testing import FlaskClient

from directory.accounts.models import Role
from tests.pages import Page, get
from tests.signing_in import signed_in, token

HEMER = "05962016"
# Every page with a form carries the token.
DESK = "/redaktion/praxisbeispiele/neu"


def send(client: FlaskClient, path: str, data: dict[str, object], status: int = 303) -> str:
    """Post a form of the desk; returns where it leads, or the page it answers with."""
    answer = client.post(path, data={"csrf_token": token(client, DESK), **data})
    assert answer.status_code == status, (answer.status_code, answer.text[:2000])
    return answer.location or answer.text


def typed(page: Page) -> dict[str, str]:
    """What the form of a working copy holds."""
    return page.fields(page.one("form[data-desk-form]")["action"])


COMPLETE = {
    "title": "Vereinssprechstunde am ersten Montag",
    "ags": HEMER,
    "summary": "Einmal im Monat beantwortet die Stadt Fragen von Vereinen an einem Tisch.",
    "topics": ["vernetzung"],
    "approach": "Zuerst haben wir gefragt, was fehlt. Dann gab es feste **Termine**.",
    "stumbling_blocks": "Der Raum war anfangs zu klein",
    "state": "laufend",
    "started_year": "2024",
    "sources-0-title": "Stadt Hemer",
    "sources-0-url": "https://www.hemer.de/ehrenamt",
}


def test_an_example_goes_from_the_first_word_to_the_readers(app: Flask) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    reviewer = signed_in(app, Role.REVIEWER, ())
    reader = app.test_client()

    path = send(editor, "/redaktion/praxisbeispiele/neu", {"title": "Vereinssprech", "version": 0})
    assert re.fullmatch(r"/redaktion/fassungen/\d+", path)
    page = get(editor, path)
    assert page.fields(path)["title"] == "Vereinssprech"
    assert "Gemeindeschlüssel" not in page.text  # there is one place to choose, nothing to type
    missing = get(editor, path + "?fehlt=1")
    assert "Das fehlt noch" in missing.one("#einreichen").text
    assert "Wenn Sie fertig sind" not in missing.text
    send(editor, path, {**COMPLETE, "version": typed(page)["version"], "weiter": "einreichen"})
    ready = get(editor, path + "?fehlt=1")
    assert "Alles da" in ready.text
    assert "Zur Prüfung einreichen" in ready.one("#einreichen").text
    send(editor, path + "/einreichen", {})

    number = path.rsplit("/", 1)[-1]
    queue = get(reviewer, "/redaktion/pruefung")
    assert queue.link(COMPLETE["title"]) == f"/redaktion/pruefung/{number}"
    review = get(reviewer, f"/redaktion/pruefung/{number}")
    assert "Der Raum war anfangs zu klein" in review.text
    assert "Termine" in [strong.text for strong in review.all(".difference__formatted strong")]
    assert "**" not in review.text
    send(
        reviewer,
        f"/redaktion/pruefung/{number}/zurueckgeben",
        {"note": "Wer war beteiligt?", "anmerkung-partners": "Bitte ergänzen"},
    )
    returned = get(editor, path)
    assert "Wer war beteiligt?" in returned.text
    assert "Bitte ergänzen" in returned.text
    send(
        editor,
        path,
        {**COMPLETE, "partners": "Stadtverwaltung", "version": typed(returned)["version"]},
    )
    send(editor, path + "/einreichen", {})
    assert "Vereinssprechstunde" not in get(reader, "/praxisbeispiele?ort=Hemer").text
    send(reviewer, f"/redaktion/pruefung/{number}/veroeffentlichen", {})
    published = get(reviewer, "/redaktion/pruefung").link("Zur öffentlichen Seite")

    listed = get(reader, "/praxisbeispiele?ort=Hemer&q=Vereinssprechstunde")
    detail = get(reader, listed.link(COMPLETE["title"]))
    assert detail.path == "/praxisbeispiele/hemer-vereinssprechstunde-am-ersten-montag"
    assert published == detail.path
    assert "Der Raum war anfangs zu klein" in detail.text
    # Who hands something in does not confirm what somebody else will publish.
    history = get(reviewer, detail.path.replace("/", "/redaktion/", 1) + "/verlauf")
    assert "Stand 1 geschrieben" in history.text
    assert "bestätigt" not in history.text


def test_what_is_wrong_is_told_once_and_of_which_part(app: Flask) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    typed_in = {"started_year": "zweitausend", "ended_year": "1999", "sources-1-title": "Presse"}
    path = send(editor, DESK, {**COMPLETE, **typed_in, "version": 0, "weiter": "einreichen"})
    told = [one.text for one in get(editor, path).all("#einreichen li")]
    assert told == [
        "Beginn (Jahr): Bitte eine Zahl in Ziffern angeben.",
        "Quelle 2, Adresse: Bitte ausfüllen.",
    ]


def test_a_returned_copy_speaks_of_remarks_only_where_there_are_some(app: Flask) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    reviewer = signed_in(app, Role.REVIEWER, ())
    path = send(editor, DESK, {**COMPLETE, "sources-0-as_of": "03.2026", "version": 0})
    number = path.rsplit("/", 1)[-1]
    for remarks, expected in (({}, False), ({"anmerkung-partners": "Wer?"}, True)):
        send(editor, path + "/einreichen", {})
        review = f"/redaktion/pruefung/{number}"
        assert "https://www.hemer.de/ehrenamt · März 2026" in get(reviewer, review).text
        send(reviewer, review + "/zurueckgeben", {"note": "Bitte ergänzen.", **remarks})
        assert ("Anmerkungen stehen bei" in get(editor, path).text) is expected


def test_no_label_calls_voluntary_what_is_needed_for_submitting(app: Flask) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    path = send(editor, DESK, {"version": 0, "weiter": "einreichen"}).partition("?")[0]
    page = get(editor, f"{path}?fehlt=1")

    missing = {link.text for link in page.one("#einreichen").all("a")}
    labels = [label.text for label in page.all(".desk-form .kern-label")]
    voluntary = {label.removesuffix(" – freiwillig") for label in labels if "freiwillig" in label}
    assert missing >= {"Titel", "Themen", "Stolpersteine", "Stand der Umsetzung"}
    assert voluntary >= {"Ergebnis", "Quellen", "Zielgruppen", "Bild oder PDF hinzufügen"}
    assert not missing & voluntary
    assert "Warum endete es? – nötig, wenn es beendet ist" in labels

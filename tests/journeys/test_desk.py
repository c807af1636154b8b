"""From an invitation to the readers, back to the old words, and on to a successor.

One long day at the desk in a real browser: the way that everything of the desk has to fit into.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import feedparser
import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from sqlalchemy import JSON, String, cast, func, select

from directory.accounts.models import Role
from directory.contacts import vouching
from directory.contacts.drafts import ContactDraft
from directory.contacts.models import ContactPoint
from directory.contacts.operations import save_contact
from directory.db import Model, begin_write, db, utc_now
from directory.mail.models import OutboxMail
from directory.publication.catalogue import advance
from tests.browser import Browser
from tests.journeys.test_accounts import with_authenticator
from tests.signing_in import sign_in_browser, sign_out_browser
from tests.uploads import photo

HEMER = "05962016"
EDITOR = "ehrenamt@hemer.example"
PERSON = "Erika Musterfrau"
TITLE = "Vereinssprechstunde am ersten Montag"
SUMMARY = "Einmal im Monat beantwortet die Stadt Fragen von Vereinen an einem Tisch."
ADDRESS = "/praxisbeispiele/hemer-vereinssprechstunde-am-ersten-montag"


@pytest.fixture
def people(chromium_process: Chromium, named_site: str) -> Iterator[Browser]:
    watched = Browser(chromium_process, named_site)
    yield watched
    watched.close()


@pytest.fixture
def mailed_link(app: Flask, named_site: str) -> Callable[[str, str], str]:
    """The link of the newest letter of one kind to an address."""

    def newest(email: str, kind: str) -> str:
        with app.app_context():
            letter = db.session.scalars(
                select(OutboxMail)
                .where(OutboxMail.recipient == email, OutboxMail.kind == kind)
                .order_by(OutboxMail.id.desc())
            ).first()
            assert letter is not None, f"no letter {kind} to {email}"
            found = re.search(rf"^{re.escape(named_site)}(/\S+)$", letter.text, re.MULTILINE)
            assert found, letter.text
            return found[1]

    return newest


@pytest.mark.slow
def test_a_day_at_the_desk(
    app: Flask, people: Browser, mailed_link: Callable[[str, str], str]
) -> None:
    office = people.new_page(allowed_errors="409|422")
    reader = people.new_page(allowed_errors="404")
    editor = people.new_page(allowed_errors="409|422")
    _invite(app, office)
    _join_with_passkey(editor, mailed_link(EDITOR, "invitation"))
    _write_and_hand_in(editor)
    reviewer = people.new_page(allowed_errors="422")
    sign_in_browser(app, reviewer, Role.REVIEWER, ())
    _send_back(reviewer)
    _mend(editor)
    _publish(reviewer)
    _readers_find_it(reader)
    _second_editor_loses_nothing(app, people, editor, reviewer, reader)
    _old_words_come_back(editor, reviewer, reader)
    _contact_is_confirmed(app, reader)
    _name_is_gone_after_handover(app, office, reader)


def _invite(app: Flask, page: Page) -> None:
    sign_in_browser(app, page, Role.ADMINISTRATOR, ())
    page.goto("/redaktion/konten/einladen")
    page.get_by_label("E-Mail-Adresse").fill(EDITOR)
    page.locator("#name").fill(PERSON)
    page.get_by_label("Redaktion", exact=True).check()
    page.locator("#places").fill("Hemer")
    page.get_by_role("button", name="Einladung schicken").click()
    _expect_notice(page, f"Die Einladung an {EDITOR} ist unterwegs")


def _join_with_passkey(page: Page, link: str) -> None:
    with_authenticator(page)
    page.goto(link)
    page.get_by_role("button", name="Passkey anlegen").click()
    page.wait_for_url("/konto")
    sign_out_browser(page)
    page.goto("/anmelden")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    page.wait_for_url("/redaktion")


def _write_and_hand_in(page: Page) -> None:
    page.goto("/redaktion/praxisbeispiele/neu")
    page.get_by_label("Titel", exact=True).first.fill(TITLE)
    page.locator("#summary").fill(SUMMARY)
    page.get_by_label("Vernetzung", exact=True).check()
    page.locator("#approach").fill("Zuerst **fragten** wir, was fehlt.")
    page.locator("#stumbling_blocks").fill("Der Raum war anfangs zu klein")
    page.locator("#state").select_option("laufend")
    _save(page)
    page.locator("#datei").set_input_files(
        {"name": "tisch.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    page.get_by_role("button", name="Hochladen und Entwurf speichern").click()
    picture = page.locator(".desk-files__one").first
    picture.get_by_role("textbox", name="Alternativtext").fill("Ein runder Tisch mit Unterlagen")
    picture.locator("[name$=author]").fill("Stadt Hemer")
    picture.locator("[name$=licence]").select_option(index=1)
    _hand_in(page)


def _expect_notice(page: Page, words: str) -> None:
    expect(page.locator(".notice", has_text=words)).to_be_visible()


def _save(page: Page) -> None:
    page.get_by_role("button", name="Entwurf speichern", exact=True).last.click()
    _expect_notice(page, "Gespeichert. Noch sieht das niemand")


def _hand_in(page: Page) -> None:
    page.get_by_role("button", name="Prüfen und einreichen").click()
    page.get_by_role("button", name="Zur Prüfung einreichen").click()
    _expect_notice(page, "Eingereicht.")


def _send_back(page: Page) -> None:
    page.goto("/redaktion")
    page.get_by_role("link", name=f"„{TITLE}“ prüfen").click()
    page.get_by_label("Warum geht es zurück?").fill("Wer war beteiligt?")
    page.get_by_role("button", name="Zurückgeben").click()
    _expect_notice(page, "Zurückgegeben.")
    page.wait_for_url("/redaktion/pruefung")
    expect(page.get_by_role("link", name=TITLE)).to_have_count(0)


def _mend(page: Page) -> None:
    page.goto("/redaktion")
    page.get_by_role("link", name=f"„{TITLE}“ überarbeiten").click()
    expect(page.locator("main")).to_contain_text("Wer war beteiligt?")
    page.locator("#partners").fill("Freiwilligenagentur")
    _hand_in(page)


def _publish(page: Page) -> None:
    page.goto("/redaktion/pruefung")
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_role("button", name="Veröffentlichen").click()
    _expect_notice(page, "Veröffentlicht.")
    expect(page).to_have_url("/redaktion/pruefung")


def _readers_find_it(page: Page) -> None:
    for path in ("/praxisbeispiele?ort=Hemer&umkreis=0", "/praxisbeispiele?q=Vereinssprechstunde"):
        page.goto(path)
        expect(page.locator("main")).to_contain_text(TITLE)
    page.goto("/suche?q=Vereinssprechstunde")
    expect(page.locator("main")).to_contain_text(TITLE)
    features = page.request.get("/map/praxisbeispiele.geojson?q=Vereinssprechstunde").json()
    assert features["features"][0]["properties"]["title"] == TITLE
    items = page.request.get("/api/v1/practices?q=Vereinssprechstunde").json()["items"]
    assert items[0]["title"] == TITLE
    feed = feedparser.parse(page.request.get("/praxisbeispiele.atom").body())
    assert feed.entries[0].title == TITLE
    page.goto(ADDRESS)
    expect(page.locator("strong", has_text="fragten")).to_be_visible()
    expect(page.get_by_alt_text("Ein runder Tisch mit Unterlagen")).to_be_visible()


def _begin_change(page: Page) -> None:
    page.goto("/redaktion/praxisbeispiele?q=Vereinssprechstunde")
    page.get_by_role("button", name=re.compile("Ändern|Weiterschreiben")).first.click()
    page.wait_for_url("/redaktion/fassungen/*")


def _second_editor_loses_nothing(
    app: Flask, people: Browser, first: Page, reviewer: Page, reader: Page
) -> None:
    second = people.new_page(allowed_errors="409", javascript=False)
    sign_in_browser(app, second, Role.EDITOR, (HEMER,))
    _begin_change(first)
    _begin_change(second)
    first.locator("#summary").fill("Von der ersten Person neu gefasst.")
    _save(first)
    second.locator("#summary").fill("Von der zweiten Person neu gefasst.")
    second.get_by_role("button", name="Entwurf speichern", exact=True).last.click()
    expect(second.get_by_role("heading", level=1)).to_contain_text("zusammenführen")
    for words in ("Von der ersten Person neu gefasst.", "Von der zweiten Person neu gefasst."):
        expect(second.locator("main")).to_contain_text(words)
    second.get_by_label("Die andere Fassung").first.check()
    second.get_by_role("button", name="So zusammenführen und speichern").click()
    _hand_in(second)
    reader.goto(ADDRESS)
    expect(reader.locator("main")).to_contain_text(SUMMARY)  # the old words, until it is published
    _publish(reviewer)
    reader.goto(ADDRESS)
    expect(reader.locator("main")).to_contain_text("Von der ersten Person neu gefasst.")


def _old_words_come_back(editor: Page, reviewer: Page, reader: Page) -> None:
    editor.goto(f"/redaktion{ADDRESS}/verlauf?stand=1")
    editor.get_by_role("button", name="Diesen Stand wiederherstellen").click()
    _hand_in(editor)
    _publish(reviewer)
    reader.goto(ADDRESS)
    expect(reader.locator("main")).to_contain_text(SUMMARY)


def _contact_is_confirmed(app: Flask, page: Page) -> None:
    with app.app_context():
        begin_write(db.session)
        contact = db.session.scalars(
            select(ContactPoint).where(ContactPoint.ags == HEMER).order_by(ContactPoint.id)
        ).first()
        assert contact is not None
        said = ContactDraft.of(contact)
        said = replace(
            said, email="stelle@hemer.de", person_name=PERSON, person_basis="Einwilligung"
        )
        save_contact(db.session, by="konto:1", draft=said, contact=contact)
        contact.verified_at = utc_now() - vouching.ASK_AFTER
        advance(db.session)
        vouching.ask_due(db.session, settings=app.config["DIRECTORY"], now=utc_now())
        db.session.commit()
        with_link = db.session.scalars(
            select(OutboxMail).where(OutboxMail.recipient == "stelle@hemer.de")
        ).one()
        found = re.search(r"(/bestaetigung/\S+)", with_link.text)
    assert found
    page.goto(found[1])
    page.get_by_role("button", name="Ja, alles stimmt").click()
    page.wait_for_url("/bestaetigung/danke*")
    page.goto("/kommunen/hemer")
    expect(page.locator("main")).to_contain_text("bestätigt am")
    expect(page.locator("main")).to_contain_text(PERSON)


def _name_is_gone_after_handover(app: Flask, office: Page, reader: Page) -> None:
    office.goto("/redaktion/uebergabe")
    giver = office.locator("#von option", has_text=PERSON)
    office.get_by_label("Wessen Aufgaben?").select_option(value=giver.get_attribute("value"))
    office.get_by_label("Adresse des Funktionspostfachs").fill("rathaus@hemer.example")
    office.get_by_label("Name, der verschwinden soll").fill(PERSON)
    office.get_by_role("button", name="Vorschau zeigen").click()
    office.get_by_role("button", name="Jetzt übergeben").click()
    _expect_notice(office, "Übergeben.")
    # Before anybody asks for the name again: what is looked for in vain is counted.
    assert _columns_saying(app, "Musterfrau") == []
    for path in ("/kommunen/hemer", ADDRESS, "/suche?q=Musterfrau"):
        reader.goto(path)
        shown = reader.locator("main").inner_text().replace("suche?q=", "")
        assert PERSON not in shown, path


def _columns_saying(app: Flask, words: str) -> list[str]:
    with app.app_context():
        return [
            f"{table.name}.{column.name}"
            for table in Model.metadata.tables.values()
            for column in table.columns
            if isinstance(column.type, String | JSON)
            and db.session.scalar(
                select(func.count()).select_from(table).where(cast(column, String).contains(words))
            )
        ]

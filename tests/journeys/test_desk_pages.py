"""The desk in a browser: every page for everybody, drafts that save themselves, no word lost."""

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Route, expect
from sqlalchemy import delete, func, select

from directory.accounts.models import Role, SignedInSession
from directory.db import begin_write, db
from directory.publication.models import WorkingCopy
from tests.browser import Browser, assert_accessible
from tests.editorial.test_writing import COMPLETE, HEMER, send
from tests.signing_in import have_account, sign_in_browser, signed_in

NEW = "/redaktion/praxisbeispiele/neu"
Scheme = Literal["light", "dark"]


@pytest.fixture
def desk(chromium_process: Chromium, own_site: str) -> Iterator[Browser]:
    watched = Browser(chromium_process, own_site)
    yield watched
    watched.close()


def pages_of(app: Flask) -> dict[Role, list[str]]:
    """Something on every page of the desk, in all states a form has."""
    editor, reviewer = signed_in(app, Role.EDITOR, (HEMER,)), signed_in(app, Role.REVIEWER)
    draft = send(editor, NEW, {"title": "Sprechstunde", "ags": HEMER, "version": 0})
    long = "Wir haben " + "sehr " * 30 + "lange überlegt."
    returned = send(editor, NEW, {**COMPLETE, "approach": f"**So**: {long}", "version": 0})
    send(editor, returned + "/einreichen", {})
    number = returned.rsplit("/", 1)[-1]
    remark = {"note": "Wer war dabei?", "anmerkung-partners": "Bitte ergänzen"}
    send(reviewer, f"/redaktion/pruefung/{number}/zurueckgeben", remark)
    profile = send(editor, f"/redaktion/kommunen/{HEMER}/bearbeiten", {})
    send(editor, profile, {"website": "https://www.hemer.de/engagement", "version": 1})
    send(editor, profile + "/einreichen", {})
    event = send(reviewer, "/redaktion/veranstaltungen/kongress-2015/bearbeiten", {})
    return {
        Role.EDITOR: [
            "/redaktion",
            "/redaktion/praxisbeispiele",
            NEW,
            draft + "?fehlt=1",
            returned,
            returned + "/vorschau",
            profile,
            profile + "/abgleichen",
        ],
        Role.REVIEWER: [
            "/redaktion/pruefung",
            f"/redaktion/pruefung/{profile.rsplit('/', 1)[-1]}",
            "/redaktion/veranstaltungen/kongress-2015/verlauf?stand=1",
            event,
        ],
    }


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_every_page_of_the_desk_is_for_everybody(
    app: Flask, desk: Browser, width: int, scheme: Scheme
) -> None:
    for role, paths in pages_of(app).items():
        page = desk.new_page(width=width, colour_scheme=scheme)
        sign_in_browser(app, page, role)
        for path in paths:
            page.goto(path)
            assert_accessible(page)
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path


@pytest.mark.slow
def test_the_desk_holds_at_large_text_and_in_forced_colours(app: Flask, desk: Browser) -> None:
    path = pages_of(app)[Role.EDITOR][4]
    page = desk.new_page(width=640, forced_colours=True)
    sign_in_browser(app, page)
    page.goto(path)
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    for name in ("Entwurf speichern", "Vorschau", "fett"):
        expect(page.get_by_role("button", name=name).first).to_be_visible()


def test_what_is_focused_never_hides_behind_the_buttons(app: Flask, desk: Browser) -> None:
    page = desk.new_page(height=700, reduced_motion=True)
    sign_in_browser(app, page)
    page.goto(NEW)
    fields = page.locator("form[data-desk-form] .desk-form__section :is(input, select, textarea)")
    top = page.locator(".desk-form__actions").evaluate("bar => bar.getBoundingClientRect().top")
    fields.first.focus()
    seen = 0
    for _ in range(90):
        page.keyboard.press("Tab")
        below = page.evaluate(
            "document.activeElement.closest('.desk-form__section')"
            " ? document.activeElement.getBoundingClientRect().top : 0"
        )
        assert below < top
        seen += below > 0
    assert seen > 50


def test_who_wants_to_submit_lands_where_it_says_what_is_missing(app: Flask, desk: Browser) -> None:
    page = desk.new_page(height=700)
    sign_in_browser(app, page)
    page.goto(NEW)
    page.get_by_role("button", name="Prüfen und einreichen").click()
    missing = page.locator("#einreichen")
    expect(missing).to_contain_text("Das fehlt noch")
    expect(missing).to_be_focused()
    expect(missing.get_by_role("link", name="Titel", exact=True)).to_be_in_viewport()


def test_a_draft_saves_itself_and_gets_an_address(app: Flask, desk: Browser) -> None:
    page = desk.new_page()
    sign_in_browser(app, page)
    page.goto(NEW)
    page.get_by_label("Titel", exact=True).fill("Sprechstunde für Vereine")
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"^Gespeichert um \d\d:\d\d Uhr$"))
    expect(page).to_have_url(re.compile(r"/redaktion/fassungen/\d+$"))
    with page.expect_response(lambda answer: "/fassungen/" in answer.url):
        page.get_by_label("Kurzfassung").fill("Einmal im Monat.")
    page.reload()
    expect(page.get_by_label("Kurzfassung")).to_have_value("Einmal im Monat.")


def test_saving_while_the_draft_saves_itself_makes_one_draft(app: Flask, desk: Browser) -> None:
    page = desk.new_page()
    sign_in_browser(app, page)
    page.goto(NEW)

    def save_as_well(route: Route) -> None:
        answer = route.fetch()  # has arrived at the desk, and is on its way back
        page.get_by_role("button", name="Entwurf speichern", exact=True).click()
        route.fulfill(response=answer)

    page.route(f"**{NEW}", save_as_well, times=1)
    page.get_by_label("Titel", exact=True).fill("Sprechstunde für Vereine")
    expect(page.locator(".notice", has_text="Gespeichert.")).to_be_visible()
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(WorkingCopy)) == 1


def test_somebody_elses_save_is_told_and_can_be_compared(app: Flask, desk: Browser) -> None:
    colleague = signed_in(app, Role.EDITOR, (HEMER,))
    path = send(colleague, NEW, {**COMPLETE, "version": 0})
    page = desk.new_page(allowed_errors="409")
    sign_in_browser(app, page)
    page.goto(path)
    send(colleague, path, {**COMPLETE, "title": "Von nebenan", "version": 1})
    page.get_by_label("Titel", exact=True).fill("Meiner")
    page.get_by_role("button", name="Beide Fassungen vergleichen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Zwei Fassungen zusammenführen")
    expect(page.locator(".difference__text")).to_have_text(["Meiner", "Von nebenan"])


def test_signed_out_the_text_stays_in_the_tab_and_is_offered_again(
    app: Flask, desk: Browser
) -> None:
    page = desk.new_page(allowed_errors="401")
    email = sign_in_browser(app, page)
    page.goto(NEW)
    with app.app_context():
        begin_write(db.session)
        db.session.execute(delete(SignedInSession))
        db.session.commit()
    page.get_by_label("Titel", exact=True).fill("Nicht verloren")
    expect(page.get_by_role("alert")).to_contain_text("Sie sind abgemeldet")

    sign_in_browser(app, page, email=email)
    page.goto(NEW)
    expect(page.get_by_role("alert")).to_contain_text("ist noch da")
    page.get_by_role("button", name="Einsetzen").click()
    expect(page.get_by_label("Titel", exact=True)).to_have_value("Nicht verloren")
    expect(page.locator("[data-saved]")).to_contain_text("Gespeichert")
    assert page.evaluate("sessionStorage.length") == 0


def test_the_toolbar_works_by_keyboard_and_can_be_undone(app: Flask, desk: Browser) -> None:
    page = desk.new_page()
    sign_in_browser(app, page)
    page.goto(NEW)
    story = page.get_by_label("Vorgehen", exact=True)
    story.fill("Zuerst gefragt")
    story.select_text()
    toolbar = page.get_by_role("toolbar", name="Auszeichnen: Vorgehen")
    page.keyboard.press("Shift+Tab")
    expect(toolbar.get_by_role("button", name="fett")).to_be_focused()
    page.keyboard.press("Enter")
    expect(story).to_have_value("**Zuerst gefragt**")
    page.keyboard.press("Control+z")
    expect(story).to_have_value("Zuerst gefragt")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(toolbar.get_by_role("button", name="Liste", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(story).to_have_value("- Zuerst gefragt")


def test_a_title_that_exists_already_is_shown_while_typing(app: Flask, desk: Browser) -> None:
    page = desk.new_page()
    sign_in_browser(app, page)
    page.goto(NEW)
    page.get_by_label("Titel", exact=True).fill("Ehrenamtskarte")
    expect(page.get_by_text("Gibt es das schon?")).to_be_visible()
    expect(page.locator("[data-similar] a").first).to_be_visible()


def test_without_script_everything_can_be_written(app: Flask, desk: Browser) -> None:
    page = desk.new_page(javascript=False)
    email = have_account(app, Role.EDITOR, (HEMER,))
    sign_in_browser(app, page, email=email)
    page.goto(NEW)
    expect(page.get_by_role("toolbar")).to_have_count(0)
    page.get_by_label("Titel", exact=True).fill("Ehrenamtskarte für alle")
    page.get_by_role("button", name="Speichern und weitere Zeilen für Quellen").click()
    expect(page.locator("fieldset.desk-rows__row")).to_have_count(4)
    expect(page.get_by_text("Gibt es das schon?")).to_be_visible()
    page.get_by_role("button", name="Vorschau").click()
    page.wait_for_url("**/vorschau")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ehrenamtskarte für alle")

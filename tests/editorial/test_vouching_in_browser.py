"""The pages about vouching, hints and handover in a real browser: accessible, narrow, dark."""

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from directory.accounts.models import Role
from directory.contacts import vouching
from directory.contacts.models import ConfirmationRequest, ContactPoint
from directory.db import begin_write, db, utc_now
from directory.feedback.models import FeedbackMessage
from tests.browser import Browser, assert_accessible
from tests.editorial.test_confirmation import link
from tests.editorial.test_handover import NAME, leave_traces
from tests.signing_in import sign_in_browser

HEMER = "05962016"


def asked(app: Flask) -> tuple[int, int]:
    """Have a contact point of Hemer asked; returns its number and that of a hint."""
    leave_traces(app)
    with app.app_context():
        begin_write(db.session)
        contact = db.session.scalars(
            select(ContactPoint).where(ContactPoint.person_name == NAME)
        ).one()
        contact.email = "ehrenamt@hemer.de"
        contact.verified_at = utc_now() - vouching.ASK_AFTER
        vouching.ask_due(db.session, settings=app.config["DIRECTORY"], now=utc_now())
        hint = db.session.scalars(select(FeedbackMessage)).one()
        db.session.commit()
        return contact.id, hint.id


@pytest.mark.slow
def test_all_pages_are_accessible_narrow_and_dark(
    app: Flask, own_site: str, browser: Browser
) -> None:
    contact, hint = asked(app)
    page = browser.new_page(width=320, colour_scheme="dark", site=own_site, allowed_errors="410")
    for path in (
        link(app),
        f"/bestaetigung/{contact}-vorbei",
        "/bestaetigung/danke?zu=bestaetigt",
        f"/hinweis?zu=contact:{contact}",
    ):
        page.goto(path)
        assert_accessible(page)
    desk = browser.new_page(width=320, site=own_site)
    sign_in_browser(app, desk, Role.REVIEWER, ())
    for path in (
        f"/redaktion/ansprechstellen/{contact}/bestaetigung",
        "/redaktion/hinweise",
        f"/redaktion/hinweise/{hint}",
        "/redaktion/uebergabe",
    ):
        desk.goto(path)
        assert_accessible(desk)
    desk.get_by_label("Name, der verschwinden soll").fill(NAME)
    desk.get_by_label("Wessen Aufgaben?").select_option("")
    desk.get_by_role("button", name="Vorschau zeigen").click()
    expect(desk.get_by_role("heading", name="Das ist betroffen")).to_be_visible()
    assert_accessible(desk)
    desk.get_by_role("button", name="Jetzt übergeben").click()
    expect(desk.locator(".notice", has_text="Übergeben.")).to_be_visible()
    with app.app_context():
        assert not db.session.scalars(
            select(ContactPoint).where(ContactPoint.person_name == NAME)
        ).all()
        assert db.session.scalars(select(ConfirmationRequest)).all()

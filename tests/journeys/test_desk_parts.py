"""Files and points at the desk, in a browser: seen, chosen and moved without a mouse."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from directory.accounts.models import Role
from directory.files.operations import MOST_BYTES
from tests.browser import Browser, assert_accessible
from tests.editorial.test_points import OFFICE
from tests.editorial.test_writing import COMPLETE, HEMER, send
from tests.signing_in import have_account, sign_in_browser, signed_in
from tests.uploads import photo

Scheme = Literal["light", "dark"]


@pytest.fixture
def desk(chromium_process: Chromium, own_site: str) -> Iterator[Browser]:
    watched = Browser(chromium_process, own_site)
    yield watched
    watched.close()


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_a_picture_is_chosen_uploaded_and_shown(
    app: Flask, desk: Browser, tmp_path: Path, width: int, scheme: Scheme
) -> None:
    email = have_account(app, Role.EDITOR, (HEMER,), None)
    editor = signed_in(app, Role.EDITOR, (HEMER,), email)
    path = send(editor, "/redaktion/praxisbeispiele/neu", {**COMPLETE, "version": 0})
    small, large = tmp_path / "tisch.jpg", tmp_path / "gross.jpg"
    small.write_bytes(photo())
    large.write_bytes(b"\xff\xd8\xff" + bytes(MOST_BYTES))

    page = desk.new_page(width=width, colour_scheme=scheme)
    sign_in_browser(app, page, Role.EDITOR, (HEMER,), email)
    page.goto(path)
    button = page.get_by_role("button", name="Hochladen und Entwurf speichern")
    chosen = page.get_by_label("Bild oder PDF hinzufügen")
    chosen.set_input_files(large)
    expect(page.get_by_text("ist zu groß; höchstens 20 MB")).to_be_visible()
    expect(button).to_be_disabled()
    chosen.set_input_files(small)
    expect(page.get_by_text("Ausgewählt: tisch.jpg")).to_be_visible()
    page.get_by_label("Titel", exact=True).fill("Anderer Titel")
    button.click()
    picture = page.locator(".desk-files__picture")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    expect(page.locator("#title")).to_have_value("Anderer Titel")
    assert_accessible(page)
    expect(page.get_by_label("Von wem ist das Bild?")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_the_point_moves_by_arrow_keys(
    app: Flask, desk: Browser, width: int, scheme: Scheme
) -> None:
    email = have_account(app, Role.EDITOR, (HEMER,), None)
    editor = signed_in(app, Role.EDITOR, (HEMER,), email)
    path = send(editor, "/redaktion/ansprechstellen/neu", {**OFFICE, "version": 0})

    page = desk.new_page(width=width, colour_scheme=scheme)
    sign_in_browser(app, page, Role.EDITOR, (HEMER,), email)
    page.goto(path)
    page.get_by_role("button", name="Punkt zur Anschrift suchen").click()
    offer = page.get_by_role("radio", name="58675 Hemer")
    expect(offer).to_be_visible()
    expect(page.locator(".desk-point__map.leaflet-container")).to_be_visible()
    lat, lon = page.get_by_label("Breite"), page.get_by_label("Länge")
    marker = page.get_by_role("button", name="Punkt der Stelle")
    expect(marker).to_have_count(0)
    offer.press("Space")
    begin = float(lat.input_value().replace(",", "."))
    west = float(lon.input_value().replace(",", "."))
    marker.focus()
    page.keyboard.press("ArrowUp")
    coarse = float(lat.input_value().replace(",", "."))
    page.keyboard.press("Shift+ArrowUp")
    fine = float(lat.input_value().replace(",", "."))
    assert begin < coarse < fine
    assert fine - coarse < (coarse - begin) / 5
    # To the pixel, which here is some five metres.
    assert abs(float(lon.input_value().replace(",", ".")) - west) < 0.0002
    # Whoever moved the point means the moved one.
    expect(page.get_by_role("radio", name="So lassen, wie es unten steht")).to_be_checked()
    lat.fill("51,4")
    lon.fill("7,8")
    page.get_by_role("button", name="Punkt in die Mitte der Karte setzen").press("Enter")
    expect(marker).to_be_focused()
    expect(lat).not_to_have_value("51,4")
    assert_accessible(page)
    page.get_by_role("button", name="Entwurf speichern", exact=True).click()
    expect(page.locator(".notice", has_text="Gespeichert.")).to_be_visible()
    expect(marker).to_be_visible()

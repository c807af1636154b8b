"""What other sites show beside a link to us."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from directory.db import db
from directory.municipalities.models import Municipality
from directory.publication.models import Status
from tests.factories import build_practice
from tests.pages import Page, get

SLUG = "aachen-buero-fuer-ehrenamt-mit-verbindlichen-leitlinien"


def said(page: Page) -> dict[str, str]:
    """What the page says about itself to other sites; nothing twice."""
    found = [(one["property"], one["content"]) for one in page.all("meta[property]")]
    found += [(one["name"], one["content"]) for one in page.all("meta[name^=twitter]")]
    assert len(dict(found)) == len(found)
    return dict(found)


def picture(client: FlaskClient, address: str, base: str) -> Image.Image:
    assert address.startswith(base)
    response = client.get(address.removeprefix(base))
    assert (response.status_code, response.mimetype) == (200, "image/png")
    assert "Content-Encoding" not in response.headers
    assert len(response.data) < 300_000  # some sites show no larger ones
    image = Image.open(io.BytesIO(response.data))
    image.load()
    return image


@pytest.mark.parametrize(
    ("path", "kind", "image"),
    [
        (f"/praxisbeispiele/{SLUG}", "article", f"/praxisbeispiele/{SLUG}/vorschau.png"),
        ("/kommunen/hemer", "profile", "/kommunen/hemer/vorschau.png"),
        (
            "/veranstaltungen/kongress-2015",
            "article",
            "/veranstaltungen/kongress-2015/vorschau.png",
        ),
        ("/", "website", "/vorschau.png"),
        ("/praxisbeispiele?thema=vernetzung", "website", "/vorschau.png"),
    ],
)
def test_every_page_has_a_card(
    client: FlaskClient, site_app: Flask, path: str, kind: str, image: str
) -> None:
    base = site_app.config["DIRECTORY"].base_url
    page = get(client, path)
    card = said(page)
    assert card["og:type"] == kind
    assert card["og:title"] == page.title
    assert card["og:description"] == page.one("meta[name=description]")["content"]
    assert card["og:url"] == page.one("link[rel=canonical]")["href"]
    assert card["og:image"] == base + image
    assert card["twitter:card"] == "summary_large_image"
    drawn = picture(client, card["og:image"], base)
    assert drawn.size == (int(card["og:image:width"]), int(card["og:image:height"])) == (1200, 630)
    # Something is drawn: it is not of one colour
    assert len(drawn.convert("RGB").getcolors(1_000_000) or ()) > 50


def test_a_title_with_signs_is_said_as_it_is(app: Flask) -> None:
    title = 'Ehrenamt & "Mehr" <b> #panic() – Ümläute'
    with app.app_context():
        hemer = db.session.get_one(Municipality, "05962016")
        slug = build_practice(db.session, hemer, title=title, slug="zeichen").slug
        db.session.commit()
    client = app.test_client()
    assert 'content="Ehrenamt &amp; &#34;Mehr&#34; &lt;b&gt; #panic() – Ümläute"' in client.get(
        f"/praxisbeispiele/{slug}"
    ).get_data(as_text=True)
    picture(client, f"/praxisbeispiele/{slug}/vorschau.png", "")


@pytest.mark.parametrize("title", ["Langes Wort " * 16, "E" * 200, "🎉 Fest"])
def test_a_title_of_any_length_has_a_card(app: Flask, title: str) -> None:
    with app.app_context():
        hemer = db.session.get_one(Municipality, "05962016")
        build_practice(db.session, hemer, title=title.strip(), slug="lang")
        db.session.commit()
    picture(app.test_client(), "/praxisbeispiele/lang/vorschau.png", "")


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.ARCHIVED])
def test_what_is_not_published_has_no_card(app: Flask, status: Status) -> None:
    with app.app_context():
        hemer = db.session.get_one(Municipality, "05962016")
        build_practice(db.session, hemer, slug="entwurf", status=status)
        db.session.commit()
    client = app.test_client()
    assert client.get("/praxisbeispiele/entwurf/vorschau.png").status_code == 404
    assert client.get("/kommunen/nirgends/vorschau.png").status_code == 404
    assert client.get("/veranstaltungen/nie/vorschau.png").status_code == 404


def test_the_same_entry_is_the_same_picture(client: FlaskClient) -> None:
    first = client.get("/kommunen/hemer/vorschau.png")
    client.set_cookie("fremd", "1")
    assert client.get("/kommunen/hemer/vorschau.png").data == first.data
    again = client.get(
        "/kommunen/hemer/vorschau.png", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304

"""vCard 4.0 of the contact points, read by the rules of RFC 6350."""

import datetime as dt
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from directory.contacts.models import ContactPoint
from directory.db import db
from directory.feeds.vcard import Card, write
from directory.municipalities.models import Municipality
from directory.publication.catalogue import advance
from directory.publication.models import Status
from tests.factories import build_contact
from tests.pages import get

_NAME = r"(?:BEGIN|END|VERSION|KIND|UID|REV|FN|ORG|ADR|TEL|EMAIL|URL|NOTE|SOURCE)"
_LINE = re.compile(rf'({_NAME})((?:;[A-Z-]+=[^":;,]+)*):(.*)')


def read(data: bytes) -> list[dict[str, list[str]]]:
    """Read vCards strictly: property → its components, unescaped."""
    assert data.endswith(b"\r\n")
    physical = data.removesuffix(b"\r\n").split(b"\r\n")
    assert all(0 < len(line) <= 75 and b"\n" not in line for line in physical)
    lines = data.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    cards: list[dict[str, list[str]]] = []
    for line in lines:
        found = _LINE.fullmatch(line)
        assert found, line
        name, _, value = found.groups()
        if name == "BEGIN":
            cards.append({})
            continue
        assert name not in cards[-1], f"{name} twice"
        whole = name in {"URL", "SOURCE"}
        parts = [value] if whole else re.split(r"(?<!\\)(?:\\\\)*;", value)
        cards[-1][name] = parts if whole else [_unescaped(part) for part in parts]
    for card in cards:
        assert list(card)[:2] == ["VERSION", "KIND"]
        assert list(card)[-1] == "END"
        assert (card["VERSION"], card["KIND"]) == (["4.0"], ["org"])
        assert card["FN"][0]
        assert re.fullmatch(r"\d{8}T\d{6}Z", card["REV"][0])
    return cards


def _unescaped(text: str) -> str:
    assert not re.search(r"\\[^\\,;n]", text), text
    return re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), text)


def card(**fields: Any) -> Card:
    known: dict[str, Any] = {
        "uid": "1@example.org",
        "name": "Büro",
        "units": ["Stadt", "Büro"],
        "revised": dt.datetime(2027, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
        "source": "https://www.example.org/kommunen/stadt",
    }
    return Card(**(known | fields))


@pytest.mark.parametrize(
    "text",
    ["a, b; c", "Zeile\nzwei", "Pfad\\n kein Umbruch", "ä" * 100, "€uro 🙂 " * 30, "END:VCARD"],
)
def test_every_text_comes_through(text: str) -> None:
    (found,) = read(write([card(name=text, units=[text, "Büro"], street=text, note=text)]))
    assert found["FN"] == [text]
    assert found["ORG"] == [text, "Büro"]
    assert found["ADR"] == ["", "", text, "", "", "", "Deutschland"]
    assert found["NOTE"] == [text]


def test_a_line_break_cannot_smuggle_a_property_in() -> None:
    (found,) = read(write([card(url="https://example.org/\r\nTEL:0900", phone="1\r\nNOTE:x")]))
    assert found["TEL"] == ["1\nNOTE:x"]
    assert "NOTE" not in found


def test_a_municipality_hands_out_its_contact_points(client: FlaskClient, site_app: Flask) -> None:
    with site_app.app_context():
        contact = db.session.scalars(
            select(ContactPoint).where(ContactPoint.status == Status.PUBLISHED)
        ).first()
        assert contact is not None
        slug, unit, email = contact.municipality.slug, contact.unit, contact.email
    answer = client.get(f"/kommunen/{slug}/kontakt.vcf")
    assert answer.headers["Content-Type"] == "text/vcard; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{slug}.vcf"'
    found = next(one for one in read(answer.data) if one["ORG"][1] == unit)
    assert found.get("EMAIL", [None]) == [email]
    assert found["SOURCE"] == [f"http://localhost/kommunen/{slug}"]
    assert get(client, f"/kommunen/{slug}").link("Kontakt fürs Adressbuch (vCard)") == (
        f"/kommunen/{slug}/kontakt.vcf"
    )


def test_a_change_is_known_by_its_moment(app: Flask) -> None:
    with app.app_context():
        hemer = db.session.get(Municipality, "05962016")
        moment = dt.datetime(2031, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
        build_contact(db.session, hemer, unit="Neu", updated_at=moment)
        build_contact(db.session, hemer, unit="Entwurf 4711", status=Status.DRAFT)
        advance(db.session)
        db.session.commit()
    data = app.test_client().get("/kommunen/hemer/kontakt.vcf").data
    assert {one["ORG"][1]: one["REV"] for one in read(data)}["Neu"] == ["20310102T030405Z"]
    assert b"4711" not in data


@pytest.mark.parametrize(
    ("doubt", "ways"),
    [
        # Nobody has vouched for it in years; a letter came back.
        ({"published_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, {"EMAIL": ["post@example.org"]}),
        (
            {"undeliverable_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
            {"EMAIL": ["post@example.org"], "TEL": ["02372 1"]},
        ),
    ],
)
def test_it_offers_the_ways_that_the_page_offers(
    app: Flask, doubt: dict[str, dt.datetime], ways: dict[str, list[str]]
) -> None:
    with app.app_context():
        hemer = db.session.get(Municipality, "05962016")
        addresses = {"email": "alt@example.org", "fallback_email": "post@example.org"}
        build_contact(db.session, hemer, unit="Zweifel", phone="02372 1", **addresses, **doubt)
        advance(db.session)
        db.session.commit()
    client = app.test_client()
    data = client.get("/kommunen/hemer/kontakt.vcf").data
    found = next(one for one in read(data) if one["ORG"][1] == "Zweifel")
    assert {name: found[name] for name in ("EMAIL", "TEL") if name in found} == ways
    text = get(client, "/kommunen/hemer").text
    assert "alt@example.org" not in text
    assert ("02372 1" in text) == ("TEL" in ways)


def test_where_there_is_none_a_sentence_says_so(client: FlaskClient, site_app: Flask) -> None:
    with site_app.app_context():
        slug = db.session.scalars(
            select(Municipality.slug).where(Municipality.ags.not_in(select(ContactPoint.ags)))
        ).first()
    page = get(client, f"/kommunen/{slug}/kontakt.vcf", status=404)
    assert "noch keine Ansprechstelle verzeichnet" in page.text
    assert not any("kontakt.vcf" in link.href for link in get(client, f"/kommunen/{slug}").links)
    assert get(client, "/kommunen/atlantis/kontakt.vcf", status=404)

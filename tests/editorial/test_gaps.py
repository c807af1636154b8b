"""What an editor is told that the entries of her municipality lack."""

from flask import Flask

from directory.accounts.models import Role
from directory.db import begin_write, db, utc_now
from tests.factories import build_contact, build_municipality, build_practice
from tests.pages import Page, get
from tests.signing_in import signed_in


def gaps(page: Page) -> list[str]:
    """What the desk's front page lists below „Was noch fehlt“."""
    return [one.text for one in page.all("[aria-labelledby=luecken] li")]


def test_the_desk_names_what_the_entries_of_a_municipality_lack(app: Flask) -> None:
    with app.app_context():
        begin_write(db.session)
        place = build_municipality(db.session, name="Lückendorf")
        build_contact(db.session, place, unit="Amt A")
        build_contact(db.session, place, unit="Amt B", verified_at=utc_now(), phone="02372 5510")
        whole = {"success_factors": ["Zeit"], "stumbling_blocks": ["Geld"]}
        build_practice(db.session, place, title="Dankfest", **whole)
        build_practice(db.session, place, title="Preis", success_factors=["Zeit"])
        build_practice(db.session, place, title="Börse", no_stumbling_blocks_known=True)
        ags, slug = place.ags, place.slug
        db.session.commit()
    page = get(signed_in(app, Role.EDITOR, (ags,)), "/redaktion")
    assert gaps(page) == [
        "„Amt A“ in Lückendorf Nicht bestätigt; Telefon und E-Mail nicht bekannt",
        "„Börse“ in Lückendorf Ohne Gelingensbedingungen",
        "„Preis“ in Lückendorf Ohne Stolpersteine",
    ]
    assert "Alles ist auf dem Stand" not in page.text
    history = page.link("„Preis“ in Lückendorf")
    assert history.startswith(f"/redaktion/praxisbeispiele/{slug}")
    assert "Durchsicht" in get(signed_in(app, Role.EDITOR, (ags,)), history).text


def test_a_municipality_without_contact_point_is_told_so(app: Flask) -> None:
    with app.app_context():
        begin_write(db.session)
        ags = build_municipality(db.session, name="Neudorf").ags
        db.session.commit()
    page = get(signed_in(app, Role.EDITOR, (ags,)), "/redaktion")
    assert gaps(page) == ["Ansprechstelle in Neudorf Es gibt noch keine"]


def test_the_desk_says_that_nothing_lacks_and_greets_no_address(app: Flask) -> None:
    with app.app_context():
        begin_write(db.session)
        place = build_municipality(db.session)
        build_contact(db.session, place, verified_at=utc_now(), email="ehrenamt@hemer.de")
        ags = place.ags
        db.session.commit()
    email = "redaktion@example.org"
    page = get(signed_in(app, Role.EDITOR, (ags,), email), "/redaktion")
    assert "Nichts. Alles ist auf dem Stand." in page.text
    assert gaps(page) == []
    assert email not in page.one(".desk__page").text

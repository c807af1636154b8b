"""What an editor is told that the entries of her municipality lack."""

from flask import Flask

from directory.accounts.models import Role
from directory.db import begin_write, db, utc_now
from tests.factories import build_contact, build_membership, build_municipality, build_practice
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
    assert "Nichts, was eilt." in page.text
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


def test_the_desk_lists_no_gap_where_nothing_lacks_and_greets_no_address(app: Flask) -> None:
    with app.app_context():
        begin_write(db.session)
        place = build_municipality(db.session)
        build_contact(db.session, place, verified_at=utc_now(), email="ehrenamt@hemer.de")
        ags = place.ags
        db.session.commit()
    email = "redaktion@example.org"
    page = get(signed_in(app, Role.EDITOR, (ags,), email), "/redaktion")
    assert "Nichts, was eilt." in page.text
    assert gaps(page) == []
    assert email not in page.one(".desk__page").text


def test_the_office_sees_what_lacks_in_the_whole_network(any_app: Flask) -> None:
    office = signed_in(any_app, Role.REVIEWER, ())
    before = gaps(get(office, "/redaktion"))
    with any_app.app_context():
        begin_write(db.session)
        place = build_municipality(db.session)
        build_membership(db.session, place)
        build_membership(db.session, build_municipality(db.session), evidence="training_only")
        build_practice(db.session, place)
        build_practice(db.session, place, stumbling_blocks=["Geld"])
        build_practice(db.session, place, no_stumbling_blocks_known=True)
        build_contact(db.session, build_municipality(db.session))
        build_contact(db.session, build_municipality(db.session), verified_at=utc_now())
        db.session.commit()
    after = gaps(get(office, "/redaktion"))
    assert [" ".join(one.split()[1:3]) for one in after] == [
        "Ansprechstellen nicht",
        "Mitglieder ohne",
        "Praxisbeispiele ohne",
    ]
    added = [int(b.split()[0]) - int(a.split()[0]) for a, b in zip(before, after, strict=True)]
    assert added == [1, 1, 1]

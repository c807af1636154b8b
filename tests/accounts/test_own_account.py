"""What people do with their own account."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from directory.accounts.models import Account, Role, SignedInSession
from directory.accounts.sessions import RECENT
from directory.db import begin_write, db, utc_now
from tests.accounts.letters import letters_to, link_in
from tests.pages import get, post
from tests.signing_in import PASSWORD, signed_in, token

NEW = "Sieben Kutschen tanzen im Regen"


def send(client: FlaskClient, path: str, **data: str) -> str:
    answer = client.post(path, data={"csrf_token": token(client), **data})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_changing_the_password_signs_out_all_other_devices(app: Flask) -> None:
    here = signed_in(app, email="ehrenamt@hemer.example")
    there = signed_in(app, email="ehrenamt@hemer.example")
    send(here, "/konto/passwort", password=PASSWORD, new_password=NEW)
    assert here.get("/konto").status_code == 200
    assert there.get("/konto").status_code == 303
    assert letters_to(app, "ehrenamt@hemer.example")[-1].kind == "password-changed"
    data = {"email": "ehrenamt@hemer.example", "password": NEW}
    fresh = app.test_client()
    answer = fresh.post("/anmelden", data=data | {"csrf_token": token(fresh, "/anmelden")})
    assert answer.status_code == 303


def test_a_wrong_or_weak_password_is_said_beside_the_field(app: Flask) -> None:
    client = signed_in(app)
    data = {"csrf_token": token(client), "password": "falsch", "new_password": "kurz"}
    page = post(client, "/konto/passwort", data, status=422)
    assert "nicht Ihr jetziges" in page.one("#password-fehler").text
    assert "mindestens 12 Zeichen" in page.one("#new_password-fehler").text
    assert 'value="kurz"' not in page.root.text


def test_how_one_signs_in_is_changed_only_soon_after_signing_in(app: Flask) -> None:
    client = signed_in(app)
    with app.app_context():
        begin_write(db.session)
        db.session.execute(update(SignedInSession).values(created_at=utc_now() - RECENT))
        db.session.commit()
    assert client.get("/konto").status_code == 200
    leads = send(client, "/konto/passwort", password=PASSWORD, new_password=NEW)
    assert leads.startswith("/anmelden?weiter=/")
    assert "noch einmal" in get(client, leads).text


def test_devices_are_listed_and_can_be_signed_out(app: Flask) -> None:
    here = signed_in(app, email="ehrenamt@hemer.example")
    there = signed_in(app, email="ehrenamt@hemer.example")
    elsewhere = signed_in(app, email="andere@hemer.example")
    page = get(here, "/konto")
    assert len(page.all("#sitzungen li")) == 2
    (form,) = page.all("#sitzungen li form")
    send(here, form["action"])
    assert there.get("/konto").status_code == 303
    with app.app_context():
        foreign = db.session.scalars(
            select(SignedInSession.id).order_by(SignedInSession.id.desc())
        ).first()
    send(here, f"/konto/sitzungen/{foreign}/beenden")
    assert elsewhere.get("/konto").status_code == 200
    signed_in(app, email="ehrenamt@hemer.example")
    send(here, "/konto/sitzungen/beenden")
    assert len(get(here, "/konto").all("#sitzungen li")) == 1


def test_own_data_are_handed_out_without_secrets(app: Flask) -> None:
    client = signed_in(app, role=Role.REVIEWER, email="pruefung@nrw.example")
    answer = client.get("/konto/daten.json")
    assert answer.json["email"] == "pruefung@nrw.example"
    assert answer.json["has_app"] is True
    assert len(answer.json["sessions"]) == 1
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "argon2" not in answer.text
    assert "enckey" not in answer.text


def test_an_erased_account_leaves_an_opaque_name(any_app: Flask) -> None:
    client = signed_in(any_app, email="ehrenamt@hemer.example")
    refused = post(client, "/konto/loeschen", {"csrf_token": token(client)}, status=422)
    assert "bestätigen" in refused.text
    assert send(client, "/konto/loeschen", bestaetigt="ja") == "/"
    with any_app.app_context():
        from directory.accounts.queries import names_of
        from directory.publication.models import AuditEntry

        assert db.session.scalar(select(func.count()).select_from(Account)) == 0
        assert db.session.scalar(select(func.count()).select_from(SignedInSession)) == 0
        entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert entry.action == "account erased"
        assert "example" not in f"{entry.actor}{entry.key}{entry.details}"
        assert names_of(db.session, [entry.actor]) == {entry.actor: "gelöschtes Konto"}


def test_the_last_administrator_stays(app: Flask) -> None:
    client = signed_in(app, role=Role.ADMINISTRATOR)
    data = {"csrf_token": token(client), "bestaetigt": "ja"}
    assert "letzte Person" in post(client, "/konto/loeschen", data, status=409).text


def test_a_new_address_counts_when_its_link_is_confirmed(app: Flask) -> None:
    client = signed_in(app, email="alt@hemer.example")
    send(client, "/konto/adresse", email="NEU@hemer.example")
    link = link_in(letters_to(app, "neu@hemer.example")[-1])
    for _ in range(2):  # a scanner opens it, then the person
        assert "neu@hemer.example" in get(app.test_client(), link).text
    assert "alt@hemer.example" in get(client, "/konto").text
    send(client, link)
    assert "neu@hemer.example" in get(client, "/konto").text
    assert letters_to(app, "alt@hemer.example")[-1].kind == "address-changed"
    assert client.get(link).status_code == 410


def test_a_taken_address_gets_the_same_answer(app: Flask) -> None:
    signed_in(app, email="andere@hemer.example")
    client = signed_in(app, email="ich@hemer.example")
    said = []
    for email in ("andere@hemer.example", "frei@hemer.example"):
        send(client, "/konto/adresse", email=email)
        said.append(get(client, "/konto").one(".notice").text.replace(email, ""))
    assert said[0] == said[1]
    assert letters_to(app, "andere@hemer.example")[-1].kind == "address-taken"


def test_the_app_can_be_removed_and_reviewers_set_up_another(app: Flask) -> None:
    client = signed_in(app, role=Role.REVIEWER)
    send(client, "/konto/app/entfernen")
    assert client.get("/konto").location == "/konto/app"

"""On a laptop the desk shows what would have been sent; elsewhere only what became of it."""

from flask import Flask

from directory.accounts.models import Role
from directory.db import begin_write, db
from directory.mail import outbox
from directory.mail.delivery import deliver_due
from directory.mail.transports import transport_of
from tests.editorial.test_writing import send
from tests.pages import get
from tests.signing_in import signed_in


def queued(app: Flask) -> int:
    with app.app_context():
        begin_write(db.session)
        mail = outbox.queue(
            db.session,
            outbox.Letter(
                to="ehrenamt@example.org",
                subject="Willkommen",
                text="Hier geht es weiter: http://localhost/konto",
                kind="subscription",
            ),
        )
        db.session.commit()
        return mail.id


def test_the_administrator_reads_what_lies_in_the_folder(app: Flask) -> None:
    administrator = signed_in(app, Role.ADMINISTRATOR, ())
    queued(app)
    waiting = get(administrator, "/redaktion/post")
    assert "1 Nachricht wartet" in waiting.text
    assert [one.text for one in waiting.all("tbody td")][1:] == ["Abo bestätigen", "wartet"]
    with app.app_context():
        deliver_due(db.engine, transport_of(app.config["DIRECTORY"]))
    page = get(administrator, "/redaktion/post")
    letter = get(administrator, page.link("Willkommen"))
    assert "Hier geht es weiter" in letter.text
    assert letter.one(".letter a")["href"] == "http://localhost/konto"


def test_a_letter_that_was_given_up_is_tried_again(app: Flask) -> None:
    administrator = signed_in(app, Role.ADMINISTRATOR, ())
    number = queued(app)
    with app.app_context():
        begin_write(db.session)
        mail = outbox.get_mail(db.session, number)
        mail.given_up_at = mail.created_at
        mail.last_error = "Der Mailserver antwortet nicht"
        db.session.commit()
    page = get(administrator, "/redaktion/post")
    assert "Der Mailserver antwortet nicht" in page.text
    send(administrator, f"/redaktion/post/{number}/erneut", {})
    assert "Nicht angekommen" not in get(administrator, "/redaktion/post").text


def test_nobody_reads_files_that_are_no_letters(app: Flask) -> None:
    administrator = signed_in(app, Role.ADMINISTRATOR, ())
    for name in ("secret_key", "..%2Fsecret_key", "0" * 32 + ".eml"):
        assert administrator.get(f"/redaktion/post/{name}").status_code == 404

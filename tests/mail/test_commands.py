"""`directory mail …`: what cron, the mail server's alias and people at the console use."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy.orm import Session

from directory.db import begin_write, create_database_engine, utc_now
from directory.mail.folder import letters_in
from directory.mail.models import OutboxMail
from directory.mail.outbox import Letter, queue
from tests import commands
from tests.mail.notifications import MESSAGE_ID, TOKEN, report
from tests.mail.smtp import Postbox, free_port, mail_server


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    engine = create_database_engine(database_url)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def run(database_url: str, tmp_path: Path):  # type: ignore[no-untyped-def]
    def run(command: str, *, stdin: bytes = b"", **environment: str) -> Result:
        return commands.run(f"mail {command}", database_url, tmp_path, typed=stdin, **environment)

    return run


def put(session: Session) -> OutboxMail:
    begin_write(session)
    mail = queue(session, Letter(to="rat@example.org", subject="S", text="T", kind="reminder"))
    session.commit()
    return mail


def test_send_delivers_into_the_folder_by_default(session: Session, run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    put(session)
    assert run("send").output == "1 Nachricht gesendet.\n"
    assert run("send").output == "0 Nachrichten gesendet.\n"
    (letter,) = letters_in(tmp_path / "mail")
    assert letter.recipient == "rat@example.org"


def test_send_names_trouble_and_what_was_given_up_can_go_again(session: Session, run) -> None:  # type: ignore[no-untyped-def]
    mail = put(session)
    port = free_port()
    url = f"smtp://127.0.0.1:{port}"
    result = run("send", DIRECTORY_MAIL_URL=url)
    assert result.exit_code == 1
    assert "nicht erreichbar" in result.output
    assert run("list").output.splitlines()[-1] == "1 warten, 0 gingen nicht oder kamen zurück."
    assert "wurde nicht aufgegeben" in run(f"send --again {mail.id}").output
    session.rollback()
    begin_write(session)
    session.refresh(mail)
    mail.given_up_at = utc_now()
    session.commit()
    with mail_server(Postbox(), port=port):
        again = run(f"send --again {mail.id}", DIRECTORY_MAIL_URL=url)
    assert again.output == "1 Nachricht gesendet.\n"
    assert "Nummer 99" in run("send --again 99").output


def test_list_shows_states_without_addresses(session: Session, run) -> None:  # type: ignore[no-untyped-def]
    put(session)
    postbox = Postbox(rcpt=["550 5.1.1 <rat@example.org> unknown"])
    with mail_server(postbox) as address:
        run("send", DIRECTORY_MAIL_URL=f"smtp://{address}")
    output = run("list").output
    assert re.search(r"reminder  abgelehnt: .*550 5\.1\.1", output)
    assert "example.org" not in output
    assert output.endswith("0 warten, 1 gingen nicht oder kamen zurück.\n")


def test_bounce_is_read_from_stdin(session: Session, run) -> None:  # type: ignore[no-untyped-def]
    mail = put(session)
    assert run("bounce", stdin=report()).output == "Sie gehört zu keiner Nachricht von hier.\n"
    begin_write(session)
    session.refresh(mail)
    mail.sent_at, mail.bounce_token, mail.message_id = utc_now(), TOKEN, MESSAGE_ID
    session.commit()
    result = run("bounce", stdin=report())
    assert result.output == f"Nachricht {mail.id} (reminder): zurückgekommen.\n"
    session.refresh(mail)
    assert mail.is_undeliverable


def test_bounce_says_what_it_cannot_use(run) -> None:  # type: ignore[no-untyped-def]
    assert run("bounce", stdin=b"Subject: Hallo\n\nHallo").output == (
        "Das ist keine Unzustellbarkeits-Nachricht.\n"
    )
    monster = run("bounce", stdin=b"x" * 2_000_000)
    assert (monster.exit_code, "zu groß" in monster.output) == (1, True)


def test_bounce_asks_the_mail_server_to_come_again_when_the_database_is_away(run) -> None:  # type: ignore[no-untyped-def]
    result = run("bounce", stdin=report(), DIRECTORY_DATABASE_URL="sqlite:////nonexistent/x")
    assert result.exit_code == 75


def test_probe_letter_shows_whether_all_is_set_up(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("test rat@example.org").output == "Die Probe-Nachricht ist unterwegs.\n"
    (letter,) = letters_in(tmp_path / "mail")
    assert letter.subject.startswith("Probe-Nachricht")
    wrong = run("test niemand")
    assert (wrong.exit_code, "genau eine" in wrong.output) == (1, True)
    away = run("test a@example.org", DIRECTORY_MAIL_URL=f"smtp://127.0.0.1:{free_port()}")
    assert (away.exit_code, "nicht erreichbar" in away.output) == (1, True)

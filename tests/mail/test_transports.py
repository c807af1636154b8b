"""The ways a letter takes: what arrives, what is refused, and how long anybody waits."""

import threading
from pathlib import Path
from typing import Any

import pytest

from directory.config import MailRoute, Settings
from directory.db import utc_now
from directory.errors import ConfigurationError
from directory.mail.messages import Sender, compose
from directory.mail.models import OutboxMail
from directory.mail.transports import (
    NotDelivered,
    Postponed,
    Refused,
    ServerTrouble,
    SmtpTransport,
    Transport,
    Unclear,
    transport_for,
    transport_of,
)
from tests.mail.smtp import (
    Postbox,
    mail_server,
    rude_server,
    seconds_of,
    self_made_certificate,
)

SENDER = Sender(
    address="netz@verzeichnis.example",
    host="verzeichnis.example",
    bounce_address="bounce@verzeichnis.example",
)


def written(**given: Any) -> OutboxMail:
    fields = {
        "recipient": "rathaus@example.org",
        "subject": "Bitte bestätigen",
        "text": "Guten Tag,\n\n.\n..zwei Punkte\nFrom hier: „Straße“ " + "x" * 200,
        "message_id": "a" * 32,
        "bounce_token": "b" * 32,
        "unsubscribe_url": None,
    } | given
    return OutboxMail(**fields)


def send(transport: Transport, **given: Any) -> list[str]:
    """Send one letter; gives what was called back."""
    called: list[str] = []
    mail = written(**given)
    transport.carry(
        compose(mail, SENDER, now=utc_now()),
        envelope=SENDER.envelope(mail),
        recipient=mail.recipient,
        handing_over=lambda: called.append("handing over"),
    )
    return called


def test_letter_arrives_as_it_was_written() -> None:
    postbox = Postbox()
    with mail_server(postbox) as address:
        assert send(transport_for(f"smtp://{address}", SENDER)) == ["handing over"]
    (letter,) = postbox.letters
    assert letter.sender == f"bounce+{'b' * 32}@verzeichnis.example"
    assert letter.recipients == ["rathaus@example.org"]
    message = letter.message
    added_by_server = {"X-Peer", "X-MailFrom", "X-RcptTo"}
    heads = {name: str(value) for name, value in message.items() if name not in added_by_server}
    assert heads == {
        "From": "Kommunen-Verzeichnis <netz@verzeichnis.example>",
        "To": "rathaus@example.org",
        "Subject": "Bitte bestätigen",
        "Date": heads["Date"],
        "Message-ID": f"<{'a' * 32}@verzeichnis.example>",
        "Auto-Submitted": "auto-generated",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
        "MIME-Version": "1.0",
    }
    assert message.get_content().replace("\r\n", "\n") == written().text + "\n"
    assert max(map(len, letter.content.split(b"\r\n"))) <= 78


def test_long_link_to_unsubscribe_stays_readable_for_machines() -> None:
    """Folded the usual way it becomes an encoded word, and one click does nothing."""
    link = "https://verzeichnis.example/abbestellen/" + "k" * 200
    content = compose(written(unsubscribe_url=link), SENDER, now=utc_now()).as_bytes()
    assert f"List-Unsubscribe: <{link}>\r\n".encode() in content
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content


def test_without_a_bounce_address_letters_return_to_their_sender() -> None:
    assert Sender(address="netz@example.org").envelope(written()) == "netz@example.org"


def test_starttls_and_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, trusted = self_made_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    postbox = Postbox()
    with mail_server(
        postbox,
        tls=context,
        require_starttls=True,
        authenticator=postbox.authenticate,
        auth_required=True,
    ) as address:
        right = f"smtp://netz:p%40ss%3Awort@{address}?starttls=require"
        send(transport_for(right, SENDER))
        with pytest.raises(ServerTrouble, match="lehnt die Anmeldung ab") as trouble:
            send(transport_for(right.replace("wort", "geheim"), SENDER))
    assert [letter.tls for letter in postbox.letters] == [True]
    assert postbox.logins[0] == (b"netz", b"p@ss:wort")
    assert "geheim" not in trouble.value.sentence
    assert trouble.value.__cause__ is None


def test_smtps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, trusted = self_made_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    postbox = Postbox()
    with mail_server(postbox, ssl_context=context) as address:
        send(transport_for(f"smtps://{address}", SENDER))
    assert len(postbox.letters) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "anderswo.example"])
def test_certificate_nobody_vouches_for_or_of_another_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    context, trusted = self_made_certificate(tmp_path, host=host)
    if host != "127.0.0.1":
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    postbox = Postbox()
    with (
        mail_server(postbox, tls=context) as address,
        pytest.raises(ServerTrouble, match="Zertifikat"),
    ):
        send(transport_for(f"smtp://{address}?starttls=require", SENDER))
    assert postbox.letters == []


def test_nothing_is_sent_in_the_open_when_encryption_is_required() -> None:
    postbox = Postbox()
    with (
        mail_server(postbox) as address,
        pytest.raises(ServerTrouble, match="Verschlüsselung"),
    ):
        send(transport_for(f"smtp://netz:geheim@{address}?starttls=require", SENDER))
    assert (postbox.letters, postbox.logins) == ([], [])


@pytest.mark.parametrize(
    ("rcpt", "data", "kind", "status", "dead"),
    [
        ("550 5.1.1 <rathaus@example.org> User unknown", "", Refused, "5.1.1", True),
        ("550 No such user", "", Refused, "5.0.0", True),
        ("552 5.2.2 Mailbox full", "", Refused, "5.2.2", True),
        ("550 relay not permitted", "", Refused, "5.7.0", False),
        ("554 5.7.1 Relay access denied", "", Refused, "5.7.1", False),
        ("", "550 5.1.1 rathaus unknown", Refused, "5.1.1", True),
        ("", "554 looks like spam", Refused, "5.7.0", False),
        ("451 4.7.1 Greylisted, rathaus@example.org", "", Postponed, None, None),
        ("", "451 4.3.0 try later", Postponed, None, None),
    ],
)
def test_what_the_server_answers(
    rcpt: str, data: str, kind: type[NotDelivered], status: str | None, dead: bool | None
) -> None:
    postbox = Postbox(rcpt=[rcpt] if rcpt else [], data=[data] if data else [])
    with mail_server(postbox) as address, pytest.raises(kind) as failure:
        send(transport_for(f"smtp://{address}", SENDER))
    assert type(failure.value) is kind
    for part in ("rathaus", "example.org"):
        assert part not in failure.value.sentence
    if isinstance(failure.value, Refused):
        assert failure.value.reason_code == status
        assert OutboxMail(bounce_status=status).is_undeliverable is dead


GREETING = b"220 hello\r\n"


@pytest.mark.parametrize(
    ("speech", "pause", "answers"),
    [
        (b"", 0, b""),  # takes the call and is silent
        (b"220-" + b"x" * 500, 0.05, b""),  # drips its greeting
        (GREETING, 0, b"250-"),  # never comes to an end
    ],
)
def test_no_server_holds_us_longer_than_the_deadline(
    speech: bytes, pause: float, answers: bytes
) -> None:
    with rude_server(speech, pause=pause, answers=answers) as address:
        transport = SmtpTransport(SENDER, MailRoute.from_url(f"smtp://{address}"), 0.4)

        def fail() -> None:
            with pytest.raises(ServerTrouble):
                send(transport)

        assert 0.3 < seconds_of(fail) < 2


def test_the_deadline_holds_while_encryption_is_negotiated() -> None:
    with rude_server(b"\x16\x03\x03\x40\x00" + b"\x02" * 500, pause=0.05) as address:
        transport = SmtpTransport(SENDER, MailRoute.from_url(f"smtps://{address}"), 0.4)

        def fail() -> None:
            with pytest.raises(ServerTrouble):
                send(transport)

        assert seconds_of(fail) < 2


def test_hanging_up_after_the_letter_is_unclear() -> None:
    given_up = threading.Event()
    postbox = Postbox(on_data=lambda: given_up.wait(30))  # stops the server's only thread
    with mail_server(postbox) as address:
        transport = transport_for(f"smtp://{address}", SENDER)
        assert isinstance(transport, SmtpTransport)
        # Long enough for the letter to be handed over on a busy machine.
        transport.deadline_seconds = 2
        called: list[str] = []
        mail = written()
        with pytest.raises(Unclear):
            transport.carry(
                compose(mail, SENDER, now=utc_now()),
                envelope=SENDER.envelope(mail),
                recipient=mail.recipient,
                handing_over=lambda: called.append("handing over"),
            )
        given_up.set()
    assert called == ["handing over"]


def test_server_that_is_away() -> None:
    with rude_server(b"") as address:
        pass
    with pytest.raises(ServerTrouble, match="nicht erreichbar"):
        send(transport_for(f"smtp://{address}", SENDER))


def test_folder_keeps_one_file_per_letter(tmp_path: Path) -> None:
    folder = tmp_path / "Post & mehr"
    transport = transport_for(f"maildir://{folder}".replace(" ", "%20"), SENDER)
    assert send(transport) == send(transport) == []
    (file,) = folder.iterdir()
    assert file.read_bytes().startswith(b"Return-Path: <bounce+bbb")
    assert file.stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0


def test_folder_that_cannot_be_written_to_keeps_the_letter_waiting(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("no folder")
    with pytest.raises(ServerTrouble, match="Ordner"):
        send(transport_for(f"maildir://{tmp_path}/mail", SENDER))


@pytest.mark.parametrize(
    ("url", "starttls"),
    [
        ("smtp://mail.example.org", True),
        ("smtp://mail.example.org:25?starttls=never", False),
        ("smtp://localhost", False),
        ("smtp://127.0.0.1:25", False),
        ("smtp://[::1]:25", False),
        ("smtp://localhost?starttls=require", True),
        ("smtps://mail.example.org", False),
    ],
)
def test_encryption_is_the_rule(url: str, starttls: bool) -> None:
    assert MailRoute.from_url(url).starttls is starttls


SECRET = "geheim"  # noqa: S105


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp:mail.example.org",
        f"smtp://netz:{SECRET}/x@mail.example.org",
        f"smtp://netz:{SECRET}#x@mail.example.org",
        f"smtp://netz:{SECRET}@mail.example.org:x",
        f"smtp://netz:{SECRET}@mail.example.org:99999",
        f"smtp://netz:{SECRET}ß@mail.example.org",
        f"smtp://:{SECRET}@mail.example.org",
        "smtp://netz@mail.example.org",
        f"smtp://netz:{SECRET}@mail.example.org?starttls=never",
        f"smtp://netz:{SECRET}@mail.example.org?starttls=perhaps",
        f"smtp://netz:{SECRET}@mail.example.org?tls=1",
        f"smtps://netz:{SECRET}@mail.example.org?starttls=require",
        f"smtp://netz:{SECRET}@[mail.example.org",
        "maildir://relative",
        "maildir:relative",
        "maildir:///x?y=1",
    ],
)
def test_wrong_address_of_the_mail_server_is_said_at_start_without_the_password(
    url: str, tmp_path: Path
) -> None:
    environment = {
        "DIRECTORY_MAIL_URL": url,
        "DIRECTORY_SECRET_KEY": "k" * 40,
        "DIRECTORY_INSTANCE": str(tmp_path),
    }
    with pytest.raises(ConfigurationError, match="DIRECTORY_MAIL_URL") as error:
        Settings.from_environment(environment)
    assert SECRET not in error.value.sentence
    with pytest.raises(ConfigurationError) as again:
        transport_for(url)
    assert SECRET not in str(again.value)
    assert again.value.__cause__ is None


def test_password_is_in_no_representation(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "DIRECTORY_MAIL_URL": f"smtp://netz:{SECRET}@mail.example.org",
            "DIRECTORY_SECRET_KEY": "k" * 40,
            "DIRECTORY_INSTANCE": str(tmp_path),
        }
    )
    assert SECRET not in repr(settings)
    assert SECRET not in repr(transport_of(settings))
    assert transport_of(settings).route.password == SECRET  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["DIRECTORY_MAIL_FROM", "DIRECTORY_MAIL_BOUNCE"])
def test_senders_have_to_be_addresses(name: str, tmp_path: Path) -> None:
    for wrong in ("niemand", "a@example.org\nBcc: b@example.org", "Netz <a@example.org>"):
        with pytest.raises(ConfigurationError, match=name):
            Settings.from_environment(
                {name: wrong, "DIRECTORY_SECRET_KEY": "k" * 40, "DIRECTORY_INSTANCE": str(tmp_path)}
            )


def test_default_is_a_folder_of_the_instance(tmp_path: Path) -> None:
    settings = Settings(instance_dir=tmp_path / "mein Ordner")
    assert settings.mail_route.folder == tmp_path / "mein Ordner" / "mail"
    assert transport_of(settings).sender.address == "verzeichnis@127.0.0.1"
    assert Sender.from_settings(Settings(base_url="http://[::1]:5000")).host == "localhost"
    assert Sender.from_settings(Settings(operator_email="b@example.org")).address == "b@example.org"

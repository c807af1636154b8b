"""The ways a letter can take; the only door to smtplib."""

import contextlib
import os
import re
import smtplib
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from directory.config import MailRoute, Settings
from directory.errors import ConfigurationError, DirectoryError
from directory.mail.messages import Sender

CONNECT_SECONDS = 10.0
# For the whole conversation about one letter, however slowly the server talks.
DEADLINE_SECONDS = 60.0

_UNCLEAR = (
    "Der Mailserver hat die Nachricht erhalten, aber nicht bestätigt. Ob sie ankommt, ist nicht "
    "bekannt; sie wird nicht von selbst noch einmal gesendet."
)
_LONGEST_REASON = 200
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


class NotDelivered(DirectoryError):
    """A letter did not get through; its sentence names no address."""

    status = 503
    title = "Nachricht nicht zugestellt"


class ServerTrouble(NotDelivered):
    """Nothing gets through at present: the server is away, slow, or does not accept us."""


class Postponed(NotDelivered):
    """The server asks to try this letter again later."""


class Refused(NotDelivered):
    """The server will never take this letter; `reason_code` is its status (RFC 3463: 5.1.1)."""

    def __init__(self, sentence: str, *, reason_code: str) -> None:
        super().__init__(sentence)
        self.reason_code = reason_code


class Unclear(NotDelivered):
    """The letter was handed over, but the server never said whether it took it."""


class Transport(Protocol):
    """A way for letters."""

    sender: Sender

    def carry(
        self,
        message: EmailMessage,
        *,
        envelope: str,
        recipient: str,
        handing_over: Callable[[], None],
    ) -> None:
        """Bring `message` to `recipient`; undeliverable letters return to `envelope`.

        `handing_over` is called at the point of no return: from then on nobody can tell whether
        the letter arrives until the server says so. What can be repeated never calls it.

        Raises:
            NotDelivered: in one of its four kinds.
        """


def transport_for(url: str, sender: Sender | None = None) -> Transport:
    """Return the way that `url` (see `DIRECTORY_MAIL_URL`) describes.

    Raises:
        ConfigurationError: `url` describes none.
    """
    try:
        route = MailRoute.from_url(url)
    except ValueError as error:
        raise ConfigurationError(f"DIRECTORY_MAIL_URL: {error}.") from None
    return _transport_on(route, sender or Sender())


def transport_of(settings: Settings) -> Transport:
    """Return the way this installation sends its letters."""
    return _transport_on(settings.mail_route, Sender.from_settings(settings))


def _transport_on(route: MailRoute, sender: Sender) -> Transport:
    if route.scheme == "null":
        return NullTransport(sender)
    if route.folder is not None:
        return FolderTransport(sender, route.folder)
    return SmtpTransport(sender, route)


@dataclass
class NullTransport:
    """Takes every letter and forgets it."""

    sender: Sender

    def carry(
        self,
        message: EmailMessage,
        *,
        envelope: str,
        recipient: str,
        handing_over: Callable[[], None],
    ) -> None:
        """Do nothing."""


@dataclass
class FolderTransport:
    """Puts each letter as a file into `folder`, where the desk shows it: for laptops and tests.

    The file is named after the Message-ID, so a letter that is delivered again is the same file.
    """

    sender: Sender
    folder: Path

    def carry(
        self,
        message: EmailMessage,
        *,
        envelope: str,
        recipient: str,  # noqa: ARG002 - stands in the letter
        handing_over: Callable[[], None],  # noqa: ARG002 - can be repeated at any point
    ) -> None:
        """Write the file; whole or not at all, even in a power cut."""
        content = f"Return-Path: <{envelope}>\r\n".encode("ascii") + message.as_bytes()
        name = message["Message-ID"].strip("<>").partition("@")[0]
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_whole(self.folder / f"{name}.eml", content)
        except OSError as error:
            raise ServerTrouble(
                f"Der Ordner für E-Mails lässt sich nicht beschreiben ({error.strerror})."
            ) from error


@dataclass
class SmtpTransport:
    """Hands each letter to a mail server, on a connection of its own.

    One connection per letter: trouble with one never spreads to the next, and the letters of this
    house are few.
    """

    sender: Sender
    route: MailRoute
    deadline_seconds: float = DEADLINE_SECONDS

    def carry(
        self,
        message: EmailMessage,
        *,
        envelope: str,
        recipient: str,
        handing_over: Callable[[], None],
    ) -> None:
        """Talk to the server until it has taken the letter or said why not."""
        content = message.as_bytes()
        with _in_sentences(), self._line() as line:
            self._introduce(line)
            _expect_server(line.mail(envelope))
            _expect_letter(line.rcpt(recipient), recipient, address=True)
            _expect_letter(line.docmd("DATA"), recipient, wanted=354)
            handing_over()
            line.send(_dotted(content))
            _expect_letter(_receipt(line), recipient)

    @contextlib.contextmanager
    def _line(self) -> Iterator["_Line"]:
        line = _Line(self.route, self.sender.host)
        # A socket's timeout limits each single read; a server that drips needs a limit to it all.
        watch = threading.Timer(self.deadline_seconds, line.cut)
        watch.daemon = True
        watch.start()
        try:
            line.open()
            yield line
            # What it answers to the goodbye is nothing to wait for.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                line.putcmd("QUIT")
        finally:
            watch.cancel()
            line.close()

    def _introduce(self, line: "_Line") -> None:
        line.ehlo_or_helo_if_needed()
        if self.route.starttls:
            # Raises if it is not offered: no letter and no password travels in the open then.
            line.starttls(context=line.context)
            line.ehlo_or_helo_if_needed()
        if self.route.user:
            line.login(self.route.user, self.route.password)


class _Line(smtplib.SMTP):
    """A conversation that can be cut from outside at any moment, also while TLS is negotiated."""

    def __init__(self, route: MailRoute, own_name: str) -> None:
        super().__init__(local_hostname=own_name, timeout=CONNECT_SECONDS)
        self.route = route
        self.context = ssl.create_default_context()
        self._twin: socket.socket | None = None
        self._is_cut = threading.Event()

    def open(self) -> None:
        """Connect and wait for the greeting."""
        self._host = self.route.host  # the name that STARTTLS checks the certificate against
        code, reply = self.connect(self.route.host, self.route.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, reply)

    def cut(self) -> None:
        """End the conversation now, whatever it is at; for another thread to call."""
        self._is_cut.set()
        if self._twin is not None:
            with contextlib.suppress(OSError):
                self._twin.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connection."""
        super().close()
        if self._twin is not None:
            self._twin.close()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((host, port), timeout)
        # The same connection under a second number, which stays the same when TLS wraps the first.
        self._twin = plain.dup()
        if self._is_cut.is_set():
            self.cut()
        if self.route.scheme == "smtps":
            return self.context.wrap_socket(plain, server_hostname=host)
        return plain


@contextlib.contextmanager
def _in_sentences() -> Iterator[None]:
    """Say in a sentence what smtplib, ssl and the socket say in exceptions."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise ServerTrouble(
            f"Der Mailserver lehnt die Anmeldung ab ({error.smtp_code}). Bitte Benutzer und "
            "Passwort in DIRECTORY_MAIL_URL prüfen."
        ) from None  # what it answered may repeat what it was told
    except smtplib.SMTPNotSupportedError as error:
        raise ServerTrouble(
            "Der Mailserver bietet die verlangte Verschlüsselung oder Anmeldung nicht an."
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise ServerTrouble(
            f"Das Zertifikat des Mailservers ist nicht gültig ({error.verify_message})."
        ) from error
    except smtplib.SMTPResponseException as error:
        raise ServerTrouble(f"Der Mailserver nimmt nichts an ({error.smtp_code}).") from error
    except (smtplib.SMTPException, OSError) as error:
        raise ServerTrouble(
            "Der Mailserver ist nicht erreichbar oder antwortet nicht rechtzeitig "
            f"({type(error).__name__})."
        ) from error


def _receipt(line: _Line) -> tuple[int, bytes]:
    """Wait for what the server says to a letter it was given in full."""
    try:
        answer = line.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise Unclear(_UNCLEAR) from error
    if not 200 <= answer[0] < 600:
        raise Unclear(_UNCLEAR)
    return answer


def _expect_server(answer: tuple[int, bytes]) -> None:
    """Take an answer that concerns us as a sender."""
    code, _ = answer
    if code != 250:
        raise ServerTrouble(f"Der Mailserver nimmt unseren Absender nicht an ({code}).")


def _expect_letter(
    answer: tuple[int, bytes], recipient: str, *, wanted: int = 250, address: bool = False
) -> None:
    """Take an answer that concerns this letter, or with `address` its recipient."""
    code, reply = answer
    if code == wanted or (address and code == 251):
        return
    said = _without_addresses(reply.decode("utf-8", "replace"), recipient)
    if 500 <= code < 600:
        raise Refused(
            f"Der Mailserver lehnt die {'Adresse' if address else 'Nachricht'} ab: {code} {said}",
            reason_code=_reason_code(said, address=address),
        )
    raise Postponed(f"Der Mailserver bittet, es später zu versuchen: {code} {said}")


def _reason_code(said: str, *, address: bool) -> str:
    """Return the status in the server's words; old servers name none, and some only in words."""
    if found := _ENHANCED.search(said):
        return found[1]
    return "5.0.0" if address and "relay" not in said.lower() else "5.7.0"


def _without_addresses(reply: str, recipient: str) -> str:
    """Return one short line of what a server said, without the recipient it often repeats."""
    line = " ".join("".join(char if char.isprintable() else " " for char in reply).split())
    line = re.sub(r"\S*@\S*", "…", line)
    for part in sorted(recipient.split("@"), key=len, reverse=True):
        line = re.sub(rf"(?i)(?<!\w){re.escape(part)}(?!\w)", "…", line)
    return line[:_LONGEST_REASON]


def _dotted(content: bytes) -> bytes:
    """Return `content` as it follows DATA: lines that begin with a dot get another one."""
    stuffed = re.sub(rb"(?m)^\.", b"..", content)
    return stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _write_whole(file: Path, content: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=file.parent, suffix=".part")
    try:
        with open(descriptor, "wb") as handle:  # noqa: PTH123 - a descriptor, no path
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

"""Mail servers for tests: real ones on loopback, well-behaved, refusing, silent or dripping."""

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Received:
    """One letter a server took."""

    sender: str
    recipients: list[str]
    content: bytes
    tls: bool

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)  # type: ignore[return-value]


@dataclass
class Postbox:
    """What a server does with letters; `answers` are given to RCPT and DATA before it takes any."""

    letters: list[Received] = field(default_factory=list)
    rcpt: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    on_data: Callable[[], object] | None = None
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        answer = self.rcpt.pop(0) if self.rcpt else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self.data.pop(0) if self.data else "250 OK"
        if answer.startswith("250"):
            self.letters.append(
                Received(
                    envelope.mail_from,
                    envelope.rcpt_tos,
                    envelope.content,
                    tls=session.ssl is not None,
                )
            )
        if self.on_data is not None:
            self.on_data()
        return answer

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _way: str, data: Any):  # type: ignore[no-untyped-def]
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss:wort", handled=False)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextlib.contextmanager
def mail_server(
    postbox: Postbox, *, port: int = 0, tls: ssl.SSLContext | None = None, **options: Any
) -> Iterator[str]:
    """Serve `postbox`; gives `127.0.0.1:port`."""
    controller = Controller(
        postbox,
        hostname="127.0.0.1",
        port=port or free_port(),
        server_hostname="test",
        tls_context=tls,
        **options,
    )
    controller.start()
    try:
        yield f"127.0.0.1:{controller.port}"
    finally:
        controller.stop()


@contextlib.contextmanager
def rude_server(speech: bytes, *, pause: float = 0.0, answers: bytes = b"") -> Iterator[str]:
    """A server that says `speech` byte by byte, answers each line with `answers`, never hangs up.

    Gives `127.0.0.1:port`.
    """
    stop = threading.Event()

    def talk(line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            line.settimeout(0.05)
            for byte in speech:
                line.sendall(bytes([byte]))
                if stop.wait(pause):
                    return
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    if not line.recv(10_000):
                        return
                    line.sendall(answers)

    def listen() -> None:
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                thread = threading.Thread(target=talk, args=(listener.accept()[0],))
                thread.start()
                threads.append(thread)

    threads: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stop.set()
            thread.join()
            for one in threads:
                one.join()


def self_made_certificate(folder: Path, *, host: str = "127.0.0.1") -> tuple[ssl.SSLContext, Path]:
    """A server's TLS context for `host`, and the file a client has to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail test")])
    now = dt.datetime.now(dt.UTC)
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        alternative = x509.DNSName(host)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .sign(key, hashes.SHA256())
    )
    trusted = folder / "certificate.pem"
    trusted.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = folder / "key.pem"
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, secret)
    return context, trusted


def seconds_of(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began

"""A letter in the form in which it travels."""

import datetime as dt
from dataclasses import dataclass
from email import policy
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from directory.config import Settings
from directory.mail.models import OutboxMail


class _Link(UnstructuredHeader):
    """A header with a link: longer than a line, and yet never folded or encoded."""

    name: str

    def fold(self, *, policy: policy.Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_registry = HeaderRegistry()
_registry.map_to_type("list-unsubscribe", _Link)  # type: ignore[arg-type] # becomes a BaseHeader there
POLICY = policy.SMTP.clone(header_factory=_registry)


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who writes.

    `address` and `name` stand in From, `host` in each Message-ID. With a `bounce_address` every
    letter gets its own address for its way back: `bounce+<token>@…`.
    """

    address: str = "verzeichnis@localhost"
    name: str = "Kommunen-Verzeichnis"
    host: str = "localhost"
    bounce_address: str = ""

    @classmethod
    def from_settings(cls, settings: Settings) -> "Sender":
        """Return the sender of this installation; what is not set follows from its address."""
        host = urlsplit(settings.base_url).hostname or ""
        if not host or ":" in host:
            host = "localhost"  # the address of a laptop, which no mail address can have
        return cls(
            address=settings.mail_from or settings.operator_email or f"verzeichnis@{host}",
            host=host,
            bounce_address=settings.mail_bounce,
        )

    def envelope(self, mail: OutboxMail) -> str:
        """Return the address `mail` returns to when it cannot be delivered."""
        if not self.bounce_address:
            return self.address
        local, _, domain = self.bounce_address.rpartition("@")
        return f"{local}+{mail.bounce_token}@{domain}"


def compose(mail: OutboxMail, sender: Sender, *, now: dt.datetime) -> EmailMessage:
    """Return `mail` as plain text with the heads that machines ask for; nothing watches the reader.

    The Message-ID stays the same for every try, so a mailbox can tell that it has the letter.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(display_name=sender.name, addr_spec=sender.address)
    message["To"] = Address(addr_spec=mail.recipient)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail.message_id}@{sender.host}>"
    # No absence notes in return.
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text + "\n", charset="utf-8", cte="quoted-printable")
    return message

"""Letters that came back: reading delivery status notifications (RFC 3464) from the outside world.

Anybody can send anything here. What is read is bounded in size, depth and length of headers, and
counts only when it names a letter of ours: by the token in the address it came to
(`bounce+<token>@…`) or by the Message-ID of the letter it returns.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.errors import BadInput
from directory.mail.models import OutboxMail

LARGEST_BYTES = 500_000

_MOST_PARTS = 40
_MOST_BREAKS = 5_000
_LONGEST_HEADER = 2_000
_STRUCTURE = re.compile(
    rb"^content-(?:type|transfer-encoding):[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*",
    re.IGNORECASE | re.MULTILINE,
)
_TOKEN = re.compile(r"\+([0-9a-f]{32})@")
_MESSAGE_ID = re.compile(
    r"^(?:x-)?(?:original-)?(?:message-id|in-reply-to):\s*<([0-9a-f]{32})@",
    re.IGNORECASE | re.MULTILINE,
)
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
# In words: `550 5.1.1 unknown`, `550 unknown`, `(#5.1.1)`; no bare numbers, they may be a version.
_WORDS_STATUS = re.compile(r"(?:\b[45]\d\d[ -]#?|\(#)([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_WORDS_CODE = re.compile(r"(?<![\d.])([45])\d\d[ -]")
# The heads in which the address stands that a notification was sent to.
_ARRIVED_AT = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
# How qmail begins, and how the copy of the letter is announced by it.
_QMAIL = ("Hi. This is the ", "--- Below this line is a copy of the message.")


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """What a notification says.

    `status` is that of RFC 3463 (`5.1.1`). `permanent`: there is no use in trying this address
    again. `final`: the letter will not arrive; otherwise it is only late.
    """

    token: str | None
    message_id: str | None
    status: str
    permanent: bool
    final: bool = True


class UnreadableBounce(BadInput):
    """What came in is too large or too twisted to be read."""

    title = "Nachricht nicht lesbar"


def read_bounce(raw: bytes) -> Bounce | None:
    """Return what the message `raw` says about a letter; None if it is no such notification.

    Raises:
        UnreadableBounce: larger or more deeply nested than any honest notification.
    """
    _refuse_monsters(raw)
    try:
        message = message_from_bytes(raw, policy=policy.compat32)
        verdict = _verdict(message)
    except (RecursionError, LookupError, ValueError, AssertionError) as error:
        raise UnreadableBounce("Diese Nachricht ist nicht lesbar aufgebaut.") from error
    if verdict is None:
        return None
    action, status = verdict
    tokens = [_TOKEN.search(_head(message, name)) for name in _ARRIVED_AT]
    returned = _returned_letter(raw, message)
    return Bounce(
        token=next((token[1] for token in tokens if token), None),
        message_id=returned,
        status=status,
        permanent=action == "failed" and status.startswith("5."),
        final=action == "failed",
    )


def record_bounce(session: Session, raw: bytes) -> OutboxMail | None:
    """Mark the letter that `raw` reports about, and return it; None: nothing or nobody we know.

    Whoever asks looks at `is_undeliverable` and `reference` of the letter. A letter that is only
    late stays as it is, and so does one that is marked for good already.

    Raises:
        UnreadableBounce: see :func:`read_bounce`.
    """
    bounce = read_bounce(raw)
    mail = None if bounce is None else _find_letter(session, bounce)
    if bounce is None or mail is None:
        return None
    if bounce.final and not mail.is_undeliverable:
        now = utc_now()
        mail.bounced_at = now
        mail.bounce_status = bounce.status
        mail.last_error = f"Die Nachricht kam als nicht zustellbar zurück ({bounce.status})."
        if mail.sent_at is None:
            # It left after all, or nothing could have come back: no need to try again.
            mail.given_up_at = mail.given_up_at or now
            mail.claimed_until = None
        session.flush()
    return mail


def _find_letter(session: Session, bounce: Bounce) -> OutboxMail | None:
    found = None
    if bounce.token:
        found = session.scalar(select(OutboxMail).where(OutboxMail.bounce_token == bounce.token))
    if found is None and bounce.message_id:
        found = session.scalar(select(OutboxMail).where(OutboxMail.message_id == bounce.message_id))
    return found


def _refuse_monsters(raw: bytes) -> None:
    """Refuse what would keep the parser busy: it works hardest on nesting and on long heads."""
    if len(raw) > LARGEST_BYTES:
        raise UnreadableBounce("Diese Nachricht ist zu groß für eine Rückmeldung.")
    heads = [match[0] for match in _STRUCTURE.finditer(raw)]
    breaks = raw.count(b"\n--") + raw.count(b"\n\n") + raw.count(b"\n\r\n") + raw.count(b"\r\r")
    if (
        len(heads) > _MOST_PARTS
        or breaks > _MOST_BREAKS
        or any(len(head) > _LONGEST_HEADER for head in heads)
    ):
        raise UnreadableBounce("Diese Nachricht ist zu verschachtelt für eine Rückmeldung.")


def _verdict(message: Message) -> tuple[str, str] | None:
    """Return action (`failed`, `delayed`) and status of the first recipient that has a trouble."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for action, status in _recipients(part):
                if action in {"failed", "delayed"}:
                    return action, status
    return _verdict_in_words(message)


def _recipients(report: Message) -> Iterator[tuple[str, str]]:
    blocks = report.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, Message) and block["Action"] is not None:
            action = _head(block, "Action").split("(")[0].strip().lower()
            said = _STATUS.search(_head(block, "Status"))
            # Some say it only in the words of the server they talked to.
            said = said or _STATUS.search(_head(block, "Diagnostic-Code"))
            yield action, said[1] if said else "5.0.0"


def _verdict_in_words(message: Message) -> tuple[str, str] | None:
    """Read the two old forms that are no RFC 3464 and yet beyond doubt: Exim's and qmail's."""
    body = _text(message)
    is_exim = message["X-Failed-Recipients"] is not None
    is_qmail = body.startswith(_QMAIL[0]) and _QMAIL[1] in body
    if message.is_multipart() or not (is_exim or is_qmail):
        return None
    # The copy of the letter may hold numbers of its own.
    body = re.split(r"^-{3,}", body, maxsplit=1, flags=re.MULTILINE)[0]
    if status := _WORDS_STATUS.search(body):
        return "failed", status[1]
    code = _WORDS_CODE.search(body)
    return "failed", f"{code[1]}.0.0" if code else "5.0.0"


def _returned_letter(raw: bytes, message: Message) -> str | None:
    """Return the Message-ID of ours that the notification carries, but never its own."""
    own = _head(message, "Message-ID")
    for found in _MESSAGE_ID.finditer(raw.decode("latin-1")):
        if found[1] not in own:
            return found[1]
    return None


def _head(message: Message, name: str) -> str:
    """Return a head as text, whatever bytes are in it; "" if it is missing."""
    return str(message.get(name, ""))[:_LONGEST_HEADER]


def _text(message: Message) -> str:
    payload = message.get_payload(decode=True)
    return payload.decode("latin-1") if isinstance(payload, bytes) else ""

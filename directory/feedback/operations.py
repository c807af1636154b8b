"""Leaving a message, and closing it when it has been answered."""

import datetime as dt
import secrets

from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.errors import BadInput, Conflict, DirectoryError
from directory.feedback import queries
from directory.feedback.models import FeedbackMessage, MessageKind
from directory.text import clean, is_email, number

LONGEST_MESSAGE = 5_000
LONGEST_PAGE = 300
LONGEST_ADDRESS = 200
LONGEST_RECEIPT = 12

# So many messages in so short a time are not people. Counted for the whole installation, because
# counting by visitor would mean keeping their addresses.
MOST_MESSAGES = 20
WITHIN = dt.timedelta(minutes=10)

# Read out on the telephone: no letters that sound or look like others, no vowels, so no words.
_LETTERS = "BCDFGHKLMNPQRSTVWXZ"
_SIGNS = _LETTERS + "23456789"


class InvalidMessage(BadInput):
    """A message cannot be kept as it is; `problems` says why, field by field."""

    title = "Bitte prüfen Sie Ihre Angaben"

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class TooManyMessages(DirectoryError):
    """More messages came in than people write."""

    status = 429
    title = "Gerade gehen sehr viele Nachrichten ein"
    retry_after_seconds = int(WITHIN.total_seconds())


def leave_message(session: Session, *, page: str, message: str, reply_to: str) -> FeedbackMessage:
    """Keep a visitor's message with a new receipt number; `page` and `reply_to` may be empty.

    Raises:
        InvalidMessage: naming every field that has to be changed.
        TooManyMessages: the guard against floods is closed for some minutes.
    """
    page, reply_to, message = one_line(page), one_line(reply_to), plain_lines(message)
    problems = problems_of(page=page, message=message, reply_to=reply_to)
    if problems:
        raise InvalidMessage(problems)
    kept = FeedbackMessage(page=page, message=message, reply_to=reply_to or None)
    return keep(session, kept)


def keep(session: Session, message: FeedbackMessage) -> FeedbackMessage:
    """Give a checked `message` its receipt number and keep it; raise `TooManyMessages`."""
    now = utc_now()
    if queries.messages_since(session, now - WITHIN) >= MOST_MESSAGES:
        raise TooManyMessages(
            "Gerade gehen sehr viele Nachrichten ein. Bitte senden Sie Ihre in zehn Minuten noch "
            "einmal ab."
        )
    message.receipt = _new_receipt(session)
    message.at = now
    session.add(message)
    session.flush()
    return message


def close_message(session: Session, message: FeedbackMessage) -> None:
    """Mark `message` as answered; the address to answer to has served its purpose and goes.

    Raises:
        Conflict: it is a hint at an entry, which gets an answer at the desk.
    """
    if message.kind is MessageKind.HINT:
        raise Conflict("Hinweise zu Einträgen beantwortet die Redaktion unter /redaktion/hinweise.")
    message.closed_at = utc_now()
    message.reply_to = None
    session.flush()


def problems_of(*, page: str, message: str, reply_to: str) -> dict[str, str]:
    """Return what is wrong with what was typed, field → sentence."""
    problems = {}
    if not message:
        problems["message"] = "Bitte schreiben Sie, was Ihnen aufgefallen ist."
    elif len(message) > LONGEST_MESSAGE:
        problems["message"] = (
            f"Bitte kürzen Sie die Nachricht auf {number(LONGEST_MESSAGE)} Zeichen; "
            f"es sind {number(len(message))}."
        )
    if len(page) > LONGEST_PAGE:
        problems["page"] = f"Bitte kürzen Sie diese Angabe auf {LONGEST_PAGE} Zeichen."
    if len(reply_to) > LONGEST_ADDRESS or (reply_to and not is_email(reply_to)):
        problems["reply_to"] = (
            "Bitte geben Sie eine vollständige E-Mail-Adresse an, zum Beispiel name@example.org, "
            "oder lassen Sie das Feld leer."
        )
    return problems


def one_line(text: str) -> str:
    """Return typed text as one line."""
    return " ".join(clean(text).split())


def plain_lines(text: str) -> str:
    """Return typed text with plain line ends: browsers send both, and count one."""
    return clean(text.replace("\r\n", "\n"))


def _new_receipt(session: Session) -> str:
    while True:
        receipt = (
            secrets.choice(_LETTERS)
            + secrets.choice("23456789")
            + "-"
            + "".join(secrets.choice(_SIGNS) for _ in range(4))
        )
        if queries.find_by_receipt(session, receipt) is None:
            return receipt

"""Hints from visitors that an entry is out of date, and the answers they get."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from directory.accounts.attempts import count_try
from directory.accounts.keys import keyed_digest
from directory.config import Settings
from directory.db import utc_now
from directory.errors import Conflict
from directory.feedback.models import FeedbackMessage, MessageKind, Outcome
from directory.feedback.operations import (
    LONGEST_MESSAGE,
    InvalidMessage,
    keep,
    one_line,
    plain_lines,
    problems_of,
)
from directory.mail.letters import render_letter
from directory.mail.outbox import Letter, queue
from directory.publication.models import EntryKind
from directory.text import number

LONGEST_REPLY = 2_000
# Nobody reads a form, thinks and writes in less; machines do.
LEAST_SECONDS = 3
# A form that was open for longer is shown once more; what was typed stays.
LONGEST_OPEN = dt.timedelta(hours=12)


@dataclass(frozen=True)
class Target:
    """The entry a hint is about; `ags` says whose it is, None: the office keeps it."""

    kind: EntryKind
    key: str
    title: str
    ags: str | None


def count_visitor(session: Session, address: str, keys: Sequence[str]) -> None:
    """Count one hint of a visitor, known by a keyed digest for some minutes.

    Raises:
        TooManyTries: that were too many.
    """
    count_try(session, [keyed_digest(f"hinweis {address}", keys)])


def leave_hint(
    session: Session, target: Target, *, message: str, suggestion: str, reply_to: str
) -> FeedbackMessage:
    """Keep a visitor's hint; `suggestion` and `reply_to` may be empty.

    Raises:
        InvalidMessage: naming every field that has to be changed.
        TooManyMessages: the guard against floods is closed for some minutes.
    """
    message, suggestion = plain_lines(message), plain_lines(suggestion)
    reply_to = one_line(reply_to)
    problems = problems_of(page="", message=message, reply_to=reply_to)
    if len(suggestion) > LONGEST_MESSAGE:
        problems["suggestion"] = f"Bitte kürzen Sie auf {number(LONGEST_MESSAGE)} Zeichen."
    if problems:
        raise InvalidMessage(problems)
    hint = FeedbackMessage(
        kind=MessageKind.HINT,
        page=target.title,
        message=message,
        suggestion=suggestion or None,
        reply_to=reply_to or None,
        entry_kind=target.kind,
        entry_key=target.key,
        ags=target.ags,
    )
    return keep(session, hint)


def answer_hint(
    session: Session,
    hint: FeedbackMessage,
    *,
    outcome: Outcome,
    reply: str,
    settings: Settings,
) -> None:
    """Close a hint with an answer: one letter if an address was left, which is then erased.

    Raises:
        Conflict: it has been answered already.
        InvalidMessage: a refusal needs a reason.
    """
    if hint.closed_at is not None:
        raise Conflict("Dieser Hinweis ist schon beantwortet.")
    reply = plain_lines(reply)
    if outcome is Outcome.DECLINED and not reply:
        raise InvalidMessage({"reply": "Bitte schreiben Sie, warum Sie den Hinweis ablehnen."})
    if len(reply) > LONGEST_REPLY:
        raise InvalidMessage({"reply": f"Bitte höchstens {number(LONGEST_REPLY)} Zeichen."})
    hint.outcome = outcome
    hint.reply = reply or None
    hint.closed_at = utc_now()
    if hint.reply_to:
        subject, text = render_letter(
            "hint_answered",
            settings=settings,
            receipt=hint.receipt,
            title=hint.page,
            outcome=outcome.label,
            reply=reply,
            path=f"/barrierefreiheit/eingang?nummer={hint.receipt}",
        )
        queue(
            session,
            Letter(
                to=hint.reply_to,
                subject=subject,
                text=text,
                kind="hint-answer",
                unique=f"hint-answer:{hint.id}",
                reference=f"hint:{hint.id}",
            ),
        )
        hint.reply_to = None
    session.flush()

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


def shown_mark(keys: Sequence[str], now: dt.datetime) -> str:
    """Return what the form carries to say when it was shown; only we can have made it."""
    moment = str(int(now.timestamp()))
    return f"{moment}.{_signature(moment, keys[0])}"


def refuse_machines(mark: str, keys: Sequence[str], now: dt.datetime) -> None:
    """Raise `InvalidMessage` unless the form was shown by us and a person had time to fill it."""
    moment, _, signature = mark.partition(".")
    is_ours = (
        moment.isascii()
        and moment.isdecimal()
        and len(moment) < 12
        and signature in {_signature(moment, key) for key in keys}
    )
    open_for = now.timestamp() - int(moment) if is_ours else -1
    if not 0 <= open_for <= LONGEST_OPEN.total_seconds():
        raise InvalidMessage(
            {"form": "Das Formular war zu lange offen. Bitte senden Sie es noch einmal ab."}
        )
    if open_for < LEAST_SECONDS:
        raise InvalidMessage(
            {"form": "Das ging sehr schnell. Bitte senden Sie das Formular noch einmal ab."}
        )


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


def _signature(moment: str, key: str) -> str:
    return keyed_digest(f"hinweis gezeigt {moment}", [key])

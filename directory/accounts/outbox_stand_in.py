"""Stands in for `directory.mail.outbox` until that lands."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

QUEUED: list["Letter"] = []


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One letter."""

    to: str
    subject: str
    text: str
    kind: str
    unique: str | None = None


def queue(session: Session, letter: Letter) -> Letter:
    """Keep a letter."""
    session.flush()
    QUEUED.append(letter)
    return letter

"""The mailbox folder of a laptop, to be looked into: what `maildir:///…` left there."""

import datetime as dt
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from directory.errors import NotFound

LARGEST_BYTES = 1_000_000

_NAME = re.compile(r"[0-9a-f]{32}\.eml", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class FolderLetter:
    """One letter of the folder; `name` is its file, `at` is in UTC."""

    name: str
    at: dt.datetime
    recipient: str
    subject: str
    text: str


def letters_in(folder: Path, limit: int = 50) -> list[FolderLetter]:
    """Return the newest letters in `folder`, newest first; a folder that is missing is empty."""
    if not folder.is_dir():
        return []
    files = [file for file in folder.iterdir() if _NAME.fullmatch(file.name) and _is_ours(file)]
    files.sort(key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)
    return [_read(file) for file in files[:limit]]


def read_letter(folder: Path, name: str) -> FolderLetter:
    """Return the letter in the file `name` of `folder`.

    Raises:
        NotFound: there is none, or `name` is no name of a letter.
    """
    file = folder / name
    if not _NAME.fullmatch(name) or not _is_ours(file):
        raise NotFound("Diese Nachricht liegt nicht (mehr) im Ordner.")
    return _read(file)


def _is_ours(file: Path) -> bool:
    return file.is_file() and not file.is_symlink() and file.stat().st_size <= LARGEST_BYTES


def _read(file: Path) -> FolderLetter:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    if not isinstance(message, EmailMessage):  # pragma: no cover - what this policy makes
        raise NotFound("Diese Nachricht lässt sich nicht lesen.")
    return FolderLetter(
        name=file.name,
        at=parsedate_to_datetime(str(message["Date"])).astimezone(dt.UTC),
        recipient=str(message["To"]),
        subject=str(message["Subject"]),
        text=str(message.get_content()).replace("\r\n", "\n").strip(),
    )

"""The mailbox folder of a laptop."""

import datetime as dt
import os
from pathlib import Path

import pytest

from directory.db import utc_now
from directory.errors import NotFound
from directory.mail.folder import letters_in, read_letter
from directory.mail.messages import Sender, compose
from directory.mail.models import OutboxMail
from directory.mail.transports import FolderTransport


def leave(folder: Path, number: int) -> str:
    """Deliver a letter into `folder`; gives its file name. Higher numbers are newer."""
    mail = OutboxMail(
        recipient="rathaus@example.org",
        subject=f"Nachricht {number} für Köln",
        text=f"Grüße\n\n.\nNummer {number}",
        message_id=f"{number:032x}",
        bounce_token="b" * 32,
    )
    transport = FolderTransport(Sender(), folder)
    now = utc_now().replace(microsecond=0) + dt.timedelta(seconds=number)
    transport.carry(
        compose(mail, transport.sender, now=now),
        envelope="netz@example.org",
        recipient=mail.recipient,
        handing_over=lambda: None,
    )
    file = folder / f"{number:032x}.eml"
    os.utime(file, (number, number))
    return file.name


def test_newest_letters_come_first_and_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    assert letters_in(folder) == []
    names = [leave(folder, number) for number in range(3)]
    found = letters_in(folder, limit=2)
    assert [letter.name for letter in found] == [names[2], names[1]]
    letter = read_letter(folder, names[1])
    assert letter == found[1]
    assert (letter.recipient, letter.subject, letter.text) == (
        "rathaus@example.org",
        "Nachricht 1 für Köln",
        "Grüße\n\n.\nNummer 1",
    )
    assert letter.at.tzinfo is dt.UTC


def test_only_letters_of_this_folder_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    name = leave(folder, 1)
    secret = tmp_path / f"{2:032x}.eml"
    secret.write_text("Subject: x\n\ngeheim")
    (folder / f"{3:032x}.eml").symlink_to(secret)
    (folder / "notes.txt").write_text("x")
    for wrong in (
        f"../{secret.name}",
        str(secret),
        f"{3:032x}.eml",
        "notes.txt",
        "",
        ".",
        "..",
        f"{9:032x}.eml",
        f"{name}\n",
        f"{name}\x00",
        f"./{name}",
    ):
        with pytest.raises(NotFound):
            read_letter(folder, wrong)
    assert [letter.name for letter in letters_in(folder)] == [name]

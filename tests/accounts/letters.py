"""What people find in their mailbox."""

import re

from flask import Flask

from directory.accounts.outbox_stand_in import QUEUED, Letter


def letters_to(app: Flask, email: str) -> list[Letter]:  # noqa: ARG001
    """All letters to this address, oldest first."""
    return [letter for letter in QUEUED if letter.to == email]


def link_in(letter: Letter, site: str = "http://localhost") -> str:
    """The path of the first link of ours with a token."""
    found = re.search(rf"^{re.escape(site)}(/\w+/[\w.-]{{40,}})$", letter.text, re.MULTILINE)
    assert found, letter.text
    return found[1]

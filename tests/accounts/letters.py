"""What people find in their mailbox."""

import re
from collections.abc import Sequence

from flask import Flask
from sqlalchemy import select

from directory.db import db
from directory.mail.models import OutboxMail


def letters_to(app: Flask, email: str) -> Sequence[OutboxMail]:
    """All letters to this address, oldest first."""
    with app.app_context():
        found = select(OutboxMail).where(OutboxMail.recipient == email).order_by(OutboxMail.id)
        return db.session.scalars(found).all()


def link_in(letter: OutboxMail, site: str = "http://localhost") -> str:
    """The path of the first link of ours with a token."""
    found = re.search(rf"^{re.escape(site)}(/\w+/[\w.-]{{40,}})$", letter.text, re.MULTILINE)
    assert found, letter.text
    return found[1]

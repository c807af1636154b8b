"""Who may come in, and how."""

from flask import Flask

from directory.accounts.models import Role
from tests.pages import get
from tests.signing_in import signed_in


def test_editor_comes_in_with_a_password(app: Flask) -> None:
    page = get(signed_in(app, email="ehrenamt@hemer.example"), "/konto")
    assert "ehrenamt@hemer.example" in page.text


def test_reviewer_comes_in_with_password_and_code(app: Flask) -> None:
    page = get(signed_in(app, role=Role.REVIEWER), "/konto")
    assert "Prüfung (Netzwerkbüro)" in page.text

"""`directory user …`: without a prompt, and one sentence when something is wrong."""

import pytest
from click.testing import Result
from passlib.totp import TOTP
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts.models import Account
from directory.accounts.passwords import is_password
from directory.accounts.queries import find_by_email
from directory.accounts.second_factor import Codes
from tests import commands
from tests.commands import KEY
from tests.factories import build_municipality
from tests.signing_in import PASSWORD


def run(url: str, *words: str, password: str = PASSWORD) -> Result:
    return commands.run(("user", *words), url, typed=f"{password}\n")


def create(url: str, email: str, role: str, *more: str, password: str = PASSWORD) -> Result:
    words = ("create", "--email", email, "--role", role, "--password-stdin", *more)
    return run(url, *words, password=password)


@pytest.fixture
def hemer(session: Session) -> str:
    build_municipality(session, ags="05962016", name="Hemer")
    session.commit()
    return "05962016"


def test_the_first_administrator_gets_a_secret_once(session: Session, database_url: str) -> None:
    result = create(database_url, "Chef@Example.org", "admin", "--totp")
    assert result.exit_code == 0, result.output
    uri = next(line for line in result.output.splitlines() if line.startswith("otpauth://"))
    account = find_by_email(session, "chef@example.org")
    assert account is not None
    assert is_password(account, PASSWORD)
    assert Codes([KEY]).is_code(account, TOTP.from_uri(uri).generate().token)
    assert uri.split("secret=")[1].split("&")[0] in result.output.split("TOTP: ")[1].split("\n")[0]
    listed = run(database_url, "list").output
    assert "chef@example.org  admin  offen" in listed
    assert "otpauth" not in listed


def test_an_editor_needs_a_place_that_exists(database_url: str, hemer: str) -> None:
    assert "mindestens eine Kommune" in create(database_url, "a@example.org", "editor").output
    unknown = create(database_url, "a@example.org", "editor", "--ags", "05999999")
    assert (unknown.exit_code, "05999999" in unknown.output) == (1, True)
    assert create(database_url, "a@example.org", "editor", "--ags", hemer).exit_code == 0
    again = create(database_url, "A@example.org", "editor", "--ags", hemer)
    assert "schon ein Konto" in again.output


@pytest.mark.parametrize(
    "password", ["", "kurz", "passwort1234", "ehrenamt-hemer", "aaaaaaaaaaaaaa"]
)
def test_a_weak_password_makes_no_account(
    session: Session, database_url: str, password: str
) -> None:
    result = create(database_url, "ehrenamt@hemer.example", "admin", password=password)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert session.scalars(select(Account)).all() == []


def test_lost_factors_are_reset_and_accounts_locked(session: Session, database_url: str) -> None:
    create(database_url, "chef@example.org", "admin", "--totp")
    assert run(database_url, "reset-second-factor", "chef@example.org").exit_code == 0
    assert run(database_url, "deactivate", "chef@example.org").exit_code == 0
    account = find_by_email(session, "chef@example.org")
    assert account is not None
    assert (account.totp_secret, account.active) == (None, False)
    assert run(database_url, "deactivate", "niemand@example.org").exit_code == 1

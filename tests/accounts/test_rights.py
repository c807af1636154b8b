"""One table of rights: what the code says, the document shows and every route declares."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from directory.accounts.guards import required_right
from directory.accounts.models import Role, Scope
from directory.accounts.rights import BOUND_TO_PLACES, RIGHTS, SCOPES, Right, may
from tests.factories import build_account, build_municipality

DOCUMENT = Path(__file__).parents[2] / "docs" / "rights.md"


def test_every_right_has_its_roles() -> None:
    assert set(RIGHTS) == set(Right)


def test_every_scope_needs_a_right_of_its_owner() -> None:
    assert set(SCOPES) == set(Scope)
    assert Right.PUBLIC not in SCOPES.values()


def test_the_document_shows_the_table() -> None:
    def cell(right: Right, role: Role) -> str:
        if role not in RIGHTS[right]:
            return "–"
        return "eigene" if right in BOUND_TO_PLACES and role is Role.EDITOR else "ja"

    head = ["Recht", "was es erlaubt", "alle", *(role.label for role in Role)]
    expected = [head] + [
        [
            f"`{right.value}`",
            right.label,
            "ja" if right is Right.PUBLIC else "–",
            *(cell(right, role) for role in Role),
        ]
        for right in Right
    ]
    scopes = [["Zugriffsschlüssel", "was er erlaubt", "Recht dafür"]] + [
        [f"`{scope.value}`", scope.label, f"`{right.value}`"] for scope, right in SCOPES.items()
    ]
    rows = re.findall(r"^\| (.+) \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    shown = [row.split(" | ") for row in rows if not row.startswith("---")]
    assert shown == expected + scopes


def test_every_route_declares_its_right(site_app: Flask) -> None:
    undeclared = {
        rule.endpoint
        for rule in site_app.url_map.iter_rules()
        if required_right(site_app, rule.endpoint) is None
    }
    assert undeclared == set()


def test_a_route_that_forgets_is_noticed() -> None:
    app = Flask("forgetful")
    app.add_url_rule("/vergessen", "forgotten", lambda: "")
    assert required_right(app, "forgotten") is None


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("right", list(Right))
def test_a_role_may_what_the_table_says(session: Session, role: Role, right: Right) -> None:
    own = build_municipality(session)
    account = build_account(session, role=role, places=(own.ags,))
    assert may(account, right) == (role in RIGHTS[right])
    assert may(None, right) == (right is Right.PUBLIC)
    account.active = False
    assert may(account, right) == (right is Right.PUBLIC)


def test_an_editor_may_write_for_their_own_places_only(session: Session) -> None:
    own, other = build_municipality(session), build_municipality(session)
    editor = build_account(session, role=Role.EDITOR, places=(own.ags,))
    reviewer = build_account(session, role=Role.REVIEWER)
    assert may(editor, Right.WRITE, own.ags)
    assert not may(editor, Right.WRITE, other.ags)
    assert not may(editor, Right.REVIEW, own.ags)
    assert may(reviewer, Right.WRITE, other.ags)
    assert editor.places == {own.ags}
    assert (editor.covers(own.ags), editor.covers(other.ags), editor.covers(None)) == (
        True,
        False,
        False,
    )

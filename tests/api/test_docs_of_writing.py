"""What docs/api-writing.md shows works as it stands there."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from directory.accounts.models import Role
from directory.db import db
from directory.publication.models import Stage, WorkingCopy
from tests.tokens import bearer

TEXT = (Path(__file__).parents[2] / "docs/api-writing.md").read_text(encoding="utf-8")
AACHEN = "05334002"


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    return str(found)


def run(command: list[str], folder: Path, **settings: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=dict(os.environ, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def every_json(text: str) -> list[Any]:
    """All JSON of a text, one after the other."""
    found, decoder = [], json.JSONDecoder()
    while text := text.strip():
        value, end = decoder.raw_decode(text)
        found.append(value)
        text = text[end:]
    return found


def only_copy(app: Flask) -> WorkingCopy:
    with app.app_context():
        return db.session.scalars(select(WorkingCopy)).one()


def test_curl_drafts_and_hands_in(app: Flask, own_site: str, tmp_path: Path) -> None:
    token = bearer(app).secret
    said = run(["bash", "-euc", block("sh")], tmp_path, BASE=own_site, TOKEN=token)
    begun, changed, listed = every_json(said)
    assert (begun["stage"], changed["stage"]) == ("draft", "submitted")
    assert listed["items"] == [changed]
    copy = only_copy(app)
    assert (copy.stage, copy.title) == (Stage.SUBMITTED, begun["title"])


def test_python_changes_what_is_published(app: Flask, own_site: str, tmp_path: Path) -> None:
    token = bearer(app, role=Role.REVIEWER).secret
    script = [sys.executable, "-c", block("python")]
    said = run(script, tmp_path, BASE=own_site, TOKEN=token, AGS=AACHEN)
    assert said.startswith(f"draft {own_site}/redaktion/fassungen/")
    assert only_copy(app).fields["partners"][-1] == "Jugendring"
    again = run(script, tmp_path, BASE=own_site, TOKEN=token, AGS=AACHEN)
    assert f"{own_site}/api/v1/drafts/" in again

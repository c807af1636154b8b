"""An example that nobody has looked through for two years says so, and becomes a task."""

import datetime as dt

from flask import Flask
from sqlalchemy import select

from directory.accounts.models import Role
from directory.db import begin_write, db, utc_now
from directory.practices.models import REVIEW_AFTER, Practice
from directory.publication.catalogue import advance
from tests.editorial.test_writing import HEMER, send
from tests.pages import get
from tests.signing_in import signed_in


def grown_old(app: Flask, age: dt.timedelta) -> str:
    """Move one example of Hemer back in time; returns its slug."""
    with app.app_context():
        begin_write(db.session)
        practice = db.session.scalars(
            select(Practice).where(Practice.ags == HEMER).order_by(Practice.id)
        ).first()
        assert practice is not None
        practice.published_at = practice.updated_at = utc_now() - age
        advance(db.session)
        slug = practice.slug
        db.session.commit()
    return slug


def test_after_two_years_the_page_says_so_and_one_click_confirms_it(app: Flask) -> None:
    slug = grown_old(app, REVIEW_AFTER + dt.timedelta(days=1))
    reader = app.test_client()
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    words = "hat niemand durchgesehen"
    assert words in get(reader, f"/praxisbeispiele/{slug}").text
    task = get(editor, "/redaktion").one("a.task__link")
    assert "noch?" in task.text
    assert task["href"] == f"/redaktion/praxisbeispiele/{slug}/verlauf"
    history = get(editor, task["href"]).text
    assert "Stimmt das noch?" in history
    assert words in history
    send(editor, f"/redaktion/praxisbeispiele/{slug}/bestaetigen", {})
    assert words not in get(reader, f"/praxisbeispiele/{slug}").text
    assert not get(editor, "/redaktion").has("a.task__link")
    assert "Zuletzt durchgesehen am" in get(editor, task["href"]).text


def test_what_was_only_loaded_counts_as_looked_through_by_nobody(app: Flask) -> None:
    slug = grown_old(app, dt.timedelta())
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    history = get(editor, f"/redaktion/praxisbeispiele/{slug}/verlauf").text
    assert "Seit dem" in history
    assert "Zuletzt durchgesehen" not in history


def test_before_that_nobody_is_asked(app: Flask) -> None:
    slug = grown_old(app, REVIEW_AFTER - dt.timedelta(days=2))
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    assert not get(editor, "/redaktion").has("a.task__link")
    assert "niemand" not in get(app.test_client(), f"/praxisbeispiele/{slug}").text


def test_only_the_municipality_confirms(app: Flask) -> None:
    slug = grown_old(app, REVIEW_AFTER * 2)
    stranger = signed_in(app, Role.EDITOR, ("05314000",))
    send(stranger, f"/redaktion/praxisbeispiele/{slug}/bestaetigen", {}, status=403)

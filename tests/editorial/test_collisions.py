"""Two people, one entry: nothing is overwritten without being asked, and nothing is lost."""

import datetime as dt
import json

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from directory.accounts.models import Role
from directory.db import begin_write, db, utc_now
from directory.editorial.kinds import KINDS
from directory.editorial.publishing import publish_due, show
from directory.practices.drafts import PracticeDraft
from directory.practices.models import Practice
from directory.practices.operations import save_practice
from directory.publication.drafting import read_draft
from directory.publication.models import EntryKind, WorkingCopy, WorkingCopyState
from directory.publication.validation import Known
from tests.editorial.test_writing import COMPLETE, HEMER, send, typed
from tests.pages import Page, get, post
from tests.signing_in import signed_in, token

NEW = "/redaktion/praxisbeispiele/neu"


def published(app: Flask) -> str:
    """An example of Hemer that readers see; returns its slug."""
    editor, reviewer = signed_in(app, Role.EDITOR, (HEMER,)), signed_in(app, Role.REVIEWER)
    path = send(editor, NEW, {**COMPLETE, "version": 0})
    send(editor, path + "/einreichen", {})
    number = path.rsplit("/", 1)[-1]
    send(reviewer, f"/redaktion/pruefung/{number}/veroeffentlichen", {})
    return "hemer-vereinssprechstunde-am-ersten-montag"


def begun(client: FlaskClient, slug: str) -> str:
    return send(client, f"/redaktion/praxisbeispiele/{slug}/bearbeiten", {})


def suggested(page: Page) -> dict[str, str]:
    """Field → whose version is ticked already."""
    return {
        one["name"].removeprefix("wahl-"): one["value"]
        for one in page.all("input[type=radio]")
        if one.get("checked") is not None
    }


def test_the_second_sees_both_and_chooses_field_by_field(app: Flask) -> None:
    one, other = (signed_in(app, Role.EDITOR, (HEMER,)) for _ in range(2))
    path = send(one, NEW, {**COMPLETE, "version": 0})
    send(one, path, {**COMPLETE, "title": "Von der Ersten", "result": "Mehr", "version": 1})

    mine = {**COMPLETE, "title": "Vom Zweiten", "partners": "Stadt"}
    data = {**mine, "result": "", "version": 1, "csrf_token": token(other, NEW)}
    page = post(other, path, data, status=409)
    # Only one side touched these, so they stand to reason; the title was changed by both.
    assert suggested(page) == {"title": "mine", "result": "theirs", "partners": "mine"}
    assert typed(get(one, path))["title"] == "Von der Ersten"

    action = path + "/abgleichen"
    chosen = {**page.fields(action), "wahl-title": "theirs", "topics": COMPLETE["topics"]}
    send(other, action, chosen)
    kept = typed(get(other, path))
    assert (kept["title"], kept["result"], kept["partners"]) == ("Von der Ersten", "Mehr", "Stadt")


def test_a_third_save_during_the_choice_asks_again(app: Flask) -> None:
    one, other = (signed_in(app, Role.EDITOR, (HEMER,)) for _ in range(2))
    path = send(one, NEW, {**COMPLETE, "version": 0})
    send(one, path, {**COMPLETE, "title": "Zwei", "version": 1})
    data = {**COMPLETE, "title": "Anders", "version": 1, "csrf_token": token(other, NEW)}
    page = post(other, path, data, status=409)
    send(one, path, {**COMPLETE, "title": "Drei", "version": 2})
    answer = send(other, path + "/abgleichen", page.fields(path + "/abgleichen"), 409)
    assert "Drei" in answer


def test_an_import_meanwhile_is_brought_together_before_publishing(app: Flask) -> None:
    slug = published(app)
    editor, reviewer = signed_in(app, Role.EDITOR, (HEMER,)), signed_in(app, Role.REVIEWER)
    path = begun(editor, slug)
    version = typed(get(editor, path))["version"]
    send(editor, path, {**COMPLETE, "title": "Sprechstunde für Vereine", "version": version})
    with app.app_context():
        begin_write(db.session)
        practice = db.session.scalars(select(Practice).where(Practice.slug == slug)).one()
        draft = PracticeDraft.of(practice).fields() | {"summary": "Aus der Tabelle."}
        save_practice(db.session, by="import", draft=_draft(draft))
        show(db.session, KINDS[EntryKind.PRACTICE], [slug])
        db.session.commit()
    send(editor, path + "/einreichen", {})
    number = path.rsplit("/", 1)[-1]

    assert "hat sich inzwischen geändert" in get(reviewer, f"/redaktion/pruefung/{number}").text
    send(reviewer, f"/redaktion/pruefung/{number}/veroeffentlichen", {}, 409)
    page = get(editor, path + "/abgleichen")
    assert "Aus der Tabelle." in page.text
    chosen = {**page.fields(path + "/abgleichen"), "wahl-summary": "theirs", "wahl-title": "mine"}
    send(editor, path + "/abgleichen", chosen)
    send(editor, path + "/einreichen", {})
    send(reviewer, f"/redaktion/pruefung/{number}/veroeffentlichen", {})
    shown = get(app.test_client(), f"/praxisbeispiele/{slug}")
    assert shown.h1 == "Sprechstunde für Vereine"
    assert "Aus der Tabelle." in shown.text


def test_an_old_state_comes_back_the_usual_way(app: Flask) -> None:
    slug = published(app)
    editor, reviewer = signed_in(app, Role.EDITOR, (HEMER,)), signed_in(app, Role.REVIEWER)
    path = begun(editor, slug)
    send(editor, path, {**COMPLETE, "summary": "Ganz neu.", "version": 1})
    send(editor, path + "/einreichen", {})
    _publish(reviewer, path)
    assert "Ganz neu." in get(app.test_client(), f"/praxisbeispiele/{slug}").text

    history = get(editor, f"/redaktion/praxisbeispiele/{slug}/verlauf?stand=2")
    assert "Ganz" in [one.text for one in history.all("ins")]
    restored = send(editor, f"/redaktion/praxisbeispiele/{slug}/wiederherstellen", {"stand": 1})
    assert typed(get(editor, restored))["summary"] == COMPLETE["summary"]
    send(editor, restored + "/einreichen", {})
    _publish(reviewer, restored)
    assert "Ganz neu." not in get(app.test_client(), f"/praxisbeispiele/{slug}").text


def test_an_archived_example_says_so_and_leaves_the_lists(app: Flask) -> None:
    slug = published(app)
    reviewer = signed_in(app, Role.REVIEWER)
    path = f"/redaktion/praxisbeispiele/{slug}/archivieren"
    send(reviewer, path, {"note": ""}, 422)
    send(reviewer, path, {"note": "Doppelt eingetragen"})
    assert COMPLETE["title"] not in get(app.test_client(), "/praxisbeispiele?ort=Hemer").text
    history = get(reviewer, f"/redaktion/praxisbeispiele/{slug}/verlauf")
    assert "Doppelt eingetragen" in history.text


def test_a_release_waits_for_its_moment(app: Flask) -> None:
    editor, reviewer = signed_in(app, Role.EDITOR, (HEMER,)), signed_in(app, Role.REVIEWER)
    path = send(editor, NEW, {**COMPLETE, "version": 0})
    send(editor, path + "/einreichen", {})
    number = path.rsplit("/", 1)[-1]
    release = f"/redaktion/pruefung/{number}/veroeffentlichen"
    send(reviewer, release, {"publish_at": "2020-01-01T08:00"}, 422)
    send(reviewer, release, {"publish_at": "2099-01-01T08:00"})
    assert COMPLETE["title"] in get(reviewer, "/redaktion/pruefung").text
    with app.app_context():
        begin_write(db.session)
        assert publish_due(db.session) == []
        db.session.commit()
    assert COMPLETE["title"] not in get(app.test_client(), "/praxisbeispiele?ort=Hemer").text
    with app.app_context():
        begin_write(db.session)
        publish_due(db.session, now=dt.datetime(2099, 1, 1, 8, tzinfo=dt.UTC))
        db.session.commit()
    assert COMPLETE["title"] in get(app.test_client(), "/praxisbeispiele?ort=Hemer").text


def test_saves_of_the_browser_do_not_pile_up(app: Flask) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    path = send(editor, NEW, {**COMPLETE, "version": 0})
    for version in range(1, 12):
        said = _save_by_itself(editor, path, {"title": f"Titel {version}", "version": version})
        assert said["version"] == version + 1
        assert said["saved"].startswith("Gespeichert um ")
    assert len(_states(app, path)) == 2
    with app.app_context():
        begin_write(db.session)
        ago = utc_now() - dt.timedelta(minutes=20)
        db.session.execute(update(WorkingCopyState).values(at=ago))
        db.session.commit()
    _save_by_itself(editor, path, {"title": "Nach der Pause", "version": 12})
    assert len(_states(app, path)) == 3


def test_a_save_of_the_browser_never_overwrites(app: Flask) -> None:
    one, other = (signed_in(app, Role.EDITOR, (HEMER,)) for _ in range(2))
    path = send(one, NEW, {**COMPLETE, "version": 0})
    _save_by_itself(one, path, {"title": "Eins", "version": 1})
    said = _save_by_itself(other, path, {"title": "Zwei", "version": 1}, 409)
    assert "geändert" in said["detail"]
    assert typed(get(one, path))["title"] == "Eins"


def test_a_save_of_the_browser_without_a_session_is_told_so(app: Flask) -> None:
    answer = app.test_client().post(NEW, data={}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    with app.app_context():
        assert db.session.scalars(select(WorkingCopy)).all() == []


def _publish(reviewer: FlaskClient, path: str) -> None:
    number = path.rsplit("/", 1)[-1]
    send(reviewer, f"/redaktion/pruefung/{number}/veroeffentlichen", {})


def _save_by_itself(
    client: FlaskClient, path: str, data: dict[str, object], status: int = 200
) -> dict[str, object]:
    answer = client.post(
        path,
        data={**COMPLETE, "csrf_token": token(client, NEW), **data},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == status, answer.text
    return dict(json.loads(answer.text))


def _states(app: Flask, path: str) -> list[int]:
    with app.app_context():
        return list(
            db.session.scalars(
                select(WorkingCopyState.version).where(
                    WorkingCopyState.copy_id == int(path.rsplit("/", 1)[-1])
                )
            )
        )


def _draft(fields: dict[str, object]) -> PracticeDraft:

    return read_draft(PracticeDraft, fields, Known()).draft

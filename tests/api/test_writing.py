"""Programmes that write: the way of the desk, its rights, and nothing overwritten unseen."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from directory.accounts.models import Role, Scope
from directory.accounts.queries import find_by_email
from directory.db import begin_write, db
from directory.editorial.kinds import KINDS
from directory.editorial.publishing import publish
from directory.practices.models import Practice
from directory.publication.models import EntryKind, Stage, WorkingCopy
from directory.publication.workflow import SEND_BACK, get_for_change, take
from tests.signing_in import signed_in, token
from tests.tokens import COMPLETE, Bearer, bearer

MERGE_PATCH = "application/merge-patch+json"


@pytest.fixture
def hemer(app: Flask) -> Bearer:
    """A programme of an editor of Hemer."""
    return bearer(app)


def copies(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(WorkingCopy)) or 0


def names(answer: Any) -> list[str]:
    """Which values an answer says are wrong."""
    assert answer.mimetype == "application/problem+json"
    return [one["name"] for one in answer.get_json()["errors"]]


def published(app: Flask, ags: str) -> int:
    """The number of a published practice of a municipality."""
    with app.app_context():
        return (
            db.session.scalars(
                select(Practice.id).where(Practice.ags.startswith(ags)).order_by(Practice.id)
            ).first()
            or 0
        )


def test_a_programme_drafts_what_somebody_else_publishes(any_app: Flask) -> None:
    city = bearer(any_app)
    made = city.post("/practices", {"title": " Vereinssprechstunde ", "ags": "05962016"})
    assert made.status_code == 201
    draft = made.get_json()
    assert made.location == f"http://localhost/api/v1/drafts/{draft['id']}"
    assert (draft["title"], draft["stage"]) == ("Vereinssprechstunde", "draft")
    assert {"summary", "approach", "topics", "status"} <= {one["name"] for one in draft["problems"]}

    early = city.patch(made.location, {"stage": "submitted"}, made.headers["ETag"])
    assert early.status_code == 422
    assert "topics" in names(early)

    rest = {name: value for name, value in COMPLETE.items() if name != "title"}
    saved = city.patch(made.location, rest | {"stage": "submitted"}, made.headers["ETag"])
    assert saved.status_code == 200
    assert saved.headers["Content-Location"] == made.location
    assert (saved.get_json()["stage"], saved.get_json()["problems"]) == ("submitted", [])
    assert city.get(made.location).data == saved.data
    assert city.get("/drafts").get_json()["items"] == [saved.get_json()]

    with any_app.app_context():
        begin_write(db.session)
        entry: Any = publish(db.session, get_for_change(db.session, draft["id"]), by="konto:999")
        db.session.commit()
        number, title, summary = entry.id, entry.title, entry.summary
    shown = city.get(f"/practices/{number}").get_json()
    assert (
        (shown["title"], shown["summary"])
        == (title, summary)
        == (
            "Vereinssprechstunde",
            COMPLETE["summary"],
        )
    )
    assert city.get("/drafts").get_json()["total"] == 0


def test_a_published_entry_stays_while_its_change_is_written_beside_it(any_app: Flask) -> None:
    number = published(any_app, "05")
    office = bearer(any_app, role=Role.REVIEWER)
    before = office.get(f"/practices/{number}")
    begun = office.patch(f"/practices/{number}", {"result": "Neu."}, before.headers["ETag"])
    assert begun.status_code == 201
    draft = begun.get_json()
    assert draft["practice_id"] == number
    assert (draft["result"], draft["title"]) == ("Neu.", before.get_json()["title"])
    assert office.get(f"/practices/{number}").data == before.data

    # The same address goes on in the draft, whose tag it takes from now on.
    again = office.patch(f"/practices/{number}", {"result": "Neuer."}, begun.headers["ETag"])
    assert (again.status_code, again.get_json()["id"]) == (200, draft["id"])
    assert copies(any_app) == 1


def test_what_has_changed_since_is_not_overwritten(any_app: Flask) -> None:
    first, second = bearer(any_app), bearer(any_app)
    made = first.post("/practices", COMPLETE)
    path, seen = made.location, made.headers["ETag"]
    saved = second.patch(path, {"result": "Vierzig Vereine kamen."}, seen)
    assert saved.status_code == 200
    stale = first.patch(path, {"result": "Niemand kam."}, seen)
    assert stale.status_code == 412
    assert stale.mimetype == "application/problem+json"
    assert stale.get_json()["etag"] == stale.headers["ETag"] == saved.headers["ETag"]
    assert "Überschrieben wurde nichts" in stale.get_json()["detail"]
    assert first.get(path).get_json()["result"] == "Vierzig Vereine kamen."
    # A proxy that compresses makes tags weak; ours are, and a strong one of the same is as good.
    strong = saved.headers["ETag"].removeprefix("W/")
    assert first.patch(path, {"result": "Fünfzig."}, f'"alt", {strong}').status_code == 200


def test_who_does_not_know_of_a_draft_is_told_of_it(app: Flask) -> None:
    number = published(app, "05")
    one, other = (bearer(app, role=Role.REVIEWER) for _ in range(2))
    seen = one.get(f"/practices/{number}").headers["ETag"]
    begun = one.patch(f"/practices/{number}", {"result": "Neu."}, seen)
    stale = other.patch(f"/practices/{number}", {"result": "Anders."}, seen)
    assert stale.status_code == 412
    assert stale.get_json()["draft"] == begun.location
    assert stale.headers["ETag"] == begun.headers["ETag"]
    assert other.get(stale.get_json()["draft"]).get_json()["result"] == "Neu."


@pytest.mark.parametrize("tag", [None, "*"])
def test_changes_say_what_they_have_read(hemer: Bearer, tag: str | None) -> None:
    path = hemer.post("/practices", COMPLETE).location
    answer = hemer.patch(path, {"result": "Neu."}, tag)
    assert answer.status_code == 428
    assert "If-Match" in answer.get_json()["detail"]
    assert hemer.get(path).get_json()["result"] is None


def test_an_editor_writes_for_their_own_places_only(app: Flask, hemer: Bearer) -> None:
    assert hemer.post("/practices", COMPLETE | {"ags": "05314000"}).status_code == 403
    bonn = bearer(app, places=("05314000",))
    made = bonn.post("/practices", COMPLETE | {"ags": "05314000"})
    assert made.status_code == 201
    tag = made.headers["ETag"]
    for answer in (hemer.get(made.location), hemer.patch(made.location, {"result": "X"}, tag)):
        assert answer.status_code == 403
        assert "für die Sie nicht schreiben" in answer.get_json()["detail"]
    own = hemer.post("/practices", COMPLETE)
    moved = hemer.patch(own.location, {"ags": "05314000"}, own.headers["ETag"])
    assert moved.status_code == 403
    assert hemer.get("/drafts").get_json()["total"] == 1
    foreign = published(app, "05334")  # Aachen
    tag = hemer.get(f"/practices/{foreign}").headers["ETag"]
    assert hemer.patch(f"/practices/{foreign}", {"result": "X"}, tag).status_code == 403
    assert copies(app) == 2


def test_drafts_of_other_kinds_are_not_to_be_had(app: Flask) -> None:
    client = signed_in(app, role=Role.REVIEWER)
    data = {"csrf_token": token(client), "unit": "Ehrenamtsbüro", "ags": "05962016"}
    assert client.post("/redaktion/ansprechstellen/neu", data=data).status_code == 303
    office = bearer(app, role=Role.REVIEWER)
    with app.app_context():
        number = db.session.scalars(select(WorkingCopy.id)).one()
    assert office.get(f"/drafts/{number}").status_code == 404
    assert office.get(f"/drafts/{number + 1}").status_code == 404
    assert office.patch("/practices/999999", {"title": "X"}, '"x"').status_code == 404


def test_nobody_publishes_through_the_interface(app: Flask) -> None:
    administrator = bearer(app, role=Role.ADMINISTRATOR)
    made = administrator.post("/practices", COMPLETE | {"stage": "submitted"})
    assert made.get_json()["stage"] == "submitted"
    for stage in ("published", "scheduled"):
        refused = administrator.patch(made.location, {"stage": stage}, made.headers["ETag"])
        assert (refused.status_code, names(refused)) == (422, ["stage"])
    assert administrator.get(made.location).get_json()["stage"] == "submitted"


def test_a_submitted_draft_is_taken_back_before_it_changes(hemer: Bearer) -> None:
    made = hemer.post("/practices", COMPLETE | {"stage": "submitted"})
    tag = made.headers["ETag"]
    refused = hemer.patch(made.location, {"result": "Neu."}, tag)
    assert refused.status_code == 409
    assert "Holen Sie sie zuerst zurück" in refused.get_json()["detail"]
    again = hemer.patch(made.location, {"stage": "submitted"}, tag)
    assert (again.status_code, again.headers["ETag"]) == (200, tag)
    back = hemer.patch(made.location, {"stage": "draft", "result": "Neu."}, tag)
    assert (back.get_json()["stage"], back.get_json()["result"]) == ("draft", "Neu.")


def test_what_reviewers_say_is_read_by_the_programme(app: Flask, hemer: Bearer) -> None:
    made = hemer.post("/practices", COMPLETE | {"stage": "submitted"})
    with app.app_context():
        begin_write(db.session)
        copy = get_for_change(db.session, made.get_json()["id"])
        take(db.session, copy, SEND_BACK, by="konto:999", note="Bitte mit Zahlen.")
        db.session.commit()
    draft = hemer.get(made.location).get_json()
    assert (draft["stage"], draft["returned_because"]) == ("returned", "Bitte mit Zahlen.")


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"titel": "X"}, ["titel"]),
        ({"title": 7}, ["title"]),
        ({"title": None}, ["title"]),
        ({"title": "Zwei\nZeilen"}, ["title"]),
        ({"title": "x" * 301}, ["title"]),
        ({"summary": "x" * 20_001}, ["summary"]),
        ({"topics": "vernetzung"}, ["topics"]),
        ({"topics": ["vernetzung", 7]}, ["topics[2]"]),
        ({"topics": ["unbekannt"]}, ["topics"]),
        ({"target_groups": ["vernetzung"]}, ["target_groups"]),
        ({"status": "geplant"}, ["status"]),
        ({"status": {"nicht": "so"}}, ["status"]),
        ({"started_year": "2024"}, ["started_year"]),
        ({"started_year": True}, ["started_year"]),
        ({"started_year": 12}, ["started_year"]),
        ({"started_year": 2024, "ended_year": 2020}, ["ended_year"]),
        ({"no_stumbling_blocks_known": "ja"}, ["no_stumbling_blocks_known"]),
        ({"sources": [{"title": "A"}]}, ["sources[1].url"]),
        ({"sources": [{"title": "A", "url": "javascript:alert(1)"}]}, ["sources[1].url"]),
        ({"sources": [{"title": "A", "url": "https://a.de", "x": 1}]}, ["sources[1].x"]),
        ({"sources": ["https://a.de"]}, ["sources[1]"]),
        ({"stumbling_blocks": ["a", "a"]}, ["stumbling_blocks"]),
        ({"title": 7, "topics": 7, "stage": "published"}, ["stage", "title", "topics"]),
        ({"sources": [{"title": "A", "url": "https://a.de"}] * 201}, ["sources"]),
        ({"partners": [f"Verein {number}" for number in range(201)]}, ["partners"]),
        ({f"{number:03}": 1 for number in range(500)}, [f"{number:03}" for number in range(50)]),
        ({"attachments": []}, ["attachments"]),
        ({"slug": "eigener"}, ["slug"]),
        ({}, [""]),
        ([], [""]),
        ("Text", [""]),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    app: Flask, hemer: Bearer, body: object, wrong: list[str]
) -> None:
    answer = hemer.post("/practices", body)
    assert answer.status_code == 422, answer.text
    assert names(answer) == wrong
    assert all(one["detail"].endswith(".") for one in answer.get_json()["errors"])
    assert copies(app) == 0


def test_unknown_places_are_refused_for_the_office_as_well(app: Flask) -> None:
    office = bearer(app, role=Role.REVIEWER)
    for ags in ("05999999", "1234", "Hemer", "٠٥٩٦٢٠١٦"):
        assert names(office.post("/practices", {"title": "X", "ags": ags})) == ["ags"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "", MERGE_PATCH]
)
def test_other_forms_than_json_are_refused(hemer: Bearer, kind: str) -> None:
    answer = hemer.open("POST", "/practices", data=b'{"title": "X"}', content_type=kind)
    assert answer.status_code == 415
    assert answer.headers["Accept-Post"] == "application/json"


def test_a_change_may_call_itself_a_merge_patch(hemer: Bearer) -> None:
    made = hemer.post("/practices", COMPLETE)
    headers = {"If-Match": made.headers["ETag"]}
    answer = hemer.open(
        "PATCH",
        made.location,
        data=b'{"result": "Neu."}',
        content_type=MERGE_PATCH,
        headers=headers,
    )
    assert answer.get_json()["result"] == "Neu."
    other = hemer.open(
        "PATCH", made.location, data=b"<a/>", content_type="text/xml", headers=headers
    )
    assert other.status_code == 415
    assert MERGE_PATCH in other.headers["Accept-Patch"]


@pytest.mark.parametrize("body", [b"", b"{", b'{"title": "\\ud800"}', b"\xff"])
def test_broken_json_is_refused(hemer: Bearer, body: bytes) -> None:
    answer = hemer.open("POST", "/practices", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"


def test_too_much_is_refused(app: Flask, hemer: Bearer) -> None:
    answer = hemer.post("/practices", {"summary": "x" * 1_000_000})
    assert answer.status_code == 413
    assert answer.mimetype == "application/problem+json"
    assert copies(app) == 0


def test_control_characters_and_windows_lines_do_no_harm(hemer: Bearer) -> None:
    draft = hemer.post(
        "/practices", {"title": "A\u0000B ", "summary": "Eins\r\nzwei\r\n"}
    ).get_json()
    assert (draft["title"], draft["summary"]) == ("AB", "Eins\nzwei")


def test_what_somebody_typed_at_the_desk_is_read_without_fault(app: Flask, hemer: Bearer) -> None:
    with app.app_context():
        begin_write(db.session)
        account = find_by_email(db.session, hemer.email)
        assert account is not None
        fields = {
            "title": None,
            "ags": "05962016",
            "started_year": "zwanzig",
            "state": "",
            "sources": [{"title": None, "url": "x", "as_of": "irgendwann"}],
        }
        copy = WorkingCopy(
            kind=EntryKind.PRACTICE,
            ags="05962016",
            fields=fields,
            author=account.actor,
            contributors=[account.actor],
        )
        db.session.add(copy)
        db.session.commit()
        number = copy.id
    draft = hemer.get(f"/drafts/{number}").get_json()
    assert (draft["title"], draft["started_year"], draft["status"]) == ("", None, None)
    assert {"started_year", "sources[1].url"} <= {one["name"] for one in draft["problems"]}
    # What a colleague left is not the fault of who changes something else.
    tag = hemer.get(f"/drafts/{number}").headers["ETag"]
    assert hemer.patch(f"/drafts/{number}", {"title": "Neu"}, tag).status_code == 200


def test_files_and_address_of_an_entry_stay(app: Flask) -> None:
    number = published(app, "05")
    office = bearer(app, role=Role.REVIEWER)
    tag = office.get(f"/practices/{number}").headers["ETag"]
    office.patch(f"/practices/{number}", {"result": "Neu."}, tag)
    with app.app_context():
        practice = db.session.get_one(Practice, number)
        copy = db.session.scalars(select(WorkingCopy)).one()
        kept = KINDS[EntryKind.PRACTICE].read(practice).fields()
        assert copy.fields == kept | {"result": "Neu."}
        assert (copy.key, copy.stage, copy.ags) == (practice.slug, Stage.DRAFT, practice.ags)


def test_lists_of_drafts_come_in_parts(hemer: Bearer) -> None:
    for number in range(3):
        hemer.post("/practices", {"title": f"Beispiel {number}"})
    part = hemer.get("/drafts?limit=2&offset=1").get_json()
    assert (part["total"], len(part["items"])) == (3, 2)
    assert re.search(r"/drafts\?limit=2&offset=0$", part["links"]["previous"])
    assert hemer.get("/drafts?farbe=rot").status_code == 422


def test_scopes_part_reading_from_writing(app: Flask) -> None:
    reader, writer = (bearer(app, scopes=[scope]) for scope in Scope)
    refused = reader.post("/practices", COMPLETE)
    assert refused.status_code == 403
    assert refused.headers["WWW-Authenticate"] == (
        'Bearer error="insufficient_scope", scope="drafts:write"'
    )
    made = writer.post("/practices", COMPLETE)
    assert made.status_code == 201
    assert writer.get(made.location).status_code == 403
    assert reader.get(made.location).data == made.data

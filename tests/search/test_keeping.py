"""The index follows the entries, suggestions answer, failed questions are counted."""

import datetime as dt
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session

from directory.db import create_database_engine, db
from directory.errors import Unavailable
from directory.lookups import Reader
from directory.practices.models import PracticeState
from directory.publication.catalogue import advance
from directory.publication.models import Status
from directory.search import failures, index
from directory.search.lists.bitmaps import numbers_in
from directory.search.lists.numbering import ids_of
from directory.search.models import (
    FailedQuery,
    SearchChange,
    SearchEntry,
    SearchPosting,
    SearchToken,
)
from directory.search.suggest import suggestions
from directory.search.words import postings
from directory.search.words.answers import answer, keys
from directory.topics.models import Synonym
from tests.factories import build_municipality, build_practice, build_term


def _found(session: Session, q: str, *, literal: bool = False) -> list[str]:
    return keys(session, answer(session, "practice", q, literal=literal))


def _state(session: Session) -> tuple[set[tuple[str, ...]], set[tuple[str, str, int]]]:
    entries = session.execute(select(SearchEntry.kind, SearchEntry.key, SearchEntry.title)).all()
    tokens = session.execute(
        select(SearchToken.kind, SearchToken.token, SearchToken.documents).where(
            SearchToken.documents > 0
        )
    ).all()
    if session.get_bind().dialect.name == "sqlite":
        # Raises where the engine's own table says anything else than the entries.
        check = "INSERT INTO search_fts(search_fts, rank) VALUES ('integrity-check', 1)"
        session.execute(text(check))
    return {tuple(row) for row in entries}, {tuple(row) for row in tokens}


def test_refreshing_one_entry_leaves_the_index_as_a_rebuild_would(session: Session) -> None:
    place = build_municipality(session)
    practice = build_practice(session, place, title="Lesepaten in der Grundschule")
    build_practice(session, place, title="Dorfwerkstatt")
    index.rebuild(session)
    practice.title = "Vorlesen am Nachmittag"
    build_practice(session, place, title="Bürgerbus", slug="buergerbus")
    session.flush()
    index.refresh(session, "practice", [practice.slug, "buergerbus"])
    assert _found(session, "Lesepaten", literal=True) == []
    assert _found(session, "Vorlesen") == [practice.slug]
    refreshed = _state(session)
    index.rebuild(session)
    assert _state(session) == refreshed


def test_what_is_withdrawn_is_no_longer_found(session: Session) -> None:
    practice = build_practice(session, title="Bürgerbus")
    index.rebuild(session)
    practice.status = Status.ARCHIVED
    session.flush()
    index.refresh(session, "practice", [practice.slug])
    assert _found(session, "Bürgerbus") == []


def test_a_new_synonym_counts_at_once(session: Session) -> None:
    term = build_term(session, label="Reparatur")
    practice = build_practice(session, title="Schrauben und löten", terms=[term])
    index.rebuild(session)
    advance(session)
    session.flush()
    assert _found(session, "Werkelstube") == []
    term.synonyms.append(Synonym(term_slug=term.slug, text="Werkelstube", position=1))
    session.flush()
    index.refresh_terms(session, [term.slug])
    advance(session)
    session.flush()
    assert _found(session, "Werkelstube") == [practice.slug]


def test_title_beats_text_and_the_word_beats_its_parts_and_other_words(session: Session) -> None:
    place = build_municipality(session)
    texts = {
        "wort-im-titel": {"title": "Die Karte"},
        "kompositum-im-titel": {"title": "Die Ehrenamtskarte"},
        "wort-im-text": {"title": "Etwas anderes", "approach": "Es gibt eine Karte."},
    }
    for slug, fields in texts.items():
        build_practice(session, place, slug=slug, **fields)
    for number in range(12):
        build_practice(session, place, title=f"Fest {number}")
    index.rebuild(session)
    assert _found(session, "Karte")[:3] == [
        "wort-im-titel",
        "kompositum-im-titel",
        "wort-im-text",
    ]


@pytest.mark.parametrize(
    "typed", ["gue", "Gü", "ehrenamts", "karte", "%", "*", "\U0001f389", "x" * 5_000, "a", ""]
)
def test_suggestions_answer_whatever_is_typed(seeded_engine: Engine, typed: str) -> None:
    found = suggestions(Reader(seeded_engine), typed)
    assert len(found) <= 11
    if typed in {"gue", "Gü"}:
        assert found[0].label == "Gütersloh"


def test_suggestions_say_when_the_database_does_not_answer(tmp_path: Path) -> None:
    engine = create_database_engine(f"sqlite:///{tmp_path}/missing/file.sqlite3")
    with pytest.raises(Unavailable, match="gleich erneut"):
        suggestions(Reader(engine), "gue")


def test_suggestions_are_typed_and_lead_somewhere(client: FlaskClient) -> None:
    items = client.get("/api/v1/suggest?q=ehrenamtskarte").get_json()["items"]
    assert {item["kind"] for item in items} >= {"topic", "practice"}
    for item in items:
        assert client.get(item["url"]).status_code in {200, 301}


@pytest.mark.parametrize(
    ("q", "kept"),
    [
        ("Quatschwort Unsinn", "quatschwort unsinn"),
        ("max.muster@example.org Unsinn", "unsinn"),
        ("0221 123456 Unsinn", "unsinn"),
        ("a" * 61, ""),
        ("IBAN DE02120300000000202051", "iban"),
    ],
)
def test_failed_questions_keep_nothing_personal(q: str, kept: str) -> None:
    assert failures.countable(q) == kept


def test_failed_questions_are_counted_by_day(any_app: Flask) -> None:
    client = any_app.test_client()
    with any_app.app_context():
        failures.flush(db.engine)
        for _ in range(3):
            assert client.get("/praxisbeispiele?q=Quatschwortxyz").status_code == 200
        assert failures.flush(db.engine) == 3
        failures.count("Quatschwortxyz", dt.date(2026, 11, 1))
        failures.flush(db.engine)
        db.session.rollback()  # begin to read anew
        rows = db.session.execute(
            select(FailedQuery.count)
            .where(FailedQuery.words == "quatschwortxyz")
            .order_by(FailedQuery.day)
        ).all()
        assert [tuple(row) for row in rows] == [(1,), (3,)]


def test_refreshing_many_entries_leaves_the_index_as_a_rebuild_would(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Small blocks, so that entries come and go in more than one.
    monkeypatch.setattr(postings, "FREQUENT", 2)
    monkeypatch.setattr(postings, "BLOCK", 16)
    monkeypatch.setattr(postings, "_BLOCK_BYTES", 2)
    place = build_municipality(session)
    kinds = ("Lesepaten", "Bürgerbus", "Dorfwerkstatt und Lesepaten")
    practices = [
        build_practice(session, place, title=f"{kinds[number % 3]} {number}", slug=f"alt-{number}")
        for number in range(30)
    ]
    index.rebuild(session)
    for practice in practices[:5]:
        practice.title = "Vorlesen und Lesepaten"
    for practice in practices[25:]:
        practice.status = Status.ARCHIVED
    new = [
        build_practice(session, place, title="Bürgerbus der Lesepaten", slug=f"neu-{number}")
        for number in range(20)
    ]
    session.flush()
    index.refresh(session, "practice", [one.slug for one in (*practices, *new)])
    refreshed, kept = _state(session), _kept(session)
    assert {"lesepat", "burgerbus"} <= kept.keys()
    index.rebuild(session)
    assert _state(session) == refreshed
    anew = _kept(session)
    assert {token: anew[token] for token in kept} == kept


def test_what_nobody_searches_for_changes_no_token(session: Session) -> None:
    practice = build_practice(session, title="Bürgerbus", state=PracticeState.RUNNING)
    index.rebuild(session)
    practice.state = PracticeState.FINISHED
    session.flush()
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        written.extend(word for word in statement.split() if word.startswith("search_"))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    index.refresh(session, "practice", [practice.slug])
    event.remove(engine, "before_cursor_execute", note)
    # Lists hear of it nevertheless.
    assert "search_change" in written
    assert not {"search_posting", "search_token", "search_fts(search_fts,"} & set(written)
    last = session.scalars(select(SearchChange).order_by(SearchChange.id.desc())).first()
    entry = session.scalars(select(SearchEntry).where(SearchEntry.key == practice.slug)).one()
    assert last is not None
    assert last.entry_id == entry.id


def _kept(session: Session) -> dict[str, list[set[str]]]:
    """Return token → practices that hold it anywhere, in the title, in the summary."""
    statement = select(SearchPosting.token).where(SearchPosting.kind == "practice").distinct()
    slots = {(token,) for token in session.scalars(statement)}
    by_id = {one.id: one.key for one in session.scalars(select(SearchEntry))}
    first, _ = ids_of("practice")
    found = postings.Postings(session, "practice", slots)
    columns = [found.within(column) for column in ("entries", "titles", "summaries")]
    return {
        slot[0]: [{by_id[first + one] for one in numbers_in(column[slot])} for column in columns]
        for slot in slots
    }

"""Lists read plain rows of practices; their cards say the same as those of entities."""

import pytest
from flask import Flask
from sqlalchemy import select

from directory.db import db
from directory.pages.components.cards import practice_card, practice_cards_of
from directory.practices import queries
from directory.practices.models import Practice
from directory.practices.queries import FOR_CARDS, rows_for_cards, texts_of
from directory.search.lists.reference import get_reference


def test_rows_give_the_same_cards_as_entities(site_app: Flask):
    with site_app.test_request_context("/"):
        practices = db.session.scalars(select(Practice).options(*FOR_CARDS)).all()
        ids = [one.id for one in practices]
        for _ in range(2):  # read, then kept
            rows = rows_for_cards(db.session, ids)
            reference = get_reference(db.session)
            assert practice_cards_of([rows[one.id] for one in practices], reference) == [
                practice_card(one) for one in practices
            ]
        texts = texts_of(db.session, ids)
    for one in practices:
        story = [text for text in (one.situation, one.approach, one.result) if text]
        assert texts[one.id] == (story, [*one.success_factors, *one.stumbling_blocks])


def test_no_row_is_lost_while_room_is_made(site_app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queries, "_MOST_ROWS", 0)
    with site_app.test_request_context("/"):
        first, second = db.session.scalars(select(Practice.id).limit(2)).all()
        rows_for_cards(db.session, [first])
        assert list(rows_for_cards(db.session, [first, second])) == [first, second]


def test_unknown_numbers_are_passed_over(site_app: Flask):
    with site_app.test_request_context("/"):
        assert rows_for_cards(db.session, [10**8]) == {}

"""Examples like others: what they share, and which of it tells most."""

import math

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.practices.models import Practice
from directory.practices.queries import records, total
from directory.search.similar import find_similar, rarity
from tests.factories import build_practice, build_term


def test_similar_examples_share_two_terms_and_say_which(catalogue: Session) -> None:
    ids = catalogue.scalars(select(Practice.id).order_by(Practice.id).limit(30)).all()
    with_similar = 0
    for practice in records(catalogue, ids).values():
        own = {term.label for term in practice.terms}
        for one in find_similar(catalogue, practice):
            assert one.practice.id != practice.id
            assert len(one.shared) >= 2
            assert {term.label for term in one.shared} <= own
            assert one.reason.startswith(f"gemeinsam: {one.shared[0].label}")
            with_similar += 1
    assert with_similar > 30


def test_rare_terms_count_more_than_common_ones(session: Session) -> None:
    common, usual, rare = (build_term(session, label=name) for name in ("Häufig", "Mittel", "Rar"))
    asked = build_practice(session, title="Gesucht", terms=[common, usual, rare])
    by_rare = build_practice(session, title="Z", terms=[rare, usual])
    by_common = build_practice(session, title="A", terms=[common, usual])
    for number in range(6):
        build_practice(session, title=f"Übrige {number}", terms=[common])
    build_practice(session, title="Entwurf", terms=[rare, usual], status="draft")
    session.flush()
    (record,) = records(session, [asked.id]).values()
    found = find_similar(session, record)
    assert [one.practice.id for one in found] == [by_rare.id, by_common.id]
    assert [term.label for term in found[0].shared] == ["Rar", "Mittel"]


def test_what_all_have_tells_nothing() -> None:
    assert rarity({"alle": 8, "manche": 2, "keine": 0}, of=8) == {
        "alle": 0.0,
        "manche": math.log(4),
    }


def test_without_terms_nothing_is_similar(session: Session) -> None:
    assert total(session) == 0
    (practice,) = records(session, [build_practice(session).id]).values()
    assert find_similar(session, practice) == []

"""White spots and similar examples, on both databases."""

import math

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.practices.models import Practice, practice_term
from directory.practices.queries import total
from directory.publication.models import Status
from directory.search.criteria import Criteria
from directory.search.lists import coverage
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import get_reference
from directory.search.queries import find_total, practices_per_term
from directory.search.similar import find_similar, rarity
from directory.topics.models import TermKind
from tests.factories import build_practice, build_term


def test_every_term_adds_up_to_its_practices(catalogue: Session) -> None:
    districts = sorted(get_reference(catalogue).districts)
    counted = (
        select(practice_term.c.term_slug, func.count())
        .join(Practice, Practice.id == practice_term.c.practice_id)
        .where(Practice.status == Status.PUBLISHED)
        .group_by(practice_term.c.term_slug)
    )
    totals: dict[str, int] = dict(catalogue.execute(counted).all())
    assert practices_per_term(catalogue) == totals
    for slug, count in totals.items():
        assert coverage.of_term(catalogue, slug, districts).total == count, slug


def test_a_cell_counts_what_its_filters_find(catalogue: Session) -> None:
    reference = get_reference(catalogue)
    topics = list(reference.terms[TermKind.TOPIC])
    found = coverage.of_topics(catalogue, topics)
    checked = 0
    for topic in topics[:4]:
        for column in coverage.COLUMNS[:-1]:
            choices = {"thema": (topic,), "groesse": (column,)}
            criteria = Criteria(kind=ListKind.PRACTICES, choices=choices)
            assert found.cell(topic, column) == find_total(catalogue, criteria, reference)
            checked += 1
    assert checked == 24


def test_similar_examples_share_two_terms_and_say_which(catalogue: Session) -> None:
    practices = catalogue.scalars(select(Practice).order_by(Practice.id).limit(30)).all()
    with_similar = 0
    for practice in practices:
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
    found = find_similar(session, asked)
    assert [one.practice.id for one in found] == [by_rare.id, by_common.id]
    assert [term.label for term in found[0].shared] == ["Rar", "Mittel"]


def test_what_all_have_tells_nothing() -> None:
    assert rarity({"alle": 8, "manche": 2, "keine": 0}, of=8) == {
        "alle": 0.0,
        "manche": math.log(4),
    }


def test_without_terms_nothing_is_similar(session: Session) -> None:
    assert total(session) == 0
    assert find_similar(session, build_practice(session)) == []

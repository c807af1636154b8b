"""White spots, on both databases."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.practices.models import Practice, practice_term
from directory.publication.models import Status
from directory.search.criteria import Criteria
from directory.search.lists import coverage
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import get_reference
from directory.search.queries import find_total, practices_per_term
from directory.topics.models import TermKind


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

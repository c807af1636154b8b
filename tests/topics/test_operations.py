"""Keeping the vocabulary."""

import dataclasses

import pytest
from sqlalchemy.orm import Session

from directory.publication.validation import InvalidEntry
from directory.topics.drafts import TermDraft
from directory.topics.models import Term, TermKind
from directory.topics.operations import save_term
from tests.factories import build_term

DRAFT = TermDraft(
    slug="vermittlung",
    kind=TermKind.TOPIC,
    position=3,
    label="Vermittlung",
    definition="Menschen und Organisationen werden zusammengebracht.",
    synonyms=("Ehrenamtsbörse", "Matching", "Beratung"),
)


def words(term: Term) -> list[str]:
    return [synonym.text for synonym in term.synonyms]


def test_synonyms_keep_the_order_they_are_given_in(session: Session) -> None:
    term = save_term(session, by="anna", draft=DRAFT).entry
    session.expire(term)
    assert words(term) == ["Ehrenamtsbörse", "Matching", "Beratung"]


def test_synonyms_come_go_and_change_places(session: Session) -> None:
    save_term(session, by="anna", draft=DRAFT)
    changed = dataclasses.replace(DRAFT, synonyms=("Beratung", "Freiwilligenbörse", "Matching"))
    term = save_term(session, by="anna", draft=changed).entry
    session.expire(term)
    assert words(term) == ["Beratung", "Freiwilligenbörse", "Matching"]


def test_a_term_stays_in_its_list(session: Session) -> None:
    build_term(session, slug="vermittlung", kind=TermKind.INSTRUMENT)
    with pytest.raises(InvalidEntry) as caught:
        save_term(session, by="anna", draft=DRAFT)
    assert caught.value.problems == {
        "kind": "Ein Begriff kann nicht in eine andere Liste wechseln."
    }


def test_a_slug_is_part_of_an_address(session: Session) -> None:
    for slug in ("", "Vermittlung", "ver mittlung", "-vermittlung", "vermittlung--neu", "börse"):
        with pytest.raises(InvalidEntry) as caught:
            save_term(session, by="anna", draft=dataclasses.replace(DRAFT, slug=slug))
        assert set(caught.value.problems) == {"slug"}

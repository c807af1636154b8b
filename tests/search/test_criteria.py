"""The question in the address: read leniently, printed back exactly."""

import random
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from directory.db import db
from directory.search.criteria import Criteria
from directory.search.lists.listings import LISTINGS, ListKind
from directory.search.lists.reference import Reference, get_reference


@pytest.fixture
def reference(site_app: Flask) -> Iterator[Reference]:
    with site_app.app_context():
        yield get_reference(db.session)


def ask(query: str, reference: Reference, kind: ListKind = ListKind.PRACTICES) -> Criteria:
    args = MultiDict(parse_qsl(query, keep_blank_values=True))
    return Criteria.from_args(args, kind=kind, reference=reference)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=b%C3%BCrgerrat&ort=Bonn&umkreis=25",
        "thema=integration-flucht&thema=vernetzung&kreis=05962&sort=neu&seite=3",
        "groesse=10000-20000&art=gemeinde",
        "ort=53111&umkreis=12%2C5&sort=kommune",
        "bbox=6.5%2C50.5%2C7.5%2C51.5",
    ],
)
def test_a_question_prints_back_as_it_was_asked(query: str, reference: Reference) -> None:
    criteria = ask(query, reference)
    assert criteria.problems == ()
    assert sorted(criteria.pairs()) == sorted(parse_qsl(query))


def test_any_combination_of_valid_values_survives_a_round_trip(reference: Reference) -> None:
    dice = random.Random(5)  # noqa: S311 - the same combinations in every run
    for _ in range(200):
        kind = dice.choice(list(ListKind))
        pairs = [
            (facet.name, dice.choice(list(facet.labels(reference))))
            for facet in LISTINGS[kind].facets
            if dice.random() < 0.4
        ]
        criteria = ask(urlencode(pairs), reference, kind)
        again = ask(criteria.to_query(), reference, kind)
        assert again == criteria
        assert criteria.problems == again.problems == ()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("thema=gibtesnicht", "Thema"),
        ("groesse=riesig", "Einwohnerzahl"),
        ("sort=zufall", "Sortierung"),
        ("seite=-1", "Seite"),
        ("seite=99999999999999999999", "Seite"),
        ("seite=٣", "Seite"),
        ("umkreis=10", "Ort"),
        ("ort=Bonn&umkreis=viel", "Umkreis"),
        ("ort=Bonn&umkreis=nan", "Umkreis"),
        ("ort=Bonn&umkreis=-5", "Umkreis"),
        ("ort=Paris-an-der-Seine", "Paris-an-der-Seine"),
        ("bbox=1,2,3", "Kartenausschnitt"),
        ("bbox=nan,nan,nan,nan", "Kartenausschnitt"),
        ("farbe=blau", "farbe"),
        ("q=" + "a" * 5000, "sehr lang"),
    ],
)
def test_a_bad_value_gets_a_sentence_and_the_rest_still_applies(
    query: str, words: str, reference: Reference
) -> None:
    criteria = ask(f"kreis=05962&{query}", reference)
    assert len(criteria.problems) == 1
    assert words in criteria.problems[0]
    assert criteria.problems[0].endswith((".", "?"))
    assert criteria.choices == {"kreis": ("05962",)}


def test_a_misspelt_place_is_answered_with_similar_names(reference: Reference) -> None:
    (problem,) = ask("ort=Guetersloch", reference).problems
    assert "„Gütersloh“" in problem


def test_a_name_of_town_and_county_names_the_other_one(reference: Reference) -> None:
    criteria = ask("ort=D%C3%BCren", reference)
    assert criteria.where is not None
    assert criteria.where.label == "Düren"
    assert [place.name for place in criteria.where.alternatives] == ["Kreis Düren"]


def test_members_are_shown_unless_somebody_asks_for_all(reference: Reference) -> None:
    assert ask("", reference, ListKind.MUNICIPALITIES).members_only
    assert ask("mitglied=ja", reference, ListKind.MUNICIPALITIES).to_query() == ""
    everybody = ask("mitglied=alle", reference, ListKind.MUNICIPALITIES)
    assert not everybody.members_only
    assert everybody.without("mitglied").members_only


def test_a_filter_can_be_taken_away_alone(reference: Reference) -> None:
    criteria = ask("thema=integration-flucht&thema=vernetzung&q=rat&ort=Bonn&umkreis=25", reference)
    assert criteria.without("thema", "integration-flucht").choices == {"thema": ("vernetzung",)}
    assert criteria.without("thema").choices == {}
    assert criteria.without("ort").radius_km is None
    assert criteria.without("q").q == ""
    assert criteria.toggled("thema", "vernetzung").choices == {"thema": ("integration-flucht",)}


def test_changing_a_filter_leads_back_to_the_first_page(reference: Reference) -> None:
    criteria = ask("thema=integration-flucht&seite=4", reference)
    assert criteria.without("thema").page == 1
    assert criteria.toggled("kreis", "05962").page == 1
    assert criteria.sorted_by("neu").page == 1

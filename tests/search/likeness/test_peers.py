"""Who is like whom: arithmetic that can be checked with pencil and paper."""

import math
from itertools import combinations, product
from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from directory.geo.points import Point, kilometres
from directory.municipalities.models import Level
from directory.search.likeness.peer_groups import get_peers
from directory.search.likeness.peers import PEERS, Peers
from directory.search.likeness.scales import km_scale, rounded_shares, z_scores
from directory.search.likeness.units import Unit
from directory.search.likeness.weights import Factor, Weights
from tests.factories import build_municipality

HEMER, LOTTE, KOELN = "05962016", "05566048", "05315000"
USUAL = Weights.usual()


def unit(ags: str, **fields: Any) -> Unit:
    """A Gemeinde of 10.000 people on 100 km²; all in one place unless told otherwise."""
    return Unit(
        **{
            "ags": ags,
            "name": f"Ort {ags}",
            "level": Level.MUNICIPALITY,
            "population": 10_000,
            "density": 100.0,
            "legal_status": "Gemeinde",
            "urbanisation": "gering besiedelt",
            "county": "05962",
            "district": "059",
            "point": Point(51.4, 7.8),
            **fields,
        }
    )


@pytest.fixture
def towns(catalogue: Session) -> Peers:
    return get_peers(catalogue, Level.MUNICIPALITY)


def test_comparing_is_the_same_in_both_directions(towns: Peers) -> None:
    for one, other in combinations([HEMER, LOTTE, KOELN, "05314000"], 2):
        there, back = towns.compare(one, other, USUAL), towns.compare(other, one, USUAL)
        assert there is not None
        assert back is not None
        assert there.index == pytest.approx(back.index, abs=1e-12)


def test_nobody_differs_from_itself(towns: Peers) -> None:
    for ags in (HEMER, LOTTE, KOELN):
        same = towns.compare(ags, ags, USUAL)
        assert same is not None
        assert same.index == 0
        assert {part.share for part in same.parts} == {0}


def test_shares_add_up_to_the_index_even_when_rounded(towns: Peers) -> None:
    for ags in (HEMER, LOTTE, KOELN):
        for peer in towns.nearest(ags, USUAL):
            shares = [part.share for part in peer.parts]
            assert math.fsum(shares) == pytest.approx(peer.index, abs=1e-9)
            shown = rounded_shares(peer.index, shares)
            assert math.fsum(shown) == pytest.approx(round(peer.index, 2), abs=1e-9)
            assert all(abs(a - b) < 0.01 for a, b in zip(shown, shares, strict=True))


def test_the_index_is_what_pencil_and_paper_say() -> None:
    # ln 10.000, ln 20.000 and ln 40.000 lie ln 2 apart; their deviation is ln 2 · √(2/3).
    group = Peers(
        [unit("1", population=10_000), unit("2", population=20_000), unit("3", population=40_000)]
    )
    weights = Weights.of({Factor.POPULATION: 2, Factor.DENSITY: 1})
    for other, steps in (("2", 1), ("3", 2)):
        peer = group.compare("1", other, weights)
        assert peer is not None
        difference = steps / math.sqrt(2 / 3)
        assert peer.index == pytest.approx(2 * difference / 3)
        assert peer.parts[0].difference == pytest.approx(difference)


def test_doubling_a_weight_turns_the_order_round() -> None:
    # „nah“ is twice as large but next door, „fern“ as large but 60 km away.
    here, near, far = Point(51.4, 7.8), Point(51.4, 7.9), Point(51.94, 7.8)
    group = Peers(
        [
            unit("1", point=here),
            unit("2", point=near, population=20_000),
            unit("3", point=far),
        ]
    )
    size = abs(z_scores([math.log(10_000), math.log(20_000), math.log(10_000)])[0] or 0) + abs(
        z_scores([math.log(10_000), math.log(20_000), math.log(10_000)])[1] or 0
    )
    scale = km_scale([here, near, far])
    away = {"2": kilometres(here, near) * scale, "3": kilometres(here, far) * scale}
    by_hand = {
        weight: sorted(away, key=lambda ags: size * (ags == "2") + weight * away[ags])
        for weight in (1, 2)
    }
    assert by_hand == {1: ["3", "2"], 2: ["2", "3"]}
    for weight, order in by_hand.items():
        weights = Weights.of({Factor.POPULATION: 1, Factor.DISTANCE: weight})
        assert [peer.unit.ags for peer in group.nearest("1", weights)] == order


def test_a_missing_value_is_left_out_and_the_rest_counts_more() -> None:
    group = Peers(
        [
            unit("1"),
            unit("2", population=None),
            unit("3", population=40_000),
            unit("4", density=400.0),
        ]
    )
    weights = Weights.of({Factor.POPULATION: 1, Factor.DENSITY: 1})
    without = group.compare("2", "4", weights)
    assert without is not None
    assert without.missing == [Factor.POPULATION]
    population, density = without.parts[:2]
    assert (population.difference, population.share) == (None, 0)
    # Alone, density counts in full instead of by half.
    assert without.index == pytest.approx(density.difference)
    same = group.compare("1", "2", weights)
    assert same is not None
    assert same.index == 0


def test_who_has_nothing_in_common_that_counts_is_not_compared() -> None:
    group = Peers([unit("1"), unit("2", population=None)])
    weights = Weights.of({Factor.POPULATION: 1})
    assert group.compare("1", "2", weights) is None
    assert group.nearest("1", weights) == ()
    assert group.known_factors("2") == [
        factor for factor in Factor if factor not in {Factor.POPULATION, Factor.TOPICS}
    ]


def test_shared_topics_bring_two_places_together() -> None:
    group = Peers(
        [
            unit("1", topics=frozenset("ab")),
            unit("2", topics=frozenset("ab")),
            unit("3", topics=frozenset("bc")),
            unit("4", topics=frozenset("c")),
        ]
    )
    found = group.nearest("1", Weights.of({Factor.TOPICS: 1}))
    assert [peer.unit.ags for peer in found] == ["2", "3", "4"]
    assert found[0].index == 0
    # Of three topics two are not shared; of three, none is.
    assert found[1].index / found[2].index == pytest.approx(2 / 3)


def test_same_county_is_nearer_than_same_district() -> None:
    group = Peers(
        [unit("1"), unit("2"), unit("3", county="05970"), unit("4", county="05314", district="053")]
    )
    found = group.nearest("1", Weights.of({Factor.REGION: 1}))
    assert [peer.unit.ags for peer in found] == ["2", "3", "4"]
    assert found[0].index == 0
    assert found[2].index == pytest.approx(2 * found[1].index)


def test_the_quick_search_finds_what_comparing_with_all_finds(towns: Peers) -> None:
    light = Weights.of({Factor.DISTANCE: 1, Factor.TOPICS: 3})
    keys = sorted(towns._by_ags)  # noqa: SLF001 - the whole group, as the search sees it
    for ags in keys[::40]:
        for weights in (USUAL, light, Weights.equal()):
            everybody = [towns.compare(ags, other, weights) for other in keys if other != ags]
            best = sorted((peer.index, peer.unit.ags) for peer in everybody if peer is not None)[
                :PEERS
            ]
            found = [(peer.index, peer.unit.ags) for peer in towns.nearest(ags, weights)]
            assert found == best


def test_the_quick_search_finds_the_same_where_many_figures_are_missing() -> None:
    chance = Random(1)  # noqa: S311 - the same group each time
    keys = [f"{number:03}" for number in range(120)]

    def member(number: int) -> Unit:
        county = number % 12

        def maybe(value: Any) -> Any:
            # In half of the counties everything is known, so that they can be left out as a whole.
            return value if county % 2 or chance.random() < 0.7 else None

        return unit(
            keys[number],
            county=f"{county:05}",
            district=f"{county % 3:03}",
            population=maybe(chance.randrange(500, 500_000)),
            density=maybe(chance.uniform(20, 3_000)),
            legal_status=maybe("kreisfreie Stadt") or "Gemeinde",
            urbanisation=maybe(chance.choice(["dicht besiedelt", "gering besiedelt"])),
            point=maybe(Point(51 + chance.random(), 6 + county / 2 + chance.random())),
            topics=frozenset(chance.sample("abcdef", chance.randrange(4))),
            practices=chance.randrange(2),
        )

    group = Peers([member(number) for number in range(120)])
    pairs = [Weights.of(dict.fromkeys(pair, 1)) for pair in combinations(Factor, 2)]
    for ags, weights in product(keys[::25], [USUAL, *pairs]):
        everybody = [group.compare(ags, other, weights) for other in keys if other != ags]
        for only in (False, True):
            ranked = sorted(
                (peer.index, peer.unit.ags)
                for peer in everybody
                if peer is not None and (peer.unit.practices or not only)
            )
            found = group.nearest(ags, weights, with_practices=only)
            assert [(peer.index, peer.unit.ags) for peer in found] == ranked[:PEERS]
            assert group.comparable(ags, weights, with_practices=only) == len(ranked)


def test_what_is_reckoned_on_a_plane_holds_what_is_measured(towns: Peers) -> None:
    for one, other in combinations([HEMER, LOTTE, KOELN, "05314000", "05770032"], 2):
        reckoned, measured = towns.reckon(one, other, USUAL), towns.compare(one, other, USUAL)
        assert reckoned is not None
        assert measured is not None
        assert reckoned[0] <= measured.index <= reckoned[1]
        assert reckoned[1] - reckoned[0] < 0.05 * measured.index


def test_everybody_has_seven_peers_even_the_smallest(catalogue: Session, towns: Peers) -> None:
    smallest = min(towns._by_ags.values(), key=lambda one: one.unit.population or 0)  # noqa: SLF001
    assert len(towns.nearest(smallest.unit.ags, USUAL)) == PEERS
    districts = get_peers(catalogue, Level.DISTRICT)
    assert len(districts.nearest("059", USUAL)) == 4  # there are only five


def test_counties_are_compared_with_counties_only(catalogue: Session) -> None:
    counties = get_peers(catalogue, Level.COUNTY)
    assert {peer.unit.level for peer in counties.nearest("05962", USUAL, 30)} == {Level.COUNTY}
    everybody = get_peers(catalogue, None)
    mixed = everybody.nearest("05962", Weights.of({Factor.DISTANCE: 1}))
    assert Level.MUNICIPALITY in {peer.unit.level for peer in mixed}


def test_only_those_with_practices_can_be_asked_for(towns: Peers) -> None:
    found = towns.nearest(HEMER, USUAL, with_practices=True)
    assert len(found) == PEERS
    assert all(peer.unit.practices for peer in found)


def test_places_without_any_figures_are_named_and_break_nothing(session: Session) -> None:
    for number in range(3):
        build_municipality(
            session,
            ags=f"0596200{number}",
            population=None,
            area_km2=None,
            lat=None,
            lon=None,
            urbanisation=None,
            legal_status="Marktflecken",
        )
    group = get_peers(session, Level.MUNICIPALITY)
    (first, second) = group.nearest("05962000", USUAL)
    assert (first.index, second.index) == (0, 0)
    assert first.missing == [factor for factor in Factor if factor is not Factor.REGION]
    assert first.km is None


# Weights in the address ------------------------------------------------------------------------


def test_weights_are_read_from_the_address_and_printed_back() -> None:
    weights, problems = Weights.from_args(
        MultiDict({"gewicht_einwohner": "2,5", "gewicht_themen": "0"})
    )
    assert problems == ()
    assert (weights[Factor.POPULATION], weights[Factor.TOPICS]) == (2.5, 0)
    assert weights[Factor.DENSITY] == USUAL[Factor.DENSITY]
    assert Weights.from_args(MultiDict(weights.pairs())) == (weights, ())
    assert USUAL.pairs() == []


@pytest.mark.parametrize("text", ["viel", "-1", "6", "nan", "inf", "1e400", "²"])
def test_what_is_no_weight_is_said_and_the_usual_one_holds(text: str) -> None:
    weights, problems = Weights.from_args(MultiDict({"gewicht_dichte": text}))
    assert weights == USUAL
    assert len(problems) == 1
    assert "„Bevölkerungsdichte“" in problems[0]


def test_weights_that_are_all_zero_become_equal_ones() -> None:
    weights, problems = Weights.from_args(MultiDict({factor.parameter: "0" for factor in Factor}))
    assert weights == Weights.equal()
    assert "gleichen Gewichten" in problems[0]

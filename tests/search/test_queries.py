"""What lists find, and that their counts are those of the lists one click further."""

import pytest
from sqlalchemy.orm import Session

from directory.german.synonyms import general_groups
from directory.search.criteria import Criteria
from directory.search.lists.listings import ALL, LISTINGS, ListKind
from directory.search.lists.reference import get_reference
from directory.search.queries import active_filters, find, find_on_map, find_total
from directory.search.words import answers
from directory.text import clean
from tests.search.questions import QUESTIONS, asked


def test_every_count_of_a_facet_is_what_the_click_brings(catalogue: Session) -> None:
    reference = get_reference(catalogue)
    checked = 0
    for kind, query in QUESTIONS:
        criteria = asked(query, kind, reference)
        hits = find(catalogue, criteria, reference)
        for facet in LISTINGS[kind].facets:
            for value, count in list(hits.counts.values[facet.name].items())[:3]:
                if value in criteria.choices.get(facet.name, ()):
                    continue
                alone = criteria.without(facet.name).toggled(facet.name, value)
                assert find_total(catalogue, alone, reference) == count, (query, facet.name, value)
                checked += 1
    assert checked > 100


def test_removing_a_filter_brings_what_is_promised(catalogue: Session) -> None:
    reference = get_reference(catalogue)
    for kind, query in QUESTIONS:
        criteria = asked(query, kind, reference)
        counts = find(catalogue, criteria, reference).counts
        for one in active_filters(criteria):
            total = find_total(catalogue, criteria.without(*one), reference)
            assert counts.without[one] == total, (query, one)


def test_pages_hold_every_hit_once_and_in_the_order_of_the_map(catalogue: Session) -> None:
    reference = get_reference(catalogue)
    criteria = asked("mitglied=alle", ListKind.MUNICIPALITIES, reference)
    found = []
    first = find(catalogue, criteria, reference)
    for number in range(1, first.page.pages + 1):
        page = find(catalogue, criteria.on_page(number), reference).page
        found += [municipality.ags for municipality in page.items]
    assert found == [row.ags for row in find_on_map(catalogue, criteria, reference)]
    assert len(found) == len(set(found)) == first.counts.total == 432


def test_what_nearly_every_entry_holds_is_no_answer(catalogue: Session) -> None:
    """Every contact point is about Ehrenamt: that one of two words says nothing about it."""
    for kind in ("event", "resource", "topic"):
        both = answers.answer(catalogue, kind, "Haftpflicht Ehrenamt")
        only = answers.answer(catalogue, kind, "Ehrenamt")
        assert both.said < only.said or both.hits.bit_count() < only.hits.bit_count() / 2, kind
    contacts = answers.answer(catalogue, "contact", "Haftpflicht Ehrenamt")
    assert contacts.said < answers.answer(catalogue, "contact", "Ehrenamt").said


def test_where_nothing_holds_much_any_word_is_enough(catalogue: Session) -> None:
    found = answers.answer(catalogue, "practice", "Ehrenamt Quarkstrudelballon Xylophontaxi")
    assert found.hits
    assert found.said < answers.answer(catalogue, "practice", "Ehrenamt").said


def test_both_engines_find_the_same_in_the_same_places(catalogue: Session) -> None:
    reference = get_reference(catalogue)
    found = {}
    for kind, query in QUESTIONS:
        criteria = asked(query, kind, reference)
        hits = find(catalogue, criteria, reference)
        keys = [getattr(one, LISTINGS[kind].key.key) for one in hits.page.items]
        found[kind, query] = hits.counts, keys
    # The engines run one after the other: the first leaves what the second is held to.
    expected = _SEEN.setdefault("counts", found)
    assert found == expected


_SEEN: dict[str, object] = {}


def test_the_radius_holds_what_is_near_and_nothing_else(catalogue: Session) -> None:
    reference = get_reference(catalogue)
    criteria = asked("mitglied=alle&ort=Hemer&umkreis=10", ListKind.MUNICIPALITIES, reference)
    hits = find(catalogue, criteria, reference)
    names = {municipality.name for municipality in hits.page.items}
    assert {"Hemer", "Iserlohn", "Menden (Sauerland)"} <= names
    assert "Bonn" not in names
    assert all(0 <= hits.distances[one.ags] <= 10 for one in hits.page.items)


def test_a_county_as_place_holds_its_municipalities(catalogue: Session) -> None:
    reference = get_reference(catalogue)
    criteria = asked("mitglied=alle&ort=Kreis+Lippe", ListKind.MUNICIPALITIES, reference)
    hits = find(catalogue, criteria, reference)
    assert hits.counts.total == 17  # 16 Gemeinden and the Kreis itself
    assert {one.county_ags for one in hits.page.items} == {"05766"}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Muenster", "Münster"),
        ("Munster", "Münster"),
        ("MÜNSTER", "Münster"),
        ("Guetersloh", "Gütersloh"),
        ("Gutersloh", "Gütersloh"),
        ("Wetter Ruhr", "Wetter (Ruhr)"),
        ("53111", "Bonn"),
        ("05314000", "Bonn"),
        ("5314000", "Bonn"),
        ("Schloss Holte", "Schloß Holte-Stukenbrock"),
    ],
)
def test_a_place_is_found_however_it_is_typed(catalogue: Session, words: str, name: str) -> None:
    reference = get_reference(catalogue)
    criteria = Criteria(kind=ListKind.MUNICIPALITIES, q=words, choices={"mitglied": (ALL,)})
    hits = find(catalogue, criteria, reference)
    if not hits.page.items:
        found = reference.gazetteer.find(words)
        assert found is not None
        assert name in {place.name for place in found.places}
    else:
        assert hits.page.items[0].name == name


@pytest.mark.parametrize(
    "words",
    [
        '"', "*", "NEAR(", "a OR b", "AND", "-", "(", "title:x", "^", "%", "_", "'; DROP TABLE x;",
        "🎉", "a\x00b", "\ud800", "x" * 10_000, "NOT", "a & | !", ":*", "\\", "{}", "ß" * 300,
    ],
)  # fmt: skip
def test_hostile_words_are_plain_text(catalogue: Session, words: str) -> None:
    reference = get_reference(catalogue)
    criteria = Criteria(kind=ListKind.PRACTICES, q=clean(words))
    assert find(catalogue, criteria, reference).counts.total >= 0


def test_entries_with_all_words_come_first_and_unknown_words_are_left_out(
    catalogue: Session,
) -> None:
    reference = get_reference(catalogue)

    def slugs(q: str) -> list[str]:
        hits = find(catalogue, Criteria(kind=ListKind.PRACTICES, q=q), reference)
        return [practice.slug for practice in hits.page.items]

    assert slugs("Ehrenamtskarte Lünen")[0] == "luenen-ehrenamtskarte-nrw-in-luenen"
    assert slugs("Ehrenamtskarte Quatschwortdasesnichtgibt") == slugs("Ehrenamtskarte")
    assert slugs("Quatschwortdasesnichtgibt") == []


def test_an_entry_need_not_hold_what_says_little(catalogue: Session) -> None:
    reference = get_reference(catalogue)

    def slugs(q: str) -> list[str]:
        hits = find(catalogue, Criteria(kind=ListKind.PRACTICES, q=q), reference)
        return [practice.slug for practice in hits.page.items]

    # It says nothing of questions, but all of beer mats.
    assert slugs("Fragebogen Bierdeckel Demokratie")[0] == "luenen-demokratie-bierdeckel"
    assert "luenen-demokratie-bierdeckel" not in slugs("Fragebogen")


def test_where_few_hold_the_words_the_nearest_fill_one_page(catalogue: Session) -> None:
    exactly = answers.answer(catalogue, "practice", "Versicherung")
    padded = answers.answer(catalogue, "practice", "Versicherung für Ehrenamtliche")
    assert 0 < exactly.hits.bit_count() < 10
    assert not exactly.near
    assert padded.hits.bit_count() == 20
    assert padded.near.bit_count() == 20 - exactly.hits.bit_count()
    assert not padded.near & exactly.hits


def test_words_that_belong_together_are_ranked_in_large_catalogues_too(
    catalogue: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many hits the promising ones are chosen by the words as typed, each for itself."""
    together = {word for group in general_groups() for word in group.words if " " in word}
    # Where few hold much, the nearest others are chosen from the promising ones.
    enough = [word for word in together if not answers.answer(catalogue, "practice", word).near]
    assert len(enough) > 100
    assert "junge Leute" in enough
    ranked = {word: _ranked(catalogue, word) for word in enough}
    monkeypatch.setattr(answers, "_MOST_RANKED", 5)
    for word, all_of_them in ranked.items():
        few = _ranked(catalogue, word)
        assert len(few) == min(len(all_of_them), 5), word
        assert set(few) <= set(all_of_them), word


def _ranked(session: Session, words: str) -> list[str]:
    answers.forget(session)
    return answers.keys(session, answers.answer(session, "practice", words))

"""German words: one form for all spellings, compounds taken apart, stop words left out."""

import pytest

from directory.german import analysis
from directory.german.analysis import PART, index_tokens, inner_stems, telling, token_texts
from directory.german.compounds import compound_parts, is_german
from directory.german.spelling import near, normal
from directory.german.stems import stem
from directory.german.synonyms import general_groups, stems_of


@pytest.mark.parametrize(
    "spellings",
    [
        ("Gütersloh", "Guetersloh", "GUTERSLOH", "gütersloh"),
        ("Straße", "Strasse", "STRASSE"),
        ("Förderung", "Foerderung", "forderung"),
        ("Höxter", "Hoexter", "hoxter"),
    ],
)
def test_all_spellings_of_a_word_are_one(spellings: tuple[str, ...]) -> None:
    assert len({normal(word) for word in spellings}) == 1
    assert len({stem(word) for word in spellings}) == 1


def test_an_e_that_belongs_to_no_umlaut_stays() -> None:
    assert [normal(word) for word in ("Feuer", "Bauer", "Quelle")] == ["feuer", "bauer", "quelle"]


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("Ehrenamtskarte", ("ehrenamt", "karte")),
        ("Engagementförderung", ("engagement", "forderung")),
        ("Freiwilligenagentur", ("freiwilligen", "agentur")),
        ("Integrationslotsen", ("integration", "lotsen")),
        ("Neujahrsempfänge", ("neujahr", "empfange")),
        ("Friedhofspflege", ("fried", "hof", "pflege")),
        ("Lesepatinnen", ("lese", "paten")),
        ("Ehrenamt", ()),
        ("Bürgerinnen", ()),
        ("Gütersloh", ()),
        ("Bergheim", ()),
        ("Generationen", ()),
        ("Unterstützung", ()),
        ("Netzwerke", ()),
    ],
)
def test_compounds_are_taken_apart_and_other_words_are_not(
    compound: str, parts: tuple[str, ...]
) -> None:
    assert compound_parts(compound) == parts


def test_german_words_are_known_in_all_their_forms() -> None:
    assert all(is_german(word, 3.0) for word in ("steif", "steifer", "Anstriche", "reden"))
    assert not is_german("Vrstand", 3.0)


def test_a_compound_holds_both_words_of_the_phrase() -> None:
    inside = set(index_tokens("Flüchtlingshilfe"))
    assert {PART + stem("Flüchtlinge"), PART + stem("Hilfe")} <= inside


def test_neighbouring_parts_are_words_too() -> None:
    assert {stem("Vereinsvorstand"), stem("Vorstandsnachfolge"), stem("Nachfolge")} <= set(
        inner_stems("Vereinsvorstandsnachfolge")
    )


def test_women_in_long_compounds_are_found_with_the_men() -> None:
    assert set(inner_stems("Hausaufgabenpatinnen")) == set(inner_stems("Hausaufgabenpaten"))


def test_names_are_never_taken_apart() -> None:
    assert index_tokens("Kamp-Lintfort Bürgerhausen", compounds=False) == [
        stem("Kamp"),
        stem("Lintfort"),
        stem("Bürgerhausen"),
    ]


def test_runs_of_letters_and_signs_are_taken_apart_into_words() -> None:
    runs = ["(Kamp-Lintfort,", "–", "Bürgerhausen."]
    assert token_texts(runs, compounds=False) == [
        f"{stem('Kamp')} {stem('Lintfort')}",
        stem("Bürgerhausen"),
    ]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("2.500 Euro", ["2500", "euro"]),
        ("1.234.567", ["1234567"]),
        ("am 03.02.2026", ["am", "03", "02", "2026"]),
        ("12.50 in 1.2.1000", ["12", "50", "in", "1", "2", "1000"]),
    ],
)
def test_points_between_thousands_make_no_two_numbers(text: str, tokens: list[str]) -> None:
    assert index_tokens(text) == tokens


def test_only_so_many_words_are_remembered_and_none_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(analysis, "_MOST_REMEMBERED", 2)
    analyser = analysis.Analyser(compounds=True, exact=False)
    endless = "a-" * 100
    found = [analyser[run] for run in ("Verein", "Rathaus", endless, "Schule", "Verein")]
    assert found[0] == found[-1] == stem("Verein")
    assert found[2].split() == ["a"] * 100
    assert set(analyser) == {"Schule", "Verein"}


def test_stop_words_are_left_out_unless_nothing_else_is_left() -> None:
    assert telling(["Wie", "können", "wir", "Nachwuchs", "gewinnen"]) == ["Nachwuchs", "gewinnen"]
    assert telling(["Verein", "e", "V"]) == ["Verein"]
    assert telling(["für", "und"]) == ["für", "und"]


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("karte", "karte", 0), ("krate", "karte", 1), ("kart", "karte", 1), ("haus", "karte", 3)],
)
def test_slips_are_counted(one: str, other: str, slips: int) -> None:
    assert near(one, [other], 2) == ([(slips, 0)] if slips < 3 else [])


def test_the_general_list_is_long_and_every_line_says_something() -> None:
    assert len(general_groups()) >= 60
    assert all(len(group.words) > 1 for group in general_groups())
    assert stems_of("Menschen mit Behinderung") == (stem("Menschen"), stem("Behinderung"))
    assert stems_of("selbst verwaltet") == ()

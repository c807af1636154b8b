"""How well entries fit: what shares the terms of the best ones is likely meant as well."""

from directory.search.words.ranking import Fit, score, terms_of_the_best

FITS = {
    1: Fit(0.9, ["qtpreis", "qtverein"]),
    2: Fit(0.8, ["qtpreis"]),
    3: Fit(0.3, ["qtpreis"]),
    4: Fit(0.31, ["qtkarte"]),
    5: Fit(0.3, []),
}


def test_the_best_entries_say_most_about_what_is_meant() -> None:
    shares = terms_of_the_best(FITS)
    assert shares["qtpreis"] > shares["qtverein"] > shares["qtkarte"] > 0
    assert shares["qtpreis"] <= 1


def test_what_shares_their_terms_overtakes_what_fits_as_well() -> None:
    shares = terms_of_the_best(FITS)
    ranked = sorted(FITS, key=lambda number: -score(FITS[number], shares))
    assert ranked == [2, 1, 3, 4, 5]
    assert score(FITS[5], shares) == FITS[5].score


def test_an_entry_called_like_the_question_stays_first() -> None:
    fits = {**FITS, 6: Fit(1_000.5, [])}
    shares = terms_of_the_best(fits)
    assert max(fits, key=lambda number: score(fits[number], shares)) == 6

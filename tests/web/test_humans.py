"""Forms for anybody: what a person sends is taken, what a machine sends is asked for again."""

import datetime as dt

import pytest

from directory.web.humans import HONEYPOT, SHOWN, machine_trouble, shown_mark

KEYS = ("the key that signs", "the key before it")
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


def trouble(mark: str, *, after: float = 20, **fields: str) -> str:
    sent = {SHOWN: mark, **fields}
    return machine_trouble("abo", sent, KEYS, NOW + dt.timedelta(seconds=after))


def test_person_who_took_some_seconds_is_let_in() -> None:
    assert trouble(shown_mark("abo", KEYS, NOW)) == ""
    assert trouble(shown_mark("abo", KEYS, NOW), **{HONEYPOT: ""}) == ""


def test_form_shown_before_the_key_was_changed_still_counts() -> None:
    assert trouble(shown_mark("abo", KEYS[1:], NOW)) == ""


@pytest.mark.parametrize(
    ("seconds", "sentence"), [(2, "sehr schnell"), (13 * 3600, "zu lange offen"), (-9, "zu lange")]
)
def test_too_fast_and_too_old_are_asked_again(seconds: float, sentence: str) -> None:
    assert sentence in trouble(shown_mark("abo", KEYS, NOW), after=seconds)


@pytest.mark.parametrize(
    "mark",
    [
        "",
        "1763884800",
        f"{int(NOW.timestamp())}.{'0' * 64}",
        shown_mark("another form", KEYS, NOW),
        shown_mark("abo", ("somebody else's key",), NOW),
        "½.x",
        "9" * 400 + ".ü",
    ],
)
def test_mark_that_is_not_ours_is_worth_nothing(mark: str) -> None:
    assert "zu lange offen" in trouble(mark)


def test_field_that_people_do_not_see_must_stay_empty() -> None:
    assert "Automaten" in trouble(shown_mark("abo", KEYS, NOW), **{HONEYPOT: "https://spam"})

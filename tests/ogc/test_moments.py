"""`datetime` as the standard and RFC 3339 have it."""

import datetime as dt

import pytest

from directory.ogc.moments import Interval, days_of

UTC = dt.UTC


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-02-03T10:00:00Z", "2026-02-03T10:00:00", "2026-02-03T10:00:01"),
        ("2026-02-03t10:00:00.75z", "2026-02-03T10:00:00", "2026-02-03T10:00:01"),
        ("2026-02-03T10:00:00+01:00", "2026-02-03T09:00:00", "2026-02-03T09:00:01"),
        ("2026-02-03T10:00:00 01:00", "2026-02-03T09:00:00", "2026-02-03T09:00:01"),
        # A day is one of North Rhine-Westphalia, in winter and in summer.
        ("2026-02-03", "2026-02-02T23:00:00", "2026-02-03T23:00:00"),
        ("2026-07-03", "2026-07-02T22:00:00", "2026-07-03T22:00:00"),
        ("2026-02-03/2026-02-04", "2026-02-02T23:00:00", "2026-02-04T23:00:00"),
        (
            "2026-02-03T10:00:00Z/2026-02-03T10:00:00Z",
            "2026-02-03T10:00:00",
            "2026-02-03T10:00:01",
        ),
    ],
)
def test_it_is_understood(text: str, start: str, end: str) -> None:
    expected = [dt.datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (start, end)]
    found = Interval.from_text(text)
    assert [found.start, found.end] == expected


@pytest.mark.parametrize("text", ["2026-02-03/..", "2026-02-03/"])
def test_an_end_may_be_open(text: str) -> None:
    found = Interval.from_text(text)
    assert found.start == dt.datetime(2026, 2, 2, 23, tzinfo=UTC)
    assert found.end.year == 9999


@pytest.mark.parametrize("text", ["../2026-02-03", "/2026-02-03"])
def test_a_beginning_may_be_open(text: str) -> None:
    found = Interval.from_text(text)
    assert found.start.year == 1
    assert found.end == dt.datetime(2026, 2, 3, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("", "..", "../..", "/", "//", "gestern", "2026", "2026-02", "2026-2-3", "2026-02-30"),
        *("2026-02-03T10:00:00", "2026-02-03T25:00:00Z", "2026-02-03T10:00Z", "20260203"),
        *("2026-02-04/2026-02-03", "2026-02-03/x", "2026-02-03/2026-02-04/2026-02-05"),
        *("0000-01-01", "２０２６-02-03", "2026-02-03T10:00:60Z", "2026-02-03\n"),
    ],
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Interval.from_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31",
        "0001-01-01/9999-12-31",
    ],
)
def test_the_ends_of_the_calendar_are_no_fault(text: str) -> None:
    found = Interval.from_text(text)
    assert found.start <= found.end
    assert len(found.days()) == 2


def test_an_interval_knows_its_days() -> None:
    assert Interval.from_text("2026-02-03").days() == ("2026-02-03", "2026-02-03")
    # Half past eleven in the evening of London is the next day here.
    assert Interval.from_text("2026-02-03T23:30:00Z").days() == ("2026-02-04", "2026-02-04")
    assert Interval.of_days("2026-02-03", "2026-03-01").days() == ("2026-02-03", "2026-03-01")


def test_a_partial_date_covers_all_that_it_may_mean() -> None:
    assert days_of("2024") == ("2024-01-01", "2024-12-31")
    assert days_of("2024-02") == ("2024-02-01", "2024-02-29")
    assert days_of("2024-02-03") == ("2024-02-03", "2024-02-03")

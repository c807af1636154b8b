"""What people may say about entries, and the sentences they get when they may not."""

import datetime as dt

import pytest

from directory.contacts.models import ContactPoint
from directory.db import utc_now
from directory.practices.models import Practice
from directory.publication.validation import (
    Check,
    InvalidEntry,
    is_partial_date,
    is_web_address,
    looks_personal,
)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.hemer.de",
        "http://www.luenen.de/rathaus/kolumne02.php?a=1&b=2#x",
        "https://wetter.de:8443/ehrenamt/?L=0",
        "https://übach.de/straße",
        "https://www.reken.de/Ab-Januar.php?object=tx,2783.5&ModID=7",
    ],
)
def test_complete_web_addresses_are_understood(address: str) -> None:
    assert is_web_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "www.hemer.de",
        "//hemer.de",
        "ftp://hemer.de",
        "javascript:alert(1)",
        "https://",
        "https://localhost/",
        "https://hemer",
        "https://[broken",
        "https://hemer.de:99999/",
        "https://hemer.de:port/",
        "https://user:word@hemer.de",
        "https://hemer.de\\@evil.de",
        "https://hemer.de/a b",
        'https://hemer.de/"onclick',
        "https://hemer.de/<script>",
        "https://hemer.de\nhttps://evil.de",
        "https://169.254.169.254/",
        "data:text/html,x",
    ],
)
def test_other_addresses_are_refused(address: str) -> None:
    assert not is_web_address(address)


@pytest.mark.parametrize("date", ["2017", "2017-10", "2017-10-16", "2024-02-29"])
def test_dates_may_stop_where_knowledge_stops(date: str) -> None:
    assert is_partial_date(date)


@pytest.mark.parametrize(
    "date",
    ["", "17", "2017-13", "2017-00", "2023-02-29", "2017-1", "16.10.2017", "2017-10-16T09", "٢٠١٧"],
)
def test_other_dates_are_refused(date: str) -> None:
    assert not is_partial_date(date)


@pytest.mark.parametrize(
    "mailbox",
    ["ehrenamt", "buvo", "fwz-mg", "info", "buero.ehrenamt", "stadt.hemer", "post_stelle.rathaus"],
)
def test_mailboxes_of_offices_are_welcome(mailbox: str) -> None:
    assert not looks_personal(mailbox)


@pytest.mark.parametrize("mailbox", ["erika.musterfrau", "e.mustermann", "Max.Mustermann-Beispiel"])
def test_mailboxes_of_persons_are_recognised(mailbox: str) -> None:
    assert looks_personal(mailbox)


def test_models_say_how_long_a_text_may_be_and_whether_it_may_be_missing() -> None:
    check = Check()
    check.line("title", None, Practice.title)
    check.line("unit", "x" * 201, ContactPoint.unit)
    check.line("street", None, ContactPoint.street)
    check.text("approach", "Absatz.\n\nNoch einer.", Practice.approach)
    assert check.problems == {
        "title": "Bitte ausfüllen.",
        "unit": "Höchstens 200 Zeichen; es sind 201.",
    }


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800", " a", "a ", "a\u0308", "\x1b[31m"])
def test_texts_must_be_as_databases_keep_them(text: str) -> None:
    check = Check()
    check.text("summary", text, Practice.summary)
    assert check.problems == {"summary": "Enthält Steuerzeichen oder Leerraum am Rand."}


def test_a_title_stands_in_one_line() -> None:
    check = Check()
    check.line("title", "Ein\nTitel", Practice.title)
    assert check.problems == {"title": "Muss in einer Zeile stehen, ohne Umbruch und Tabulator."}


def test_lists_have_no_empty_and_no_doubled_items() -> None:
    check = Check()
    check.items("partners", ["Caritas", ""])
    check.items("success_factors", ["Zeit", "Zeit"])
    check.items("stumbling_blocks", ["x"] * 0)
    assert check.problems == {
        "partners": "Bitte ausfüllen.",
        "success_factors": "Enthält einen Eintrag doppelt.",
    }


def test_years_reach_from_1900_to_a_few_years_ahead() -> None:
    check = Check()
    last = utc_now().year + 6
    check.year("first", 1900)
    check.year("last", last)
    check.year("early", 1899)
    check.year("late", last + 1)
    check.date("day", dt.date(1066, 10, 14))
    assert set(check.problems) == {"early", "late", "day"}


@pytest.mark.parametrize(
    ("lat", "lon", "fields"),
    [
        (51.5, 7.5, set()),
        (None, None, set()),
        (51.5, None, {"lat"}),
        (7.5, 51.5, {"lat", "lon"}),
        (float("nan"), 7.5, {"lat"}),
        (51.5, float("inf"), {"lon"}),
    ],
)
def test_points_lie_in_germany(lat: float | None, lon: float | None, fields: set[str]) -> None:
    check = Check()
    check.point(lat, lon)
    assert set(check.problems) == fields


@pytest.mark.parametrize(
    ("number", "fine"),
    [
        ("02931 9638104", True),
        ("05231 62-5000", True),
        ("+49 (0)2931 963-8104", True),
        ("auf Anfrage", False),
        ("0", False),
        ("+", False),
    ],
)
def test_telephone_numbers_are_digits_in_groups(number: str, *, fine: bool) -> None:
    check = Check()
    check.phone("phone", number, ContactPoint.phone)
    assert (check.problems == {}) is fine


def test_references_are_checked_only_where_the_targets_are_known() -> None:
    check = Check()
    check.ags("somewhere", "05111000")
    check.ags("here", "05111000", {"05111000"})
    check.ags("nowhere", "05999999", {"05111000"})
    check.ags("nothing", "5111000")
    check.terms("free", {"katzen"}, None)
    check.terms("wrong", {"kinder"}, {"kinder": "target_group"}, "topic")
    assert check.problems == {
        "nowhere": "Es gibt keine Kommune mit dem Schlüssel „05999999“.",
        "nothing": "„5111000“ ist kein Gemeindeschlüssel mit 3, 5 oder 8 Ziffern.",
        "wrong": "Der Begriff „kinder“ gehört in eine andere Liste.",
    }


def test_all_problems_are_told_at_once_and_the_first_of_each_field() -> None:
    check = Check()
    check.say("title", "Bitte ausfüllen.")
    check.say("title", "Zu kurz.")
    check.within("sources", 2).say("url", "Keine Adresse.")
    error = InvalidEntry(check.problems, key="hemer-ehrenamt")
    assert error.problems == {"title": "Bitte ausfüllen.", "sources[2].url": "Keine Adresse."}
    assert (error.status, error.key) == (422, "hemer-ehrenamt")
    assert error.sentence == (
        "Bitte prüfen Sie die Angaben. title: Bitte ausfüllen.; sources[2].url: Keine Adresse."
    )

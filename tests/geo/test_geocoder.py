"""Addresses are looked up politely, and a service that is slow, away or lying stops nobody."""

import datetime as dt
import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from directory.db import create_database_engine, utc_now
from directory.geo.addresses import DEADLINE_S, GeocoderAway, Match
from directory.geo.geocoder import find_address
from tests.geocoding import PLACE, Answer, Service, drips, geocoding_service, says, says_raw


@pytest.fixture
def service() -> Iterator[Service]:
    with geocoding_service() as found:
        yield found


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    found = create_database_engine(database_url)
    yield found
    found.dispose()


def look_up(
    engine: Engine, service: Service, address: str, now: dt.datetime | None = None
) -> list[Match]:
    contact = "netzwerk@example.org"
    return list(find_address(engine, address, url=service.url, contact=contact, now=now))


def test_an_address_becomes_a_point_and_is_asked_for_once(engine: Engine, service: Service) -> None:
    now = utc_now()
    expected = [Match("Hademareplatz 44, Hemer", 51.388, 7.77)]
    assert look_up(engine, service, "Hademareplatz 44, Hemer", now) == expected
    assert look_up(engine, service, " HADEMAREPLATZ  44, Hemer ", now) == expected
    assert len(service.asked) == 1
    assert service.asked[0]["User-Agent"] == "Kommunen-Verzeichnis (netzwerk@example.org)"
    assert "countrycodes=de" in service.asked[0]["path"]


def test_the_whole_installation_asks_once_a_second(engine: Engine, service: Service) -> None:
    now = utc_now()
    look_up(engine, service, "Hemer", now)
    with pytest.raises(GeocoderAway, match="schon eine andere Anschrift"):
        look_up(engine, service, "Bonn", now + dt.timedelta(milliseconds=900))
    assert look_up(engine, service, "Bonn", now + dt.timedelta(seconds=1))
    assert len(service.asked) == 2


def test_of_many_who_ask_at_once_one_gets_the_turn(engine: Engine, service: Service) -> None:
    now = utc_now()
    outcomes: list[str] = []

    def ask(number: int) -> None:
        try:
            look_up(engine, service, f"Straße {number}", now)
            outcomes.append("answered")
        except GeocoderAway:
            outcomes.append("refused")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["answered", "refused", "refused", "refused", "refused"]
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        says({"error": "rate limit"}),
        says("Unsinn"),
        says([{"lat": "x", "lon": "y", "display_name": "z"}]),
        says([{"lat": "1", "display_name": "z"}]),
        says([7, None]),
        says([{**PLACE, "lat": "nan"}]),
        says([{**PLACE, "lon": "inf"}]),
        says([{**PLACE, "lat": "1e400"}]),
        says_raw(b"<html>kein JSON</html>"),
        says_raw(b"\xff\xfe"),
        says_raw(b"[" * 100_000),
        says_raw(b" " * 300_000),
        says([], 500),
        says([], 429, Retry_After="3600"),
        says([], 302, Location="http://127.0.0.1:1/"),
    ],
)
def test_rubbish_is_a_sentence(engine: Engine, service: Service, answer: Answer) -> None:
    service.answer = answer
    with pytest.raises(GeocoderAway, match="ohne Punkt speichern"):
        look_up(engine, service, "Hemer")


@pytest.mark.parametrize(
    "place",
    [
        {**PLACE, "lat": "40.7", "lon": "-74.0"},
        {**PLACE, "display_name": " \x00 "},
    ],
)
def test_points_that_cannot_be_are_left_out(
    engine: Engine, service: Service, place: dict[str, str]
) -> None:
    service.answer = says([place, PLACE])
    assert [match.lat for match in look_up(engine, service, "Hemer")] == [51.388]


def test_a_dripping_answer_is_cut_at_the_deadline(engine: Engine, service: Service) -> None:
    service.answer = drips
    began = time.monotonic()
    with pytest.raises(GeocoderAway):
        look_up(engine, service, "Hemer")
    assert time.monotonic() - began < 3 * DEADLINE_S


def test_a_service_that_is_away_is_a_sentence(engine: Engine, service: Service) -> None:
    service.server.shutdown()
    service.server.server_close()
    with pytest.raises(GeocoderAway):
        look_up(engine, service, "Hemer")


def test_nothing_typed_asks_nobody(engine: Engine, service: Service) -> None:
    assert look_up(engine, service, "  \x00 ") == []
    assert service.asked == []

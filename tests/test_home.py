"""The numbers on the home page are those of the data."""

import csv
import json
import re

from flask.testing import FlaskClient

from directory.resources import resource_dir
from tests.pages import Page, get

SEED = resource_dir("seed")


def rows(name: str) -> list[dict[str, str]]:
    with (SEED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_number_is_counted_from_the_seed(client: FlaskClient) -> None:
    events = json.loads((SEED / "events.json").read_text(encoding="utf-8"))["events"]
    expected = {
        "Praxisbeispiele": len(json.loads((SEED / "practices.json").read_text(encoding="utf-8"))),
        "belegte Mitglieder": sum(row["evidence"] == "documented" for row in rows("members.csv")),
        "Ansprechstellen": len(rows("contacts.csv")),
        "Kongress-Workshops": sum(
            session["number"] is not None
            for event in events
            if event["kind"] == "congress"
            for session in event["sessions"]
        ),
    }
    page = get(client, "/")
    shown = {
        stat.one("dt").text: int(stat.one(".stat__value").text.replace(".", ""))
        for stat in page.all(".stat")
    }
    assert shown == expected


def test_each_number_leads_to_what_it_counts(client: FlaskClient) -> None:
    stats = {one.one("dt").text: one for one in get(client, "/").all(".stat")}

    def behind(label: str) -> Page:
        return get(client, stats[label].one("a")["href"].partition("#")[0])

    contacts = behind("Ansprechstellen").all("#ansprechstellen .contact")
    assert str(len(contacts)) == stats["Ansprechstellen"].one(".stat__value").text
    congresses = behind("Kongress-Workshops").all(".card--event .card__meta")
    workshops = [
        int(found[1])
        for one in congresses
        if re.search("2013|2015", one.text) and (found := re.search(r"(\d+) Workshops", one.text))
    ]
    assert str(sum(workshops)) == stats["Kongress-Workshops"].one(".stat__value").text


def test_the_list_of_members_holds_the_nine_of_the_learning_carousel(client: FlaskClient) -> None:
    names: set[str] = set()
    for number in (1, 2):
        page = get(client, f"/kommunen?seite={number}")
        names |= {link.text for link in page.all(".card--municipality .card__link")}
    assert len(names) == 40
    assert names >= {
        "Bonn",
        "Essen",
        "Hagen",
        "Hemer",
        "Kamp-Lintfort",
        "Lünen",
        "Rheine",
        "Velbert",
        "Witten",
    }

"""The JSON says what the pages say, in the names of the contract, and only what is public."""

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.api.operations import OPERATIONS
from directory.contacts.models import ContactPoint
from directory.db import begin_write, db, utc_now
from directory.municipalities.models import Municipality
from directory.publication.catalogue import advance
from directory.publication.models import EntryKind, Status, WorkingCopy
from directory.search import index
from directory.search.lists.listings import LISTINGS, ListKind
from directory.search.lists.reference import get_reference
from tests.factories import build_contact, build_event, build_practice, build_resource

LIST = ["items", "total", "limit", "offset", "facets", "query", "links"]
ITEMS = {
    "municipalities": (
        "ags name slug kind legal_status county district population population_date area_km2 point "
        "member member_since evidence topics practices_count url"
    ),
    "municipalities/05962016/peers": "municipality distance_index km factors",
    "practices": (
        "id slug title municipality summary situation approach result success_factors "
        "stumbling_blocks topics target_groups instruments partners started_year status sources "
        "updated_at url score"
    ),
    "contacts": (
        "id municipality unit street postcode town phone email url source_url as_of standing "
        "verified_at"
    ),
    "topics": "slug kind label definition synonyms practices_count url",
    "events": (
        "slug title kind status series motto date_start date_end time_start time_end format venue "
        "town municipality sessions_count updated_at url"
    ),
    "resources": "slug kind title publisher description date topics url",
}
PATHS = {
    ListKind.MUNICIPALITIES: "municipalities",
    ListKind.PRACTICES: "practices",
    ListKind.EVENTS: "events",
    ListKind.RESOURCES: "resources",
}


def ask(client: FlaskClient, path: str, status: int = 200) -> dict[str, Any]:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == status, answer.text
    assert answer.mimetype == ("application/json" if status == 200 else "application/problem+json")
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.mark.parametrize("path", ITEMS)
def test_lists_and_items_have_the_names_of_the_contract(client: FlaskClient, path: str) -> None:
    answer = ask(client, path)
    assert list(answer) == LIST
    assert answer["query"] == {"corrected": None}
    assert len(answer["items"]) == min(answer["total"], answer["limit"]) > 0
    for item in answer["items"]:
        assert list(item) == ITEMS[path].split()


def test_single_items_are_those_of_the_lists(client: FlaskClient) -> None:
    for path, key in (("municipalities", "ags"), ("practices", "id")):
        for item in ask(client, path)["items"]:
            assert ask(client, f"{path}/{item[key]}") == item
    event = ask(client, "events/kongress-2015")
    listed = {one["slug"]: one for one in ask(client, "events?limit=100")["items"]}
    assert {name: event[name] for name in ITEMS["events"].split()} == listed["kongress-2015"]
    assert len(event["sessions"]) == event["sessions_count"] == 7
    assert {"municipality", "role", "session", "practice"} == set(event["participations"][0])


def test_a_municipality_says_what_its_page_says(client: FlaskClient) -> None:
    hemer = ask(client, "municipalities/05962016")
    assert hemer["county"] == {"ags": "05962", "name": "Märkischer Kreis"}
    assert (hemer["member"], hemer["member_since"]) == (True, 2012)
    assert hemer["evidence"]["kind"] == "documented"
    longitude, latitude = hemer["point"]
    assert 5 < longitude < 10 < 50 < latitude < 53
    assert client.get(hemer["url"]).status_code == 200
    assert ask(client, "municipalities/05314000")["county"] is None
    assert ask(client, "municipalities/059")["district"] is None


def test_seven_peers_with_shares_that_make_up_the_index(client: FlaskClient) -> None:
    answer = ask(client, "municipalities/05962016/peers")
    assert len(answer["items"]) == 7 == answer["limit"]
    for peer in answer["items"]:
        shares = [factor["share"] for factor in peer["factors"]]
        assert sum(shares) == pytest.approx(peer["distance_index"], abs=1e-5)
        assert len(shares) == 7
    by_km = ask(
        client,
        "municipalities/05962016/peers?weight_distance=5&weight_population=0&weight_density=0&"
        "weight_legal_status=0&weight_urbanisation=0&weight_region=0&weight_topics=0",
    )
    distances = [peer["km"] for peer in by_km["items"]]
    assert distances == sorted(distances)
    rest = ask(client, "municipalities/05962016/peers?offset=3&limit=2")
    assert rest["items"] == answer["items"][3:5]
    assert ask(client, f"municipalities/05962016/peers?offset={answer['total']}")["items"] == []


def test_words_are_corrected_and_scored(client: FlaskClient) -> None:
    answer = ask(client, "practices?q=Ehrenamtskrate")
    assert answer["query"]["corrected"] == "Ehrenamtskarte"
    scores = [item["score"] for item in answer["items"]]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 0
    assert ask(client, "practices?q=Ehrenamtskrate&genau=1")["query"]["corrected"] is None


def test_paging_goes_through_the_whole_list_once(client: FlaskClient) -> None:
    path, seen = "practices?limit=50&sort=titel", []
    while path:
        answer = ask(client, path)
        seen += [item["id"] for item in answer["items"]]
        following = answer["links"]["next"]
        path = following.split("/api/v1/")[1] if following else ""
    assert len(seen) == len(set(seen)) == answer["total"]
    assert (
        ask(client, "practices?limit=50&sort=titel&seite=2")["items"]
        == (ask(client, "practices?limit=50&sort=titel&offset=50")["items"])
    )
    assert ask(client, "practices?limit=5&offset=3&seite=2")["offset"] == 8
    far = ask(client, "practices?seite=5000")
    assert (far["items"], far["offset"], far["links"]["next"]) == ([], 99_980, None)
    last = ask(client, far["links"]["last"].split("/api/v1/")[1])
    assert last["links"]["next"] is None
    assert last["items"]


def random_questions(session: Session) -> Iterator[tuple[ListKind, list[tuple[str, str]]]]:
    """Twenty questions of up to three filters that the lists know."""
    reference = get_reference(session)
    chosen = random.Random(7)  # noqa: S311 - nothing secret
    for _ in range(20):
        kind = chosen.choice(list(ListKind))
        facets = [facet for facet in LISTINGS[kind].facets if facet.labels(reference)]
        pairs = [
            (facet.name, chosen.choice(list(facet.labels(reference))))
            for facet in chosen.sample(facets, k=chosen.randint(0, 2))
        ]
        if chosen.random() < 0.4:
            pairs.append(("q", chosen.choice(["ehrenamt", "Integration", "Stadt", "Preis"])))
        yield kind, pairs


def test_totals_are_those_of_the_pages(any_app: Flask) -> None:
    client = any_app.test_client()
    with any_app.app_context():
        questions = list(random_questions(db.session))
    some = 0
    for kind, pairs in questions:
        total = ask_with(client, PATHS[kind], pairs)["total"]
        page = client.get(f"/{kind.value}", query_string=pairs).text
        listing = LISTINGS[kind]
        word = listing.singular if total == 1 else listing.plural
        assert f"{total} {word}" in page, (kind, pairs)
        some += total
    assert some > 20


def ask_with(client: FlaskClient, path: str, pairs: list[tuple[str, str]]) -> dict[str, Any]:
    answer = client.get(f"/api/v1/{path}", query_string=pairs)
    assert answer.status_code == 200, (pairs, answer.text)
    found: dict[str, Any] = answer.get_json()
    return found


def test_facets_count_what_choosing_them_gives(client: FlaskClient) -> None:
    answer = ask(client, "practices?q=ehrenamt")
    assert set(answer["facets"]) >= {"thema", "zielgruppe", "instrument", "kreis", "groesse"}
    for name, values in answer["facets"].items():
        for value in values[:2]:
            narrowed = ask(client, f"practices?q=ehrenamt&{name}={value['value']}&limit=1")
            assert narrowed["total"] == value["count"], (name, value)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("practices?thema=unfug", ["thema"]),
        ("practices?thema=", ["thema"]),
        ("practices?thema=vernetzung&thema=unfug&kreis=99", ["thema", "kreis"]),
        ("practices?farbe=rot&limit=0&offset=-1", ["farbe", "limit", "offset"]),
        ("practices?limit=101", ["limit"]),
        ("practices?limit=1000000", ["limit"]),
        ("practices?limit=²", ["limit"]),
        (f"practices?q={'x' * 301}", ["q"]),
        ("practices?limit=1&limit=2", ["limit"]),
        ("practices?seite=0", ["seite"]),
        ("practices?ort=Nirgendwo-am-See", ["ort"]),
        ("practices?umkreis=10", ["umkreis"]),
        ("practices?ort=Bonn&umkreis=0", ["umkreis"]),
        ("practices?bbox=1,2,3", ["bbox"]),
        ("practices?sort=laut", ["sort"]),
        ("practices?sort=aehnlich", ["sort"]),
        ("practices?genau=0", ["genau"]),
        ("practices?ebene=kommunen", ["ebene"]),
        ("events?ort=Bonn", ["ort"]),
        ("contacts?kommune=123", ["kommune"]),
        ("topics?art=farbe", ["art"]),
        ("municipalities/05962016?limit=1", ["limit"]),
        ("municipalities/05962016/peers?weight_colour=1", ["weight_colour"]),
        ("municipalities/05962016/peers?weight_topics=6", ["weight_topics"]),
        ("suggest?p=x", ["p"]),
        ("openapi.json?x=1", ["x"]),
    ],
)
def test_what_is_not_understood_is_refused_by_name(
    client: FlaskClient, path: str, names: list[str]
) -> None:
    problem = ask(client, path, 422)
    assert [error["name"] for error in problem["errors"]] == names
    assert problem["status"] == 422
    for error in problem["errors"]:
        assert error["detail"].endswith((".", "?"))
        assert error["detail"] in problem["detail"]
        assert "gesucht wurde" not in error["detail"]  # pages go on, programmes are refused


@pytest.mark.parametrize(
    "path",
    [
        *("practices/99999", "practices/0", "practices/abc", f"practices/{'9' * 5000}"),
        *("municipalities/05999999", "municipalities/1", "events/nie", "nichts", ""),
        "practices/1/",
    ],
)
def test_what_is_not_there_is_a_problem_too(client: FlaskClient, path: str) -> None:
    problem = ask(client, path, 404)
    assert list(problem) == ["type", "title", "status", "detail"]


HIDDEN = "Kanarienvogel"


def hide(session: Session) -> None:
    """Entries that nobody may see yet, any more, or ever."""
    place = session.get_one(Municipality, "05962016")
    for status in (Status.DRAFT, Status.SUBMITTED, Status.ARCHIVED):
        name = f"{HIDDEN} {status}"
        build_practice(session, place, title=name, status=status)
        build_contact(session, place, unit=name, phone=HIDDEN, status=status)
        build_event(session, title=name, slug=f"kanari-{status}", status=status)
        build_resource(session, title=name, slug=f"kanari-{status}", status=status)
    build_contact(
        session,
        place,
        phone=HIDDEN,
        email=f"{HIDDEN}@example.org",
        person_name=HIDDEN,
        person_basis="Einwilligung",
        undeliverable_at=utc_now(),
        verified_at=utc_now() - dt.timedelta(days=3_000),
    )
    known = session.query(ContactPoint).first()
    assert known is not None
    session.add(
        WorkingCopy(
            kind=EntryKind.CONTACT,
            key=str(known.id),
            title=HIDDEN,
            fields={"phone": HIDDEN},
            author="jemand@example.org",
        )
    )
    index.rebuild(session)
    advance(session)


def test_nothing_that_is_not_public_leaves(any_app: Flask) -> None:
    with any_app.app_context():
        begin_write(db.session)
        hide(db.session)
        db.session.commit()
        hidden = [
            f"practices/{one.id}"
            for one in db.session.query(LISTINGS[ListKind.PRACTICES].entity)
            if one.status is not Status.PUBLISHED
        ]
    client = any_app.test_client()
    assert len(hidden) == 3
    for path in [*hidden, "events/kanari-draft"]:
        ask(client, path, 404)
    for operation in OPERATIONS:
        if operation.in_path:
            continue
        path, query = operation.rule.removeprefix("/"), f"?q={HIDDEN}"
        if all(one.name != "q" for one in operation.in_query):
            query = "?limit=100"
        answer = client.get(f"/api/v1/{path}{query}")
        links = answer.get_json().get("links", {})
        text = answer.text
        for link in filter(None, links.values()):
            text = text.replace(link, "")
        assert HIDDEN.casefold() not in text.casefold(), path
        while following := links.get("next"):
            answer = client.get(following)
            assert HIDDEN not in answer.text, path
            links = answer.get_json()["links"]
    for text in (client.get("/api/v1/openapi.json").text, client.get("/api/docs").text):
        assert HIDDEN not in text
        assert "jemand@example.org" not in text

"""How answers travel: forms, ETag and 304, other sites, limits; and what is refused how."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from directory.accounts.allowances import Allowance
from tests.ogc.asking import COLLECTIONS

ITEMS = "/ogc/collections/kommunen/items"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
GDAL = "application/geo+json, application/json"
DOCUMENTS = {
    "/ogc": "application/json",
    "/ogc/conformance": "application/json",
    "/ogc/collections": "application/json",
    "/ogc/collections/kommunen": "application/json",
    "/ogc/collections/kommunen/queryables": "application/schema+json",
    "/ogc/api": "application/vnd.oai.openapi+json",
    ITEMS: "application/geo+json",
    f"{ITEMS}/05314000": "application/geo+json",
}


@pytest.mark.parametrize(("path", "mimetype"), DOCUMENTS.items())
def test_accept_or_f_chooses_between_document_and_page(
    client: FlaskClient, path: str, mimetype: str
) -> None:
    # Twice: made anew, then kept
    for _ in range(2):
        for accept, expected in (
            ("", mimetype),
            ("*/*", mimetype),
            (GDAL, mimetype),
            (mimetype, mimetype),
            (BROWSER, "text/html"),
            ("text/html;q=0.5, application/json", mimetype),
        ):
            answer = client.get(path, headers={"Accept": accept} if accept else {})
            assert (answer.status_code, answer.mimetype) == (200, expected), accept
            assert "Accept" in answer.headers["Vary"].split(", ")
    for form, expected in (("json", mimetype), ("html", "text/html")):
        answer = client.get(f"{path}?f={form}", headers={"Accept": BROWSER})
        assert answer.mimetype == expected
        assert "Accept" not in answer.headers["Vary"].split(", ")


def test_who_takes_neither_is_told_what_there_is(client: FlaskClient) -> None:
    client.get(ITEMS)
    answer = client.get(ITEMS, headers={"Accept": "image/png"})
    assert (answer.status_code, answer.mimetype) == (406, "application/problem+json")
    assert "f=json" in answer.get_json()["detail"]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_what_has_not_changed_is_not_sent_again(client: FlaskClient, path: str) -> None:
    for query in ("", "?f=json", "?f=html"):
        first = client.get(path + query)
        assert first.headers["Cache-Control"] == "no-cache"
        known = {"If-None-Match": first.headers["ETag"]}
        for _ in range(2):
            again = client.get(path + query, headers=known)
            assert (again.status_code, again.data) == (304, b"")
            assert again.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", [*DOCUMENTS, "/ogc/collections/staedte", f"{ITEMS}?limit=0"])
def test_scripts_of_other_sites_may_read(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Origin": "https://kommune.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Crs" in answer.headers["Access-Control-Expose-Headers"]
    asking = {"Origin": "https://kommune.example", "Access-Control-Request-Method": "GET"}
    preflight = client.options(path, headers=asking)
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


def test_features_say_which_coordinates_they_have(client: FlaskClient) -> None:
    for path in (ITEMS, f"{ITEMS}/05314000", f"{ITEMS}?limit=3&f=html"):
        for _ in range(2):
            assert client.get(path).headers["Content-Crs"] == (
                "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
            )


@pytest.mark.parametrize(
    ("query", "name"),
    [
        *((f"bbox={one}", "bbox") for one in ("1,2,3", "1,2,3,4,5", "a,b,c,d", "7,52,8,51", "")),
        *((f"bbox={one}", "bbox") for one in ("7,51,8,91", "181,51,8,52", "nan,51,8,52")),
        *((f"bbox={one}", "bbox") for one in ("7,51,9,8,52,1", "inf,51,8,52")),
        *((f"limit={one}", "limit") for one in ("0", "-1", "x", "1.5", "", "9" * 30)),
        *((f"offset={one}", "offset") for one in ("-1", "x", "9" * 15)),
        *((f"datetime={one}", "datetime") for one in ("gestern", "2026-13-01", "../..", "2026")),
        *((f"geometry={one}", "geometry") for one in ("area", "")),
        ("crs=http://www.opengis.net/def/crs/EPSG/0/25832", "crs"),
        ("bbox=7,51,8,52&bbox-crs=EPSG:4326", "bbox-crs"),
        ("farbe=rot", "farbe"),
        ("seite=2", "seite"),
        ("kind=dorf", "kind"),
        ("kreis=99999", "kreis"),
        ("county=05962&kreis=05970", "county"),
        ("f=xml", "f"),
        ("limit=1&limit=2", "limit"),
        ("ort=Atlantis", "ort"),
        ("umkreis=20", "umkreis"),
        ("sort=schoen", "sort"),
        ("q=%00%00&farbe=%ff", "farbe"),
    ],
)
def test_what_is_not_understood_is_refused_with_a_sentence(
    client: FlaskClient, query: str, name: str
) -> None:
    answer = client.get(f"{ITEMS}?{query}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    problem = answer.get_json()
    assert name in {one["name"] for one in problem["errors"]}
    assert problem["detail"].endswith((".", "?"))
    assert problem["title"] == "Anfrage nicht verstanden"


@pytest.mark.parametrize(
    "path",
    [
        *("/ogc?limit=1", "/ogc/conformance?x=1", "/ogc/api?q=1", "/ogc/collections?bbox=1,2,3,4"),
        *("/ogc/collections/kommunen?limit=1", "/ogc/collections/kommunen/queryables?kreis=1"),
        f"{ITEMS}/05314000?limit=1",
    ],
)
def test_other_documents_take_no_questions(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/collections/staedte",
        "/ogc/collections/staedte/items",
        "/ogc/collections/staedte/queryables",
        "/ogc/nichts",
        *(f"/ogc/collections/{name}/items/gibt-es-nicht" for name in COLLECTIONS),
        *(f"/ogc/collections/{name}/items/999999999" for name in COLLECTIONS),
        *(f"/ogc/collections/{name}/items/{'9' * 40}" for name in COLLECTIONS),
        *(f"/ogc/collections/{name}/items/%00" for name in COLLECTIONS),
        *(f"/ogc/collections/{name}/items/%ED%A0%80" for name in COLLECTIONS),
    ],
)
def test_what_there_is_not_is_a_404_with_a_sentence(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.get_json()["detail"].endswith(".")


def test_people_get_their_errors_as_a_page(client: FlaskClient) -> None:
    for path, status in (
        ("/ogc/collections/staedte", 404),
        (f"{ITEMS}/05999999", 404),
        (f"{ITEMS}?limit=0", 400),
    ):
        answer = client.get(path, headers={"Accept": BROWSER})
        assert (answer.status_code, answer.mimetype) == (status, "text/html")
        assert client.get(path).mimetype == "application/problem+json"


def test_it_can_only_be_read(client: FlaskClient) -> None:
    answer = client.post(ITEMS, json={})
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_visitor_has_one_allowance_for_both_interfaces(app: Flask) -> None:
    app.extensions["allowance"] = Allowance(30, clock=lambda: 60.0)
    client = app.test_client()
    for number in range(15):
        assert client.get(f"/api/v1/topics?limit=1&offset={number}").status_code == 200
        answer = client.get(f"{ITEMS}?limit=1&offset={number}")
        assert answer.status_code == 200
        assert answer.headers["RateLimit-Policy"] == '"default";q=30;w=60'
    refused = client.get(f"{ITEMS}?limit=2")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert client.get(f"{ITEMS}?limit=1&offset=3").status_code == 200  # what is kept costs nothing

"""The catalogue of open data keeps the rules of DCAT-AP.de, and everything in it can be fetched."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyshacl import validate
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, SH, SKOS
from rdflib.term import Node

from directory import create_app
from directory.accounts.guards import required_right
from directory.accounts.rights import Right
from directory.config import DATA_LICENCES, Settings
from directory.db import db
from directory.errors import ConfigurationError
from directory.feeds.data_sets import DATA_SETS, LICENCES
from directory.feeds.open_data import FORMS
from directory.publication.catalogue import advance
from directory.publication.models import Status
from tests.conftest import running
from tests.databases import Databases
from tests.factories import build_event
from tests.pages import get

SHAPES = Path(__file__).parent / "shapes"
DCATAP = Namespace("http://data.europa.eu/r5r/")
DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
NAMED = {
    "operator": "Netzwerkbüro Musterland",
    "operator_email": "netzwerk@example.org",
    "data_licence": "cc-by/4.0",
    "contributor_id": "http://dcat-ap.de/def/contributors/musterland",
}
# Public, but no way to get a whole set
NOT_LISTED = {
    # One entry
    *("calendars.event", "contact_cards.of_municipality"),
    *("api.municipality", "api.practice", "api.event", "ogc.item"),
    # What its description names besides the sets, and that itself
    *("api.contacts", "api.topics", "api.resources", "api.peers", "api.suggest", "api.openapi"),
    *("ogc.landing", "ogc.conformance", "ogc.api"),
    *("ogc.collections", "ogc.collection", "ogc.queryables"),
}
DOORS = {"exports", "atom_feeds", "calendars", "contact_cards", "api", "ogc"}


def catalogue(client: FlaskClient, ending: str = "ttl") -> Graph:
    mimetype, form = FORMS[ending]
    answer = client.get(f"/katalog.{ending}")
    assert answer.status_code == 200
    assert answer.mimetype == mimetype
    return Graph().parse(data=answer.data, format=form)


@pytest.fixture(scope="module")
def named_app(site_app: Flask) -> Iterator[Flask]:
    """The same entries, run by somebody who has set everything."""
    app = create_app(replace(site_app.config["DIRECTORY"], **NAMED))
    app.config["COUNT_QUESTIONS"] = False
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def shapes() -> Graph:
    graph = Graph()
    for path in sorted(SHAPES.glob("*.ttl")):
        graph.parse(path)
    return graph


def broken(graph: Graph, shapes: Graph) -> set[tuple[Node | None, Node | None]]:
    """Which node breaks which kind of rule, warnings included."""
    _, report, _ = validate(graph, shacl_graph=shapes, inplace=True)
    assert isinstance(report, Graph)
    return {
        (report.value(one, SH.focusNode), report.value(one, SH.sourceConstraintComponent))
        for one in report.subjects(RDF.type, SH.ValidationResult)
    }


# Rules ------------------------------------------------------------------------------------------


def test_the_catalogue_keeps_all_rules(
    client: FlaskClient, named_app: Flask, shapes: Graph
) -> None:
    assert broken(catalogue(client), shapes) == set()
    assert broken(catalogue(named_app.test_client()), shapes) == set()


def test_every_rule_can_be_broken(named_app: Flask, shapes: Graph) -> None:
    whole = catalogue(named_app.test_client())
    toothless = []
    for shape, rule, constraint in constraints(shapes):
        graph, paths = Graph() + whole, paths_of(shapes, rule)
        kind = shapes.value(shape, SH.targetClass)
        focus = next(
            one for one in graph.subjects(RDF.type, kind) if (one, paths[0], None) in graph
        )
        for path in paths:
            BREAKING[constraint](graph, focus, path, shapes.value(rule, constraint))
        name = str(constraint).removeprefix(str(SH))
        component = SH[f"{name[0].upper()}{name[1:]}ConstraintComponent"]
        if (focus, component) not in broken(graph, alone(shapes, rule)):
            toothless.append((shape, paths, name))
    assert toothless == []


def constraints(shapes: Graph) -> Iterator[tuple[Node, Node, URIRef]]:
    """Shape, rule and what the rule demands; a rule may demand several things."""
    for shape in shapes.subjects(SH.targetClass):
        for rule in shapes.objects(shape, SH.property):
            for constraint in shapes.predicates(rule):
                if constraint not in {SH.path, SH.severity}:
                    assert isinstance(constraint, URIRef)
                    yield shape, rule, constraint


def alone(shapes: Graph, rule: Node) -> Graph:
    """The same shapes with only this rule."""
    graph = Graph() + shapes
    for one, _, other in shapes.triples((None, SH.property, None)):
        if other != rule and (one, SH.targetClass, None) in shapes:
            graph.remove((one, SH.property, other))
    return graph


def paths_of(shapes: Graph, rule: Node) -> list[Node]:
    path = shapes.value(rule, SH.path)
    assert path is not None
    several = shapes.value(path, SH.alternativePath)
    return [path] if several is None else list(Collection(shapes, several))


def leave_out(graph: Graph, focus: Node, path: Node, _: Node | None) -> None:
    graph.remove((focus, path, None))


def say_twice(graph: Graph, focus: Node, path: Node, _: Node | None) -> None:
    graph.add((focus, path, Literal("eins", lang="de")))
    graph.add((focus, path, Literal("zwei", lang="de")))


def speak_english(graph: Graph, focus: Node, path: Node, _: Node | None) -> None:
    graph.add((focus, path, Literal("word", lang="en")))


def forget_the_kind(graph: Graph, focus: Node, path: Node, kind: Node | None) -> None:
    graph.remove((graph.value(focus, path), RDF.type, kind))


def forget_the_list(graph: Graph, focus: Node, path: Node, _: Node | None) -> None:
    graph.remove((graph.value(focus, path), SKOS.inScheme, None))


def mistake_the_kind_of_node(graph: Graph, focus: Node, path: Node, kind: Node | None) -> None:
    graph.set((focus, path, Literal("Text") if kind == SH.IRI else URIRef("urn:falsch")))


def name_something_else(graph: Graph, focus: Node, path: Node, _: Node | None) -> None:
    graph.set((focus, path, URIRef("urn:falsch")))


def write_it_as_text(graph: Graph, focus: Node, path: Node, _: Node | None) -> None:
    graph.set((focus, path, Literal("neulich")))


BREAKING: dict[URIRef, Callable[[Graph, Node, Node, Node | None], None]] = {
    SH.minCount: leave_out,
    SH.maxCount: say_twice,
    SH.uniqueLang: say_twice,
    SH.languageIn: speak_english,
    SH["class"]: forget_the_kind,
    SH.node: forget_the_list,
    SH.nodeKind: mistake_the_kind_of_node,
    SH.hasValue: name_something_else,
    SH.pattern: name_something_else,
    SH.datatype: write_it_as_text,
}


# Forms ------------------------------------------------------------------------------------------


# RDFLib's own reader of JSON-LD uses what RDFLib no longer recommends.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_both_forms_say_the_same(client: FlaskClient) -> None:
    turtle = catalogue(client)
    assert len(turtle) > 300
    assert isomorphic(turtle, catalogue(client, "jsonld"))


def test_json_explains_itself_without_asking_anybody(client: FlaskClient) -> None:
    document = client.get("/katalog.jsonld").get_json(force=True)
    context = document["@context"]
    assert all(isinstance(one, str) for one in context.values())
    assert context["dcat"] == "http://www.w3.org/ns/dcat#"


@pytest.mark.parametrize(
    ("accept", "path"),
    [
        (None, "/katalog.ttl"),
        ("*/*", "/katalog.ttl"),
        ("text/turtle", "/katalog.ttl"),
        ("application/ld+json", "/katalog.jsonld"),
        ("application/ld+json;q=0.5, text/turtle;q=0.4", "/katalog.jsonld"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "/schnittstellen"),
    ],
)
def test_the_address_leads_to_the_form_somebody_takes(
    client: FlaskClient, accept: str | None, path: str
) -> None:
    answer = client.get("/katalog", headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert "Accept" in answer.headers["Vary"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_who_takes_none_of_the_forms_is_told(client: FlaskClient) -> None:
    assert client.get("/katalog", headers={"Accept": "image/png"}).status_code == 406
    assert client.get("/katalog.rdf").status_code == 404


@pytest.mark.parametrize("ending", FORMS)
def test_nobody_gets_twice_what_they_have(client: FlaskClient, ending: str) -> None:
    answer = client.get(f"/katalog.{ending}")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get(f"/katalog.{ending}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_another_process_writes_the_same_bytes(client: FlaskClient, site_app: Flask) -> None:
    settings = site_app.config["DIRECTORY"]
    environment = {
        "DIRECTORY_DATABASE_URL": settings.database_url,
        "DIRECTORY_INSTANCE": str(settings.instance_dir),
        "DIRECTORY_BASE_URL": settings.base_url,
        # Sets of addresses come in another order than here.
        "PYTHONHASHSEED": "4711",
    }
    done = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    here = [sha256(client.get(f"/katalog.{ending}").data).hexdigest() for ending in FORMS]
    assert done.stdout.split() == here


IN_ANOTHER_PROCESS = """
import hashlib, sys
from directory import create_app
client = create_app().test_client()
assert client.get("/").status_code == 200
assert "rdflib" not in sys.modules, "only for those who ask for the catalogue"
for ending in ("ttl", "jsonld"):
    print(hashlib.sha256(client.get(f"/katalog.{ending}").data).hexdigest())
"""


# Content ----------------------------------------------------------------------------------------


def distributions(graph: Graph) -> list[Node]:
    return sorted(graph.subjects(RDF.type, DCAT.Distribution))


def test_everything_can_be_fetched_in_the_form_it_is_said_to_have(client: FlaskClient) -> None:
    graph = catalogue(client)
    assert len(distributions(graph)) >= 16
    for one in distributions(graph):
        promised = str(graph.value(one, DCAT.mediaType)).removeprefix(MEDIA_TYPES)
        hrefs = {*graph.objects(one, DCAT.accessURL), *graph.objects(one, DCAT.downloadURL)}
        for href in hrefs:
            answer = client.get(local(href), buffered=True)
            assert (answer.status_code, answer.mimetype) == (200, promised), href


def test_interfaces_begin_where_their_description_says(client: FlaskClient) -> None:
    graph = catalogue(client)
    services = list(graph.subjects(RDF.type, DCAT.DataService))
    assert services
    for service in services:
        description = client.get(local(graph.value(service, DCAT.endpointDescription)))
        servers = description.get_json(force=True)["servers"]
        assert str(graph.value(service, DCAT.endpointURL)) in {one["url"] for one in servers}
        ways = graph.subjects(DCAT.accessService, service)
        begin = str(graph.value(service, DCAT.endpointURL))
        assert all(str(graph.value(way, DCAT.accessURL)).startswith(begin) for way in ways)


def test_every_public_door_for_programmes_is_in_the_catalogue(site_app: Flask) -> None:
    listed = {way.endpoint for data_set in DATA_SETS for way in data_set.distributions}
    doors = {
        rule.endpoint
        for rule in site_app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in DOORS
        and "GET" in (rule.methods or set())
        and required_right(site_app, rule.endpoint) is Right.PUBLIC
    }
    assert {one for one in doors if one not in NOT_LISTED} == listed


def test_sources_are_named_in_their_own_words(client: FlaskClient) -> None:
    graph = catalogue(client)
    one = URIRef("http://localhost/katalog#kommunen-csv")
    assert graph.value(one, DCTERMS.license) == URIRef(
        "http://dcat-ap.de/def/licenses/dl-by-de/2.0"
    )
    assert str(graph.value(one, DCATDE.licenseAttributionByText)) == (
        "© Statistisches Bundesamt (Destatis), Gemeindeverzeichnis (GV-ISys), Gebietsstand "
        "31.12.2024, Bevölkerung 31.12.2023; dl-de/by-2-0 (https://www.govdata.de/dl-de/by-2-0); "
        "Daten verändert"
    )


def test_what_nobody_has_set_is_not_made_up(client: FlaskClient) -> None:
    graph = catalogue(client)
    names = [str(name) for name in graph.objects(None, FOAF.name)]
    assert names == ["Noch nicht benannt (Probebetrieb)"]
    assert list(graph.objects(None, VCARD.hasEmail)) == []
    assert list(graph.objects(None, DCATDE.contributorID)) == []
    # Nobody has granted anything for the texts yet.
    texts = URIRef("http://localhost/katalog#praxisbeispiele-csv")
    assert str(graph.value(texts, DCTERMS.license)).endswith("/other-closed")
    assert {str(one).rpartition("/")[2] for one in graph.objects(None, DCATAP.availability)} == {
        "EXPERIMENTAL"
    }


def test_what_is_set_is_said(named_app: Flask) -> None:
    graph = catalogue(named_app.test_client())
    assert [str(name) for name in graph.objects(None, FOAF.name)] == ["Netzwerkbüro Musterland"]
    assert list(graph.objects(None, VCARD.hasEmail)) == [URIRef("mailto:netzwerk@example.org")]
    contributors = set(graph.objects(None, DCATDE.contributorID))
    assert contributors == {URIRef("http://dcat-ap.de/def/contributors/musterland")}
    texts = URIRef("http://localhost/katalog#praxisbeispiele-csv")
    assert str(graph.value(texts, DCTERMS.license)).endswith("/cc-by/4.0")
    attribution = str(graph.value(texts, DCATDE.licenseAttributionByText))
    assert attribution.startswith("Netzwerkbüro Musterland; © Statistisches Bundesamt")


def test_licences_to_set_are_the_ones_we_know() -> None:
    assert set(DATA_LICENCES) == set(LICENCES)


def test_a_change_of_the_entries_is_seen_at_once(app: Flask) -> None:
    client = app.test_client()
    events = URIRef("http://localhost/katalog#veranstaltungen-zeitraum")
    before = catalogue(client)
    assert str(before.value(events, DCAT.startDate)) < "2020"
    with app.app_context():
        build_event(db.session, title="Zukunftskongress", year=2031, status=Status.PUBLISHED)
        build_event(db.session, title="Entwurf", year=2035, status=Status.DRAFT)
        advance(db.session)
        db.session.commit()
    after = catalogue(client)
    assert str(after.value(events, DCAT.endDate)) == "2031"
    whole = URIRef("http://localhost/katalog")
    changed = before.value(whole, DCTERMS.modified), after.value(whole, DCTERMS.modified)
    assert str(changed[0]) <= str(changed[1])


def test_an_empty_directory_has_a_catalogue_too(
    sqlite_databases: Databases, tmp_path: Path, shapes: Graph
) -> None:
    with sqlite_databases.empty() as url, running(url, tmp_path) as app:
        graph = catalogue(app.test_client())
        assert list(graph.objects(None, DCTERMS.issued)) == []
        # Only that it has never changed cannot be said.
        kinds = {component for _, component in broken(graph, shapes)}
    assert kinds == {SH.MinCountConstraintComponent}


# For people -------------------------------------------------------------------------------------


def test_people_find_all_data_with_their_terms(client: FlaskClient) -> None:
    page = get(client, "/schnittstellen")
    assert page.h1 == "Daten und Schnittstellen"
    for data_set in DATA_SETS:
        assert page.one(f"h2#{data_set.id}").text == data_set.title
    hrefs = {one["href"] for one in page.all("main a")}
    graph = catalogue(client)
    assert {local(one) for one in graph.objects(None, DCAT.accessURL)} <= hrefs
    assert {f"/katalog.{ending}" for ending in FORMS} <= hrefs
    assert "Noch keine Lizenz festgelegt" in page.text
    assert "Datenlizenz Deutschland – Namensnennung – Version 2.0" in page.text
    assert page.has("footer a[href=/schnittstellen]")


def test_search_engines_find_the_same_data(client: FlaskClient) -> None:
    scripts = get(client, "/schnittstellen").all("script[type=application/ld+json]")
    found = [orjson.loads("".join(map(str, one.children))) for one in scripts]
    sets = next(one for one in found if one["@type"] == "DataCatalog")["dataset"]
    assert [one["name"] for one in sets] == [one.title for one in DATA_SETS]
    hrefs = {way["contentUrl"] for one in sets for way in one["distribution"]}
    assert hrefs == {str(one) for one in catalogue(client).objects(None, DCAT.accessURL)}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DIRECTORY_DATA_LICENCE", "cc-by-nc"),
        ("DIRECTORY_CONTRIBUTOR_ID", "musterland"),
        ("DIRECTORY_CONTRIBUTOR_ID", "http://dcat-ap.de/def/contributors/a b"),
    ],
)
def test_a_wrong_setting_is_named_at_the_start(variable: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=variable):
        Settings.from_environment({variable: value})


def local(href: Node | None) -> str:
    return str(href).removeprefix("http://localhost")

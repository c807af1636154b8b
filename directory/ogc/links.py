"""Links between the documents, each with its relation and media type; all addresses are whole."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from directory.ogc.questions import FORM, GEOMETRY, Question
from directory.pages.components.links import page_href

JSON = "application/json"
GEOJSON = "application/geo+json"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
HTML = "text/html"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"

Link = dict[str, str]


def address(endpoint: str, **values: Any) -> str:
    """Return the whole address of a document, at the host that was asked.

    Whoever comes in with `geometry` finds it on every way from there: programmes are given one
    address, and follow links.
    """
    if geometry := request.args.get(GEOMETRY.name):
        values[GEOMETRY.name] = geometry
    return url_for(f"ogc.{endpoint}", _external=True, **values)


def pages_below(endpoint: str) -> str:
    """Return what the whole address of the page of each entry begins with; its slug follows."""
    return request.host_url.rstrip("/") + page_href(endpoint, "")


def link(rel: str, href: str, mimetype: str, title: str) -> Link:
    """Return one link."""
    return {"href": href, "rel": rel, "type": mimetype, "title": title, "hreflang": "de"}


def here(mimetype: str) -> list[Link]:
    """Return the links of a document to itself and to its page; both keep the question."""
    kept = [pair for pair in request.args.items(multi=True) if pair[0] != FORM.name]
    return [
        link("self", _asking([*kept, ("f", "json")]), mimetype, "Dieses Dokument"),
        link("alternate", _asking([*kept, ("f", "html")]), HTML, "Dieses Dokument als Seite"),
    ]


def neighbours(question: Question, total: int) -> list[Link]:
    """Return the links to the features before and after those that were asked for."""
    links = []
    first, after = question.offset, question.offset + question.limit
    if after < total:
        links.append(link("next", _from(question, after), GEOJSON, "Weitere Features"))
    if first > 0:
        # Whoever asks beyond the end is led back to the last features there are.
        before = max(min(first, total) - question.limit, 0)
        links.append(link("prev", _from(question, before), GEOJSON, "Vorige Features"))
    return links


def page_links(question: Question, total: int) -> dict[str, str]:
    """Return the same two as addresses of pages, by relation."""
    return {
        one["rel"]: one["href"].replace("f=json", "f=html") for one in neighbours(question, total)
    }


def _from(question: Question, offset: int) -> str:
    kept = question.pairs("f", "offset", "limit")
    window = [("limit", str(question.limit)), ("offset", str(offset))]
    return _asking([*kept, *window, ("f", "json")])


def _asking(pairs: Iterable[tuple[str, str]]) -> str:
    return f"{request.base_url}?{urlencode(list(pairs))}"

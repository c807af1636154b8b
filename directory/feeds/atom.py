"""Atom 1.0 (RFC 4287) with pages (RFC 5005), written as a tree: well-formed by construction."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

MIMETYPE = "application/atom+xml"
_ATOM = "http://www.w3.org/2005/Atom"

# Heading (or "") and what stands below it: a text, or the items of a list
Section = tuple[str, str | Sequence[str]]


@dataclass(frozen=True)
class Person:
    """Who answers for an entry: an office or a municipality, never somebody in person."""

    name: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry; `terms` are value and label of its categories."""

    id: str
    title: str
    url: str
    published: dt.datetime | None
    updated: dt.datetime
    authors: Sequence[Person]
    summary: str
    sections: Sequence[Section] = ()
    terms: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, kw_only=True)
class Feed:
    """One page of a feed; `links` are relation, media type and address."""

    id: str
    title: str
    subtitle: str
    author: Person
    rights: str
    updated: dt.datetime
    links: Sequence[tuple[str, str, str]]
    entries: Sequence[Entry] = field(default_factory=list)


def write(feed: Feed) -> bytes:
    """Return the feed as XML in UTF-8."""
    # The default namespace as a plain attribute: every reader knows it, few know prefixes.
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "de"})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    if feed.subtitle:
        _text(root, "subtitle", feed.subtitle)
    _text(root, "updated", _moment(feed.updated))
    _person(root, feed.author)
    _text(root, "rights", feed.rights)
    for relation, mimetype, href in feed.links:
        _link(root, relation, mimetype, href)
    for entry in feed.entries:
        _entry(ET.SubElement(root, "entry"), entry)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(parent: ET.Element, entry: Entry) -> None:
    _text(parent, "id", entry.id)
    _text(parent, "title", entry.title)
    _link(parent, "alternate", "text/html", entry.url)
    if entry.published is not None:
        _text(parent, "published", _moment(entry.published))
    _text(parent, "updated", _moment(entry.updated))
    for author in entry.authors:
        _person(parent, author)
    for term, label in entry.terms:
        ET.SubElement(parent, "category", {"term": term, "label": label})
    if entry.summary:
        _text(parent, "summary", entry.summary)
    if entry.sections:
        # HTML as text: it is escaped once by the tree it is written from and once by this one.
        _text(parent, "content", _as_html(entry.sections)).set("type", "html")


def _as_html(sections: Iterable[Section]) -> str:
    body = ET.Element("div")
    for heading, said in sections:
        if heading:
            _text(body, "h3", heading)
        if isinstance(said, str):
            for paragraph in filter(None, (part.strip() for part in said.splitlines())):
                _text(body, "p", paragraph)
        else:
            items = ET.SubElement(body, "ul")
            for item in said:
                _text(items, "li", item)
    written: str = ET.tostring(body, encoding="unicode", method="html")
    return written


def _person(parent: ET.Element, person: Person) -> None:
    author = ET.SubElement(parent, "author")
    _text(author, "name", person.name)
    if person.url:
        _text(author, "uri", person.url)


def _link(parent: ET.Element, relation: str, mimetype: str, href: str) -> None:
    ET.SubElement(parent, "link", {"rel": relation, "type": mimetype, "href": href})


def _text(parent: ET.Element, tag: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, tag)
    element.text = text
    return element


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")

"""Reading what the feeds write, strictly, by the standard library alone."""

from typing import NamedTuple
from xml.etree import ElementTree as ET

from flask.testing import FlaskClient

ATOM = "{http://www.w3.org/2005/Atom}"


class FeedPage(NamedTuple):
    """One page of a feed: its tree, links by relation, and entries."""

    root: ET.Element
    links: dict[str, str]
    entries: list[ET.Element]

    def text(self, tag: str) -> str:
        return text(self.root, tag)

    @property
    def titles(self) -> list[str]:
        return [text(entry, "title") for entry in self.entries]


def text(element: ET.Element, tag: str) -> str:
    """The text of the one child called `tag`."""
    found = element.findall(f"{ATOM}{tag}")
    assert len(found) == 1, f"{len(found)} times {tag}"
    return found[0].text or ""


def get_feed(client: FlaskClient, path: str) -> FeedPage:
    """Fetch a feed and hold it to what RFC 4287 demands of every feed."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.data)  # noqa: S314 - our own
    assert root.tag == f"{ATOM}feed"
    links = {link.attrib["rel"]: link.attrib["href"] for link in root.findall(f"{ATOM}link")}
    page = FeedPage(root, links, root.findall(f"{ATOM}entry"))
    for element in (root, *page.entries):
        assert text(element, "id").startswith("tag:")
        assert text(element, "title")
        assert text(element, "updated").endswith("Z")
        assert [name.text for name in element.iterfind(f"{ATOM}author/{ATOM}name")]
    ids = [text(entry, "id") for entry in page.entries]
    assert len(set(ids)) == len(ids)
    return page

"""The one door for pages: fetches a page and checks what every page owes its readers.

page = get(client, "/praxisbeispiele?q=bürgerrat")
assert page.title == "Praxisbeispiele"
assert page.one("ol.entries a")["href"] == "/praxisbeispiele/buergerrat"
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import duties
from tests.document import Document, Element

SITE_NAME = " – Kommunen-Verzeichnis"


class Heading(NamedTuple):
    level: int
    text: str


class Link(NamedTuple):
    text: str
    href: str


class Page:
    """A page as its readers meet it."""

    def __init__(self, path: str, response: TestResponse) -> None:
        self.path = path
        self.status = response.status_code
        self.headers = response.headers
        self.document = Document(response.get_data(as_text=True))
        self.root = self.document.root

    def all(self, selector: str) -> list[Element]:
        return self.root.all(selector)

    def one(self, selector: str) -> Element:
        return self.root.one(selector)

    def has(self, selector: str) -> bool:
        return bool(self.all(selector))

    @property
    def text(self) -> str:
        """All visible text, with single spaces."""
        return self.one("body").text

    @property
    def title(self) -> str:
        """The page's own part of `<title>`."""
        return "".join(map(str, self.one("head title").children)).strip().removesuffix(SITE_NAME)

    @property
    def h1(self) -> str:
        return self.one("h1").text

    @property
    def headings(self) -> list[Heading]:
        return [Heading(int(one.tag[1]), one.text) for one in self.all("h1, h2, h3, h4, h5, h6")]

    @property
    def links(self) -> list[Link]:
        """The links of the page itself, without header and footer."""
        return [Link(link.text, link["href"]) for link in self.all("main a[href]")]

    def link(self, text: str) -> str:
        """Where the single link with this text leads."""
        found = {link.href for link in self.links if link.text == text}
        assert len(found) == 1, f"{len(found)} targets for a link “{text}” among {self.links}"
        return found.pop()

    @property
    def facets(self) -> dict[str, dict[str, int]]:
        """What the filters offer: `{"Thema": {"Beteiligung": 12, …}, …}`."""
        facets: dict[str, dict[str, int]] = {}
        for group in self.all("fieldset.facet__body"):
            values = facets.setdefault(group.one("legend").text, {})
            for label in group.all("label"):
                count = label.one(".facet__count").text_without(".sr-only")
                values[label.text_without(".facet__count")] = int(count.replace(".", ""))
        return facets

    def fields(self, action: str) -> dict[str, str]:
        """Names and values as a browser would send the form with this action, untouched."""
        return dict(_successful_fields(self.one(f'form[action="{action}"]')))


def get(
    client: FlaskClient, path: str, *, status: int = 200, framed: bool = True, **request: object
) -> Page:
    """Fetch the page at `path` and hold it to everything a page owes.

    Pages for other people's sites (`/embed/…`) and error pages stand alone, without the frame of
    navigation and footer: `framed=False`; a status from 400 means so by itself.
    """
    return checked(path, client.get(path, **request), status=status, framed=framed)


class TidyClient(FlaskClient):
    """Reads every answer to its end, as browsers do, and closes what it sent a large form from."""

    def open(self, *args: Any, **request: Any) -> TestResponse:
        response = super().open(*args, **{"buffered": True, **request})
        response.request.environ["wsgi.input"].close()
        return response


def post(
    client: FlaskClient, path: str, data: dict[str, object], *, status: int, **request: object
) -> Page:
    """Send a form that is answered by a page (its errors, mostly) and check that page."""
    return checked(path, client.post(path, data=data, **request), status=status)


def checked(path: str, response: TestResponse, *, status: int = 200, framed: bool = True) -> Page:
    """Make a page of `response`, or fail with all its defects at once."""
    assert response.status_code == status, (
        f"{path} answers {response.status} instead of {status}"
        + (f", to {response.location}" if response.location else "")
    )
    page = Page(path, response)
    found = duties.defects(page, framed=framed and status < 400)
    assert not found, "\n  ".join([f"{path} ({status}) has {len(found)} defects:", *found])
    return page


def _successful_fields(form: Element) -> Iterator[tuple[str, str]]:
    for control in form.all("input[name], select[name], textarea[name]"):
        kind = control.get("type") or control.tag
        if kind == "textarea":
            yield control["name"], control.text
        elif kind == "select":
            options = control.all("option")
            chosen = control.all("option[selected]") or options[:1]
            for one in chosen:
                value = one.get("value")
                yield control["name"], one.text if value is None else value
        elif kind in {"checkbox", "radio"}:
            if control.get("checked") is not None:
                yield control["name"], control.get("value") or "on"
        elif kind not in {"submit", "button", "image", "file"}:
            yield control["name"], control.get("value") or ""

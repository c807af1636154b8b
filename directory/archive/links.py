"""Whether everything in an archive that leads somewhere leads to something in it."""

import posixpath
import re
from collections.abc import Collection, Iterator
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

_ELSEWHERE = {"http", "https", "mailto", "tel"}
_IN_STYLES = re.compile(r"url\(\s*[\"']?([^\"')]+)")
_LOADED = {"img", "image", "link", "script", "source", "iframe", "use"}


class LinkCheck:
    """Remembers what pages link and which places they have; asked once all are written."""

    def __init__(self) -> None:
        self._wanted: set[tuple[str, str, str]] = set()
        self._places: set[tuple[str, str]] = set()
        self._dead: set[str] = set()

    def add_page(self, name: str, html: str) -> None:
        """Read the page called `name`."""
        reader = _Reader()
        reader.feed(html)
        reader.close()
        self._places |= {(name, place) for place in reader.places}
        for is_loaded, href in reader.links:
            self._want(name, href, is_loaded=is_loaded)

    def add_style(self, name: str, css: str) -> None:
        """Read the style sheet called `name`."""
        for href in _IN_STYLES.findall(css):
            if not href.startswith("data:"):
                self._want(name, href, is_loaded=True)

    def dead(self, names: Collection[str]) -> list[str]:
        """Return `page → link` for all that lead to none of the files `names`, or nowhere in it."""
        lost = {
            f"{page} → {target}{'#' if place else ''}{place}"
            for page, target, place in self._wanted
            if target not in names or (place and (target, place) not in self._places)
        }
        return sorted(lost | self._dead)

    def _want(self, page: str, href: str, *, is_loaded: bool) -> None:
        parts = urlsplit(href)
        if parts.scheme or parts.netloc:
            # Readers may follow a link into the web; nothing is loaded from there.
            if is_loaded or parts.scheme not in _ELSEWHERE:
                self._dead.add(f"{page} → {href}")
            return
        path = unquote(parts.path)
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
        self._wanted.add((page, target, unquote(parts.fragment)))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[bool, str]] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.places.add(value)
            elif name in {"href", "src"}:
                self.links.append((tag in _LOADED, value or ""))
            elif name == "srcset":
                self.links += ((True, href) for href in _sources(value or ""))


def _sources(srcset: str) -> Iterator[str]:
    for one in srcset.split(","):
        if one.strip():
            yield one.split()[0]

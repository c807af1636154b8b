"""The pages of an archive: relative links only, no script, style sheets and fonts beside them."""

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import Flask

from directory.archive.catalogue import Catalogue, Item
from directory.attributions import DATA_SOURCES
from directory.contacts.standing import Standing
from directory.events.models import (
    EventFormat,
    EventKind,
    EventStatus,
    ParticipationRole,
    ResourceType,
    SessionKind,
)
from directory.geo.points import Point
from directory.maps.markers import MEMBER, OTHER
from directory.maps.outlines import NRW_PROJECTION
from directory.maps.svg import Drawing, SvgPoint, base_map, drawing, svg_areas
from directory.municipalities.models import MunicipalityKind
from directory.practices.models import PracticeState
from directory.resources import resource_dir
from directory.topics.models import TermKind

BASE_MAP = "gestaltung/nrw.svg"
_STYLES = ("kern", "fonts", "tokens", "base", "layout", "components", "pages", "svg-map", "archive")
_BESIDE = (
    "img/favicon.svg",
    "vendor/kern-ux-native/kern.min.css",
    "vendor/kern-ux-native/LICENSE.txt",
    "vendor/fontsource-fira-sans/LICENSE.txt",
)
_FONT = re.compile(r'url\("\.\./(vendor/[^"]+\.woff2)"\)')
_POINT_RADIUS = 9.0

_STANDING = {
    Standing.CONFIRMED: "bestätigt",
    Standing.UNCONFIRMED: "noch nicht bestätigt",
    Standing.STALE: "lange nicht bestätigt",
}
# Field of an item → German word for its value
_LABELS: Mapping[str, Callable[[str], str]] = {
    "municipality": lambda value: MunicipalityKind(value).label,
    "practice": lambda value: PracticeState(value).label,
    "event": lambda value: EventKind(value).label,
    "status": lambda value: EventStatus(value).label,
    "format": lambda value: EventFormat(value).label,
    "session": lambda value: SessionKind(value).label,
    "role": lambda value: ParticipationRole(value).label,
    "resource": lambda value: ResourceType(value).label,
    "term": lambda value: TermKind(value).plural,
    "standing": lambda value: _STANDING[Standing(value)],
}


class Pages:
    """Makes the HTML of one archive; `common` is what every page is told."""

    def __init__(self, app: Flask, catalogue: Catalogue, common: Mapping[str, Any]) -> None:
        self._templates = app.jinja_env
        self._catalogue = catalogue
        self._common = {**common, "label": lambda kind, value: _LABELS[kind](value)}

    def practice(self, item: Item) -> tuple[str, str]:
        """Return name and text of the page of one practice."""
        return self._page(
            "archive/practice.html",
            f"praxisbeispiele/{item['slug']}.html",
            practice=item,
            confirmed=item["id"] in self._catalogue.confirmed,
            municipality_slug=self._catalogue.slugs[item["municipality"]["ags"]],
            contacts=self._contacts(item["municipality"]["ags"]),
            attachments=self._catalogue.attachments.get(item["id"], []),
        )

    def others(self) -> Iterator[tuple[str, str]]:
        """Yield name and text of all other pages; every practice has been remembered."""
        known = self._catalogue
        yield self._page(
            "archive/home.html",
            "index.html",
            drawing=self._drawing(),
            members=sum(one["member"] for one in known.municipalities),
            counts=self._counts(),
        )
        yield self._page(
            "archive/municipalities.html",
            "kommunen/index.html",
            members=[one for one in known.municipalities if one["member"]],
            others=[one for one in known.municipalities if not one["member"]],
        )
        yield self._page(
            "archive/practices.html", "praxisbeispiele/index.html", practices=known.practices
        )
        yield self._page("archive/topics.html", "themen/index.html", groups=self._groups())
        yield self._page("archive/events.html", "veranstaltungen/index.html", events=known.events)
        yield self._page("archive/resources.html", "materialien.html", resources=known.resources)
        yield self._page("archive/sources.html", "quellen.html", sources=DATA_SOURCES)
        for place in known.municipalities:
            yield self._page(
                "archive/municipality.html",
                f"kommunen/{place['slug']}.html",
                place=place,
                contacts=self._contacts(place["ags"]),
                practices=known.practices_of.get(place["ags"], []),
                events=known.events_of.get(place["ags"], []),
            )
        for term in known.topics:
            yield self._page(
                "archive/topic.html",
                f"themen/{term['slug']}.html",
                term=term,
                practices=known.practices_of.get(term["slug"], []),
            )
        for event in known.events:
            yield self._page(
                "archive/event.html",
                f"veranstaltungen/{event['slug']}.html",
                event=event,
                slugs=known.slugs,
                practice_slugs=known.practice_slugs,
            )

    def readme(self) -> str:
        """Return what stands beside the pages, for people and for other programmes."""
        template = self._templates.get_template("archive/readme.txt")
        return template.render(**self._common, counts=self._counts())

    def _page(self, template: str, name: str, **values: Any) -> tuple[str, str]:
        root = "../" * name.count("/")
        text = self._templates.get_template(template).render(
            **self._common, **values, root=root, page=name
        )
        return name, text

    def _contacts(self, ags: str) -> list[Item]:
        return [
            one | {"person": self._catalogue.persons.get(one["id"])}
            for one in self._catalogue.contacts_of.get(ags, [])
        ]

    def _counts(self) -> dict[str, int]:
        known = self._catalogue
        return {
            "municipalities": len(known.municipalities),
            "practices": len(known.practices),
            "topics": len(known.topics),
            "events": len(known.events),
            "resources": len(known.resources),
        }

    def _groups(self) -> list[tuple[str, list[Item]]]:
        return [
            (kind.plural, [one for one in self._catalogue.topics if one["kind"] == kind.value])
            for kind in TermKind
        ]

    def _drawing(self) -> Drawing:
        """Return the map of the state with every member, largest circles first."""
        members = [one for one in self._catalogue.municipalities if one["member"]]
        points = [
            SvgPoint(
                x=round(x, 1),
                y=round(y, 1),
                r=_POINT_RADIUS,
                title=one["name"],
                href=f"kommunen/{one['slug']}.html",
                kind=MEMBER if one["member"] else OTHER,
            )
            for one in members
            if one["point"] is not None
            for x, y in [NRW_PROJECTION.xy(Point(lat=one["point"][1], lon=one["point"][0]))]
        ]
        areas = svg_areas({one["ags"] for one in members})
        return drawing(base_href=BASE_MAP, areas=areas, points=points)


def styles() -> Iterator[tuple[str, bytes]]:
    """Yield the files of the design: name and content.

    Fonts stand within their style sheet: of files, Firefox takes none from another folder.
    """
    folder = resource_dir("static")
    for name in _STYLES:
        css = (folder / "css" / f"{name}.css").read_text(encoding="utf-8")
        yield f"gestaltung/css/{name}.css", _with_fonts(css, folder).encode()
    for beside in _BESIDE:
        yield f"gestaltung/{beside}", (folder / beside).read_bytes()
    yield BASE_MAP, base_map().body


def stylesheets() -> Sequence[str]:
    """Return the style sheets every page links, in their order."""
    return [f"gestaltung/css/{name}.css" for name in _STYLES]


def _with_fonts(css: str, folder: Path) -> str:
    def embedded(match: re.Match[str]) -> str:
        font = base64.b64encode((folder / match[1]).read_bytes()).decode()
        return f'url("data:font/woff2;base64,{font}")'

    return _FONT.sub(embedded, css)

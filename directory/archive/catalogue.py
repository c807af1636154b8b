"""The public catalogue as an archive shows it: the answers of the JSON interface, put in order."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

Item = dict[str, Any]
# Gives the bytes that stand at an address of the site
Ask = Callable[[str], bytes]

API = "/api/v1"
_MOST = 100
# Lists of the interface and what makes them complete
LISTS = {
    "municipalities": "mitglied=alle",
    "practices": "",
    "contacts": "",
    "topics": "",
    "events": "",
    "resources": "",
}


def items(ask: Ask, name: str) -> Iterator[Item]:
    """Yield all items of one list of the interface, in its order."""
    offset, total = 0, 1
    while offset < total:
        query = "&".join(filter(None, [LISTS[name], f"limit={_MOST}&offset={offset}"]))
        answer = orjson.loads(ask(f"{API}/{name}?{query}"))
        total = answer["total"]
        yield from answer["items"]
        offset += _MOST


@dataclass(frozen=True)
class Brief:
    """Of a practice what lists of others need; the whole is read page by page."""

    id: int
    slug: str
    title: str
    ags: str
    place: str
    summary: str
    topics: tuple[str, ...]


@dataclass
class Catalogue:
    """All but the texts of the practices, which are many."""

    municipalities: list[Item]
    contacts: list[Item]
    topics: list[Item]
    events: list[Item]
    resources: list[Item]
    # Practice → its pictures and documents, ready for the page
    attachments: dict[int, list[Item]]
    # Contact point → who may be named there
    persons: dict[int, str]
    # Practices whose municipality stands by the wording
    confirmed: frozenset[int]
    practices: list[Brief] = field(default_factory=list)

    @classmethod
    def read(
        cls,
        ask: Ask,
        *,
        attachments: dict[int, list[Item]],
        persons: dict[int, str],
        confirmed: frozenset[int],
    ) -> "Catalogue":
        """Ask for everything that is small."""
        return cls(
            municipalities=list(items(ask, "municipalities")),
            contacts=list(items(ask, "contacts")),
            topics=list(items(ask, "topics")),
            events=[orjson.loads(ask(f"{API}/events/{e['slug']}")) for e in items(ask, "events")],
            resources=list(items(ask, "resources")),
            attachments=attachments,
            persons=persons,
            confirmed=confirmed,
        )

    def remember(self, practice: Item) -> None:
        """Take note of a practice for the lists of others."""
        self.practices.append(
            Brief(
                id=practice["id"],
                slug=practice["slug"],
                title=practice["title"],
                ags=practice["municipality"]["ags"],
                place=practice["municipality"]["name"],
                summary=practice["summary"],
                topics=tuple(
                    term["slug"]
                    for kind in ("topics", "target_groups", "instruments")
                    for term in practice[kind]
                ),
            )
        )

    @cached_property
    def slugs(self) -> dict[str, str]:
        """AGS → slug."""
        return {one["ags"]: one["slug"] for one in self.municipalities}

    @cached_property
    def contacts_of(self) -> dict[str, list[Item]]:
        """AGS → contact points."""
        found = defaultdict(list)
        for one in self.contacts:
            found[one["municipality"]["ags"]].append(one)
        return found

    @cached_property
    def practices_of(self) -> dict[str, list[Brief]]:
        """AGS or slug of a term → practices; to be asked when all are remembered."""
        found = defaultdict(list)
        for one in self.practices:
            for key in (one.ags, *one.topics):
                found[key].append(one)
        return found

    @cached_property
    def practice_slugs(self) -> dict[int, str]:
        """Number of a practice → slug; to be asked when all are remembered."""
        return {one.id: one.slug for one in self.practices}

    @cached_property
    def events_of(self) -> dict[str, list[Item]]:
        """AGS → events it took part in."""
        found: dict[str, dict[str, Item]] = defaultdict(dict)
        for event in self.events:
            for one in event["participations"]:
                found[one["municipality"]["ags"]][event["slug"]] = event
        return {ags: list(events.values()) for ags, events in found.items()}

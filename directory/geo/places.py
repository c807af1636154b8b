"""The local gazetteer: names, keys and postcodes to places, without asking anybody."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from directory.geo.names import other_names, regions
from directory.geo.points import Box, Point, kilometres
from directory.text import fold, fold_short, nearest

_POSTCODE = re.compile(r"\d{5}")
_POINT = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)\s*")
_PREFIXES = ("stadt ", "gemeinde ")
_LONGEST_PLATE = 3


@dataclass(frozen=True)
class Place:
    """One municipality, county or district that can be meant by a name."""

    ags: str
    name: str
    point: Point | None


@dataclass(frozen=True)
class Found:
    """What a person's words mean: some places around one point, and what else they may mean."""

    label: str
    places: tuple[Place, ...]
    point: Point | None
    alternatives: tuple[Place, ...] = ()


class Gazetteer:
    """All places, looked up by name, key, postcode or point."""

    def __init__(
        self,
        places: Iterable[Place],
        postcodes: Iterable[tuple[str, str, Point]] = (),
    ) -> None:
        """Index `places`; `postcodes` are rows of postcode, AGS and point."""
        self._by_ags = {place.ags: place for place in places}
        self._by_postcode: dict[str, list[tuple[Place, Point]]] = defaultdict(list)
        for postcode, ags, point in postcodes:
            if ags in self._by_ags:
                self._by_postcode[postcode].append((self._by_ags[ags], point))

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[Place]]:
        """Folded spelling → places; made when a name is first looked up."""
        by_name: dict[str, list[Place]] = defaultdict(list)
        for place in self._by_ags.values():
            for name in _spellings(place.name):
                by_name[name].append(place)
        return by_name

    @cached_property
    def _by_other_name(self) -> Mapping[str, Place]:
        return {
            fold(other): place
            for place in self._by_ags.values()
            for other in other_names(place.name)
            # Number plates are words too.
            if len(other) > _LONGEST_PLATE
        }

    @cached_property
    def _regions(self) -> Mapping[str, Found]:
        by_name = {place.name: place for place in self._by_ags.values()}
        found = {}
        for first, (others, parts) in regions().items():
            places = tuple(by_name[part] for part in parts if part in by_name)
            if places:
                for name in (first, *others):
                    found[fold(name)] = Found(first, places, None)
        return found

    def find_area(self, words: str) -> Found | None:
        """Return what `words` mean; beside what `find` knows they may name a region."""
        return self.find(words) or self._regions.get(fold(words.strip()))

    def find(self, words: str) -> Found | None:
        """Return what `words` mean, None if nothing here is called that.

        `words` may be a name, a postcode, an AGS or `lat,lon`. Of several places of one name the
        smaller unit is taken and the others are named as alternatives.
        """
        if point := _point(words):
            return Found(label=f"Punkt {point.lat:.4f}, {point.lon:.4f}", places=(), point=point)
        text = words.strip()
        # Spreadsheets take an AGS for a number and drop its zero.
        if place := self._by_ags.get(text) or self._by_ags.get(f"0{text}"):
            return Found(label=place.name, places=(place,), point=place.point)
        if _POSTCODE.fullmatch(text) and text in self._by_postcode:
            return self._postcode(text)
        named = self._by_name.get(fold(text)) or self._by_name.get(_bare(fold(text)))
        if not named:
            other = self._by_other_name.get(fold(text))
            return Found(other.name, (other,), other.point) if other else None
        first, *others = sorted(named, key=lambda place: (-len(place.ags), place.ags))
        return Found(first.name, (first,), first.point, tuple(others))

    def places(self) -> tuple[Place, ...]:
        """Return all places."""
        return tuple(self._by_ags.values())

    def suggest(self, words: str, limit: int = 3) -> list[Place]:
        """Return places spelled most like `words`, best first."""
        names = nearest(words, (place.name for place in self._by_ags.values()), limit)
        return [place for name in names for place in self._by_ags.values() if place.name == name]

    def within(self, centre: Point, radius_km: float) -> dict[str, float]:
        """Return AGS → geodesic km of every place at most `radius_km` from `centre`."""
        box = Box.around([centre]).expanded(radius_km)
        distances = {
            place.ags: kilometres(centre, place.point)
            for place in self._by_ags.values()
            if place.point is not None and box.contains(place.point)
        }
        return {ags: km for ags, km in distances.items() if km <= radius_km}

    def _postcode(self, postcode: str) -> Found:
        rows = self._by_postcode[postcode]
        places = tuple(dict.fromkeys(place for place, _ in rows))
        names = ", ".join(place.name for place in places)
        return Found(label=f"{postcode} {names}", places=places, point=rows[0][1])


def _point(words: str) -> Point | None:
    match = _POINT.fullmatch(words)
    if match is None:
        return None
    try:
        return Point(lat=float(match[1]), lon=float(match[2]))
    except ValueError:
        return None


def _spellings(name: str) -> set[str]:
    """Return all spellings a person may use for `name`, folded."""
    plain = re.sub(r"\s*\(.*?\)|/.*$", "", name)
    without_title = re.sub(r"^(Kreis|Städteregion|Regierungsbezirk) ", "", name)
    forms = {name, plain, without_title, re.sub(r"[()]", "", name), name.replace("/", " ")}
    return {fold(form) for form in forms} | {fold_short(form) for form in forms}


def _bare(folded: str) -> str:
    for prefix in _PREFIXES:
        folded = folded.removeprefix(prefix)
    return folded

"""What lists are narrowed, counted and sorted by, kept in memory as bitmaps.

Each entry has its number of the index; a facet keeps for each value the set of numbers that have
it. So totals and facet counts are counted bits, and only the entries of one page are read from the
database. Everything is read once per process; after that each process takes over what the steps of
the index name (:class:`~directory.search.models.SearchChange`), so one saved entry costs no more in
a large catalogue. Municipalities are few: what they are is read anew when the ground has changed.
"""

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, compress
from threading import RLock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Engine, Integer, and_, func, select
from sqlalchemy.orm import Session

from directory.municipalities.models import Municipality
from directory.publication.catalogue import current_version
from directory.search.lists import bitmaps
from directory.search.lists.bitmaps import Numbers
from directory.search.lists.listings import LISTINGS, Facet, Listing, ListKind
from directory.search.lists.numbering import Find, ids_of, number_of, numbers_by_id
from directory.search.lists.places import Places, get_places
from directory.search.lists.runs import (
    Runs,
    Values,
    as_runs,
    parts_at,
    parts_by_place,
    parts_by_value,
    values_at,
)
from directory.search.lists.wholesale import gathered, read_rows, shared
from directory.search.models import SearchChange, SearchEntry

# With more changed entries than these, all are read anew.
_MOST_CHANGED = 1_000
# With more new entries than these, an order is made anew when it is asked for.
_MOST_PUT_IN = 50
# Entries that the database compares at once to find the place of a new one in an order
_PIVOTS = 64
# So many of a list are put into order by the database; more are picked from the kept order.
_FEW = 500


@dataclass(frozen=True)
class Columns:
    """One list at one version; never changed, so that readers of an older one may go on."""

    listing: Listing
    version: int
    # The last step of the index it knows
    step: int
    # Number → id
    ids: Sequence[Any]
    everything: int
    # Facet → value → entries that have it, for all facets that are offered
    values: dict[str, Values]
    # AGS → the numbers of the entries there, in few runs because neighbours are numbered together
    runs: Runs
    places: Places
    # Whether all entries stand in the index, so that its steps tell what changes
    is_indexed: bool
    # Order → all numbers in it; made when first asked for
    orders: dict[str, Numbers] = field(default_factory=dict)
    # Facet → AGS → values that another list's entries there have
    borrowed: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    # Facet → AGS → values that entries there have; made when first asked for
    found_at: dict[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)

    @cached_property
    def totals(self) -> Mapping[str, Mapping[str, int]]:
        """Facet → value → number of all entries that have it."""
        return self.counts(self.everything)

    @cached_property
    def size(self) -> int:
        """All numbers are below this one."""
        return len(self.ids)

    def counts(self, hits: int, leaving_out: Collection[str] = ()) -> dict[str, dict[str, int]]:
        """Return facet → value → number of `hits` that have it; values without any are left out."""
        blocks = bitmaps.split(hits)
        return {
            name: _counted(values, blocks)
            for name, values in self.values.items()
            if name not in leaving_out
        }

    def count(self, name: str, hits: int) -> dict[str, int]:
        """Return value → number of `hits` that have it, for one facet."""
        return _counted(self.values[name], bitmaps.split(hits))

    def having(self, facet: Facet, values: Iterable[str]) -> int:
        """Return the entries with any of these values of a facet."""
        if facet.value is facet.of:
            return self.at(values)
        known = self.values[facet.name]
        return bitmaps.joined(known[value] for value in values if value in known)

    def at(self, places: Iterable[str]) -> int:
        """Return the entries of these municipalities."""
        return bitmaps.joined([parts_at(self.runs, places)])

    def of_ids(self, numbers: Iterable[int]) -> list[Any]:
        """Return the ids of these entries."""
        return [self.ids[number] for number in numbers]

    def grouped(self, hits: int, groups: Iterable[Iterable[str]]) -> Iterator[int]:
        """Yield `hits` by the municipalities they are in: group by group, by id within each."""
        flags = bitmaps.flags(hits, self.size)
        for group in groups:
            runs = chain.from_iterable(self.runs.get(ags, ()) for ags in group)
            found = [n for first, end in runs for n in range(first, end) if flags[n]]
            yield from sorted(found, key=self.ids.__getitem__)

    def sorted(self, session: Session, hits: int, order: str) -> Iterator[int]:
        """Yield `hits` in one of the orders of the list."""
        if hits.bit_count() <= _FEW:
            numbers = bitmaps.numbers_in(hits)
            return iter(_sorted(session, self, numbers, order))
        if order not in self.orders:
            self.orders[order] = _whole_order(session, self, order)
        every = self.orders[order]
        if hits == self.everything:
            return iter(every)
        flags = bitmaps.flags(hits, self.size)
        return compress(every, map(flags.__getitem__, every))

    def entries_at(self, ags: str) -> int:
        """Return how many entries are at a place."""
        return sum(end - first for first, end in self.runs.get(ags, ()))

    def values_at(self, name: str) -> Mapping[str, frozenset[str]]:
        """Return AGS → values of a facet that entries there have; places without are left out."""
        if name not in self.found_at:
            self.found_at[name] = values_at(self.values[name], self.runs, self.runs)
        return self.found_at[name]


def _counted(values: Values, blocks: Sequence[int]) -> dict[str, int]:
    return {
        value: found
        for value, parts in values.items()
        if (found := bitmaps.count_in(blocks, parts))
    }


_Shelf = dict[ListKind, list[Columns]]
_shelves: WeakKeyDictionary[Engine | Connection, _Shelf] = WeakKeyDictionary()
_updating = RLock()
# The one before is kept for those who still read the version before.
_KEPT = 2


def get_columns(session: Session, kind: ListKind) -> Columns:
    """Return the columns of a list as this session sees it."""
    version = current_version(session)
    shelf = _shelves.setdefault(session.get_bind(), {})
    for kept in shelf.get(kind, ()):
        if kept.version == version:
            return kept
    with _updating:
        known = shelf.get(kind, [])
        columns = next((one for one in known if one.version == version), None)
        if columns is None:
            older = max(
                (one for one in known if one.version < version),
                key=lambda one: one.version,
                default=None,
            )
            columns = _current(session, LISTINGS[kind], version, older)
            shelf[kind] = [columns, *known][:_KEPT]
    return columns


def forget(session: Session) -> None:
    """Look for new steps of the index, though the version of the catalogue is the same."""
    shelf = _shelves.get(session.get_bind(), {})
    for kind, known in shelf.items():
        shelf[kind] = [replace(one, version=-1) for one in known[:1]]


def _current(session: Session, listing: Listing, version: int, older: Columns | None) -> Columns:
    step = session.scalar(select(func.max(SearchChange.id))) or 0
    places = get_places(session)
    changed = _changed_since(session, older, step, places) if older is not None else None
    if older is None or changed is None:
        columns = _read_all(session, listing, places)
    else:
        columns = _taken_over(session, older, changed) if changed else older
        if older.places is not places:
            columns = _moved_to(columns, places)
    borrowed = _borrowed(session, columns)
    # An edit seldom changes what a place has of another list.
    changes = {name: at for name, at in borrowed.items() if at != columns.borrowed.get(name)}
    values = {name: parts_by_place(at, columns.runs) for name, at in changes.items()}
    values = {**columns.values, **values}
    return replace(columns, version=version, step=step, values=values, borrowed=borrowed)


def _changed_since(session: Session, older: Columns, step: int, places: Places) -> list[int] | None:
    """Return the entries of the index that have changed since; None if nobody knows."""
    if not older.is_indexed:
        return None
    rows = session.execute(
        select(SearchChange.id, SearchChange.entry_id)
        .where(SearchChange.id >= older.step)
        .order_by(SearchChange.id)
    ).all()
    # The last step it knows has to be there still, else others may be missing as well.
    if not rows or rows[0].id != older.step or step < older.step:
        return None
    entries = {row.entry_id for row in rows[1:]}
    if None in entries:
        return None
    first, last = ids_of(older.listing.index_kind)
    changed = sorted(entry for entry in entries if first <= entry <= last)
    # Municipalities are few, and the ground changes seldom.
    if older.listing.place is Municipality.ags and (changed or older.places is not places):
        return None
    return changed if len(changed) <= _MOST_CHANGED else None


# Reading -----------------------------------------------------------------------------------------


def _numbered(listing: Listing) -> Any:
    """Return the statement for id, place and entry of the index of each entry of a list."""
    place = listing.id if listing.place is None else listing.place
    indexed = and_(SearchEntry.kind == listing.index_kind, SearchEntry.key == listing.key)
    return (
        listing.base()
        .with_only_columns(listing.id, place, SearchEntry.id, maintain_column_froms=True)
        .outerjoin(SearchEntry, indexed)
    )


def _read_all(session: Session, listing: Listing, known: Places) -> Columns:
    ids: Any = _room_for(listing, 0)
    numbers = array("q")
    places: dict[str, Numbers] = {}
    late = []
    rows = read_rows(session, _numbered(listing))
    for one, place, entry in shared(rows) if listing.place is Municipality.ags else rows:
        if entry is None:
            late.append((one, place))
            continue
        number = number_of(entry)
        ids.append(one)
        numbers.append(number)
        places.setdefault(place, array("q")).append(number)
    # An index that is not ready yet hides nothing from the lists.
    for number, (one, place) in enumerate(late, start=max(numbers, default=-1) + 1):
        ids.append(one)
        numbers.append(number)
        places.setdefault(place, array("q")).append(number)
    by_number = _room_for(listing, max(numbers, default=-1) + 1)
    for number, one in zip(numbers, ids, strict=True):
        by_number[number] = one
    find = numbers_by_id(ids, numbers)
    runs = {place: as_runs(those) for place, those in places.items()}
    own = {
        facet.name: {
            value: bitmaps.parts(bitmaps.from_numbers(found))
            for value, found in _values(session, facet, find).items()
        }
        for facet in _own_facets(listing)
    }
    return Columns(
        listing=listing,
        version=-1,
        step=0,
        ids=by_number,
        everything=bitmaps.from_numbers(numbers),
        values={**own, **_values_of_places(listing, known, runs)},
        runs=runs,
        places=known,
        is_indexed=not late,
    )


def _room_for(listing: Listing, size: int) -> Any:
    """Return a list of this size for ids; those that are numbers take a quarter of the room."""
    return array("q", bytes(8 * size)) if isinstance(listing.id.type, Integer) else [""] * size


def _own_facets(listing: Listing) -> list[Facet]:
    return [facet for facet in listing.facets if facet.offered and not facet.is_of_places]


def _values(
    session: Session,
    facet: Facet,
    find: Find,
    condition: ColumnElement[bool] | None = None,
) -> dict[str, Numbers]:
    """Return value → numbers of the entries that have it."""
    found = {}
    for value, ids in gathered(session, facet, condition):
        if numbers := array("q", find(ids)):
            found[value] = numbers
    return found


def _place_facets(listing: Listing) -> list[Facet]:
    return [
        facet
        for facet in listing.facets
        if facet.offered and facet.is_of_places and facet.borrowed_from is None
    ]


def _values_of_places(listing: Listing, places: Places, runs: Runs) -> dict[str, Values]:
    """Return the facets by which entries have what their municipality has."""
    return {
        facet.name: parts_by_value(places.values[facet.name], runs)
        for facet in _place_facets(listing)
    }


def _borrowed(session: Session, columns: Columns) -> dict[str, Mapping[str, frozenset[str]]]:
    """Return for each facet by which a place has what another list's entries there have: these."""
    return {
        facet.name: get_columns(session, facet.borrowed_from).values_at(facet.name)
        for facet in columns.listing.facets
        if facet.borrowed_from is not None
    }


# Keeping up ---------------------------------------------------------------------------------------


def _taken_over(session: Session, older: Columns, changed: Sequence[int]) -> Columns:
    """Return `older` with these entries of the index as they are now, or gone."""
    listing = older.listing
    rows = session.execute(_numbered(listing).where(SearchEntry.id.in_(changed))).all()
    gone = [number_of(entry) for entry in changed]
    taken = bitmaps.from_numbers(gone)
    numbers = {one: number_of(entry) for one, _, entry in rows}
    found: dict[str, Mapping[str, Sequence[int]]] = {
        facet.name: _values(
            session,
            facet,
            lambda ids: [numbers[one] for one in ids if one in numbers],
            facet.of.in_(numbers),
        )
        for facet in _own_facets(listing)
    }
    arrived: dict[str, list[int]] = {}
    for _, place, entry in rows:
        if listing.place is not None:
            arrived.setdefault(place, []).append(number_of(entry))
    for facet in _place_facets(listing):
        found[facet.name] = {
            value: [number for ags in places if ags in arrived for number in arrived[ags]]
            for value, places in older.places.values[facet.name].items()
        }
    runs, touched = _moved(older, gone, arrived)
    columns = replace(
        older,
        ids=_with_ids(older.ids, numbers),
        everything=(older.everything & ~taken) | bitmaps.from_numbers(list(numbers.values())),
        values=older.values
        | {name: _replaced(older.values[name], taken, found[name]) for name in found},
        runs=runs,
        orders={},
        found_at={},
    )
    for name, at in older.found_at.items():
        others = {ags: values for ags, values in at.items() if ags not in touched}
        columns.found_at[name] = others | values_at(columns.values[name], runs, touched)
    # Where many come at once, a new order is made sooner than so many are put into the old one.
    for order, kept in older.orders.items() if len(numbers) <= _MOST_PUT_IN else ():
        columns.orders[order] = _reordered(session, columns, order, kept, taken, numbers.values())
    return columns


def _moved_to(columns: Columns, places: Places) -> Columns:
    """Return `columns` with municipalities as they are now."""
    of_places = _values_of_places(columns.listing, places, columns.runs)
    return replace(
        columns,
        places=places,
        values={**columns.values, **of_places},
        orders=columns.orders if columns.places.sorting == places.sorting else {},
    )


def _with_ids(ids: Sequence[Any], numbers: Mapping[Any, int]) -> Sequence[Any]:
    longer = ids[:]
    for one, number in numbers.items():
        while len(longer) <= number:
            longer.append(one)  # type: ignore[attr-defined]
        longer[number] = one  # type: ignore[index]
    return longer


def _replaced(values: Values, gone: int, found: Mapping[str, Sequence[int]]) -> Values:
    """Return `values` without the entries `gone`, and with those that were `found`."""
    taken = bitmaps.parts(gone)
    changed = {}
    for value in [*values, *(value for value in found if value not in values)]:
        parts = dict(values.get(value, {}))
        for block, bits in taken.items():
            if block in parts:
                parts[block] &= ~bits
        for number in found.get(value, ()):
            block, bit = divmod(number, bitmaps.BLOCK)
            parts[block] = parts.get(block, 0) | 1 << bit
        changed[value] = {block: bits for block, bits in parts.items() if bits}
    return changed


def _moved(
    older: Columns, gone: Collection[int], arrived: Mapping[str, Sequence[int]]
) -> tuple[Runs, Collection[str]]:
    """Return the runs of `older` without the entries `gone`, and with those that have arrived.

    Beside them the places (AGS) whose entries are others now, or may be.
    """
    stayed = bitmaps.joined([parts_at(older.runs, arrived)])
    elsewhere = older.everything & ~stayed & bitmaps.from_numbers(gone)
    touched = set(arrived)
    if elsewhere:
        flags = bitmaps.flags(elsewhere, older.size)
        touched |= {
            place
            for place, runs in older.runs.items()
            if any(flags.find(1, first, end) >= 0 for first, end in runs)
        }
    moved = dict(older.runs)
    for place in touched:
        runs = moved.get(place, ())
        stay = [n for first, end in runs for n in range(first, end) if n not in gone]
        moved[place] = as_runs([*stay, *arrived.get(place, ())])
    return moved, touched


# Orders ------------------------------------------------------------------------------------------


def _whole_order(session: Session, columns: Columns, order: str) -> Numbers:
    """Return all numbers in an order, as the database sorts."""
    every = bitmaps.flags(columns.everything, columns.size)
    numbers = array("q", compress(range(columns.size), every))
    ids = columns.ids if len(numbers) == columns.size else columns.of_ids(numbers)
    find = numbers_by_id(array("q", ids) if isinstance(columns.ids, array) else ids, numbers)
    statement = columns.listing.base().order_by(*columns.listing.orders[order].by)
    return array("q", find(one for (one,) in read_rows(session, statement)))


def _sorted(session: Session, columns: Columns, numbers: Iterable[int], order: str) -> list[int]:
    """Return a few numbers in an order."""
    by_id = {columns.ids[number]: number for number in numbers}
    by = columns.listing.orders[order].by
    statement = columns.listing.base().where(columns.listing.id.in_(by_id)).order_by(*by)
    return [by_id[one] for one in session.scalars(statement)]


def _reordered(
    session: Session,
    columns: Columns,
    order: str,
    numbers: Numbers,
    gone: int,
    new: Iterable[int],
) -> Numbers:
    """Return `numbers` without those `gone`, and each of `new` where it belongs."""
    size = max(columns.size, gone.bit_length())
    stays = bitmaps.flags(((1 << size) - 1) & ~gone, size)
    kept = array("q", compress(numbers, map(stays.__getitem__, numbers)))
    for number in new:
        low, high = 0, len(kept)
        # The database compares: only it knows how it sorts.
        while low < high:
            step = (high - low) // _PIVOTS + 1
            pivots = kept[low:high:step]
            before = _sorted(session, columns, [*pivots, number], order).index(number)
            if not before:
                break
            low, high = low + (before - 1) * step + 1, min(low + before * step, high)
        kept.insert(low, number)
    return kept

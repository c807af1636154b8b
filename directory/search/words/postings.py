"""Which entries hold a token: bitmaps of frequent ones, lists of the engine for all others.

The engine (FTS5, tsvector) knows every token. To read out a list of a hundred thousand entries
would take longer than all else, so what is frequent is kept as bitmaps too, written in the
transaction of the index. Which tokens are kept is decided when the index is made anew; a token
that has become frequent since is found as surely, only more slowly.
"""

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache, reduce
from itertools import chain
from operator import or_
from typing import Any, NamedTuple

import orjson
from sqlalchemy import bindparam, case, column, literal, select, text
from sqlalchemy.orm import Session

from directory.lookups import Lookup
from directory.publication.saving import in_chunks
from directory.rows import insert_rows, merge_rows
from directory.search.lists import bitmaps
from directory.search.lists.numbering import ids_of, kind_token
from directory.search.models import SearchPosting
from directory.search.words.question import Slot

# Tokens of at least so many entries of one kind are kept as bitmaps.
FREQUENT = 500
# Numbers in one row: an edit writes one row for each frequent token, so it must not be long.
BLOCK = 65_536

_BLOCK_BYTES = BLOCK // 8


_COLUMNS = ("entries", "titles", "summaries")
_TABLE = SearchPosting.__table__.c
_WITHIN = {
    name: Lookup(
        select(_TABLE.token, _TABLE.block, _TABLE[name]).where(
            _TABLE.kind == bindparam("kind"),
            _TABLE.token.in_(bindparam("tokens", expanding=True)),
        )
    )
    for name in _COLUMNS
}
# Each block of a token, but what is in it only for the one that is wanted
_KEPT = Lookup(
    select(
        _TABLE.token,
        _TABLE.block,
        *(
            case((_TABLE.block == bindparam("wanted"), _TABLE[name]), else_=literal(b""))
            for name in _COLUMNS
        ),
    ).where(_TABLE.kind == bindparam("kind"), _TABLE.token.in_(bindparam("tokens", expanding=True)))
)


class Postings:
    """Which entries of one kind hold any token of each of these slots, as bitmaps of numbers."""

    def __init__(self, session: Session, kind: str, slots: Iterable[Slot]) -> None:
        self._session = session
        self._kind = kind
        self._slots = set(slots)
        self._tokens = sorted({token for slot in self._slots for token in slot})
        # Entries found by the rare tokens of each slot
        self._rare: dict[Slot, int] | None = None

    def within(self, column: str) -> dict[Slot, int]:
        """Return slot → entries: "entries" for any field, or only in "titles" or "summaries".

        In which field a rare token stands is not known; it counts as if it stood in each.
        """
        rows = _WITHIN[column].rows(self._session, kind=self._kind, tokens=self._tokens)
        blocks: dict[str, dict[int, bytes]] = defaultdict(dict)
        for token, block, packed in rows:
            blocks[token][block] = packed
        kept = {token: _put_together(of_token) for token, of_token in blocks.items()}
        if self._rare is None:
            rare = {slot: tuple(t for t in slot if t not in kept) for slot in self._slots}
            listed = _listed(self._session, self._kind, {some for some in rare.values() if some})
            self._rare = {slot: listed.get(some, 0) for slot, some in rare.items()}
        return {
            slot: reduce(or_, (kept[token] for token in slot if token in kept), entries)
            for slot, entries in self._rare.items()
        }


def _put_together(blocks: Mapping[int, bytes]) -> int:
    data = bytearray((max(blocks) + 1) * _BLOCK_BYTES)
    for block, packed in blocks.items():
        start = block * _BLOCK_BYTES
        unpacked = _unpacked(packed)
        data[start : start + len(unpacked)] = unpacked
    return bitmaps.from_bytes(bytes(data))


def _listed(session: Session, kind: str, slots: Iterable[Slot]) -> dict[Slot, int]:
    """Ask the engine for all of these in one statement."""
    numbered = list(enumerate(slots))
    if not numbered:
        return {}
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    quote, either = ('"', " OR ") if is_sqlite else ("'", " | ")
    first, last = ids_of(kind)
    values: dict[str, Any] = (
        {"first": first, "last": last} if is_sqlite else {"kind": f"'{kind_token(kind)}'"}
    )
    for number, slot in numbered:
        values[f"any_{number}"] = either.join(f"{quote}{token}{quote}" for token in slot)
    found = {}
    lookup = _listing(_SQLITE if is_sqlite else _POSTGRESQL, len(numbered))
    for number, entries in lookup.rows(session, **values):
        ids = orjson.loads(entries) if isinstance(entries, str) else entries or ()
        found[number] = bitmaps.from_numbers([one - first for one in ids])
    return {slot: found[number] for number, slot in numbered}


# All entries of a slot in one row: a row for each would take several times as long.
_SQLITE = """
SELECT {number}, json_group_array(rowid) FROM search_fts
WHERE search_fts MATCH :any_{number} AND rowid BETWEEN :first AND :last
"""
_POSTGRESQL = """
SELECT {number}, json_agg(id) FROM search_entry
WHERE vector @@ (CAST(:kind AS tsquery) && CAST(:any_{number} AS tsquery))
"""


@lru_cache(maxsize=100)
def _listing(part: str, slots: int) -> Lookup:
    """Return what lists the entries of so many slots at once."""
    parts = [part.format(number=number) for number in range(slots)]
    return Lookup(text(" UNION ALL ".join(parts)).columns(column("slot"), column("entries")))


# Writing -----------------------------------------------------------------------------------------


class Tokens(NamedTuple):
    """The tokens of one entry: in any field, in the title, in the summary."""

    entries: AbstractSet[str]
    titles: AbstractSet[str]
    summaries: AbstractSet[str]


def tokens_of(title: str, summary: str, *others: str) -> Tokens:
    """Return the tokens of an entry from those of its fields, separated by blanks."""
    titles, summaries = set(title.split()), set(summary.split())
    return Tokens(titles.union(summaries, *(text.split() for text in others)), titles, summaries)


class Keeper:
    """Collects the postings of one kind while the index is made anew; numbers have to rise.

    Entries are noted for the token texts of their words. Only when a block is complete, they are
    noted for each token, which is once for all entries that share a word.
    """

    def __init__(self, session: Session, kind: str) -> None:
        self.documents: Counter[str] = Counter()
        self._session = session
        self._kind = kind
        self._block = 0
        self._noted = _nothing()
        # Tokens that are rare so far
        self._waiting: dict[str, list[tuple[int, _OfToken]]] = {}
        self._kept: set[str] = set()

    def add(
        self, number: int, titles: Iterable[str], summaries: Iterable[str], others: Iterable[str]
    ) -> None:
        """Take note of one entry: the token texts of its title, its summary and all the rest."""
        block, place = divmod(number, BLOCK)
        if block != self._block:
            self.close()
            self._block = block
        for noted, texts in zip(self._noted, (titles, summaries, others), strict=True):
            for tokens in set(texts):
                noted[tokens].append(place)

    def close(self) -> None:
        """Write what is complete: a block is, and so is the kind in the end."""
        rows: list[dict[str, Any]] = []
        by_token = [_by_token(noted) for noted in self._noted]
        self._noted = _nothing()
        for token in dict.fromkeys(chain(*by_token)):
            places = [found.get(token, []) for found in by_token]
            self.documents[token] += _how_many(list(chain(*places)))
            if token not in self._kept and self.documents[token] < FREQUENT:
                self._waiting.setdefault(token, []).append((self._block, places))
                continue
            self._kept.add(token)
            for block, those in (*self._waiting.pop(token, ()), (self._block, places)):
                rows.append(self._row(token, block, those))
        insert_rows(self._session, SearchPosting, rows)

    def _row(self, token: str, block: int, places: "_OfToken") -> dict[str, Any]:
        titles, summaries, others = map(_together, places)
        bits = (titles | summaries | others, titles, summaries)
        packed = dict(zip(_COLUMNS, map(_packed, bits), strict=True))
        return {"kind": self._kind, "token": token, "block": block, **packed}


# Token text → entries of one block, each by its place in it
_Noted = defaultdict[str, list[int]]
# For titles, summaries and all else: the entries of each token text that a token is in
_OfToken = list[list[list[int]]]


def _nothing() -> tuple[_Noted, _Noted, _Noted]:
    """Return what is noted for titles, summaries and all other fields: nothing so far."""
    return defaultdict(list), defaultdict(list), defaultdict(list)


def _by_token(noted: _Noted) -> dict[str, list[list[int]]]:
    """Return token → the entries of each token text that it is in."""
    found: dict[str, list[list[int]]] = defaultdict(list)
    for tokens, entries in noted.items():
        for token in set(tokens.split()):
            found[token].append(entries)
    return found


def _how_many(several: Sequence[list[int]]) -> int:
    # Most tokens are rare, and a bitmap is as long as if they were not.
    is_rare = sum(map(len, several)) < FREQUENT
    return len(set().union(*several)) if is_rare else _together(several).bit_count()


def _together(several: Iterable[list[int]]) -> int:
    return reduce(or_, map(bitmaps.from_numbers, several), 0)


def change(
    session: Session, kind: str, gone: Mapping[int, Tokens], come: Mapping[int, Tokens]
) -> None:
    """Write that entries, by number, do no longer hold some tokens (`gone`) but others (`come`).

    Only what differs is written, so changing one word costs as little as it should.
    """
    for block, of_block in sorted(_differences(gone, come).items()):
        rows = _kept(session, kind, block, {token for token, _ in of_block})
        for (token, name), (out, into) in of_block.items():
            if token in rows:
                row = rows[token]
                bits = bitmaps.from_bytes(_unpacked(row[name])) & ~bitmaps.from_numbers(out)
                row[name] = _packed(bits | bitmaps.from_numbers(into))
        merge_rows(
            session,
            SearchPosting,
            [{"kind": kind, "token": token, "block": block, **rows[token]} for token in rows],
            _put_in_place,
        )


def _put_in_place(_: Any, new: Any) -> Mapping[str, Any]:
    return {name: new[name] for name in _COLUMNS}


# Token and column → places in a block that go, and those that come
_Change = dict[tuple[str, str], tuple[list[int], list[int]]]
_NO_TOKENS = Tokens(frozenset(), frozenset(), frozenset())


def _differences(gone: Mapping[int, Tokens], come: Mapping[int, Tokens]) -> dict[int, _Change]:
    """Return block → what changes there."""
    changes: dict[int, _Change] = {}
    for number in {*gone, *come}:
        block, place = divmod(number, BLOCK)
        of_block = changes.setdefault(block, defaultdict(lambda: ([], [])))
        before, after = gone.get(number, _NO_TOKENS), come.get(number, _NO_TOKENS)
        for name, old, new in zip(_COLUMNS, before, after, strict=True):
            for token in old ^ new:
                of_block[token, name][token in new].append(place)
    return changes


def _kept(
    session: Session, kind: str, block: int, tokens: Iterable[str]
) -> dict[str, dict[str, bytes]]:
    """Return token → its packed bitmaps of one block, for those that are kept as bitmaps."""
    found = {}
    for chunk in in_chunks(sorted(tokens)):
        rows = _KEPT.rows(session, kind=kind, tokens=chunk, wanted=block)
        for token, of_block, *packed in rows:
            if of_block == block or token not in found:
                found[token] = dict(zip(_COLUMNS, packed, strict=True))
    return found


def _packed(bits: int) -> bytes:
    if not bits:
        return b""
    # For so little with many zeros: the usual way takes four times as long, and more room.
    packer = zlib.compressobj(1, wbits=13, memLevel=6, strategy=zlib.Z_RLE)
    return packer.compress(bitmaps.to_bytes(bits)) + packer.flush()


def _unpacked(packed: bytes) -> bytes:
    return zlib.decompress(packed) if packed else b""

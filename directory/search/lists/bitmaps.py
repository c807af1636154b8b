"""Sets of small numbers as bits: bit n says whether n belongs to the set.

A whole set is one integer, so that "and", "or" and counting are done by the processor. What is
counted again and again, such as the entries of one county, is kept in parts: only the blocks of
numbers in which it has any.
"""

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

# Numbers in one block. Smaller ones cost more steps, larger ones hold more that is empty.
BLOCK = 16_384

# Number of a block → the bits in it; blocks without any are left out
Parts = Mapping[int, int]

# Many numbers in little room; quoted, because Python 3.11 knows no `array[int]` at run time
Numbers: TypeAlias = "array[int]"

# Where one number in so many belongs to a set, a byte for each is faster than a bit.
_MANY = 20
_BLOCK_BYTES = BLOCK // 8
_NOT_EMPTY = re.compile(rb"[^\0]", re.DOTALL)
_BITS = [[bit for bit in range(8) if byte >> bit & 1] for byte in range(256)]
_TO_FLAGS = bytes.maketrans(b"01", b"\0\1")
_TO_DIGITS = bytes.maketrans(b"\0\1", b"01")


def from_numbers(numbers: Iterable[int]) -> int:
    """Return the set of `numbers`."""
    wanted = numbers if isinstance(numbers, Sequence) else list(numbers)
    last = max(wanted, default=0)
    if len(wanted) * _MANY > last:
        marked = bytearray(last + 1)
        for number in wanted:
            marked[number] = 1
        return from_flags(marked)
    marked = bytearray(last // 8 + 1)
    for number in wanted:
        marked[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(marked, "little")


def numbers_in(bits: int) -> list[int]:
    """Return the numbers of a set in order; meant for sets that hold few of many."""
    return first_numbers(bits, bits.bit_length())


def first_numbers(bits: int, most: int) -> list[int]:
    """Return the first numbers of a set, at most so many."""
    found: list[int] = []
    for match in _NOT_EMPTY.finditer(to_bytes(bits)):
        first = match.start() * 8
        found += [first + bit for bit in _BITS[match.group()[0]]]
        if len(found) >= most:
            break
    return found[:most]


def to_bytes(bits: int) -> bytes:
    """Return a set as bytes, number 0 first."""
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def from_bytes(data: bytes) -> int:
    """Return the set that `to_bytes` wrote."""
    return int.from_bytes(data, "little")


def flags(bits: int, size: int) -> bytes:
    """Return a byte for each number below `size`: 1 if it belongs to the set."""
    digits = format(bits, f"0{size}b").encode()
    return digits.translate(_TO_FLAGS)[::-1]


def from_flags(marked: bytes | bytearray) -> int:
    """Return the set of which `flags` gives these bytes."""
    return int(marked[::-1].translate(_TO_DIGITS) or b"0", 2)


def split(bits: int) -> list[int]:
    """Return the bits of each block, the first block first."""
    data = to_bytes(bits)
    return [
        int.from_bytes(data[start : start + _BLOCK_BYTES], "little")
        for start in range(0, len(data), _BLOCK_BYTES)
    ]


def parts(bits: int) -> dict[int, int]:
    """Return a set in parts."""
    return {number: block for number, block in enumerate(split(bits)) if block}


def holds(some: Parts, number: int) -> bool:
    """Tell whether a number belongs to a set in parts."""
    block, bit = divmod(number, BLOCK)
    return bool(some.get(block, 0) >> bit & 1)


def joined(some: Iterable[Parts]) -> int:
    """Return all that is in any of `some`."""
    blocks: dict[int, int] = {}
    for one in some:
        for number, block in one.items():
            blocks[number] = blocks.get(number, 0) | block
    data = bytearray((max(blocks, default=-1) + 1) * _BLOCK_BYTES)
    for number, block in blocks.items():
        start = number * _BLOCK_BYTES
        data[start : start + _BLOCK_BYTES] = block.to_bytes(_BLOCK_BYTES, "little")
    return int.from_bytes(data, "little")


def count_in(blocks: Sequence[int], one: Parts) -> int:
    """Return how many of `one` are in the set that was split into `blocks`."""
    last = len(blocks)
    found = 0
    # A sum over a generator takes twice as long, and a list counts some five hundred values.
    for number, block in one.items():
        if number < last:
            found += (blocks[number] & block).bit_count()
    return found


def run(first: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of the numbers from `first` up to but without `end`."""
    while first < end:
        number, start = divmod(first, BLOCK)
        stop = min(end - number * BLOCK, BLOCK)
        yield number, ((1 << (stop - start)) - 1) << start
        first = number * BLOCK + stop

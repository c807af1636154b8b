"""Sets of numbers as bits are what Python's own sets are."""

from random import Random

import pytest

from directory.search.lists import bitmaps
from directory.search.lists.bitmaps import BLOCK

RANDOM = Random(3)  # noqa: S311 - no secret
SETS = [
    set(),
    {0},
    {BLOCK - 1, BLOCK},
    {3 * BLOCK},
    set(range(BLOCK - 5, 2 * BLOCK + 5)),
    {RANDOM.randrange(5 * BLOCK) for _ in range(2_000)},
]


@pytest.mark.parametrize("numbers", SETS, ids=len)
def test_a_set_comes_back_from_every_form(numbers: set[int]) -> None:
    bits = bitmaps.from_numbers(list(numbers))
    size = 5 * BLOCK
    assert bitmaps.numbers_in(bits) == sorted(numbers)
    assert bitmaps.first_numbers(bits, 3) == sorted(numbers)[:3]
    assert bitmaps.from_bytes(bitmaps.to_bytes(bits)) == bits
    assert bitmaps.from_flags(bitmaps.flags(bits, size)) == bits
    assert len(bitmaps.flags(bits, size)) == size
    assert bitmaps.joined([bitmaps.parts(bits)]) == bits
    asked = [*sorted(numbers)[:50], 1, BLOCK, 4 * BLOCK + 7]
    held = [bitmaps.holds(bitmaps.parts(bits), number) for number in asked]
    assert held == [number in numbers for number in asked]


@pytest.mark.parametrize("one", SETS, ids=len)
@pytest.mark.parametrize("other", SETS, ids=len)
def test_parts_are_joined_and_counted_like_sets(one: set[int], other: set[int]) -> None:
    parts = bitmaps.parts(bitmaps.from_numbers(list(one)))
    bits = bitmaps.from_numbers(list(other))
    assert bitmaps.count_in(bitmaps.split(bits), parts) == len(one & other)
    assert bitmaps.joined([parts, bitmaps.parts(bits)]) == bitmaps.from_numbers(list(one | other))


@pytest.mark.parametrize(("first", "end"), [(0, 0), (5, 6), (0, BLOCK), (7, 3 * BLOCK + 1)])
def test_a_run_holds_every_number_between_its_ends(first: int, end: int) -> None:
    bits = bitmaps.joined([dict(bitmaps.run(first, end))])
    assert bitmaps.numbers_in(bits) == list(range(first, end))

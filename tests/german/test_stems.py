"""Stems: the same whoever else asks for one meanwhile."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from directory import german
from directory.german.stems import stem


@pytest.mark.parametrize(
    ("women", "all_of_them"),
    [("Patinnen", "Paten"), ("Seniorinnen", "Senioren"), ("Lotsinnen", "Lotsen")],
)
def test_feminine_plurals_are_found_with_the_others(women: str, all_of_them: str) -> None:
    assert stem(women) == stem(all_of_them)


def test_verbs_that_end_alike_are_no_feminine_plurals() -> None:
    assert [stem(word) for word in ("gewinnen", "beginnen", "Unsinn")] == [
        "gewinn",
        "beginn",
        "unsinn",
    ]


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads that interrupt one another as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty_threads")
def test_many_threads_find_the_stems_that_one_finds() -> None:
    words = (Path(german.__file__).parent / "data/parts.txt").read_text("utf-8").split()[:2_000]
    alone = [stem.__wrapped__(word) for word in words]
    with ThreadPoolExecutor(8) as pool:
        rounds = list(pool.map(lambda _: [stem.__wrapped__(word) for word in words], range(8)))
    assert all(found == alone for found in rounds)

"""Only so many at a time, and who came first goes first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Lock
from time import monotonic, sleep

from directory.web.turns import Turns


def test_never_more_at_once_than_there_are_clerks() -> None:
    turns, counted, lock = Turns(3), [0], Lock()
    most = 0

    def visit(_number: int) -> None:
        nonlocal most
        with turns:
            with lock:
                counted[0] += 1
                most = max(most, counted[0])
            sleep(0.001)
            with lock:
                counted[0] -= 1

    with ThreadPoolExecutor(20) as people:
        list(people.map(visit, range(200)))
    assert (most, counted) == (3, [0])


def test_who_came_first_goes_first() -> None:
    turns = Turns(1)
    called: list[int] = []

    def visit(number: int) -> None:
        with turns:
            called.append(number)

    with ThreadPoolExecutor(10) as people, turns:
        for number in range(10):
            people.submit(visit, number)
            _wait_until(partial(_is_long, turns, number + 1))
    assert called == list(range(10))


def test_who_waited_knows_it() -> None:
    turns = Turns(1)
    waited: list[bool] = []

    def visit() -> None:
        with turns as has_waited:
            waited.append(has_waited)

    with ThreadPoolExecutor(1) as people:
        with turns:
            people.submit(visit)
            _wait_until(partial(_is_long, turns, 1))
        people.submit(visit)
    assert waited == [True, False]


def test_a_mistake_at_the_counter_does_not_block_it() -> None:
    turns = Turns(1)
    for _ in range(2):
        with suppress(ValueError), turns:
            raise ValueError
    with turns:
        pass


def _is_long(turns: Turns, length: int) -> bool:
    return turns.waiting == length


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + 10
    while not condition():
        assert monotonic() < deadline
        sleep(0.001)

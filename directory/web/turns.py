"""Waiting in line: only so many at a time, and who came first goes first."""

from collections import deque
from threading import Lock
from types import TracebackType


class Turns:
    """A line before a counter with `at_once` clerks; `with turns:` waits until one is free.

    The semaphore of the standard library would let those in who come just as somebody leaves, and
    who waits longest may wait for long.
    """

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._waiting: deque[Lock] = deque()
        self._lock = Lock()

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return len(self._waiting)

    def __enter__(self) -> bool:
        """Wait for a turn; return whether that took any waiting."""
        with self._lock:
            if self._free:
                self._free -= 1
                return False
            called = Lock()
            called.acquire()
            self._waiting.append(called)
        called.acquire()
        return True

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Call the next one, or leave the place free."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

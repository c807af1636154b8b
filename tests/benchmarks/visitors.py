"""Many visitors at once, in a process of their own: kept-alive connections that ask without pause.

Reads from standard input what to ask, one JSON array a line, and writes to standard output what
came back. It does as little as it can, because it works on the cores of the server it measures:
asyncio's streams, requests made of a fixed head, answers counted but not looked into.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from itertools import cycle
from random import Random

# What a browser sends, and what deploy/nginx.conf adds.
_HEAD = """\
GET {path} HTTP/1.1\r
Host: {host}\r
X-Forwarded-For: {address}\r
X-Forwarded-Proto: http\r
X-Forwarded-Host: {host}\r
User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r
Accept-Language: de,en-US;q=0.7,en;q=0.3\r
Accept-Encoding: gzip, deflate, br\r
{known}\r
"""
# Each address may ask our interfaces 300 times a minute: so many visitors never reach that.
_VISITORS = 5_000
_TIMEOUT_SECONDS = 60
_GOOD = {200, 304}
_FAILED = 0


@dataclass(frozen=True)
class Question:
    """One request: its kind, its address, and whether its reader may have the answer already."""

    kind: str
    path: str
    is_known: bool = False


@dataclass(frozen=True)
class Answered:
    """One answer: status (0: the connection failed) and milliseconds until its last byte."""

    kind: str
    status: int
    ms: float
    size: int

    @property
    def is_good(self) -> bool:
        return self.status in _GOOD


@dataclass(frozen=True)
class Visit:
    """What all visitors together saw, and what their process took of the processor."""

    answers: list[Answered]
    seconds: float
    cpu_seconds: float


def visit(
    port: int, questions: Iterable[Question], *, connections: int, seconds: float | None = None
) -> Visit:
    """Let visitors ask in turn: all `questions`, or for so many seconds."""
    plan = {"port": port, "connections": connections, "seconds": seconds}
    lines = [plan, *map(astuple, questions)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.visitors"],
        input="\n".join(map(json.dumps, lines)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seen = json.loads(done.stdout)
    return Visit([Answered(*one) for one in seen["answers"]], seen["seconds"], seen["cpu_seconds"])


class _Crowd:
    """All visitors: they share the questions, and what they know already."""

    def __init__(self, port: int, questions: Iterator[Question], until: float) -> None:
        self.answers: list[Answered] = []
        self._port = port
        self._questions = questions
        self._until = until
        self._tags: dict[str, str] = {}
        chance = Random(1)  # noqa: S311 - no secret
        self._addresses = cycle(
            f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"
            for _ in range(_VISITORS)
        )

    async def stay(self) -> None:
        """Ask through one connection until all is asked or time is over; open it anew if closed."""
        streams = None
        for question in self._questions:
            if time.perf_counter() >= self._until:
                return
            begin = time.perf_counter()
            try:
                streams = streams or await asyncio.open_connection("127.0.0.1", self._port)
                async with asyncio.timeout(_TIMEOUT_SECONDS):
                    status, size, goes_on = await self._ask(question, *streams)
            except (OSError, asyncio.IncompleteReadError, ValueError):
                status, size, goes_on = _FAILED, 0, False
            ms = (time.perf_counter() - begin) * 1000
            self.answers.append(Answered(question.kind, status, ms, size))
            if not goes_on and streams:
                streams[1].close()
                streams = None
        if streams:
            streams[1].close()

    async def _ask(
        self, question: Question, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[int, int, bool]:
        """Return status, bytes of the body, and whether the connection stays open."""
        tag = self._tags.get(question.path) if question.is_known else None
        head = _HEAD.format(
            path=question.path,
            host=f"127.0.0.1:{self._port}",
            address=next(self._addresses),
            known=f"If-None-Match: {tag}\r\n" if tag else "",
        )
        writer.write(head.encode())
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = answer.rstrip().split("\r\n")
        status = int(first.split(" ", 2)[1])
        headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in lines)}
        if "etag" in headers:
            self._tags[question.path] = headers["etag"]
        size = 0
        if status != 304:
            size = await _read_body(reader, headers)
        return status, size, headers.get("connection") != "close"


async def _read_body(reader: asyncio.StreamReader, headers: dict[str, str]) -> int:
    if headers.get("transfer-encoding") != "chunked":
        return len(await reader.readexactly(int(headers["content-length"])))
    size = 0
    while part := int(await reader.readline(), 16):
        size += len(await reader.readexactly(part + 2)) - 2
    await reader.readline()
    return size


async def _visit(
    port: int, questions: Iterator[Question], many: int, seconds: float | None
) -> _Crowd:
    until = time.perf_counter() + seconds if seconds else float("inf")
    crowd = _Crowd(port, questions, until)
    async with asyncio.TaskGroup() as group:
        for _ in range(many):
            group.create_task(crowd.stay())
    return crowd


def main() -> None:
    """Play what standard input says."""
    plan = json.loads(sys.stdin.readline())
    questions = [Question(*json.loads(line)) for line in sys.stdin]
    begin, cpu = time.perf_counter(), time.process_time()
    crowd = asyncio.run(_visit(plan["port"], iter(questions), plan["connections"], plan["seconds"]))
    seen = {"seconds": time.perf_counter() - begin, "cpu_seconds": time.process_time() - cpu}
    json.dump({**seen, "answers": list(map(astuple, crowd.answers))}, sys.stdout)


if __name__ == "__main__":
    main()

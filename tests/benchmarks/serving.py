"""The real server, started as `directory serve` in a process group of its own, and what it takes.

Everything is read from /proc, so it is Linux only.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from socket import create_server

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")
_START_SECONDS = 120
# As in the Makefile: a server that compiles itself at each start is not what people run.
_KEEP_COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}


@dataclass(frozen=True)
class Memory:
    """What a process occupies, in MB: all of it, and its share of what several use."""

    rss: float
    pss: float

    def __str__(self) -> str:
        return f"RSS {self.rss:.0f} MB, PSS {self.pss:.0f} MB"


@dataclass(frozen=True)
class Server:
    """A running server: its first process, port, log, and how long its first answer took."""

    pid: int
    port: int
    log: Path
    first_answer_seconds: float

    @property
    def workers(self) -> list[int]:
        """The processes that answer."""
        return list(map(int, (_PROC / f"{self.pid}/task/{self.pid}/children").read_text().split()))

    @property
    def cpu_seconds(self) -> float:
        """What all its processes took of the processor until now."""
        return sum(map(_cpu_seconds, (self.pid, *self.workers)))

    @property
    def memory(self) -> list[Memory]:
        """The memory of each worker."""
        return list(map(_memory, self.workers))

    @property
    def complaints(self) -> list[str]:
        """What it wrote to its log, but for the greeting."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if "[WARNING]" in line or "Error" in line]


@contextmanager
def served(database_url: str, folder: Path, *options: str, **settings: str) -> Iterator[Server]:
    """Serve `database_url` on a free loopback port; `folder` is the instance and keeps the log."""
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        **_KEEP_COMPILED,
        "DIRECTORY_DATABASE_URL": database_url,
        "DIRECTORY_INSTANCE": str(folder),
        "DIRECTORY_BASE_URL": f"http://127.0.0.1:{port}",
        # The visitors play the proxy of deploy/nginx.conf.
        "DIRECTORY_PROXIES": "1",
        **settings,
    }
    command = (sys.executable, "-m", "directory.cli", "serve", "--port", str(port), *options)
    log = folder / "server.log"
    begin = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait_for_answer(process, port, log)
        yield Server(process.pid, port, log, time.perf_counter() - begin)
    finally:
        _stop(process)


def directory(database_url: str, folder: Path, *arguments: str) -> None:
    """Run a `directory` command on a database."""
    environment: Mapping[str, str] = {
        **os.environ,
        **_KEEP_COMPILED,
        "DIRECTORY_DATABASE_URL": database_url,
        "DIRECTORY_INSTANCE": str(folder),
    }
    command = (sys.executable, "-m", "directory.cli", *arguments)
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def machine_seconds() -> float:
    """What all processes of the machine together took of the processor since it was started."""
    user, nice, system, _, _, irq, softirq, *_ = map(
        int, (_PROC / "stat").read_text().split("\n", 1)[0].split()[1:]
    )
    return (user + nice + system + irq + softirq) / _TICKS


def _wait_for_answer(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=_START_SECONDS)
            connection.request("GET", "/impressum")
            assert connection.getresponse().status == 200
            connection.close()
        except ConnectionRefusedError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"No server:\n{log.read_text()}") from error
            time.sleep(0.01)
        else:
            return


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _cpu_seconds(pid: int) -> float:
    # After the name in brackets: state, …, user time as the 12th, system time as the 13th.
    fields = (_PROC / f"{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _memory(pid: int) -> Memory:
    lines = (_PROC / f"{pid}/smaps_rollup").read_text().splitlines()[1:]
    kilobytes = {
        name: int(value.split()[0]) for name, _, value in (x.partition(":") for x in lines)
    }
    return Memory(kilobytes["Rss"] / 1000, kilobytes["Pss"] / 1000)

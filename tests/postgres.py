"""A PostgreSQL server of our own, for the length of one test run."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests.services import POSTGRESQL

# Nobody misses these data after a power cut.
HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=50")


class Cluster:
    """A running server on a socket in `folder`, with one connection kept for administration."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._admin = psycopg.connect(self.url("postgres"), autocommit=True)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def create(self, database: str, *, template: str = "template0") -> None:
        """Make a database, a copy of `template`, to which nobody may be connected then."""
        # Since PostgreSQL 15 a copy goes through the log, block by block, unless told otherwise.
        by_files = "STRATEGY FILE_COPY" if self._admin.info.server_version >= 150_000 else ""
        self._admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} {}").format(
                sql.Identifier(database), sql.Identifier(template), sql.SQL(by_files)
            )
        )

    def drop(self, database: str) -> None:
        self._admin.execute(
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database))
        )

    def close(self) -> None:
        self._admin.close()


@contextmanager
def throw_away_cluster() -> Iterator[Cluster]:
    """Start a server, and stop it whatever happens, even `kill -9` of the tests on Linux."""
    binaries = POSTGRESQL.needed().parent
    # The path of a socket may have about 100 characters: the system's folder, not pytest's.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = None
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = "postgres"
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    try:
        _create_cluster(binaries, folder, user)
        server = _start(binaries, folder, user)
        try:
            cluster = _connect(folder, server)
            yield cluster
            cluster.close()
        finally:
            server.send_signal(signal.SIGQUIT)  # immediate shutdown
            server.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _create_cluster(binaries: Path, folder: Path, user: str | None) -> None:
    options = ("--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8")
    subprocess.run(
        [binaries / "initdb", "--pgdata", folder / "data", *options, "--locale=C.UTF-8"],
        user=user,
        extra_groups=[] if user else None,
        cwd=folder,
        check=True,
        capture_output=True,
    )


def _start(binaries: Path, folder: Path, user: str | None) -> "subprocess.Popen[bytes]":
    settings = ("listen_addresses=", f"unix_socket_directories={folder}", *HASTE)
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [
                *_dying_with_us(),
                *(binaries / "postgres", "-D", folder / "data"),
                *(part for setting in settings for part in ("-c", setting)),
            ],
            user=user,
            extra_groups=[] if user else None,
            cwd=folder,
            stdout=log,
            stderr=log,
        )


def _dying_with_us() -> tuple[str, ...]:
    """A prefix that makes Linux stop the command when this process ends without a goodbye."""
    return ("setpriv", "--pdeathsig", "QUIT") if shutil.which("setpriv") else ()


def _connect(folder: Path, server: "subprocess.Popen[bytes]") -> Cluster:
    deadline = time.monotonic() + 30
    while True:
        try:
            return Cluster(folder)
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                log = (folder / "log").read_text(errors="replace")
                raise RuntimeError(f"PostgreSQL does not start:\n{log}") from error
            time.sleep(0.02)

"""The programs the tests drive but do not bring along.

`python -m tests.services` installs what is missing, where that is possible without asking (as root
on Debian: CI, containers). The tests themselves never install anything: without the program they
are skipped, loudly, or fail where the environment says that they must not be skipped.
"""

import os
import shutil
import subprocess
import sys
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest


class Program(NamedTuple):
    """A program from the system's packages."""

    title: str
    package: str  # Debian's
    names: tuple[str, ...]  # in PATH
    elsewhere: tuple[str, ...]  # patterns below /
    required: str  # environment variable: `1` makes its absence a failure

    def find(self) -> Path | None:
        """Where it is installed, links resolved; of several versions the newest."""
        in_path = (Path(path) for name in self.names if (path := shutil.which(name)))
        others = chain.from_iterable(
            sorted(Path("/").glob(pattern), reverse=True) for pattern in self.elsewhere
        )
        return next((path.resolve() for path in chain(in_path, others)), None)

    def needed(self) -> Path:
        """Where it is installed; without it the test that asks ends here."""
        if path := self.find():
            return path
        sentence = f"{self.title} ist nicht installiert (Debian: apt install {self.package})"
        if os.environ.get(self.required) == "1":
            pytest.fail(f"{sentence}, und {self.required}=1 verlangt es.", pytrace=False)
        pytest.skip(sentence)


CHROMIUM = Program(
    title="Chromium",
    # Without windows and their own interface: a page opens in a fraction of the time.
    package="chromium-headless-shell",
    names=(
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ),
    elsewhere=("Applications/*Chrom*.app/Contents/MacOS/*Chrom*",),
    required="REQUIRE_BROWSER",
)
POSTGRESQL = Program(
    title="PostgreSQL",
    package="postgresql",
    names=("initdb",),
    elsewhere=(
        "usr/lib/postgresql/*/bin/initdb",
        "usr/pgsql-*/bin/initdb",
        "opt/homebrew/opt/postgresql*/bin/initdb",
    ),
    required="REQUIRE_POSTGRES",
)
GDAL = Program(
    title="GDAL",
    package="gdal-bin",
    names=("ogrinfo",),
    elsewhere=(),
    required="REQUIRE_GDAL",
)
# Its Python is the system's, not ours.
QGIS = Program(
    title="QGIS",
    package="python3-qgis",
    names=(),
    elsewhere=("usr/lib/python3/dist-packages/qgis/core/__init__.py",),
    required="REQUIRE_QGIS",
)


def install_missing() -> None:
    """Install with apt-get what is missing, or say what the tests will leave out.

    QGIS is 1 GB: it is brought only where the environment asks for it or says that it must not be
    missing.
    """
    wanted = [CHROMIUM, POSTGRESQL, GDAL]
    wanted += [QGIS] if "1" in map(os.environ.get, (QGIS.required, "BRING_QGIS")) else []
    missing = [program for program in wanted if not program.find()]
    can_install = os.geteuid() == 0 and shutil.which("apt-get")
    for program in missing:
        if can_install:
            _say(f"→ {program.title} installieren (apt-get install {program.package})")
            if not (_apt_get(program.package) or _apt_get(program.package)):
                _say(f"  {program.title} ließ sich nicht installieren.")
        else:
            _say(f"! {program.title} fehlt (apt install {program.package}): Tests fallen aus.")


def _apt_get(package: str) -> bool:
    """Install `package`; RUNLEVEL=1 keeps it from starting a server of its own."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    wait = ("-o", "DPkg::Lock::Timeout=120", "-qq")
    commands = (
        ("apt-get", *wait, "update"),
        ("apt-get", *wait, "install", "--yes", "--no-install-recommends", package),
    )
    return all(
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode
        == 0
        for command in commands
    )


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    install_missing()

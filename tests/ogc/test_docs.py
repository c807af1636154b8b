"""The commands in docs/ogc.md work as they stand there."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.services import GDAL

COMMANDS = re.findall(
    r"^(?:curl|ogrinfo|ogr2ogr) .*$",
    (Path(__file__).parents[2] / "docs/ogc.md").read_text(),
    re.MULTILINE,
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_documentation_works(command: str, site: str, tmp_path: Path) -> None:
    if not command.startswith("curl"):
        GDAL.needed()
    done = subprocess.run(
        shlex.split(command.replace("$BASE", site)),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=tmp_path,
    )
    made = list(tmp_path.iterdir())
    assert done.stdout or made[0].stat().st_size > 100_000
    assert "ERROR" not in done.stderr
    assert "Anfrage nicht verstanden" not in done.stdout


def test_the_documentation_has_commands() -> None:
    assert len(COMMANDS) == 4

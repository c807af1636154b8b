"""The commands in docs/api.md work as they stand there."""

import re
import shlex
import subprocess
from pathlib import Path

import orjson
import pytest

COMMANDS = re.findall(
    r"^curl .*$", (Path(__file__).parents[2] / "docs/api.md").read_text(), re.MULTILINE
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_documentation_gets_json(command: str, site: str) -> None:
    words = shlex.split(command.replace("$BASE", site))
    done = subprocess.run(
        [*words, "--silent", "--show-error", "--fail"], capture_output=True, check=True, timeout=60
    )
    answer = orjson.loads(done.stdout)
    assert answer
    assert answer.get("total", 1) > 0


def test_the_documentation_has_commands() -> None:
    assert len(COMMANDS) > 5

"""The `directory` command as people at the console run it, without a process of its own."""

from collections.abc import Sequence
from pathlib import Path

from click.testing import CliRunner, Result

from directory.cli import main

KEY = "k" * 40


def run(
    command: str | Sequence[str | Path],
    url: str = "",
    instance: Path | str = "/nonexistent",
    *,
    typed: str | bytes = "",
    **settings: str,
) -> Result:
    """Run `directory <command>` on a database and a folder; `typed` is what it reads."""
    words = command.split() if isinstance(command, str) else map(str, command)
    environment = {
        "DIRECTORY_DATABASE_URL": url,
        "DIRECTORY_INSTANCE": str(instance),
        "DIRECTORY_SECRET_KEY": KEY,
    }
    return CliRunner().invoke(main, list(words), input=typed, env=environment | settings)


def done(command: str, url: str, instance: Path) -> str:
    """Return what it says where it succeeds."""
    result = run(command, url, instance)
    assert result.exit_code == 0, result.output
    return result.output


def refused(command: str, url: str, instance: Path) -> str:
    """Return what it says where it refuses, in words."""
    result = run(command, url, instance)
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    return result.output

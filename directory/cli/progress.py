"""A progress bar for work that finds out by itself how much there is to do."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click


@dataclass(frozen=True)
class Progress:
    """Tell `begin` how much there is, then `step` how much more was done."""

    begin: Callable[[int], None]
    step: Callable[[int], None]


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """Show a bar on stderr: stdout may be what the command is asked for."""
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def begin(total: int) -> None:
            bar.length = max(total, 1)
            bar.render_progress()

        yield Progress(begin, bar.update)

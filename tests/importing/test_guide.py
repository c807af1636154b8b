"""The guide for editors says what can be imported."""

from pathlib import Path

import pytest

from directory.importing.kinds import KINDS, Column, Kind

GUIDE = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")


def escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def line(column: Column) -> str:
    required = "ja" if column.required else ""
    example, aliases = escaped(column.example) or "–", ", ".join(column.aliases) or "–"
    return f"| {column.header} | {required} | {escaped(column.hint)} | {example} | {aliases} |"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_guide_lists_every_column_as_it_is(kind: Kind) -> None:
    section = GUIDE.split(f"## {kind.name.label}\n\n")[1].split("\n\n")[0]
    assert section.splitlines()[2:] == [line(column) for column in kind.columns]

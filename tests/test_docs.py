"""What the documents say is so."""

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

import directory
from directory.cli import main
from directory.config import VARIABLES
from docs.draw_architecture import draw, layers
from docs.draw_workflow import drawn

ROOT = Path(__file__).parent.parent
FOREIGN = {".venv", "node_modules", "static", "instance", "dist", "build"}
DOCUMENTS = sorted(
    path for path in ROOT.rglob("*.md") if path.relative_to(ROOT).parts[0] not in FOREIGN
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LAYERS = [
    name.strip()
    for layer in PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    for name in layer.split("|")
]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def as_documented(default: object) -> str:
    if isinstance(default, bool):
        return f"`{int(default)}`"
    return "–" if default in {"", ()} else f"`{default}`"


def test_settings_are_documented_as_they_are() -> None:
    row = r"^\| `(DIRECTORY_\w+)` \| (.+?) \| (.+) \|$"
    rows = re.findall(row, read("docs/settings.md"), re.MULTILINE)
    assert rows == [
        (variable, as_documented(default), meaning) for variable, _, default, meaning in VARIABLES
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```|`[^`]*`", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(<?([^)\s>]+)>?\)", text)
    dead = [
        target
        for target in targets
        if not re.match(r"[a-z]+:|#", target)
        and not (document.parent / unquote(target.split("#")[0])).exists()
    ]
    assert dead == []


def test_commands_in_the_documents_exist() -> None:
    text = "\n".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
    named = set(re.findall(r"(?:`|bin/)directory ([a-z]+(?: [a-z]+)?)", text))
    assert len(named) > 4
    for words in named:
        command: click.Command | None = main
        for word in words.split():
            assert isinstance(command, click.Group), words
            command = command.commands.get(word)
            assert command is not None, f"directory {words}"


def test_picture_shows_the_layers_that_are_checked() -> None:
    assert read("docs/architecture.svg") == draw(layers()), "make picture"


def test_every_layer_is_explained() -> None:
    table = read("docs/architecture.md").split("| layer |")[1].split("\n\n")[0]
    first_column = "".join(re.findall(r"^\|[^|]*\|", table, re.MULTILINE))
    assert set(re.findall(r"`(\w+)`", first_column)) == set(LAYERS)


def test_every_decision_is_listed() -> None:
    written = {path.name for path in (ROOT / "docs/decisions").glob("2*.md")}
    listed = set(re.findall(r"\((2[^)]+\.md)\)", read("docs/decisions/README.md")))
    assert listed == written


def test_version_is_the_same_everywhere() -> None:
    version = PROJECT["project"]["version"]
    assert directory.__version__ == version
    assert f"softwareVersion: {version}\n" in read("publiccode.yml")
    assert f"## [{version}] - " in read("CHANGELOG.md")


def test_licence_is_complete() -> None:
    text = read("LICENSE")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
    articles = re.findall(r"^(\d+)\.[A-Z]", text, re.MULTILINE)
    assert articles == [str(number) for number in range(1, 16)]
    assert "Compatible Licences’ according to Article 5 EUPL are:" in text


def test_the_way_of_an_entry_is_drawn_as_it_is() -> None:
    document = read("docs/editorial.md")
    assert "stateDiagram" in document
    assert document == drawn(document)

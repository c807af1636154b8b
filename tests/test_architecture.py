"""The house stands as docs/architecture.md draws it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "directory"


def test_layers_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_operations_and_queries_do_not_know_the_request() -> None:
    knowing = [
        str(path.relative_to(ROOT))
        for name in ("operations", "queries", "models", "workflow")
        for path in PACKAGE.rglob(f"{name}.py")
        if re.search(r"^\s*(from|import) flask\b", path.read_text(), re.MULTILINE)
    ]
    assert knowing == []


def test_operations_and_queries_never_commit() -> None:
    committing = [
        str(path.relative_to(ROOT))
        for name in ("operations", "queries", "models")
        for path in PACKAGE.rglob(f"{name}.py")
        if ".commit(" in path.read_text()
    ]
    assert committing == []


@pytest.fixture(scope="module")
def imported_at_start() -> set[str]:
    """The modules that a new process of the server has imported; workers fork from the command."""
    done = subprocess.run(
        [sys.executable, "-c", "import directory.cli, directory.wsgi, sys; print(*sys.modules)"],
        cwd=ROOT,
        env={"DIRECTORY_INSTANCE": "/nonexistent", "DIRECTORY_SECRET_KEY": "k" * 32},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "library",
    [
        *("folium", "geopy", "alembic", "numpy", "requests", "PIL", "pypdf", "boto3", "icalendar"),
        *("typst", "qrcode", "openpyxl", "xlsxwriter", "rdflib", "branca", "webauthn", "authlib"),
        "urllib3",
    ],
)
def test_start_is_lean(imported_at_start: set[str], library: str) -> None:
    assert "flask" in imported_at_start
    assert library not in imported_at_start


def test_no_file_has_grown_into_a_district() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in ("directory", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if "versions" not in path.parts and (lines := len(path.read_text().splitlines())) > 500
    }
    assert long == {}


def test_no_page_asks_a_foreign_host() -> None:
    """Links for people may lead anywhere; what a browser loads by itself may not."""
    loading = re.compile(
        r"""(src|href|action)=["']https?://|url\(\s*["']?https?://|@import\s+["']?http"""
    )
    linked = re.compile(r"<a\s[^>]*href=")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
        for folder in ("templates", "static/css", "static/js")
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix not in {".br", ".gz"}
        for line in path.read_text().splitlines()
        if loading.search(line) and not linked.search(line)
    ]
    assert found == []

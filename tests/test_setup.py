"""The set-up from a fresh clone: what is pinned, what is asked of whom, what is said on failure."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGE = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
PACKAGE_LOCK = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))


def pins(lock: str) -> dict[str, set[str]]:
    """Name of each package and the lines (version, marker) it is pinned with."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if not line.startswith(" "):
            name, version = line.removesuffix(" \\").split("==", 1)
            found.setdefault(name, set()).add(version)
    return found


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w.-]", one)[0].lower() for one in requirements if isinstance(one, str)}


@pytest.mark.parametrize("file", [*LOCKS, "package-lock.json", ".npmrc", "pyproject.toml"])
def test_no_registry_is_prescribed(file: str) -> None:
    """People behind a mirror install from their mirror."""
    text = (ROOT / file).read_text(encoding="utf-8")
    # npm copies the addresses where authors ask for support; nothing is fetched from there.
    text = re.sub(r'"funding": \{[^}]*\}', "", text)
    text = re.sub(r"(?m)^repository = .*$", "", text)
    assert not re.findall(r"\S*://\S*|.*(?:index-url|find-links|registry=|resolved\").*", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pinned_package_has_hashes(lock: str) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8").strip())
    assert blocks
    assert [block for block in blocks if not re.search(r"--hash=sha256:[0-9a-f]{64}", block)] == []


def test_every_dependency_is_locked() -> None:
    groups = PROJECT["dependency-groups"]
    needed = names(PROJECT["project"]["dependencies"] + groups["build"])
    assert needed - pins("requirements.lock").keys() == set()
    assert names(groups["dev"]) - pins("requirements-dev.lock").keys() == set()
    assert names(groups["node"]) - pins("requirements-node.lock").keys() == set()


def test_tests_run_with_the_versions_people_run() -> None:
    tested = pins("requirements-dev.lock")
    assert {name: tested.get(name) for name in pins("requirements.lock")} == pins(
        "requirements.lock"
    )


def test_every_npm_package_is_locked_with_its_hash() -> None:
    packages = {name: entry for name, entry in PACKAGE_LOCK["packages"].items() if name}
    stated = PACKAGE["dependencies"] | PACKAGE["devDependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in stated} == stated
    assert [n for n, one in packages.items() if not one["integrity"].startswith("sha512-")] == []


def test_npm_runs_no_scripts_of_packages_and_records_no_addresses() -> None:
    settings = (ROOT / ".npmrc").read_text(encoding="utf-8").split()
    assert {"ignore-scripts=true", "omit-lockfile-registry-resolved=true"} <= set(settings)


def test_ci_runs_the_command_of_the_readme_and_skips_nothing() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = script.read_text(encoding="utf-8").splitlines()
    assert lines[-2:] == ["export REQUIRE_BROWSER=1 REQUIRE_POSTGRES=1", "make test"]


# A stand-in for an interpreter: answers “too old” or “no ensurepip” to the Makefile's questions.
TOO_OLD = "#!/bin/sh\nexit 1\n"
WITHOUT_ENSUREPIP = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\n'


@pytest.mark.parametrize(
    ("interpreter", "sentence"),
    [
        (TOO_OLD, "Dieses Verzeichnis braucht Python 3.11 oder neuer."),
        (WITHOUT_ENSUREPIP, "Unter Debian und Ubuntu: sudo apt install python3-venv"),
    ],
)
def test_unfit_python_is_refused_in_one_sentence(
    tmp_path: Path, interpreter: str, sentence: str
) -> None:
    (tmp_path / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    python = tmp_path / "python"
    python.write_text(interpreter)
    python.chmod(0o755)
    outcome = make("-C", str(tmp_path), "run", f"PYTHON={python}")
    assert outcome.returncode != 0
    (line,) = [line for line in outcome.stdout.splitlines() if not line.startswith("make")]
    assert sentence in line
    assert not (tmp_path / ".venv").exists()


def test_make_lets_python_keep_what_it_compiled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Many containers forbid it, and then every start compiles the whole house."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    asking = f"{sys.executable} -c 'import sys; print(sys.dont_write_bytecode)'"
    (tmp_path / "Makefile").write_text(f"include {ROOT / 'Makefile'}\nasked:\n\t@{asking}\n")
    assert make("-f", str(tmp_path / "Makefile"), "asked").stdout == "False\n"


def test_every_target_people_are_told_of_exists() -> None:
    documents = [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
    told = {
        target
        for document in documents
        if document.exists()
        for target in re.findall(r"`make ([\w-]+)", document.read_text(encoding="utf-8"))
    }
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert told - set(re.findall(r"(?m)^([\w-]+):", makefile)) == set()


@pytest.mark.slow
def test_format_lint_types_and_layers_are_clean() -> None:
    outcome = make("-C", str(ROOT), "check")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def make(*arguments: str) -> "subprocess.CompletedProcess[str]":
    # The variables of a make that may be running these tests are not for this one.
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )

import json
import re
from pathlib import Path

import pytest

from directory.web.vendor import PACKAGES, MissingFile, copy_packages
from tests.web.fonts import names_table, woff, woff2

ROOT = Path(__file__).parents[2]


@pytest.fixture
def node_modules(tmp_path: Path) -> Path:
    """A folder as npm leaves it, with every file of every package."""
    folder = tmp_path / "node_modules"
    for package in PACKAGES:
        home = folder / package.name
        manifest = json.dumps({"version": "1.2.3", "license": "MIT"})
        files = {f"{package.base}/{file}": "content" for file in package.files}
        for name, content in {
            **files,
            package.licence: "Licence",
            "package.json": manifest,
        }.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(content)
        for font in home.rglob("*.woff2"):
            font.write_bytes(woff2("Fira"))
        for font, _ in package.fonts:
            (home / package.base / f"{font}.woff").write_bytes(woff({b"name": names_table("Fira")}))
    return folder


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_exactly_the_listed_files_and_licences_are_copied(
    node_modules: Path, tmp_path: Path
) -> None:
    (node_modules / "leaflet" / "dist" / "leaflet-src.js").write_text("not needed")
    copy_packages(node_modules, tmp_path / "vendor")
    expected = {f"{package.folder}/{file}" for package in PACKAGES for file in package.files}
    expected |= {f"{package.folder}/LICENSE.txt" for package in PACKAGES}
    expected |= {
        f"{package.folder}/ttf/{font}.ttf" for package in PACKAGES for font, _ in package.fonts
    }
    assert names(tmp_path / "vendor") == expected | {"packages.json"}


def test_what_an_earlier_version_copied_is_gone(node_modules: Path, tmp_path: Path) -> None:
    (tmp_path / "vendor" / "leaflet").mkdir(parents=True)
    (tmp_path / "vendor" / "leaflet" / "old.js").touch()
    copy_packages(node_modules, tmp_path / "vendor")
    assert "leaflet/old.js" not in names(tmp_path / "vendor")


@pytest.mark.parametrize(
    "comment", ["//# sourceMappingURL=leaflet.js.map", "/*# sourceMappingURL=leaflet.css.map */"]
)
def test_pointers_to_source_maps_are_removed(
    node_modules: Path, tmp_path: Path, comment: str
) -> None:
    (node_modules / "leaflet" / "dist" / "leaflet.js").write_text(f"L=1;\n{comment}\n")
    copy_packages(node_modules, tmp_path / "vendor")
    assert (tmp_path / "vendor" / "leaflet" / "leaflet.js").read_text() == "L=1;\n"


@pytest.mark.parametrize("file", ["dist/leaflet.css", "dist/images/layers.png", "LICENSE"])
def test_missing_file_is_named_and_nothing_is_changed(
    node_modules: Path, tmp_path: Path, file: str
) -> None:
    copy_packages(node_modules, tmp_path / "vendor")
    before = names(tmp_path / "vendor")
    (node_modules / "leaflet" / file).unlink()
    with pytest.raises(MissingFile, match=re.escape(f"leaflet/{file}. Bitte zuerst „make assets“")):
        copy_packages(node_modules, tmp_path / "vendor")
    assert names(tmp_path / "vendor") == before


def test_packages_are_listed_for_the_page_of_licences(node_modules: Path, tmp_path: Path) -> None:
    copy_packages(node_modules, tmp_path / "vendor")
    listed = json.loads((tmp_path / "vendor" / "packages.json").read_text())
    assert {
        "name": "@kern-ux/native",
        "version": "1.2.3",
        "license": "MIT",
        "folder": "kern-ux-native",
    } in listed
    assert len(listed) == len(PACKAGES)


def test_every_package_copied_is_pinned() -> None:
    pinned = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert {package.name for package in PACKAGES} == pinned.keys()


def test_every_file_a_stylesheet_names_is_there() -> None:
    """Holds for the packages' stylesheets and for ours."""
    static = ROOT / "static"
    named = {
        (sheet.relative_to(static).as_posix(), address)
        for sheet in static.rglob("*.css")
        for address in re.findall(
            r"url\(\s*[\"']?(?!data:|#)([^\"')]+)", sheet.read_text(encoding="utf-8")
        )
    }
    assert ("vendor/leaflet/leaflet.css", "images/layers.png") in named
    missing = {
        (sheet, address)
        for sheet, address in named
        if not ((static / sheet).parent / address).is_file()
    }
    assert missing == set()

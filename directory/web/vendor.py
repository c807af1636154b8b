"""Copies what the pages need of the locked npm packages to ``static/vendor/``.

Run at set-up as ``python -m directory.web.vendor`` after ``npm ci``. Nothing is bundled or
rewritten, so what a browser gets is what the package's authors published, beside its licence. Only
the fonts of printed pages are unpacked, because typst reads no web fonts, and of KERN and of the
fonts is left out what no page uses (``kern.py``, ``fonts.py``).
"""

import json
import re
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from directory.web import kern
from directory.web.fonts import lightened
from directory.web.woff import ttf_of

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "static" / "css"


class Package(NamedTuple):
    """One npm package and which of its files to copy, keeping their names below `base`."""

    name: str
    base: str
    files: tuple[str, ...]
    licence: str  # copied as LICENSE.txt
    # WOFF fonts to unpack for printed pages: file without the ending, and the family it goes by
    fonts: tuple[tuple[str, str], ...] = ()

    @property
    def folder(self) -> str:
        """Where it lives below static/vendor/: `@kern-ux/native` in `kern-ux-native`."""
        return self.name.removeprefix("@").replace("/", "-")


PACKAGES = (
    Package(
        "@fontsource/fira-sans",
        "files",
        # The two weights of KERN's tokens. KERN's own files are complete (130 kB a weight) and come
        # without the font's licence; latin-ext (names such as Łódź) loads only when needed.
        (
            "fira-sans-latin-400-normal.woff2",
            "fira-sans-latin-600-normal.woff2",
            "fira-sans-latin-ext-400-normal.woff2",
            "fira-sans-latin-ext-600-normal.woff2",
        ),
        "LICENSE",
        fonts=(
            ("fira-sans-latin-400-normal", "Fira Sans"),
            ("fira-sans-latin-400-italic", "Fira Sans"),
            ("fira-sans-latin-600-normal", "Fira Sans"),
            ("fira-sans-latin-ext-400-normal", "Fira Sans Extended"),
            ("fira-sans-latin-ext-600-normal", "Fira Sans Extended"),
        ),
    ),
    Package(
        "@kern-ux/native",
        "dist",
        ("kern.min.css",),
        "LICENSE.md",
    ),
    Package(
        "leaflet",
        "dist",
        (
            "leaflet.js",
            "leaflet.css",
            "images/layers.png",
            "images/layers-2x.png",
            "images/marker-icon.png",
            "images/marker-icon-2x.png",
            "images/marker-shadow.png",
        ),
        "LICENSE",
    ),
    Package("topojson-client", "dist", ("topojson-client.min.js",), "LICENSE"),
)

_FAMILIES = {font: family for package in PACKAGES for font, family in package.fonts}

# The maps are not copied, and browsers with open developer tools would ask for them in vain.
SOURCE_MAP = re.compile(rb"\s*(?://[#@] *sourceMappingURL=\S*|/\*[#@] *sourceMappingURL=.*?\*/)")


class MissingFile(Exception):
    """A file of a package that is not there; the text is a German sentence."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"Es fehlt {path}. Bitte zuerst „make assets“ ausführen.")


def copy_packages(node_modules: Path, target: Path) -> None:
    """Fill `target` with the files of all packages, and nothing else.

    Also writes ``packages.json`` (name, version, license, folder) for the page of licences.

    Raises:
        MissingFile: a package or one of its files is not below `node_modules`. `target` is then
            as it was.
    """
    copies = list(_copies(node_modules))
    manifests = [_manifest(node_modules, package) for package in PACKAGES]
    shutil.rmtree(target, ignore_errors=True)
    for source, name in copies:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(_content(source))
    listing = json.dumps(manifests, ensure_ascii=False, indent=2)
    (target / "packages.json").write_text(listing + "\n", encoding="utf-8")


def _copies(node_modules: Path) -> list[tuple[Path, str]]:
    """Pairs of an existing file and its name below the target folder."""
    copies = []
    for package in PACKAGES:
        home = node_modules / package.name
        copies += [
            (home / package.base / file, f"{package.folder}/{file}") for file in package.files
        ]
        copies += [
            (home / package.base / f"{font}.woff", f"{package.folder}/ttf/{font}.ttf")
            for font, _ in package.fonts
        ]
        copies.append((home / package.licence, f"{package.folder}/LICENSE.txt"))
    for source, _ in copies:
        if not source.is_file():
            raise MissingFile(source)
    return copies


def _manifest(node_modules: Path, package: Package) -> dict[str, str]:
    path = node_modules / package.name / "package.json"
    if not path.is_file():
        raise MissingFile(path)
    stated = json.loads(path.read_text(encoding="utf-8"))
    return {
        "name": package.name,
        "version": stated["version"],
        "license": stated["license"],
        "folder": package.folder,
    }


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix == ".woff":
        return ttf_of(content, family=_FAMILIES[path.stem])
    if path.suffix == ".woff2":
        return lightened(content)
    if path.name == "kern.min.css":
        ours = "".join(sheet.read_text(encoding="utf-8") for sheet in sorted(OWN.glob("*.css")))
        return kern.shortened(content.decode(), ours).encode()
    return SOURCE_MAP.sub(b"", content) if path.suffix in {".css", ".js"} else content


if __name__ == "__main__":
    try:
        copy_packages(ROOT / "node_modules", ROOT / "static" / "vendor")
    except MissingFile as missing:
        sys.exit(str(missing))

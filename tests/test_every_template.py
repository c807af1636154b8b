"""Every template compiles, is used, and takes nothing for granted."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import StrictUndefined, meta

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted(
    path.relative_to(ROOT / "templates").as_posix() for path in (ROOT / "templates").rglob("*.*")
)


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_compiles(site_app: Flask, name: str) -> None:
    site_app.jinja_env.get_template(name)


def test_undefined_names_are_errors(site_app: Flask) -> None:
    assert site_app.jinja_env.undefined is StrictUndefined


def test_each_is_used(site_app: Flask) -> None:
    env = site_app.jinja_env
    used = {"error.html"}
    for name in TEMPLATES:
        source = (ROOT / "templates" / name).read_text()
        used |= {one for one in meta.find_referenced_templates(env.parse(source)) if one}
        # Moulds are filled by name.
        used |= set(re.findall(r'filled\("([a-z_/]+\.html)"', source))
    code = "\n".join(path.read_text() for path in (ROOT / "directory").rglob("*.py"))
    used |= set(re.findall(r'"([a-z_/]+\.(?:html|xml|svg|txt))"', code))
    # Printed pages are Typst; each imports parts by its name beside it.
    typeset = re.search(r"Template = Literal\[(.+)\]", code)
    assert typeset is not None
    used |= {f"print/{name}.typ" for name in re.findall(r'"(\w+)"', typeset[1])} | {
        "print/parts.typ"
    }
    used |= {f"email/{name}.txt" for name in re.findall(r'render_letter\(\s*"(\w+)"', code)}
    assert set(TEMPLATES) - used == set()


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_markup_slips_past_escaping(name: str) -> None:
    source = (ROOT / "templates" / name).read_text()
    assert "|safe" not in source.replace(" ", "")
    assert not re.search(r"\sstyle=|\son[a-z]+=\"", source)

"""Pages ask for one style sheet; what it imports stands in it. Notes stay with us."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from directory.resources import resource_dir
from directory.web.security import FIXED_HEADERS
from directory.web.sources import joined, plain


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "css").mkdir()
    (tmp_path / "vendor").mkdir()
    return tmp_path


def test_what_is_imported_stands_in_its_place(folder: Path) -> None:
    (folder / "css" / "a.css").write_text("a {\n  top: 0;\n}\n")
    (folder / "css" / "p.css").write_text("@page { margin: 0 }")
    (folder / "vendor" / "v.css").write_text("/*! Licence */\nv{left:0}")
    (folder / "css" / "inner.css").write_text(
        '/* Order */\n@layer v;\n@import url("../vendor/v.css") layer(v);\n'
    )
    sheet = folder / "css" / "site.css"
    sheet.write_text(
        '/* All */\n@import url("inner.css");\n@import url("a.css");\n'
        '@import url("p.css") print;\nz { top: 1px }\n'
    )
    assert joined(sheet) == (
        "@layer v;\n@layer v{v{left:0}}\na {\ntop: 0;\n}\n@media print{@page { margin: 0 }}\n"
        "z { top: 1px }"
    )


def test_addresses_lead_where_they_led_from_the_imported_sheet(folder: Path) -> None:
    (folder / "vendor" / "v.css").write_text(
        "a{b:url(images/x.png)}c{d:url('data:image/svg+xml,<svg/>')}e{f:url(#g)}"
        'h{i:url("../css/j.svg")}'
    )
    sheet = folder / "css" / "map.css"
    sheet.write_text('@import url("../vendor/v.css");k{l:url("m.png")}')
    assert joined(sheet) == (
        "a{b:url(\"../vendor/images/x.png\")}c{d:url('data:image/svg+xml,<svg/>')}e{f:url(#g)}"
        'h{i:url("../css/j.svg")}k{l:url("m.png")}'
    )


def test_a_sheet_that_imports_what_is_not_there_is_an_error(folder: Path) -> None:
    (folder / "css" / "site.css").write_text('@import url("gone.css");')
    with pytest.raises(FileNotFoundError, match=r"gone\.css"):
        joined(folder / "css" / "site.css")


def test_pages_get_every_rule_of_the_sheets_that_the_site_imports() -> None:
    css = resource_dir("static") / "css"
    names = re.findall(r'@import url\("([\w-]+\.css)"\)', (css / "site.css").read_text("utf-8"))
    assert len(names) > 5
    site = joined(css / "site.css")
    rules = {name: (css / name).read_text("utf-8").count("{") for name in names}
    whole = (css.parent / "vendor" / "kern-ux-native" / "kern.min.css").read_text("utf-8")
    # Two more braces: around KERN, and around what is for paper.
    assert site.count("{") == site.count("}") == sum(rules.values()) + whole.count("{") + 2
    assert "@import" not in site
    assert "/*" not in site
    assert site.startswith("@layer kern, leaflet, tokens,")


def test_every_address_in_a_joined_sheet_leads_to_a_file() -> None:
    static = resource_dir("static")
    addresses = {
        address
        for sheet in (static / "css").glob("*.css")
        for address in re.findall(r"url\([\"']?(?!data:|#)([^\"')]+)", joined(sheet))
    }
    assert "../vendor/leaflet/images/layers.png" in addresses
    missing = {one for one in addresses if not (static / "css" / one).is_file()}
    assert missing == set()


def test_our_own_sheets_are_sent_as_other_static_files_are(
    client: FlaskClient, site_app: Flask
) -> None:
    prefix = site_app.config["ASSET_PREFIX"]
    beside = client.get(f"{prefix}vendor/leaflet/leaflet.css")
    answer = client.get(f"{prefix}css/site.css", headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200
    assert answer.content_type == "text/css; charset=utf-8"
    assert answer.headers["Content-Encoding"] == "br"
    assert answer.headers["Cache-Control"] == beside.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    guards = {*FIXED_HEADERS, "Content-Security-Policy"}
    assert {name: answer.headers.get(name) for name in guards} == {
        name: beside.headers.get(name) for name in guards
    }
    beside.close()
    known = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(f"{prefix}css/site.css", headers=known).status_code == 304
    assert client.post(f"{prefix}css/site.css").status_code == 405


def test_scripts_lose_notes_but_no_text_that_looks_like_one(tmp_path: Path) -> None:
    script = tmp_path / "a.js"
    script.write_text(
        "/**\n * What it does.\n */\nimport { a } from './b.js'; // why\n\n"
        "// Beside https://example.org\nconst c = 'http://d'; /* e */\n  /* f */\n"
        "const g = `${c}\n  // h\n`;\nif (/[/*]\\/\\//.test(g)) call(c);\n"
    )
    assert plain(script) == (
        "import{a}from'./b.js';const c='http://d';const g=`${c}\n  // h\n`;"
        "if(/[/*]\\/\\//.test(g))call(c);"
    )


def test_scripts_are_sent_without_notes(client: FlaskClient, site_app: Flask) -> None:
    answer = client.get(f"{site_app.config['ASSET_PREFIX']}js/map.js")
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert answer.text == plain(resource_dir("static") / "js" / "map.js")
    assert "/**" not in answer.text


def test_a_page_links_one_sheet(client: FlaskClient) -> None:
    sheets = re.findall(r'<link rel="stylesheet"[^>]*>', client.get("/").text)
    assert len(sheets) == 1
    assert "css/site.css" in sheets[0]

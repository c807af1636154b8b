"""The only door to folium lets nothing in that could run, and nothing out to foreign hosts."""

import os
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from directory.maps.drawing import Assets, Frame, Tiles, draw
from directory.resources import resource_dir

ASSETS = Assets(
    stylesheets=("/static/abc/css/map.css",),
    scripts=("/static/abc/vendor/leaflet/leaflet.js", "/static/abc/vendor/cluster.js"),
    module="/static/abc/js/map.js",
    detail="/map/grenzen/detail.topojson?v=4d5e6f",
)
TILES = Tiles("https://tiles.example/{z}/{y}/{x}.png", "© Beispiel")
HOSTILE = ("${alert(1)}", "`", "</script><script>alert(1)</script>", "\\", "'\"", "${`${1}`}")


def whole(frame: Frame) -> str:
    return "\n".join([*frame.stylesheets, *frame.scripts, frame.html, frame.script])


def in_a_new_process(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=resource_dir("static").parent,
        env=os.environ | {"PYTHONHASHSEED": "random"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_files_are_ours_and_in_the_order_they_load() -> None:
    frame = draw("karte", ASSETS)
    assert (frame.stylesheets, frame.scripts) == (ASSETS.stylesheets, ASSETS.scripts)
    assert frame.html == '<div class="folium-map" id="map_karte" ></div>'
    assert 'import { attach } from "/static/abc/js/map.js";' in frame.script
    assert "attach(map_karte, {" in frame.script
    assert '"ground": [5.83, 50.3, 9.5, 52.555]' in frame.script
    assert ASSETS.detail in frame.script


def test_no_other_host_is_named_and_zooming_is_allowed() -> None:
    text = whole(draw("karte", ASSETS))
    assert not re.search(r"//\w|https?:", text)
    assert "viewport" not in text
    assert "style=" not in text
    assert "<script" not in text


def test_with_tiles_only_their_host_is_named() -> None:
    text = whole(draw("karte", ASSETS, TILES))
    assert set(re.findall(r"https?://[^/]+", text)) == {"https://tiles.example"}
    assert '"referrerPolicy": "no-referrer"' in text


def test_the_same_map_is_the_same_bytes_in_every_process() -> None:
    code = (
        "from tests.maps.test_drawing import ASSETS, TILES, draw, whole;"
        "print(whole(draw('karte', ASSETS, TILES)), end='')"
    )
    assert in_a_new_process(code) == in_a_new_process(code) == whole(draw("karte", ASSETS, TILES))


def test_one_map_does_not_change_the_files_of_another() -> None:
    import folium

    before = list(folium.Map.default_js), list(folium.Map.default_css)
    draw("eine", replace(ASSETS, scripts=("/static/abc/one.js",)))
    assert draw("andere", ASSETS).scripts == ASSETS.scripts
    assert (list(folium.Map.default_js), list(folium.Map.default_css)) == before


@pytest.mark.parametrize(
    "path",
    [
        "https://cdn.example/leaflet.js",
        "//cdn.example/leaflet.js",
        "/\\cdn.example/leaflet.js",
        "javascript:alert(1)",
        "leaflet.js",
        "/static/a b.js",
        '/static/a".js',
        "/static//a.js",
        "",
        *(f"/static/{text}.js" for text in HOSTILE),
    ],
)
@pytest.mark.parametrize("part", ["stylesheets", "scripts", "module", "detail"])
def test_files_of_others_are_refused(part: str, path: str) -> None:
    value = (path,) if part in {"stylesheets", "scripts"} else path
    with pytest.raises(ValueError, match="not a file of our own"):
        draw("karte", replace(ASSETS, **{part: value}))


@pytest.mark.parametrize("name", ["", "a b", "9", "Karte", "x;alert(1)", *HOSTILE])
def test_a_map_has_a_plain_name(name: str) -> None:
    with pytest.raises(ValueError, match="not a plain name"):
        draw(name, ASSETS)


@pytest.mark.parametrize("text", HOSTILE)
def test_even_settings_cannot_break_out_of_the_script(text: str) -> None:
    script = draw("karte", ASSETS, Tiles(f"https://tiles.example/{text}", text)).script
    assert "</script" not in script
    # Only ever inside a plain string, where `${…}` and backticks are mere characters.
    outside = re.sub(r'"(?:[^"\\\n]|\\.)*"', "", script)
    assert not re.search(r"[`$'\"<\\]", outside)


def test_start_does_not_pay_for_folium() -> None:
    code = "import sys, directory.app; print({'folium', 'branca', 'numpy'} & set(sys.modules))"
    assert in_a_new_process(code).strip() == "set()"

"""The only door to folium: it draws the frame of a map, never what is on it.

folium puts names into JavaScript such that `${…}` and backticks in them run, so no entry and no
visitor's word gets in here: a frame depends on settings alone and is the same for every question.
The script it ends with loads the data from our own address.

Importing this module costs a second and 50 MB; import it where the first map is drawn.
"""

import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from functools import lru_cache
from typing import Any, cast

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink, MacroElement
from folium.template import Template
from markupsafe import Markup

from directory.maps.outlines import NRW_BOX

_OWN_PATH = re.compile(r"/(?:[\w.~@-]+/)*[\w.~@-]+(?:\?v=\w+)?")

# The middle of North Rhine-Westphalia; the script fits the hits as soon as it has them.
_CENTRE = (51.43, 7.66)
_ZOOM = 8
_NEAREST_ZOOM, _FARTHEST_ZOOM = 16, 5


@dataclass(frozen=True)
class Assets:
    """Addresses of our own files that a map is made of, in the order they have to load."""

    stylesheets: tuple[str, ...]
    scripts: tuple[str, ...]
    # The module that exports `attach`
    module: str
    # TopoJSON of the outlines for close by
    detail: str


@dataclass(frozen=True)
class Tiles:
    """A background of map tiles: Leaflet's template of their address, and whom to credit."""

    url: str
    attribution: str


@dataclass(frozen=True)
class Frame:
    """What folium drew: files to link, an element, and a module to run."""

    stylesheets: tuple[str, ...]
    scripts: tuple[str, ...]
    html: Markup
    script: Markup


class _Map(folium.Map):
    """A map without any of folium's own files, which five foreign hosts would be asked for."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - folium's attributes
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


class _Attachment(MacroElement):
    """Hands the drawn map to our module."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            import { attach } from {{ this.module|tojson }};
            attach({{ this._parent.get_name() }}, {{ this.options|tojavascript }});
        {% endmacro %}
        """
    )

    def __init__(self, module: str, options: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Attachment"
        self.module = module
        self.options = dict(options)


@lru_cache(maxsize=8)
def draw(name: str, assets: Assets, tiles: Tiles | None = None) -> Frame:
    """Return the frame called `name`; the same arguments give the same bytes in every process.

    Raises:
        ValueError: If a file is not our own or `name` is no plain word.
    """
    if not re.fullmatch(r"[a-z]\w*", name, re.ASCII):
        raise ValueError(f"not a plain name: {name!r}")
    for path in (assets.module, assets.detail):
        _own(path)
    drawn = _Map(
        location=_CENTRE,
        zoom_start=_ZOOM,
        tiles=None,
        zoom_control=False,  # the script adds one that speaks German
        attribution_control=False,  # the caption of the map names the sources
        zoom_snap=0.25 if tiles is None else 1,  # tiles blur between whole steps
    )
    drawn._id = name  # noqa: SLF001 - folium draws lots otherwise
    # Not as arguments: folium keeps those for the tile layer alone.
    drawn.options |= {"max_zoom": _NEAREST_ZOOM, "min_zoom": _FARTHEST_ZOOM}
    drawn.default_css = [(path, path) for path in assets.stylesheets]
    drawn.default_js = [(path, path) for path in assets.scripts]
    if tiles is not None:
        _tile_layer(tiles).add_to(drawn)
    options = {"ground": astuple(NRW_BOX), "detail": assets.detail}
    _Attachment(assets.module, options).add_to(drawn)

    drawn.render()  # type: ignore[no-untyped-call]
    figure = cast("Figure", drawn.get_root())
    # folium's own header is left out: it forbids zooming and brings styles no policy would allow.
    linked = list(figure.header._children.values())  # noqa: SLF001 - the only way to them
    return Frame(
        stylesheets=_addresses(linked, CssLink),
        scripts=_addresses(linked, JavascriptLink),
        html=_text(figure.html),
        script=_text(figure.script),
    )


def _tile_layer(tiles: Tiles) -> folium.TileLayer:
    layer = folium.TileLayer(
        tiles=tiles.url,
        attr=tiles.attribution,
        name="kacheln",
        max_zoom=_NEAREST_ZOOM,
        # The tile server need not know which page of ours is being read.
        referrer_policy="no-referrer",
    )
    layer._id = "kacheln"  # noqa: SLF001
    return layer


def _addresses(
    linked: list[Element], kind: type[CssLink] | type[JavascriptLink]
) -> tuple[str, ...]:
    return tuple(_own(element.url) for element in linked if isinstance(element, kind))


def _own(path: str) -> str:
    if not _OWN_PATH.fullmatch(path):
        raise ValueError(f"not a file of our own: {path!r}")
    return path


def _text(element: Element) -> Markup:
    lines = (line.strip() for line in element.render().splitlines())
    # Markup: all of it comes from folium's templates and from settings, escaped by those.
    return Markup("\n".join(line for line in lines if line))  # noqa: S704

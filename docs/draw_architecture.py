"""Draws docs/architecture.svg from the layers that import-linter checks: `make picture`."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROW, HEIGHT, TOP, LEFT, WIDTH, GAP = 44, 36, 78, 24, 430, 6
# What a layer is coloured as; everything else is a subject.
CLASSES = {
    "start": "cli wsgi app seeding migrations archive backup",
    "pages": "pages feeds editorial",
    "search": "search",
    "craft": (
        "publication maps accounts geo mail files printing web parcels lookups rows db config "
        "german resources server sheets text errors"
    ),
}
# Stops of a way: the layer, what happens there, and where the words stand.
READ = (
    ("web", "headers", "below"),
    ("pages", "view", "left"),
    ("search", "Criteria", "right"),
    ("geo", "place", "below"),
    ("search", "find", "right"),
    ("practices", "entries", "below"),
    ("pages", "template", "above"),
)
WRITE = (
    ("web", "origin", "below"),
    ("pages", "view", "left"),
    ("db", "lock", "below"),
    ("feedback", "operation", "right"),
    ("pages", "commit, 303", "above"),
)
STYLE = """
    svg { background: #fff; font: 15px "Fira Sans", "Noto Sans", "DejaVu Sans", sans-serif; }
    text { fill: #16262d; }
    .name { text-anchor: middle; font-size: 14px; }
    .title { font-size: 19px; font-weight: 600; }
    .request, .note { font-size: 13px; fill: #46606b; }
    rect { stroke-width: 1.5; }
    .start { fill: #f3f7f8; stroke: #9fb4bc; }
    .pages { fill: #cfe9ee; stroke: #0e6478; }
    .search { fill: #d9efe3; stroke: #2b7d57; }
    .subject { fill: #e9f6ee; stroke: #58a07c; }
    .craft { fill: #f6f0e3; stroke: #b1935a; }
    .row { stroke: #d7e1e4; stroke-dasharray: 2 5; }
    .way { fill: none; stroke: #0e6478; stroke-width: 2; stroke-linejoin: round; }
    .stop { fill: #0e6478; }
    .number { fill: #fff; text-anchor: middle; font-size: 13px; font-weight: 600; }
    .label { font-size: 13px; paint-order: stroke; stroke: #fff; stroke-width: 5px; }
    .mid { text-anchor: middle; }
    .end { text-anchor: end; }
    .down { stroke: #46606b; stroke-width: 2; fill: none; }
    @media (prefers-color-scheme: dark) {
      svg { background: #0f1b20; }
      text { fill: #e8f0f2; }
      .request, .note { fill: #a9bec6; }
      .start { fill: #18272d; stroke: #56707a; }
      .pages { fill: #123c47; stroke: #6cc4d6; }
      .search { fill: #14382a; stroke: #6fc59c; }
      .subject { fill: #142c23; stroke: #4f9273; }
      .craft { fill: #2d2616; stroke: #a58b53; }
      .row { stroke: #2a3b42; }
      .way { stroke: #6cc4d6; }
      .stop { fill: #6cc4d6; }
      .number { fill: #0f1b20; }
      .label { stroke: #0f1b20; }
      .down { stroke: #a9bec6; }
    }
"""


def layers() -> list[list[str]]:
    """Return the layers from top to bottom, each with the names that stand side by side."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (found,) = [one["layers"] for one in contracts if one.get("containers") == ["directory"]]
    return [[name.strip() for name in row.split("|")] for row in found]


def draw(rows: list[list[str]]) -> str:
    """Return the picture."""
    bottom = TOP + ROW * len(rows)
    middle = {
        name: TOP + ROW * position + HEIGHT / 2 for position, row in enumerate(rows) for name in row
    }
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1170 {bottom + 30}" role="img" '
            'aria-labelledby="title desc">'
        ),
        '  <title id="title">Layers of the package, one read and one write</title>',
        (
            f'  <desc id="desc">{len(rows)} layers from cli and wsgi at the top to errors at the '
            "bottom. Each imports only from layers below it; names side by side never know each "
            "other. A read and a write are ways through the layers, with numbered stops.</desc>"
        ),
        f"  <style>{STYLE}  </style>",
        *_heading(LEFT, "Layers", "imports point downwards only; side by side: strangers"),
    ]
    for position, row in enumerate(rows):
        parts += _row(TOP + ROW * position, row)
    end = bottom - 12
    parts.append(f'  <path class="down" d="M472 {TOP + 4}V{end}m-5 -8 5 8 5 -8"/>')
    parts += [
        f'  <path class="row" d="M496 {TOP + ROW * one + HEIGHT // 2}H1146"/>'
        for one in range(len(rows))
    ]
    parts += _heading(520, "One read", "GET /praxisbeispiele?q=bürgerrat&amp;ort=Bonn")
    parts += _way(532, 822, READ, middle)
    parts += _heading(890, "One write", "POST /barrierefreiheit")
    parts += _way(902, 1102, WRITE, middle)
    return "\n".join([*parts, "</svg>", ""])


def _heading(x: int, title: str, line: str) -> list[str]:
    return [
        f'  <text class="title" x="{x}" y="34">{title}</text>',
        f'  <text class="request" x="{x}" y="56">{line}</text>',
    ]


def _row(y: int, names: list[str]) -> list[str]:
    width = (WIDTH - GAP * (len(names) - 1)) / len(names)
    parts = []
    for position, name in enumerate(names):
        kind = next((one for one, listed in CLASSES.items() if name in listed.split()), "subject")
        x = LEFT + position * (width + GAP)
        parts += [
            (
                f'  <rect class="{kind}" x="{x:g}" y="{y}" width="{width:g}" height="{HEIGHT}" '
                'rx="6"/>'
            ),
            f'  <text class="name" x="{x + width / 2:g}" y="{y + 23}">{name}</text>',
        ]
    return parts


def _way(
    start: int, end: int, stops: tuple[tuple[str, str, str], ...], middle: dict[str, float]
) -> list[str]:
    step = (end - start) / (len(stops) - 1)
    points = [(start + step * one, middle[stop[0]]) for one, stop in enumerate(stops)]
    line = " ".join(f"{x:g},{y:g}" for x, y in points)
    parts = [f'  <polyline class="way" points="{line}"/>']
    for number, ((x, y), (_, words, side)) in enumerate(zip(points, stops, strict=True), start=1):
        parts.append(
            f'  <circle class="stop" cx="{x:g}" cy="{y:g}" r="12"/>'
            f'<text class="number" x="{x:g}" y="{y + 5:g}">{number}</text>'
        )
        kind, dx, dy = {
            "left": ("label end", -18, 5),
            "right": ("label", 18, 5),
            "below": ("label mid", 0, 29),
            "above": ("label mid", 0, -19),
        }[side]
        parts.append(f'  <text class="{kind}" x="{x + dx:g}" y="{y + dy:g}">{words}</text>')
    return parts


if __name__ == "__main__":
    (ROOT / "docs/architecture.svg").write_text(draw(layers()), encoding="utf-8")

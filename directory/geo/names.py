"""What people call places besides their names: short and former names, and regions.

The lists are `data/other_names.txt` and `data/regions.txt`; their first lines say what they hold.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"
# How counties and districts are spoken of, before their own names
_KINDS = {
    "Kreis ": ("Landkreis", "Kr."),
    "Regierungsbezirk ": ("Bezirksregierung", "Bezirk", "Reg.-Bez.", "RB"),
}
_SHORTENED = {"(Westf.)": "Westfalen", "(Rhld.)": "Rheinland"}


def other_names(name: str) -> list[str]:
    """Return what a municipality, county or district is called as well: `Elberfeld`, `HSK`."""
    found = list(_other_names().get(name, ()))
    for kind, others in _KINDS.items():
        if name.startswith(kind):
            found += [f"{other} {name.removeprefix(kind)}" for other in others]
    found += [name.replace(short, long) for short, long in _SHORTENED.items() if short in name]
    return found


@cache
def regions() -> Mapping[str, tuple[Sequence[str], Sequence[str]]]:
    """Return the name of each region → what it is called as well, and the names it consists of."""
    return {first: (others, parts) for (first, *others), parts in _read("regions.txt")}


@cache
def _other_names() -> Mapping[str, Sequence[str]]:
    return {first: others for (first, *_), others in _read("other_names.txt")}


def _read(name: str) -> list[tuple[list[str], list[str]]]:
    """Return the lines of a list: what stands before the equals sign, and behind it."""
    lines = (_DATA / name).read_text("utf-8").splitlines()
    sides = [line.split(" = ") for line in lines if not line.startswith("#")]
    return [(before.split("; "), behind.split("; ")) for before, behind in sides]

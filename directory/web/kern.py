"""KERN's stylesheet without the components, icons and variables that no page of ours uses.

The whole of it is 340 kB, which every page would wait for and every browser read; most are
utilities and icons. Rules are kept or left out as they are, never changed.
"""

import re
from collections.abc import Iterator

_NOTE = "/* Gekürzt auf das, was dieses Verzeichnis benutzt: directory/web/kern.py */\n"

# What our templates, styles and scripts use; tests/web/test_kern.py finds what is missing here.
COMPONENTS = frozenset(
    {"alert", "body", "btn", "error", "form-input", "hint", "icon", "label", "title"}
)
ICONS = frozenset(
    {
        "calendar-today",
        "check",
        "checklist",
        "chevron-left",
        "chevron-right",
        "close",
        "danger",
        "dehaze",
        "info",
        "open-in-new",
        "search",
        "success",
        "warning",
    }
)

# `kern-form-input__select--error`: component, element, modifier
_CLASS = re.compile(r"kern-([a-z0-9-]+?)(?:__[a-z0-9-]+?)?(?:--([a-z0-9-]+))?", re.ASCII)
# Classes and attributes of KERN that a selector demands; of brackets only those of `:has(…)` do.
_DEMANDED = re.compile(r"\.(kern-[\w-]+)|\[(data-kern-[\w-]+)")
_IN_BRACKETS = re.compile(r"(?<!:has)\([^()]*\)")
_BETWEEN_SELECTORS = re.compile(r",(?![^()]*\))")
_BRACE = re.compile(r"[{}]")
_VARIABLE = re.compile(r"(--kern-[\w-]+):([^;{}]*);?")
_USE = re.compile(r"var\((--kern-[\w-]+)")


def is_used(name: str) -> bool:
    """Tell whether pages of ours use this class of KERN."""
    found = _CLASS.fullmatch(name)
    if found is None or found[1] not in COMPONENTS:
        return False
    return found[1] != "icon" or found[2] is None or found[2] in ICONS


def shortened(css: str, ours: str) -> str:
    """Return the rules of KERN's `css` that our pages use, with the variables they need.

    `ours` are our own stylesheets, which use some of its variables as well.
    """
    kept = _kept_rules(css)
    while (fewer := _without_unused(kept, ours)) != kept:
        kept = fewer
    return _NOTE + kept


def _without_unused(css: str, ours: str) -> str:
    used = set(_USE.findall(css + ours))
    return _VARIABLE.sub(lambda found: found[0] if found[1] in used else "", css)


def _kept_rules(css: str) -> str:
    kept = []
    for selectors, body in _rules(css):
        if selectors.startswith(("@media", "@supports")):
            if inner := _kept_rules(body):
                kept.append(f"{selectors}{{{inner}}}")
        elif selectors.startswith("@"):
            kept.append(f"{selectors}{{{body}}}")
        elif wanted := [one for one in _BETWEEN_SELECTORS.split(selectors) if _is_wanted(one)]:
            kept.append(f"{','.join(wanted)}{{{body}}}")
    return "".join(kept)


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before and within the outer braces; statements without any are left out."""
    depth = start = opened = 0
    for found in _BRACE.finditer(css):
        at = found.start()
        if found[0] == "{":
            if depth == 0:
                opened = at
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                yield css[start:opened].rpartition(";")[2].strip(), css[opened + 1 : at]
                start = at + 1


def _is_wanted(selector: str) -> bool:
    while (plain := _IN_BRACKETS.sub("", selector)) != selector:
        selector = plain
    return all(is_used(name) for name, _ in _DEMANDED.findall(selector))

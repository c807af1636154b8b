"""Of KERN's stylesheet stays what our pages use, and nothing that they use is missing."""

import re
from pathlib import Path

import pytest

from directory.resources import resource_dir
from directory.web.kern import COMPONENTS, ICONS, is_used, shortened

CLASS = re.compile(r"\bkern-(?!ux|native|metric|color|typography)[a-z][a-z0-9_-]*[a-z0-9]")
ICON_OF_MACRO = re.compile(r'\bicon="([a-z-]+)"')


def sources() -> list[Path]:
    """Files that may name a class: templates, and styles and scripts of our own."""
    static = resource_dir("static")
    return [
        *resource_dir("templates").rglob("*.html"),
        *static.glob("css/*.css"),
        *static.glob("js/*.js"),
    ]


def named() -> set[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources())
    icons = {f"kern-icon--{name}" for name in ICON_OF_MACRO.findall(text)}
    return {name for name in CLASS.findall(text) if name != "kern-min"} | icons


def test_every_class_that_a_page_names_is_kept() -> None:
    names = named()
    assert len(names) > 20
    assert {name for name in names if not is_used(name)} == set()


def test_nothing_is_kept_that_no_page_names() -> None:
    names = named()
    components = {re.match(r"kern-([a-z]+(?:-[a-z]+)*)", name)[1] for name in names}  # type: ignore[index]
    assert components >= COMPONENTS
    # Notices say their kind by an icon of that name.
    kinds = {"info", "success", "warning", "danger"}
    assert {f"kern-icon--{icon}" for icon in ICONS - kinds} <= names


def test_rules_of_other_components_and_icons_are_left_out() -> None:
    css = (
        '@charset "UTF-8";html{margin:0}.kern-btn,.kern-card{color:red}.kern-card .kern-btn{top:0}'
        ".kern-btn:not(.kern-card):is(:hover,.kern-x){left:0}.kern-icon--search{a:b}.kern-icon--help{a:b}"
        "@media (min-width: 1px){.kern-col-1{a:b}}@media print{.kern-btn--primary{a:b}}"
        "[data-kern-theme=dark],body{c:d}body:has(.kern-dialog:not(a)){e:f}"
        "@keyframes turn{to{rotate:1turn}}"
    )
    assert shortened(css, "").partition("\n")[2] == (
        "html{margin:0}.kern-btn{color:red}.kern-btn:not(.kern-card):is(:hover,.kern-x){left:0}"
        ".kern-icon--search{a:b}@media print{.kern-btn--primary{a:b}}body{c:d}"
        "@keyframes turn{to{rotate:1turn}}"
    )


def test_variables_stay_if_a_kept_rule_or_a_sheet_of_ours_uses_them() -> None:
    css = (
        ":root{--kern-a:1px;--kern-b:var(--kern-a);--kern-c:2px;--kern-d:var(--kern-e);--kern-e:0}"
        ".kern-btn{top:var(--kern-b, 4px)}.kern-card{top:var(--kern-d)}"
    )
    assert shortened(css, "a{left:var(--kern-c)}").partition("\n")[2] == (
        ":root{--kern-a:1px;--kern-b:var(--kern-a);--kern-c:2px;}.kern-btn{top:var(--kern-b, 4px)}"
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("kern-btn", True),
        ("kern-btn--tertiary", True),
        ("kern-form-input__select--error", True),
        ("kern-icon", True),
        ("kern-icon--chevron-left", True),
        ("kern-icon--language", False),
        ("kern-form", False),
        ("kern-col-1", False),
    ],
)
def test_a_class_is_known_by_its_component_and_icons_by_name(name: str, expected: bool) -> None:
    assert is_used(name) is expected


def test_the_sheet_in_use_is_a_tenth_of_the_whole() -> None:
    sheet = resource_dir("static") / "vendor" / "kern-ux-native" / "kern.min.css"
    css = sheet.read_text(encoding="utf-8")
    assert len(css) < 60_000
    assert css.count("{") == css.count("}")
    ours = "".join(path.read_text(encoding="utf-8") for path in sources() if path.suffix == ".css")
    variables = set(re.findall(r"var\((--kern-[\w-]+)", ours))
    assert variables
    assert {name for name in variables if f"{name}:" not in css + ours} == set()
    for name in (".kern-btn--primary", ".kern-form-input__input", ".kern-icon--search"):
        assert name in css

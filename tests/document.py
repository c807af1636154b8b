"""A strict, small HTML tree: stricter than a browser, which repairs what a person should see.

Every element that is not void must be closed explicitly and in order, so that a template with a
tag too many or too few is an error here instead of a layout that falls apart somewhere else.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser

VOID = re.compile("area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr")
FOREIGN = re.compile("svg|math")
UNSEEN = re.compile("script|style|template|title|datalist")
INLINE = re.compile(
    "a|abbr|b|bdi|bdo|cite|code|data|dfn|em|i|kbd|mark|q|s|samp|small|span|strong|sub|sup|svg|text"
    "|time|tspan|u|var|wbr"
)
# A browser would close an open <p> at any of these, and the later </p> would open another one.
ENDS_A_PARAGRAPH = re.compile(
    "address|article|aside|blockquote|details|dialog|div|dl|fieldset|figcaption|figure|footer|form"
    "|h[1-6]|header|hr|main|nav|ol|p|pre|section|table|ul"
)
NEVER_WITHIN_ITSELF = re.compile("a|button|form|label|main")


@dataclass(eq=False)
class Element:
    """One element; its children are elements and texts in the order of the page."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    line: int = 0
    parent: "Element | None" = None
    children: "list[Element | str]" = field(default_factory=list)

    def __getitem__(self, attribute: str) -> str:
        return self.attributes[attribute]

    def __repr__(self) -> str:
        attributes = "".join(f' {name}="{value}"' for name, value in self.attributes.items())
        return f"<{self.tag}{attributes[:120]}> in line {self.line}"

    def get(self, attribute: str) -> str | None:
        return self.attributes.get(attribute)

    def __iter__(self) -> "Iterator[Element]":
        """All elements below this one, in the order of the page."""
        waiting = [*reversed(self.children)]
        while waiting:
            child = waiting.pop()
            if isinstance(child, Element):
                yield child
                waiting += reversed(child.children)

    @property
    def ancestors(self) -> "Iterator[Element]":
        parent = self.parent
        while parent is not None:
            yield parent
            parent = parent.parent

    @property
    def text(self) -> str:
        """What a person reads, with single spaces; not what scripts and styles say."""
        return self.text_without("")

    def text_without(self, selector: str) -> str:
        """The text, leaving out what matches `selector`."""
        return " ".join("".join(_texts(self, selector)).split())

    def all(self, selector: str) -> "list[Element]":
        """Elements below this one that match: `nav a.current[href^="/"]`, `ul, ol`."""
        paths = _parsed(selector)
        return [one for one in self if any(_matches_path(one, path) for path in paths)]

    def one(self, selector: str) -> "Element":
        """The single element that matches `selector`."""
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} elements match {selector}, not one: {found}"
        return found[0]

    def matches(self, selector: str) -> bool:
        return any(_matches_path(self, path) for path in _parsed(selector))


def _texts(element: Element, without: str) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif not UNSEEN.fullmatch(child.tag) and not (without and child.matches(without)):
            edge = "" if INLINE.fullmatch(child.tag) else "\n"
            yield edge
            yield from _texts(child, without)
            yield edge


SIMPLE = re.compile(
    r"(?P<tag>\*|[a-z][\w-]*)|\#(?P<id>[\w-]+)|\.(?P<class>[\w-]+)"
    r"|\[(?P<attribute>[\w:-]+)(?:(?P<how>[\^$*]?=)(?P<value>[^\]]*))?\]"
)
Step = tuple[Callable[[Element], bool], ...]


@cache
def _parsed(selector: str) -> tuple[tuple[Step, ...], ...]:
    """The alternatives of `selector`, each a path of steps downwards."""
    return tuple(
        tuple(_parsed_step(step) for step in _outside_quotes(path.strip(), r"\s+"))
        for path in _outside_quotes(selector, ",")
    )


def _parsed_step(step: str) -> Step:
    tokens = list(SIMPLE.finditer(step))
    assert "".join(token[0] for token in tokens) == step, f"cannot read {step!r}"
    return tuple(_condition(token) for token in tokens if token[0] != "*")


def _condition(token: re.Match[str]) -> Callable[[Element], bool]:
    if name := token["tag"]:
        return lambda element: element.tag == name
    if name := token["id"]:
        return lambda element: element.attributes.get("id") == name
    if name := token["class"]:
        return lambda element: name in element.attributes.get("class", "").split()
    attribute, wanted = token["attribute"], (token["value"] or "").strip("\"'")
    fits: Callable[[str], bool] = {
        None: lambda _value: True,
        "=": lambda value: value == wanted,
        "^=": lambda value: value.startswith(wanted),
        "$=": lambda value: value.endswith(wanted),
        "*=": lambda value: wanted in value,
    }[token["how"]]
    return lambda element: attribute in element.attributes and fits(element.attributes[attribute])


def _outside_quotes(selector: str, separator: str) -> list[str]:
    return re.split(separator + r'(?=(?:[^"]*"[^"]*")*[^"]*$)', selector)


def _matches_path(element: Element, path: tuple[Step, ...]) -> bool:
    if not _matches_step(element, path[-1]):
        return False
    # One iterator for all steps: each goes on above where the one before was found.
    ancestors = element.ancestors
    return all(any(_matches_step(one, step) for one in ancestors) for step in path[-2::-1])


def _matches_step(element: Element, step: Step) -> bool:
    for condition in step:  # noqa: SIM110 - asked a hundred thousand times for a page
        if not condition(element):
            return False
    return True


class Document(HTMLParser):
    """The tree below `root`, and in `errors` what a browser would have had to repair."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#document")
        self.errors: list[str] = []
        self.declaration = ""
        self._open = [self.root]
        self.feed(html)
        self.close()
        self.errors += [f"{element} is never closed" for element in self._open[1:]]

    def handle_decl(self, decl: str) -> None:
        self.declaration = decl

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = self._add(tag, attrs)
        if not VOID.fullmatch(tag):
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = self._add(tag, attrs)
        foreign = any(FOREIGN.fullmatch(one.tag) for one in [element, *element.ancestors])
        if not foreign and not VOID.fullmatch(tag):
            self.errors.append(f"{element} closes itself, which HTML does not know")

    def _add(self, tag: str, attrs: list[tuple[str, str | None]]) -> Element:
        parent = self._open[-1]
        element = Element(tag, {name: value or "" for name, value in attrs}, self.line, parent)
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.errors.append(f"{element} has an attribute twice")
        if parent.tag == "p" and ENDS_A_PARAGRAPH.fullmatch(tag):
            self.errors.append(f"{element} ends {parent}")
        if NEVER_WITHIN_ITSELF.fullmatch(tag) and any(one.tag == tag for one in self._open):
            self.errors.append(f"{element} is inside another <{tag}>")
        parent.children.append(element)
        return element

    def handle_endtag(self, tag: str) -> None:
        if self._open[-1].tag == tag:
            self._open.pop()
        elif any(element.tag == tag for element in self._open):
            while (element := self._open.pop()).tag != tag:
                self.errors.append(f"</{tag}> in line {self.line} closes over {element}")
        else:
            self.errors.append(f"</{tag}> in line {self.line} closes nothing")

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    @property
    def line(self) -> int:
        return self.getpos()[0]

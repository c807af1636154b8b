"""What every page owes its readers, one function for each kind of duty.

What a person typed or another house wrote is not held to our typography: mark it in the template
with `data-verbatim`, or show it in `<kbd>`, `<samp>`, `<code>`, `<pre>`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tests.document import Element

if TYPE_CHECKING:
    from tests.pages import Page

Defects = Iterator[str]  # one sentence each
Check = Callable[["Page"], Defects]


def defects(page: "Page", *, framed: bool) -> list[str]:
    """Everything that is wrong with `page`; `framed`: with our header, navigation and footer."""
    checks = DUTIES + DUTIES_IN_FRAME if framed else DUTIES
    return [defect for check in checks for defect in check(page)]


def is_well_formed(page: "Page") -> Defects:
    if page.document.declaration.lower() != "doctype html":
        yield "no <!doctype html>"
    yield from page.document.errors


def declares_itself(page: "Page") -> Defects:
    if page.headers["Content-Type"].lower().replace(" ", "") != "text/html;charset=utf-8":
        yield f"Content-Type is {page.headers['Content-Type']}"
    if [html.get("lang") for html in page.all("html")] != ["de"]:
        yield "no <html lang=de>"
    titles = ["".join(map(str, title.children)).strip() for title in page.all("head title")]
    if len(titles) != 1 or not titles[0]:
        yield f"not exactly one title with text: {titles}"
    viewport = [meta.get("content") or "" for meta in page.all("meta[name=viewport]")]
    if len(viewport) != 1 or re.search("user-scalable|maximum-scale", viewport[0]):
        yield f"not exactly one viewport that lets people zoom: {viewport}"


def has_headings(page: "Page") -> Defects:
    headings = page.headings
    if [heading.level for heading in headings].count(1) != 1:
        yield f"not exactly one h1: {headings}"
    yield from (f"empty h{heading.level}" for heading in headings if not heading.text)
    level = 0
    for heading in headings:
        if heading.level > level + 1:
            yield f"h{heading.level} “{heading.text}” follows h{level}"
        level = heading.level


def refers_to_what_exists(page: "Page") -> Defects:
    ids = Counter(element["id"] for element in page.all("[id]"))
    yield from (f"id “{one}” occurs {n} times" for one, n in ids.items() if n > 1)
    yield from (
        f"id “{one}” is empty or has a space" for one in ids if not re.fullmatch(r"\S+", one)
    )
    for element in page.root:
        for attribute in REFERENCES & element.attributes.keys():
            for target in element[attribute].split() or [""]:
                if target not in ids:
                    yield f"{element} refers to “{target}”, which is not there"


def names_everything(page: "Page") -> Defects:
    for image in page.all("img"):
        if image.get("alt") is None:
            yield f"{image} has no alt"
    labelled = {label["for"] for label in page.all("label[for]") if label.text}
    for control in page.all("input, select, textarea"):
        if control.get("type") not in {"hidden", "submit", "button", "image"}:
            wrapped = any(one.tag == "label" and one.text for one in control.ancestors)
            if control.get("id") not in labelled and not wrapped and not _aria_name(control):
                yield f"{control} has no label"
    for element in page.all("a[href], button, summary"):
        if not (_aria_name(element) or element.text or _alternative_texts(element)):
            yield f"{element} has no name"
    for button in page.all("button"):
        if button.get("type") not in {"submit", "button", "reset"}:
            yield f"{button} does not say its type"


def is_safe(page: "Page") -> Defects:
    policy = page.headers.get("Content-Security-Policy", "")
    if not policy or "unsafe-" in policy:
        yield f"the Content-Security-Policy is “{policy}”"
    nonces = set(re.findall(r"'nonce-([^']+)'", policy))
    for element in page.all("script, style"):
        inline = not element.get("src") and not (element.get("type") or "").endswith("json")
        if inline and element.get("nonce") not in nonces:
            yield f"{element} does not carry the announced nonce"
    for element in page.root:
        for attribute in element.attributes:
            if attribute == "style" or attribute.startswith("on"):
                yield f"{element} has the attribute {attribute}, which the policy blocks"


def asks_nobody_else(page: "Page") -> Defects:
    assets = page.all("script[src], img[src], iframe[src], source[src], video[src], audio[src]")
    for link in page.all("link[href]"):
        if re.search("icon|load|connect|prefetch|stylesheet|manifest", link.get("rel") or ""):
            assets.append(link)
    for asset in assets:
        if not re.match(r"/(?![/\\])|data:image/", asset.get("src") or asset["href"]):
            yield f"{asset} is not ours"


def leads_somewhere(page: "Page") -> Defects:
    for form in page.all("form"):
        if not re.match(r"/(?![/\\])", form.get("action") or ""):
            yield f"{form} has no action that is a path"
        if (form.get("method") or "").lower() not in {"get", "post", "dialog"}:
            yield f"{form} has no method"
    ids = {element["id"] for element in page.all("[id]")}
    for link in page.all("a"):
        href = link.get("href") or ""
        if href.startswith("#"):
            if href[1:] not in ids:
                yield f"{link} leads nowhere on this page"
        elif not re.match(
            r"/(?![/\\])|\?|(https?|webcals?)://\w|(mailto|tel|geo|otpauth):\S", href
        ):
            yield f"{link} leads nowhere"


def is_well_written(page: "Page") -> Defects:
    for where, text in _texts(page):
        for pattern, complaint in TYPOGRAPHY:
            for match in pattern.finditer(text):
                around = text[max(0, match.start() - 30) : match.end() + 30]
                yield f"{complaint} in {where}: …{around}…"


def has_landmarks(page: "Page") -> Defects:
    for selector in ("main", "body header", "body footer"):
        landmarks = [
            one
            for one in page.all(selector)
            if not any(above.tag in SECTIONS for above in one.ancestors)
        ]
        if len(landmarks) != 1:
            yield f"not exactly one {selector.split()[-1]} of the page: {landmarks}"
    navigations = page.all("nav")
    if len(navigations) > 1:
        names = [_aria_name(navigation) for navigation in navigations]
        if not all(names) or len(set(names)) < len(names):
            yield f"navigations without a name of their own: {names}"
    first = next(iter(page.all("body a[href], body button, body input, body [tabindex]")), None)
    main = {one.get("id") for one in page.all("main")}
    if first is None or first.tag != "a" or (first.get("href") or "").removeprefix("#") not in main:
        yield f"the first thing a keyboard reaches is not the skip link to main but {first}"


DUTIES: tuple[Check, ...] = (
    is_well_formed,
    declares_itself,
    has_headings,
    refers_to_what_exists,
    names_everything,
    is_safe,
    asks_nobody_else,
    leads_somewhere,
    is_well_written,
)
DUTIES_IN_FRAME: tuple[Check, ...] = (has_landmarks,)

VERBATIM = "code, kbd, pre, samp, textarea, [data-verbatim]"
REFERENCES = frozenset(
    {"for", "form", "headers", "list", "popovertarget", "commandfor"}
    | {f"aria-{name}" for name in ("activedescendant", "controls", "details", "owns")}
    | {f"aria-{name}" for name in ("describedby", "errormessage", "labelledby")}
)
SECTIONS = frozenset({"article", "aside", "main", "nav", "section"})
TYPOGRAPHY = tuple(
    (re.compile(pattern), complaint)
    for pattern, complaint in (
        (r"\bNone\b|\bNaN\b|\bundefined\b|\[object ", "a value nobody filled in"),
        (r"\{\{|\}\}|\{%|%\}|%\(\w+\)s", "a template's own language"),
        (r"</?[a-z]+[^<>]*>|&(?:[a-z]+|#\d+);", "HTML as text"),
        (r'"', "a straight quotation mark (write „…“)"),
        (r"\.\.\.", "three dots (write …)"),
        (r"(?<![\w/-])\d{4}-\d{2}-\d{2}(?![\w/-])", "a date machines write (write 16.10.2017)"),
        (r"[a-zäöüß][*:_·]in(?:nen)?\b|[a-zäöüß]Innen\b", "a gender sign (write both forms)"),
    )
)


def _aria_name(element: Element) -> str:
    return (element.get("aria-label") or element.get("aria-labelledby") or "").strip()


def _alternative_texts(element: Element) -> str:
    return "".join((one.get("alt") or "") + _aria_name(one) for one in element)


def _texts(page: "Page") -> Iterator[tuple[str, str]]:
    """Pairs of a place and the words of ours that stand there."""
    for body in page.all("body"):
        yield "text", body.text_without(VERBATIM)
    for title in page.all("head title"):
        yield "title", "".join(map(str, title.children))
    for meta in page.all("meta[name=description]"):
        yield "description", meta.get("content") or ""
    for attribute in ("alt", "aria-label", "placeholder", "title"):
        for element in page.all(f"body [{attribute}]"):
            if not any(one.matches(VERBATIM) for one in [element, *element.ancestors]):
                yield attribute, element[attribute]

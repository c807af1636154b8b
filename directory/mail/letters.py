"""The words of a letter, from `templates/email/`; no request is needed.

A template begins with its subject, on one line, and sets `reason`: why somebody gets this letter.

    {# name: of the person · path: of the link #}
    {% set reason = "jemand Sie als Redaktion eingeladen hat" %}
    Ihre Einladung
    Guten Tag,
    …
    {{ link(path) }}
"""

import re
import textwrap
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from directory import text
from directory.config import Settings
from directory.resources import resource_dir
from directory.web import filters

WIDTH = 76

# Where a line that was wrapped goes on: below the text of its bullet or its indent.
_INDENT = re.compile(r"[ \t]*(?:[-*•–] |\d+\. |> )?")


class TemplateFault(Exception):
    """A template is not made as this module needs it; a fault of ours."""


def render_letter(template: str, *, settings: Settings, **values: object) -> tuple[str, str]:
    """Return subject and text of the letter `templates/email/<template>.txt`.

    In it `link("/konto")` is the address of a page, from `DIRECTORY_BASE_URL` and nowhere else.
    Lines are wrapped at 76 columns, links are never broken. Below the text stands who sends it and
    why.
    """
    frame = {
        "link": lambda path: _absolute(settings.base_url, path),
        "site": settings.base_url.rstrip("/"),
        "operator": settings.operator or "Kommunen-Verzeichnis",
        "operator_address": settings.operator_address,
    }
    module = _environment().get_template(f"email/{template}.txt").make_module(values | frame)
    reason = getattr(module, "reason", None)
    subject, _, body = str(module).strip().partition("\n")
    if not reason or not body.strip():
        raise TemplateFault(f"email/{template}.txt needs a subject, a text and a reason")
    footer = _environment().get_template("email/footer.txt").render(reason=reason, **frame)
    return " ".join(subject.split()), f"{_wrapped(body.strip())}\n\n-- \n{_wrapped(footer.strip())}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(resource_dir("templates")),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text, nothing reads it as markup
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=text.number,
        date=filters.date,
        km=filters.km,
        time=filters.clock,
        plural=text.plural,
    )
    return environment


def _absolute(base_url: str, path: str) -> str:
    if not re.fullmatch(r"/(?![/\\])[!-~]*", path):
        raise TemplateFault("A link in a letter is a path of this site, beginning with one slash")
    return base_url.rstrip("/") + path


def _wrapped(body: str) -> str:
    return "\n".join(_wrapped_line(line.rstrip()) for line in body.splitlines())


def _wrapped_line(line: str) -> str:
    indent = _INDENT.match(line)
    lead = indent[0] if indent else ""
    return textwrap.fill(
        line[len(lead) :],
        WIDTH,
        initial_indent=lead,
        subsequent_indent="> " if lead.endswith("> ") else " " * len(lead),
        break_long_words=False,
        break_on_hyphens=False,
    )

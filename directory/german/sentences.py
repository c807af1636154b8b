"""Where German sentences end."""

import re

# A point ends a sentence only before a capital, and not behind a number or a short form.
_END = re.compile(
    r"(?<!\b[A-Za-zÄÖÜäöü]\.)(?<!\d\.)(?<!bzw\.)(?<!usw\.)(?<!ca\.)(?<!Nr\.)(?<!Abs\.)(?<!Art\.)"
    r"(?<!Str\.)(?<!vgl\.)(?<!evtl\.)(?<!inkl\.)(?<!ggf\.)(?<!St\.)(?<!Dr\.)(?<!Prof\.)"
    r"(?:(?<=[.!?])|(?<=[.!?][“\")]))\s+(?=[„\"(]?[A-ZÄÖÜ0-9])"
)


def sentences(text: str) -> list[str]:
    """Split `text` into sentences, each with the sign it ends with; a new line ends one as well."""
    lines = (line for line in text.splitlines() if line.strip())
    return [one.strip() for line in lines for one in _END.split(line) if one.strip()]

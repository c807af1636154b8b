"""Municipalities as administrators type them: one on each line, by name or by key."""

from collections.abc import Mapping

from directory.text import fold, nearest


def read_places(typed: str, names: Mapping[str, str]) -> tuple[frozenset[str], str]:
    """Return the keys of the municipalities named, and a sentence about those that are unclear.

    `names` are the names of all municipalities by key.
    """
    by_name: dict[str, list[str]] = {}
    for ags, name in names.items():
        by_name.setdefault(fold(name), []).append(ags)
    keys, unclear = set(), []
    for line in filter(None, (line.strip() for line in typed.splitlines())):
        found = [line] if line in names else by_name.get(fold(line), [])
        if len(found) == 1:
            keys.add(found[0])
        else:
            unclear.append(_question(line, found, names))
    return frozenset(keys), " ".join(unclear)


def written_places(keys: frozenset[str], names: Mapping[str, str]) -> str:
    """Return the municipalities as they are typed; names that occur twice as their key."""
    many = list(names.values())
    return "\n".join(
        name if (name := names.get(ags, ags)) and many.count(name) == 1 else ags
        for ags in sorted(keys)
    )


def _question(line: str, found: list[str], names: Mapping[str, str]) -> str:
    if found:
        return f"„{line}“ gibt es mehrmals; bitte den Schlüssel angeben: {', '.join(found)}."
    close = nearest(line, names.values(), limit=3)
    hint = f" Meinten Sie {' oder '.join(close)}?" if close else ""
    return f"„{line}“ kennen wir nicht.{hint}"

"""German texts: slugs, folding, plurals and lists; search has :mod:`directory.german`.

Pure functions over text; nothing here knows the database.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_GERMAN_NUMBERS = str.maketrans(",.", ".,")
# With the points between thousands: `2.500`, but not those of a date
WORD = re.compile(r"\b\d{1,3}(?:\.\d{3})+\b(?!\.\d)|[^\W_]+")
# C0/C1 controls, lone surrogates and non-characters: no text a person means to type.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_EMAIL = re.compile(r"[^\s@<>\"(),;:]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}")


def clean(text: str) -> str:
    """Return `text` as databases can keep it: composed, without control characters, trimmed."""
    printable = text if text.isprintable() else _UNPRINTABLE.sub("", text)
    return unicodedata.normalize("NFC", printable).strip()


def is_email(text: str) -> bool:
    """Whether `text` is written like a complete e-mail address."""
    return _EMAIL.fullmatch(text) is not None


def fold(text: str) -> str:
    """Lower-case `text` and spell umlauts out: `Gütersloh` → `guetersloh`."""
    spelled = unicodedata.normalize("NFC", text).casefold().translate(_UMLAUTS)
    if spelled.isascii():
        return spelled
    decomposed = unicodedata.normalize("NFKD", spelled)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def fold_short(text: str) -> str:
    """Fold with bare vowels, as many people type umlauts: `Gütersloh` → `gutersloh`."""
    plain = text.casefold()
    if plain.isascii():
        return plain
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def slugify(text: str, longest: int | None = None) -> str:
    """Return `text` as part of an address: ASCII letters, digits and hyphens.

    What is longer than `longest` ends with a whole word, unless it is a single one.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")
    if longest is None or len(slug) <= longest:
        return slug
    return slug[: longest + 1].rpartition("-")[0] or slug[:longest]


def words(text: str) -> list[str]:
    """Return the words and numbers of `text` in their order, as they are written."""
    return WORD.findall(unicodedata.normalize("NFC", text))


def plural(count: int, one: str, many: str) -> str:
    """Return `1 Treffer` or `1.234 Treffer` with the right word."""
    return f"{number(count)} {one if count == 1 else many}"


def capitalised(words: str) -> str:
    """Return `words` as they begin a line: `Kreisangehörige Stadt`."""
    return words[:1].upper() + words[1:]


def number(value: float, digits: int | None = None) -> str:
    """Write a number the German way: `1.234,5`; `digits` fixes the decimals."""
    if digits is None and type(value) is int and 0 <= value < 1000:
        # Most of the hundreds of counts beside a list
        return str(value)
    if digits is None:
        digits = 0 if isinstance(value, int) or value.is_integer() else 1
    return f"{value:,.{digits}f}".translate(_GERMAN_NUMBERS)


def join(parts: Sequence[str], last: str = "und") -> str:
    """Join to `a, b und c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def located_in(county: str) -> str:
    """Return `im Kreis Lippe`, `im Märkischen Kreis`, `in der Städteregion Aachen`."""
    if county.startswith("Städteregion"):
        return f"in der {county}"
    return "im " + re.sub(r"er Kreis$", "en Kreis", county)


def nearest(wanted: str, names: Iterable[str], limit: int = 5) -> list[str]:
    """Return up to `limit` of `names` that are spelled most like `wanted`, best first."""
    import difflib

    by_fold = {fold(name): name for name in names}
    close = difflib.get_close_matches(fold(wanted), by_fold, n=limit, cutoff=0.6)
    return [by_fold[name] for name in close]

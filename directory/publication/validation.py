"""Checking what people or files say about an entry, before any of it is kept.

A draft goes through one `Check`, which collects a German sentence per field, so that whoever
wrote the entry sees everything that is wrong with it at once.
"""

import datetime as dt
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import String
from sqlalchemy.orm import InstrumentedAttribute

from directory.db import utc_now
from directory.errors import BadInput
from directory.text import clean, number

# Field → German sentence; a field inside a list reads `sources[2].url`, counted from 1.
Problems = dict[str, str]

FIRST_YEAR = 1900
YEARS_AHEAD = 6
LONGEST_TEXT = 20_000
MOST_ITEMS = 200
_LARGEST_INTEGER = 2**31 - 1  # what PostgreSQL's integer holds

# Germany with a little sea, in degrees: (lowest, highest).
_LATITUDES = (47.0, 55.2)
_LONGITUDES = (5.8, 15.1)

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_AGS = re.compile(r"[0-9]{3}|[0-9]{5}|[0-9]{8}")
_POSTCODE = re.compile(r"[0-9]{5}")
_PHONE = re.compile(r"\+?[0-9(][0-9 ()/.–-]{3,}")
_PARTIAL_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")
_NOT_IN_URLS = re.compile(r'[\s<>"\\^`{|}]')
_MAILBOX = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._%+-]*[A-Za-z0-9])?")
_LIKE_A_PERSON = re.compile(r"[a-z]+(?:-[a-z]+)?[._][a-z]+(?:-[a-z]+)?")
# Words that make a mailbox with a dot the one of an office: `buero.ehrenamt`, `info.stadt`.
_OFFICE_WORD = re.compile(
    "agentur|amt|anlauf|beirat|beteilig|buerger|bund|dezernat|ehren|engagement|fach|forum|freiwillig"
    "|gemeinde|info|integration|kontakt|koordin|kreis|kultur|leitstelle|mail|netzwerk|oeffentlich"
    "|poststelle|presse|projekt|rathaus|referat|region|senior|service|sozial|stab|stadt|stelle"
    "|stiftung|team|verein|verwaltung|zentr"
)


class InvalidEntry(BadInput):
    """An entry cannot be kept as it is; `problems` says why, field by field."""

    title = "Angaben unvollständig oder falsch"

    def __init__(self, problems: Problems, *, key: str = "") -> None:
        listed = "; ".join(f"{field}: {sentence}" for field, sentence in problems.items())
        super().__init__(f"Bitte prüfen Sie die Angaben. {listed}")
        self.problems = dict(problems)
        self.key = key


@dataclass(frozen=True, kw_only=True)
class Known:
    """What an entry may refer to. `None`: not known here, so references are not checked."""

    ags: Collection[str] | None = None
    terms: Mapping[str, str] | None = None  # slug → kind
    series: Collection[str] | None = None
    events: Collection[str] | None = None
    practices: Collection[str] | None = None
    files: Mapping[str, str] | None = None  # SHA-256 → kind


class Check:
    """Collects the problems of one entry: the first one of each field.

    Methods that take a `column` read from it how long a text may be and whether it may be missing,
    so that models stay the only place that says so.
    """

    def __init__(self, problems: Problems | None = None, *, path: str = "") -> None:
        self.problems: Problems = {} if problems is None else problems
        self._path = path

    def within(self, part: str, position: int | None = None) -> "Check":
        """Return a check for `part` of the entry: `sources` 2 becomes `sources[2].…`."""
        index = "" if position is None else f"[{position}]"
        return Check(self.problems, path=f"{self._path}{part}{index}.")

    def say(self, field: str, sentence: str) -> None:
        """Note what is wrong with `field`."""
        self.problems.setdefault(self._path + field, sentence)

    def has_said(self, field: str) -> bool:
        """Whether anything is wrong with `field` so far."""
        return self._path + field in self.problems

    # Texts

    def text(self, field: str, value: str | None, column: InstrumentedAttribute[Any]) -> None:
        """Check a text that may have paragraphs."""
        at_most, optional = _limits(column)
        if value is None:
            if not optional:
                self.say(field, "Bitte ausfüllen.")
        else:
            self._words(field, value, at_most)

    def line(self, field: str, value: str | None, column: InstrumentedAttribute[Any]) -> None:
        """Check a text that must stand in one line."""
        self.text(field, value, column)
        self._one_line(field, value)

    def items(self, field: str, values: Sequence[str], *, at_most: int = 500) -> None:
        """Check a list of short texts: none empty, none twice."""
        if len(values) > MOST_ITEMS:
            self.say(field, f"Höchstens {MOST_ITEMS} Einträge.")
        for value in values:
            self._words(field, value, at_most)
            self._one_line(field, value)
        if len(set(values)) < len(values):
            self.say(field, "Enthält einen Eintrag doppelt.")

    def slug(self, field: str, value: str, column: InstrumentedAttribute[Any]) -> None:
        """Check a part of an address: ASCII letters, digits and single hyphens."""
        self.line(field, value, column)
        if not _SLUG.fullmatch(value):
            self.say(field, "Nur Kleinbuchstaben, Ziffern und einzelne Bindestriche.")

    def _words(self, field: str, value: str, at_most: int) -> None:
        if not value.strip():
            self.say(field, "Bitte ausfüllen.")
        elif len(value) > at_most:
            self.say(field, f"Höchstens {number(at_most)} Zeichen; es sind {number(len(value))}.")
        elif clean(value) != value:
            self.say(field, "Enthält Steuerzeichen oder Leerraum am Rand.")

    def _one_line(self, field: str, value: str | None) -> None:
        if value and any(space in value for space in "\n\r\t"):
            self.say(field, "Muss in einer Zeile stehen, ohne Umbruch und Tabulator.")

    # Ways to reach somebody

    def url(self, field: str, value: str | None, column: InstrumentedAttribute[Any]) -> None:
        """Check a web address: http or https, with a host and without credentials."""
        self.line(field, value, column)
        if value is not None and not is_web_address(value):
            self.say(field, "Bitte eine vollständige Adresse mit https:// oder http:// angeben.")

    def email(self, field: str, value: str | None, column: InstrumentedAttribute[Any]) -> None:
        """Check a mail address: well-formed, and of an office rather than of a person."""
        self.line(field, value, column)
        if value is None:
            return
        mailbox, _, host = value.rpartition("@")
        if not _MAILBOX.fullmatch(mailbox) or not _HOST.fullmatch(host) or ".." in mailbox:
            self.say(field, "Bitte eine vollständige E-Mail-Adresse angeben.")
        elif looks_personal(mailbox):
            self.say(field, "Bitte die Adresse einer Stelle angeben, nicht die einer Person.")

    def phone(self, field: str, value: str | None, column: InstrumentedAttribute[Any]) -> None:
        """Check a telephone number: digits and what groups them."""
        self.line(field, value, column)
        if value is not None and not _PHONE.fullmatch(value):
            self.say(field, "Bitte eine Telefonnummer mit Vorwahl angeben.")

    def postcode(self, field: str, value: str | None) -> None:
        """Check a German postcode."""
        if value is not None and not _POSTCODE.fullmatch(value):
            self.say(field, "Eine Postleitzahl hat fünf Ziffern.")

    # Numbers, dates, places

    def count(self, field: str, value: int | None, *, at_least: int = 0) -> None:
        """Check a whole number that counts something."""
        if value is not None and not at_least <= value <= _LARGEST_INTEGER:
            self.say(field, f"Muss eine ganze Zahl ab {at_least} sein.")

    def year(self, field: str, value: int | None) -> None:
        """Check a year between 1900 and a few years from now."""
        last = utc_now().year + YEARS_AHEAD
        if value is not None and not FIRST_YEAR <= value <= last:
            self.say(field, f"Bitte ein Jahr zwischen {FIRST_YEAR} und {last} angeben.")

    def partial_date(self, field: str, value: str | None) -> None:
        """Check a real date that may stop at the month or the year."""
        if value is None:
            return
        if not is_partial_date(value):
            self.say(field, "Bitte ein Datum wie 12.03.2026, 03.2026 oder 2026 angeben.")
        else:
            self.year(field, int(value[:4]))

    def date(self, field: str, value: dt.date | None) -> None:
        """Check that the year of a full date is plausible."""
        if value is not None:
            self.year(field, value.year)

    def point(self, lat: float | None, lon: float | None) -> None:
        """Check a point in degrees (WGS 84): both or none, finite, in Germany."""
        if (lat is None) != (lon is None):
            self.say("lat", "Breite und Länge gehören zusammen.")
        for field, value, (lowest, highest) in (
            ("lat", lat, _LATITUDES),
            ("lon", lon, _LONGITUDES),
        ):
            if value is not None and not (math.isfinite(value) and lowest <= value <= highest):
                self.say(field, "Liegt nicht in Deutschland; sind Breite und Länge vertauscht?")

    # References

    def ags(self, field: str, value: str | None, known: Collection[str] | None = None) -> None:
        """Check an Amtlicher Gemeindeschlüssel: its form, and that there is such a place."""
        if value is None:
            return
        if not value:
            self.say(field, "Bitte eine Kommune angeben.")
        elif not _AGS.fullmatch(value):
            self.say(field, f"{_quoted(value)} ist kein Gemeindeschlüssel mit 3, 5 oder 8 Ziffern.")
        else:
            self.reference(field, value, known, "keine Kommune mit dem Schlüssel")

    def reference(
        self, field: str, value: str | None, known: Collection[str] | None, missing: str
    ) -> None:
        """Check that `value` is among `known`; `missing` reads `kein Begriff`."""
        if value is not None and known is not None and value not in known:
            self.say(field, f"Es gibt {missing} {_quoted(value)}.")

    def terms(
        self,
        field: str,
        slugs: Collection[str],
        known: Mapping[str, str] | None,
        kind: str | None = None,
    ) -> None:
        """Check that all `slugs` are in the vocabulary, and in its list `kind` if one is given."""
        if known is None:
            return
        for slug in sorted(slugs):
            self.reference(field, slug, known, "keinen Begriff")
            if kind is not None and known.get(slug, kind) != kind:
                self.say(field, f"Der Begriff {_quoted(slug)} gehört in eine andere Liste.")


def is_web_address(value: str) -> bool:
    """Whether `value` is a complete http(s) address that a browser would understand."""
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises when it is no number
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and "@" not in parts.netloc
        and _HOST.fullmatch(parts.hostname or "") is not None
        and _NOT_IN_URLS.search(value) is None
    )


def is_partial_date(value: str) -> bool:
    """Whether `value` is a real date as `YYYY`, `YYYY-MM` or `YYYY-MM-DD`."""
    match = _PARTIAL_DATE.fullmatch(value)
    if match is None:
        return False
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def looks_personal(mailbox: str) -> bool:
    """Whether the part before the @ reads like `vorname.nachname` rather than like an office."""
    folded = mailbox.casefold()
    return bool(_LIKE_A_PERSON.fullmatch(folded)) and not _OFFICE_WORD.search(folded)


def _quoted(value: str) -> str:
    # Enough of it to find the place again; it may be anything.
    return f"„{value[:60]}“"


@cache
def _limits(column: InstrumentedAttribute[Any]) -> tuple[int, bool]:
    # (longest text, whether it may be missing)
    kind = column.type
    length = kind.length if isinstance(kind, String) else None
    return length or LONGEST_TEXT, bool(column.property.columns[0].nullable)

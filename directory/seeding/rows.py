"""Typed values out of raw rows; what cannot be read is noted and replaced by a stand-in.

The stand-ins let a draft be made, and everything else in the row be checked, although the row is
going to be refused.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from directory.publication.sources import Source
from directory.publication.validation import Check
from directory.seeding.files import RawRow

T = TypeVar("T")

_INTEGER = re.compile(r"[0-9]{1,12}")
_DECIMAL = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,12})?")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}")
_FULL_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What spreadsheets take for a formula, also in full-width forms; numbers with a sign are none.
_FORMULA = re.compile(r"[=+@＝＋－＠\t\r-](?!(?<=[+-])[0-9 ()/.,–-]+$)")


class Row:
    """One CSV row, JSON element or part of one; `position` counts its like from 1."""

    def __init__(
        self,
        values: Mapping[str, Any],
        check: Check,
        *,
        fields: Sequence[str],
        position: int = 1,
        from_csv: bool = False,
    ) -> None:
        self._values = values
        self._from_csv = from_csv
        self.check = check
        self.position = position
        for name in fields:
            if name not in values:
                check.say(name, "Das Feld fehlt.")
        for name in values:
            if name not in fields:
                check.say(name, "Unbekanntes Feld.")

    @classmethod
    def of(cls, raw: RawRow, fields: Sequence[str], position: int) -> "Row":
        """Return `raw` with typed access; it must have exactly `fields`."""
        return cls(
            raw.values,
            Check(),
            fields=fields,
            position=position,
            from_csv=raw.file.endswith(".csv"),
        )

    # One value

    def text(self, name: str) -> str | None:
        """Return a text or None."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self.check.say(name, "Muss Text sein.")
            return None
        if _FORMULA.match(value):
            self.check.say(name, "Beginnt wie eine Tabellenformel (=, +, - oder @).")
        return value

    def needed(self, name: str) -> str:
        """Return a text; the draft refuses an empty one."""
        return self.text(name) or ""

    def integer(self, name: str) -> int | None:
        """Return a whole number or None."""
        value = self._values.get(name)
        if self._from_csv and isinstance(value, str) and _INTEGER.fullmatch(value):
            return int(value)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        self.check.say(name, "Muss eine ganze Zahl sein.")
        return None

    def decimal(self, name: str) -> float | None:
        """Return a number with a decimal point or None."""
        value = self._values.get(name)
        if value is None:
            return None
        if self._from_csv and isinstance(value, str) and _DECIMAL.fullmatch(value):
            return float(value)
        self.check.say(name, "Muss eine Zahl mit Dezimalpunkt sein.")
        return None

    def needed_integer(self, name: str) -> int:
        """Return a whole number; 0 stands in for a missing one."""
        self._refuse_missing(name)
        return self.integer(name) or 0

    def needed_decimal(self, name: str) -> float:
        """Return a number with a decimal point; 0 stands in for a missing one."""
        self._refuse_missing(name)
        return self.decimal(name) or 0.0

    def _refuse_missing(self, name: str) -> None:
        if self._values.get(name) is None:
            self.check.say(name, "Bitte ausfüllen.")

    def date(self, name: str) -> dt.date | None:
        """Return a full date or None."""
        value = self.text(name)
        if value is None:
            return None
        try:
            if _FULL_DATE.fullmatch(value):
                return dt.date.fromisoformat(value)
        except ValueError:
            pass  # well-formed, but not in the calendar
        self.check.say(name, "Bitte ein Datum als JJJJ-MM-TT angeben.")
        return None

    def time(self, name: str) -> dt.time | None:
        """Return a time of day or None."""
        value = self.text(name)
        if value is None:
            return None
        try:
            if _TIME.fullmatch(value):
                return dt.time.fromisoformat(value)
        except ValueError:
            pass  # well-formed, but not on the clock
        self.check.say(name, "Bitte eine Uhrzeit als HH:MM angeben.")
        return None

    def one_of(self, name: str, choices: Mapping[str, T]) -> T:
        """Return what the word in the file stands for."""
        value = self._values.get(name)
        if isinstance(value, str) and value in choices:
            return choices[value]
        self.check.say(name, f"Bitte eines angeben von: {', '.join(choices)}.")
        return next(iter(choices.values()))

    def one_of_or_none(self, name: str, choices: Mapping[str, T]) -> T | None:
        """Return what the word in the file stands for, or None where there is none."""
        return None if self._values.get(name) is None else self.one_of(name, choices)

    # Lists and parts

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        values = self._values.get(name)
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            self.check.say(name, "Muss eine Liste von Texten sein.")
            return ()
        for value in values:
            if _FORMULA.match(value):
                self.check.say(name, "Enthält etwas, das wie eine Tabellenformel beginnt.")
        return tuple(values)

    def distinct(self, name: str) -> frozenset[str]:
        """Return a list of texts whose order means nothing; none may stand twice."""
        values = self.texts(name)
        if len(set(values)) < len(values):
            self.check.say(name, "Enthält einen Eintrag doppelt.")
        return frozenset(values)

    def split(self, name: str) -> tuple[str, ...]:
        """Return the parts of a cell that are separated by semicolons."""
        value = self.text(name)
        return () if value is None else tuple(part.strip() for part in value.split(";"))

    def part(self, name: str, fields: Sequence[str]) -> "Row":
        """Return an object within, which must have exactly `fields`; empty where there is none."""
        check = self.check.within(name)
        value = self._values.get(name)
        if isinstance(value, dict):
            return Row(value, check, fields=fields)
        if value is not None:
            self.check.say(name, "Muss ein Objekt sein.")
        return Row({}, check, fields=())

    def parts(self, name: str, fields: Sequence[str]) -> list["Row"]:
        """Return a list of objects within, each of which must have exactly `fields`."""
        values = self._values.get(name)
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            self.check.say(name, "Muss eine Liste von Objekten sein.")
            return []
        return [
            Row(value, self.check.within(name, position), fields=fields, position=position)
            for position, value in enumerate(values, start=1)
        ]

    def sources(self) -> tuple[Source, ...]:
        """Return the list `sources`, which practices and events have alike."""
        return tuple(
            Source(title=part.needed("title"), url=part.needed("url"), as_of=part.text("as_of"))
            for part in self.parts("sources", ("title", "url", "as_of"))
        )

"""The kinds of fields the desk's forms are made of.

A form holds the values of one draft as plain JSON and gives them back as plain JSON: what cannot
be understood stays as it was typed, so that a half-finished text can always be kept. Whether the
values make an entry is up to :mod:`directory.publication.drafting`.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, FieldList, Form, FormField, StringField
from wtforms.widgets import TextInput

from directory.publication.drafting import read_draft
from directory.publication.saving import Draft
from directory.publication.validation import Known, Problems
from directory.text import clean

_ISO_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_GERMAN_DATE = re.compile(r"(?:(?:(\d{1,2})\.)?(\d{1,2})\.)?(\d{4})")

# Value and label of something to choose
Choice = tuple[str, str]


class _DeskField:
    """What all fields of the desk have besides name, label and value."""

    # Which part of components/desk_field.html draws it
    drawn_as: ClassVar[str]


class Line(_DeskField, StringField):
    """A text in one line.

    `example` shows what is meant; `longest` is a hint, not a limit. Of `optional` lines nothing
    typed is kept as None. `needed_when` says in words when a line is needed that mostly is not.
    """

    drawn_as = "line"

    def __init__(
        self,
        label: str,
        *,
        help: str = "",  # noqa: A002 - reads as the form does
        example: str = "",
        longest: int = 0,
        optional: bool = False,
        needed_when: str = "",
        kind: str = "text",
        **options: Any,
    ) -> None:
        super().__init__(label, description=help, **options)
        self.example = example
        self.longest = longest
        self.optional = optional
        self.needed_when = needed_when
        self.kind = kind

    def plain(self) -> Any:
        """Return the value as the draft keeps it; nothing typed is None where it may be missing."""
        text = " ".join(clean(self.data or "").split())
        return text if text or not self.optional else None


class Text(Line):
    """A text with paragraphs, written in Markdown where `markdown` says so."""

    drawn_as = "text"

    def __init__(
        self, label: str, *, rows: int = 6, markdown: bool = False, **options: Any
    ) -> None:
        super().__init__(label, **options)
        self.rows = rows
        self.markdown = markdown

    def plain(self) -> Any:
        """Return the text with plain line ends."""
        text = clean((self.data or "").replace("\r\n", "\n"))
        return text if text or not self.optional else None


class Whole(Line):
    """A whole number; whatever else was typed is kept as it is."""

    drawn_as = "line"

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.inputmode = "numeric"

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)

    def plain(self) -> Any:
        """Return the number, else the text that was typed."""
        text = clean(str(self.data)) if self.data is not None else ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text or None


class Day(Line):
    """A date as precise as it is known, typed as here: 12.03.2026, 03.2026 or 2026."""

    def __init__(self, label: str, **options: Any) -> None:
        options.setdefault("help", "12.03.2026, 03.2026 oder nur 2026")
        super().__init__(label, longest=10, **options)

    def _value(self) -> str:
        kept = self.data or ""
        return ".".join(reversed(kept.split("-"))) if _ISO_DATE.fullmatch(kept) else kept

    def plain(self) -> Any:
        """Return the date as the draft keeps it, else the text that was typed."""
        text = "".join(clean(self.data or "").split())
        match = _GERMAN_DATE.fullmatch(text)
        if match is None:
            return text or None
        day, month, year = match.groups()
        return "-".join([year, *(part.zfill(2) for part in (month, day) if part)])


class Items(_DeskField, Field):
    """A list of short texts, one on each line."""

    drawn_as = "text"
    widget = TextInput()
    markdown = False

    def __init__(
        self,
        label: str,
        *,
        help: str = "",  # noqa: A002 - reads as the form does
        example: str = "",
        rows: int = 4,
        **options: Any,
    ) -> None:
        super().__init__(label, description=help, **options)
        self.example = example
        self.rows = rows
        self.longest = 0

    def process_data(self, value: Any) -> None:
        """Take a list of texts, or nothing."""
        self.data = list(value) if isinstance(value, list | tuple) else []

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the lines that say something."""
        lines = valuelist[0].splitlines() if valuelist else []
        self.data = [text for line in lines if (text := " ".join(clean(line).split()))]

    def _value(self) -> str:
        return "\n".join(map(str, self.data or []))

    def plain(self) -> Any:
        """Return the lines."""
        return self.data or []


class Chosen(_DeskField, Field):
    """One of several values; `choices` are filled in when the form is made."""

    drawn_as = "choice"
    widget = TextInput()

    def __init__(
        self,
        label: str,
        *,
        help: str = "",  # noqa: A002 - reads as the form does
        choices: Sequence[Choice] = (),
        empty: str = "Bitte wählen",
        **options: Any,
    ) -> None:
        super().__init__(label, description=help, **options)
        self.choices: Sequence[Choice] = choices
        self.empty = empty

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the value that was chosen."""
        self.data = clean(valuelist[0]) if valuelist else None

    def plain(self) -> Any:
        """Return the chosen value, or None."""
        return self.data or None

    @property
    def offered(self) -> list[Choice]:
        """What can be chosen; a value from elsewhere is not lost."""
        known = {value for value, _ in self.choices}
        stray = [(str(self.data), str(self.data))] if self.data and self.data not in known else []
        return [*self.choices, *stray]


class ChosenOrNot(Chosen):
    """Yes, no or not known: three states, because not knowing is not a no."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(
            label, choices=[("ja", "ja"), ("nein", "nein")], empty="nicht bekannt", **options
        )

    def process_data(self, value: Any) -> None:
        """Take true, false or None."""
        self.data = {True: "ja", False: "nein"}.get(value)

    def plain(self) -> Any:
        """Return true, false or None."""
        return {"ja": True, "nein": False}.get(self.data or "")


class Several(_DeskField, Field):
    """Any number of values, each a box to tick."""

    drawn_as = "several"
    widget = TextInput()

    def __init__(
        self,
        label: str,
        *,
        help: str = "",  # noqa: A002 - reads as the form does
        whole: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(label, description=help, **options)
        self.choices: Sequence[Choice] = ()
        self._whole = whole

    def process_data(self, value: Any) -> None:
        """Take a list of values."""
        self.data = [str(one) for one in value] if isinstance(value, list | tuple) else []

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was ticked."""
        self.data = sorted({text for one in valuelist if (text := clean(one))})

    def plain(self) -> Any:
        """Return the values in the order drafts keep them."""
        values = self.data or []
        if self._whole:
            return sorted(int(one) for one in values if one.isascii() and one.isdecimal())
        return sorted(values)


class Tick(_DeskField, BooleanField):
    """One box to tick."""

    drawn_as = "tick"

    def __init__(self, label: str, *, help: str = "", **options: Any) -> None:  # noqa: A002
        super().__init__(label, description=help, **options)

    def plain(self) -> Any:
        """Return whether it is ticked."""
        return bool(self.data)


class Place(Line):
    """A municipality, typed as its name or key; `names` and `keys` are filled in by the form."""

    drawn_as = "place"

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.names: Mapping[str, str] = {}
        self.find: Callable[[str], str | None] = lambda _: None

    def _value(self) -> str:
        return self.names.get(self.data or "", self.data or "")

    def plain(self) -> Any:
        """Return the AGS, or what was typed where no place is called that."""
        text = " ".join(clean(self.data or "").split())
        if not text:
            return None if self.optional else ""
        return text if text in self.names else self.find(text) or text


class Rows(_DeskField, FieldList):
    """Parts of one kind, one after the other, with empty ones at the end for more."""

    drawn_as = "rows"
    _SPARE = 2

    def __init__(
        self,
        part: type[Form],
        label: str,
        *,
        one: str,
        help: str = "",  # noqa: A002 - reads as the form does
        **options: Any,
    ) -> None:
        """`one` names a single part: „Quelle“."""
        super().__init__(FormField(part), label, description=help, max_entries=400, **options)
        self.one = one

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take what is there and add empty parts, so that more can be written without a script."""
        rows = data if isinstance(data, list | tuple) else ()
        super().process(formdata, [row for row in rows if isinstance(row, dict)], extra_filters)
        if not formdata:
            self.add_spare()

    def add_spare(self) -> None:
        """Add as many empty parts again, as far as there may be more."""
        for _ in range(min(self._SPARE, self.max_entries - len(self.entries))):
            self.append_entry()

    @property
    def folded(self) -> list[tuple[Any, str]]:
        """The parts, each with what it is called while it is folded up; empty ones with nothing."""
        return [(entry, _called(entry.form)) for entry in self.entries]

    def bare(self, name: str) -> Mapping[str, str]:  # noqa: ARG002 - all parts are alike
        """Return what the part called `name` says before anybody writes in it."""
        return {}

    def plain(self) -> Any:
        """Return the parts in which anything is written."""
        parts = [values_of(entry.form) for entry in self.entries]
        return [
            part
            for part in parts
            if any(value not in (None, "", [], False) for value in part.values())
        ]


def _called(part: Form) -> str:
    """Return the first two things a part says, in words."""
    said = []
    for field in part:
        labels = dict(getattr(field, "choices", ())) | dict(getattr(field, "names", {}))
        value = field.plain()
        if value not in (None, "", [], False):
            said.append(str(labels.get(str(value), value)))
    return " – ".join(said[:2])


def values_of(form: Form) -> dict[str, Any]:
    """Return what a form says as plain JSON, field by field."""
    return {field.name.rsplit("-", 1)[-1]: field.plain() for field in form}


def every_field(fields: Iterable[Any]) -> Iterable[Any]:
    """Yield the single fields of a form, those inside of parts as well."""
    for field in fields:
        if isinstance(field, Rows):
            for entry in field.entries:
                yield from every_field(entry.form)
        else:
            yield field


class EntryForm(Form):
    """Base of the forms of entries: its fields stand in sections, and it carries their problems."""

    # What its values are read as
    DRAFT: ClassVar[type[Draft]]
    # Heading of each section and the fields in it; every field stands in exactly one.
    SECTIONS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]]

    def __init__(
        self,
        values: Mapping[str, Any] | None = None,
        typed: "MultiDict[str, str] | None" = None,
        problems: Problems | None = None,
    ) -> None:
        """Hold `values` (plain JSON), or what was `typed`; `problems` are shown at their fields."""
        super().__init__(typed, data=dict(values or {}))
        self.problems = problems or {}
        self._kept = dict(values or {})

    @property
    def sections(self) -> list[tuple[str, list[Any]]]:
        """The sections with their fields."""
        return [(title, [self[name] for name in names]) for title, names in self.SECTIONS]

    @property
    def gaps(self) -> list[tuple[str, int]]:
        """Each section's heading, and how many problems its fields have."""
        return [
            (
                title,
                sum(re.split(r"[.\[]", path)[0] in names for path in self.problems),
            )
            for title, names in self.SECTIONS
        ]

    def has_problem_within(self, entry: Any) -> bool:
        """Whether something is wrong in one of the parts."""
        return any(self.problem(field) for field in entry.form)

    def values(self) -> dict[str, Any]:
        """Return what the form says; what it does not show stays as it was."""
        return self._kept | values_of(self)

    def problem(self, field: Any) -> str:
        """Return the sentence about one field, wherever it stands, or nothing."""
        return self.problems.get(path_of(field.name), "")

    def is_needed(self, field: Any) -> bool:
        """Whether an entry cannot be submitted that says nothing here."""
        path = path_of(field.name)
        if path == field.name:
            return path in _missing_in(self.DRAFT)
        rows, _, name = field.name.split("-")
        bare = self[rows].bare(field.name.removesuffix(f"-{name}"))
        return f"{rows}[1].{name}" in _missing_in(self.DRAFT, rows, **bare)

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """All problems in the order of the form: id of the field, its label, the sentence."""
        places = {path_of(field.name): field for field in self._all()}
        found = []
        for path, field in places.items():
            if path in self.problems:
                found.append((field.id, self._called(path, field), self.problems[path]))
        stray = [path for path in self.problems if path not in places]
        return found + [("", "", f"{path}: {self.problems[path]}") for path in stray]

    def _called(self, path: str, field: Any) -> str:
        """Return the label of a field, and of which part it is one: „Quelle 1, Adresse“."""
        label = str(field.label.text)
        part = re.match(r"(\w+)\[(\d+)\]\.", path)
        return f"{self[part[1]].one} {part[2]}, {label}" if part else label

    def place_names(self) -> list[str]:
        """Return what can be typed into fields for places, by name; empty where there are none."""
        for field in every_field(self):
            if isinstance(field, Place):
                return list(field.names.values())
        return []

    def _all(self) -> Iterable[Any]:
        for _, fields in self.sections:
            for field in fields:
                yield field
                if isinstance(field, Rows):
                    yield from every_field([field])


@cache
def _missing_in(draft: type[Draft], rows: str = "", **bare: str) -> frozenset[str]:
    """Return which fields say something is missing in an empty entry, or in its first, `bare` row.

    So what a form calls voluntary is what its entries can do without, and no second list says it.
    """
    reading = read_draft(draft, {rows: [bare]} if rows else {}, Known())
    # Nobody has to type an address: it is made.
    return frozenset(
        path
        for path in reading.draft.gaps() | reading.problems
        if path.rpartition(".")[2] != "slug"
    )


def path_of(name: str) -> str:
    """Return how problems call a field: `sources-0-url` is `sources[1].url`."""
    parts = name.split("-")
    if len(parts) == 1:
        return name
    return f"{parts[0]}[{int(parts[1]) + 1}].{parts[2]}" if len(parts) == 3 else name

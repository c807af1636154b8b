"""The whole seed as drafts, checked against itself before any database is touched."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from directory.contacts.drafts import ContactDraft
from directory.errors import DirectoryError
from directory.events.drafts import EventDraft, SeriesDraft
from directory.events.resources import ResourceDraft
from directory.municipalities.drafts import MembershipDraft, MunicipalityDraft, PostcodeDraft
from directory.practices.drafts import PracticeDraft
from directory.publication.saving import Draft
from directory.publication.validation import Known
from directory.seeding.event_tables import EVENTS, RESOURCES, SERIES
from directory.seeding.files import (
    RawRow,
    SeedProblem,
    UnreadableFile,
    read_csv,
    read_json_array,
    read_json_object,
)
from directory.seeding.rows import Row
from directory.seeding.tables import (
    CONTACTS,
    MEMBERSHIPS,
    MUNICIPALITIES,
    POSTCODES,
    PRACTICES,
    TERMS,
    Table,
)
from directory.text import plural
from directory.topics.drafts import TermDraft

D = TypeVar("D", bound=Draft)


class SeedError(DirectoryError):
    """The seed cannot be loaded; `problems` are all that is wrong with it, in order of place."""

    title = "Der Startbestand ist fehlerhaft"

    def __init__(self, problems: Iterable[SeedProblem]) -> None:
        self.problems = tuple(sorted(problems))
        count = plural(len(self.problems), "Fehler", "Fehler")
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"Der Startbestand hat {count}; nichts wurde geladen.\n{lines}")


@dataclass(frozen=True)
class Rows(Generic[D]):
    """All rows of one table as drafts, with the line each begins at."""

    table: Table[D]
    drafts: Sequence[D]
    lines: Sequence[int]


@dataclass(frozen=True)
class Seed:
    """Everything the seed says; all drafts are valid and refer to one another."""

    municipalities: Rows[MunicipalityDraft]
    postcodes: Rows[PostcodeDraft]
    memberships: Rows[MembershipDraft]
    terms: Rows[TermDraft]
    contacts: Rows[ContactDraft]
    practices: Rows[PracticeDraft]
    series: Rows[SeriesDraft]
    events: Rows[EventDraft]
    resources: Rows[ResourceDraft]


def read_seed(folder: Path) -> Seed:
    """Read and check all tables in `folder`; raise `SeedError` with all that is wrong."""
    reader = _Reader(folder)
    places = reader.csv(MUNICIPALITIES)
    terms = reader.csv(TERMS)
    series, events = reader.series_and_events()
    # Taken from the raw rows: a faulty row must not make every reference to it a fault, too.
    known = Known(
        ags=_keys(places, "ags"),
        terms=_kinds(terms),
        series=_keys(series, "id"),
        events=_keys(events, "id"),
    )
    seed = Seed(
        municipalities=reader.drafts(MUNICIPALITIES, places, known),
        postcodes=reader.drafts(POSTCODES, reader.csv(POSTCODES), known),
        memberships=reader.drafts(MEMBERSHIPS, reader.csv(MEMBERSHIPS), known),
        terms=reader.drafts(TERMS, terms, Known()),
        contacts=reader.drafts(CONTACTS, reader.csv(CONTACTS), known),
        practices=reader.drafts(PRACTICES, reader.json(PRACTICES), known),
        series=reader.drafts(SERIES, series, known),
        events=reader.drafts(EVENTS, events, known),
        resources=reader.drafts(RESOURCES, reader.json(RESOURCES), known),
    )
    reader.check_sessions(seed.events)
    reader.check_series(series, seed.series, seed.events)
    if reader.problems:
        raise SeedError(reader.problems)
    return seed


class _Reader:
    """Reads the files of one folder and collects what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[SeedProblem] = []

    def csv(self, table: Table[D]) -> list[RawRow] | None:
        """Return the rows of a CSV file; None when it cannot be read."""
        rows: list[RawRow] = []
        try:
            for row in read_csv(self.folder / table.file, table.fields):
                if isinstance(row, SeedProblem):
                    self.problems.append(row)
                else:
                    rows.append(row)
        except UnreadableFile as error:
            self.problems.extend(error.problems)
            return None
        return rows

    def json(self, table: Table[D]) -> list[RawRow] | None:
        """Return the elements of a JSON array; None when it cannot be read."""
        try:
            return read_json_array(self.folder / table.file)
        except UnreadableFile as error:
            self.problems.extend(error.problems)
            return None

    def series_and_events(self) -> tuple[list[RawRow] | None, list[RawRow] | None]:
        """Return the two arrays of the file of events; None when it cannot be read."""
        try:
            arrays = read_json_object(self.folder / EVENTS.file, ("series", "events"))
        except UnreadableFile as error:
            self.problems.extend(error.problems)
            return None, None
        return arrays["series"], arrays["events"]

    def drafts(self, table: Table[D], raw_rows: list[RawRow] | None, known: Known) -> Rows[D]:
        """Return all rows as drafts, faulty ones too, and note what is wrong with them."""
        first_lines: dict[str, int] = {}
        drafts: list[D] = []
        for position, raw in enumerate(raw_rows or (), start=1):
            row = Row.of(raw, table.fields, position)
            draft = table.read(row)
            for field, sentence in draft.problems(known).items():
                row.check.say(table.place_in_file(field), sentence)
            key = table.key(draft)
            first = first_lines.setdefault(key, raw.line)
            if first != raw.line:
                field = table.place_in_file(table.identity[-1])
                row.check.say(field, f"„{key}“ steht schon in Zeile {first}.")
            for field, sentence in row.check.problems.items():
                self.note(table, raw.line, field, sentence)
            drafts.append(draft)
        return Rows(table, drafts, [raw.line for raw in raw_rows or ()])

    def check_sessions(self, events: Rows[EventDraft]) -> None:
        """Note sessions whose key another event has: it becomes an address of its own."""
        owners: dict[str, str] = {}
        for event, line in zip(events.drafts, events.lines, strict=True):
            for session in event.sessions:
                owner = owners.setdefault(session.slug, event.slug)
                if owner != event.slug:
                    sentence = f"„{session.slug}“ gehört schon zu „{owner}“."
                    self.note(events.table, line, "sessions", sentence)

    def check_series(
        self, raw_rows: list[RawRow] | None, series: Rows[SeriesDraft], events: Rows[EventDraft]
    ) -> None:
        """Note where the list in a series and what its events say differ."""
        for raw, draft in zip(raw_rows or (), series.drafts, strict=True):
            listed = raw.values.get("events")
            belonging = {event.slug for event in events.drafts if event.series == draft.slug}
            if isinstance(listed, list) and {str(slug) for slug in listed} != belonging:
                sentence = "Nennt andere Veranstaltungen als die, die sich zur Reihe zählen."
                self.note(series.table, raw.line, "events", sentence)

    def note(self, table: Table[D], line: int, field: str, sentence: str) -> None:
        """Remember one problem."""
        self.problems.append(SeedProblem(table.file, line, f"{field}: {sentence}"))


def _keys(rows: list[RawRow] | None, name: str) -> Collection[str] | None:
    if rows is None:
        return None
    values = (row.values.get(name) for row in rows)
    return frozenset(value for value in values if isinstance(value, str))


def _kinds(rows: list[RawRow] | None) -> Mapping[str, str] | None:
    if rows is None:
        return None
    return {f"{row.values['slug']}": f"{row.values['kind']}" for row in rows}

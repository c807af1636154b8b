"""What a backup holds, what it leaves out and why, and how it describes itself."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from directory.migrations.metadata import metadata
from directory.parcels.names import BrokenParcel
from directory.parcels.reading import Parcel
from directory.parcels.tables import TableForm

FORMAT = "kommunen-verzeichnis-sicherung"
VERSION = 1
DESCRIPTION = "sicherung.json"

# Made anew from the entries by whoever restores
_INDEX = {"search_entry", "search_token", "search_posting", "search_change", "suggestion"}
# Keys to the house that would fit again although they were used or taken back since; and counts
# of the last minutes. Everybody signs in again, open invitations are sent again.
_SHORT_LIVED = {"account_session", "account_link", "sign_in_attempt", "request_count"}
LEFT_OUT = frozenset(_INDEX | _SHORT_LIVED)


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a backup says about itself; `rows` are counted by table, `missing` are files."""

    revision: str
    created_at: dt.datetime
    programme: str
    forms: tuple[TableForm, ...]
    rows: Mapping[str, int]
    missing: tuple[str, ...] = ()

    def as_json(self) -> bytes:
        """Return it as the file `sicherung.json`."""
        said = {
            "format": FORMAT,
            "version": VERSION,
            "created_at": self.created_at,
            "programme": self.programme,
            "revision": self.revision,
            "rows": self.rows,
            "missing_files": self.missing,
            "tables": [form.as_json() for form in self.forms],
        }
        return orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def forms() -> tuple[TableForm, ...]:
    """Return the tables of a backup, each after those it refers to."""
    return tuple(TableForm.of(one) for one in metadata.sorted_tables if one.name not in LEFT_OUT)


def rows_name(form: TableForm) -> str:
    """Return the name of the file with the rows of a table."""
    return f"tabellen/{form.name}.json"


def file_name(name: str) -> str:
    """Return where an uploaded file lies in the parcel."""
    return f"{FILES}{name}"


FILES = "dateien/"


def read_description(parcel: Parcel) -> Description:
    """Return what a backup says about itself; raise `BrokenParcel` if it is none or too new."""
    if DESCRIPTION not in parcel.names:
        raise BrokenParcel("Das ist keine Sicherung von `directory backup`.")
    try:
        said: dict[str, Any] = orjson.loads(parcel.read(DESCRIPTION))
        if (said["format"], said["version"]) != (FORMAT, VERSION):
            raise BrokenParcel(
                f"Diese Sicherung hat die Fassung {said['version']}; "
                f"das Programm liest die Fassung {VERSION}."
            )
        return Description(
            revision=str(said["revision"]),
            created_at=dt.datetime.fromisoformat(said["created_at"]),
            programme=str(said["programme"]),
            forms=tuple(map(TableForm.from_json, said["tables"])),
            rows={str(name): int(count) for name, count in said["rows"].items()},
            missing=tuple(map(str, said["missing_files"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BrokenParcel(f"Die Datei {DESCRIPTION} ist nicht zu verstehen.") from error

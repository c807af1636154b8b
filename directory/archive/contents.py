"""What an archive is called by, and how it describes itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from directory.parcels.names import BrokenParcel
from directory.parcels.reading import Parcel
from directory.parcels.tables import TableForm

FORMAT = "kommunen-verzeichnis-archiv"
# Rises when an older programme could not load the rows any more. Version 1: docs/archive.md
VERSION = 1
DESCRIPTION = "daten/archiv.json"
FILES = "dateien/"


def rows_name(form: TableForm) -> str:
    """Return the name of the file with the rows of a table."""
    return f"daten/{form.name}.json"


@dataclass(frozen=True, kw_only=True)
class Description:
    """What an archive says about itself; `rows` are counted by table."""

    programme: str
    catalogue: Mapping[str, Any]
    base_url: str
    with_contacts: bool
    forms: tuple[TableForm, ...]
    rows: Mapping[str, int]

    def as_json(self) -> bytes:
        """Return it as the file `daten/archiv.json`."""
        said = {
            "format": FORMAT,
            "version": VERSION,
            "programme": self.programme,
            "catalogue": self.catalogue,
            "base_url": self.base_url,
            "with_contacts": self.with_contacts,
            "rows": self.rows,
            "tables": [form.as_json() for form in self.forms],
        }
        return orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read_description(parcel: Parcel) -> Description:
    """Return what an archive says about itself; raise `BrokenParcel` if it is none or too new."""
    if DESCRIPTION not in parcel.names:
        raise BrokenParcel("Das ist kein Archiv von `directory archive`.")
    try:
        said: dict[str, Any] = orjson.loads(parcel.read(DESCRIPTION))
        if (said["format"], said["version"]) != (FORMAT, VERSION):
            raise BrokenParcel(
                f"Dieses Archiv hat die Fassung {said['version']}; "
                f"das Programm liest die Fassung {VERSION}."
            )
        return Description(
            programme=str(said["programme"]),
            catalogue=dict(said["catalogue"]),
            base_url=str(said["base_url"]),
            with_contacts=bool(said["with_contacts"]),
            forms=tuple(map(TableForm.from_json, said["tables"])),
            rows={str(name): int(count) for name, count in said["rows"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BrokenParcel(f"Die Datei {DESCRIPTION} ist nicht zu verstehen.") from error

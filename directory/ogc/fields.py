"""What a feature says besides its place: the names of its properties, their meaning and type."""

from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One property: its name for programmes, its name for people, and the schema of its values."""

    name: str
    title: str
    schema: Schema
    # Whether somebody may not know it
    nullable: bool = True


def text(name: str, title: str, **more: Any) -> Field:
    """Return a property that is a text."""
    return Field(name, title, {"type": "string"} | more)


def key(name: str, title: str) -> Field:
    """Return a property that is the key (AGS) of a municipality."""
    return text(name, title, pattern=r"^(\d{8}|\d{5}|\d{3})$")


def whole(name: str, title: str) -> Field:
    """Return a property that is a whole number."""
    return Field(name, title, {"type": "integer"})


def decimal(name: str, title: str) -> Field:
    """Return a property that is a number."""
    return Field(name, title, {"type": "number"})


def yes_or_no(name: str, title: str) -> Field:
    """Return a property that is true or false."""
    return Field(name, title, {"type": "boolean"}, nullable=False)


def several(name: str, title: str) -> Field:
    """Return a property that is a list of texts."""
    return Field(name, title, {"type": "array", "items": {"type": "string"}}, nullable=False)


def day(name: str, title: str) -> Field:
    """Return a property that is a date."""
    return text(name, title, format="date")


def moment(name: str, title: str) -> Field:
    """Return a property that is a moment in UTC."""
    return text(name, title, format="date-time")


PAGE = text("url", "Seite für Menschen", format="uri")
UPDATED = moment("updated_at", "Zuletzt geändert")
COUNTY = (key("county", "AGS des Kreises"), text("county_name", "Kreis"))
DISTRICT = (
    key("district", "AGS des Regierungsbezirks"),
    text("district_name", "Regierungsbezirk"),
)
MUNICIPALITY = (key("municipality", "AGS der Kommune"), text("municipality_name", "Kommune"))
# Where an entry is: its municipality and what that lies in
PLACE = (*MUNICIPALITY, *COUNTY, *DISTRICT)

"""The family of errors a person may see.

Each carries one German sentence and the HTTP status that :mod:`directory.web.errors` answers
with. Whatever is not in this family is a fault of the programme and becomes a plain 500.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Hint:
    """A way on from an error page: a label and an address within the site."""

    label: str
    href: str


class DirectoryError(Exception):
    """Root of all errors with a sentence for people."""

    status = 500
    title = "Das hat nicht geklappt"
    # What programmes are told besides the sentence: members of the problem, name → value
    members: Mapping[str, Any] = MappingProxyType({})
    # What the answer says in its head
    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, sentence: str, hints: tuple[Hint, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hints = hints


class NotFound(DirectoryError):
    """Nothing is published under this address."""

    status = 404
    title = "Nicht gefunden"


class BadInput(DirectoryError):
    """What was sent cannot be understood; the sentence says what would be."""

    status = 422
    title = "Eingabe nicht verstanden"


class Conflict(DirectoryError):
    """The step does not fit the present state of the entry."""

    status = 409
    title = "Das passt nicht zum Stand des Eintrags"


# What people are told while the database is away
NO_ANSWER = "Die Datenbank antwortet gerade nicht. Bitte versuchen Sie es gleich erneut."


class Unavailable(DirectoryError):
    """The database cannot answer now; trying again helps."""

    status = 503
    title = "Vorübergehend nicht erreichbar"
    retry_after_seconds = 10


class ConfigurationError(DirectoryError):
    """The installation is not set up properly; said once, at start."""

    title = "Einstellung fehlt oder ist falsch"

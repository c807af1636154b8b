"""Who may do what: one table. `docs/rights.md` shows it, a test holds the two together."""

import enum
from collections.abc import Mapping
from types import MappingProxyType

from directory.accounts.models import Account, Role, Scope


class Right(enum.StrEnum):
    """What a page or a step asks for."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    WRITE = "write"
    REVIEW = "review"
    HANDOVER = "handover"
    IMPORT = "import"
    OFFICE = "office"
    VOCABULARY = "vocabulary"
    ACCOUNTS = "accounts"
    AUDIT = "audit"

    @property
    def label(self) -> str:
        """What the right allows, in German."""
        return _LABELS[self]


_LABELS = {
    Right.PUBLIC: "Veröffentlichtes lesen",
    Right.SIGNED_IN: "das eigene Konto verwalten",
    Right.WRITE: "Entwürfe, Ansprechstellen und Angaben zur Kommune bearbeiten",
    Right.REVIEW: "zurückgeben, veröffentlichen, archivieren, Importe freigeben",
    Right.HANDOVER: "Aufgaben und Einträge übergeben",
    Right.IMPORT: "Tabellen importieren",
    Right.OFFICE: "Abdeckung, Mitgliedschaft, erfolglose Suchen, Hinweise bearbeiten",
    Right.VOCABULARY: "Themen und Begriffe pflegen",
    Right.ACCOUNTS: "Konten einladen, ändern und sperren",
    Right.AUDIT: "das Protokoll lesen",
}

_EVERYBODY = frozenset(Role)
_OFFICE = frozenset({Role.REVIEWER, Role.ADMINISTRATOR})
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

RIGHTS: Mapping[Right, frozenset[Role]] = MappingProxyType(
    {
        Right.PUBLIC: _EVERYBODY,
        Right.SIGNED_IN: _EVERYBODY,
        Right.WRITE: _EVERYBODY,
        Right.REVIEW: _OFFICE,
        Right.HANDOVER: _EVERYBODY,
        Right.IMPORT: _OFFICE,
        Right.OFFICE: _OFFICE,
        Right.VOCABULARY: _ADMINISTRATORS,
        Right.ACCOUNTS: _ADMINISTRATORS,
        Right.AUDIT: _ADMINISTRATORS,
    }
)
# What an access token may be good for, and the right its owner needs for it.
SCOPES: Mapping[Scope, Right] = MappingProxyType(
    {
        Scope.READ_DRAFTS: Right.WRITE,
        Scope.WRITE_DRAFTS: Right.WRITE,
    }
)
# Rights that end at the borders of an editor's own municipalities (or own things).
BOUND_TO_PLACES = frozenset({Right.WRITE, Right.HANDOVER})


def may(account: Account | None, right: Right, ags: str | None = None) -> bool:
    """Return whether `account` (None: anonymous) has `right`, if `ags` is given there.

    Without `ags` the answer says whether the account has the right anywhere: enough to open a
    page, never enough to change an entry of some municipality.
    """
    if right is Right.PUBLIC:
        return True
    if account is None or not account.active or account.role not in RIGHTS[right]:
        return False
    return right not in BOUND_TO_PLACES or ags is None or account.covers(ags)

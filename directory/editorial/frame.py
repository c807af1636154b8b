"""What every page of the desk shows around its own: the ways through the desk, and who is there."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from directory.accounts.guards import get_account
from directory.accounts.models import Account
from directory.accounts.rights import Right, may


@dataclass(frozen=True)
class Way:
    """One link of the desk's navigation: endpoint, its values, label and who may follow it."""

    endpoint: str
    label: str
    right: Right
    values: tuple[tuple[str, str], ...] = ()

    @property
    def href(self) -> str:
        """The address."""
        values: dict[str, Any] = dict(self.values)
        return url_for(self.endpoint, **values)


def _entries(path: str, label: str, right: Right) -> Way:
    return Way("desk_entries.index", label, right, (("path", path),))


NAVIGATION: tuple[tuple[str, tuple[Way, ...]], ...] = (
    (
        "Schreiben",
        (
            Way("desk.home", "Übersicht", Right.WRITE),
            _entries("praxisbeispiele", "Praxisbeispiele", Right.WRITE),
            _entries("ansprechstellen", "Ansprechstellen", Right.WRITE),
            _entries("kommunen", "Profile der Kommunen", Right.WRITE),
            Way("desk_office.broken_links", "Verweise", Right.WRITE),
            Way("desk_hints.index", "Hinweise", Right.WRITE),
            Way("desk_handover.form", "Übergabe", Right.HANDOVER),
            Way("desk_notices.settings", "Benachrichtigungen", Right.WRITE),
        ),
    ),
    (
        "Netzwerkbüro",
        (
            Way("desk_review.queue", "Prüfung", Right.REVIEW),
            _entries("mitgliedschaften", "Mitgliedschaften", Right.OFFICE),
            _entries("veranstaltungen", "Veranstaltungen", Right.OFFICE),
            _entries("materialien", "Materialien", Right.OFFICE),
            Way("desk_imports.index", "Import", Right.IMPORT),
            Way("desk_office.network", "Stand des Netzwerks", Right.OFFICE),
            Way("desk_office.failed_searches", "Erfolglose Suchen", Right.OFFICE),
        ),
    ),
    (
        "Administration",
        (
            Way("desk_terms.index", "Begriffe", Right.VOCABULARY),
            Way("desk_audit.index", "Protokoll", Right.AUDIT),
            Way("accounts.accounts", "Konten", Right.ACCOUNTS),
            Way("desk_post.index", "Post", Right.ACCOUNTS),
        ),
    ),
)


def ways(account: Account) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Return the navigation of `account`: groups of label, address, whether one is there."""
    groups = []
    for title, links in NAVIGATION:
        allowed = [way for way in links if may(account, way.right)]
        if allowed:
            groups.append((title, [(one.label, one.href, _is_here(one)) for one in allowed]))
    return groups


def desk_frame() -> dict[str, object]:
    """Return what templates/editorial/frame.html needs."""
    return {"desk_ways": lambda: ways(get_account())}


def _is_here(way: Way) -> bool:
    return request.endpoint == way.endpoint and dict(way.values) == (request.view_args or {})

"""`/redaktion/protokoll`: the audit trail, searchable."""

import datetime as dt
from typing import Any

from flask import Blueprint, render_template, request, url_for

from directory.accounts.guards import requires
from directory.accounts.rights import Right
from directory.db import db
from directory.editorial import audit
from directory.editorial.kinds import KINDS as ENTRIES
from directory.editorial.views.numbers import whole
from directory.publication.models import EntryKind
from directory.text import clean

bp = Blueprint("desk_audit", __name__, url_prefix="/redaktion/protokoll")

_FILTERS = ("vorgang", "art", "eintrag", "wer", "von", "bis")
# German words for everything that is noted; a test finds all of it in the code.
ACTIONS = {
    "created": "angelegt",
    "changed": "geändert",
    "publish": "veröffentlicht",
    "archive": "archiviert",
    "confirm": "bestätigt",
    "removed": "zurückgenommen",
    "handover": "Ansprechperson gewechselt",
    "undeliverable": "E-Mail-Adresse unzustellbar",
    "imported": "Import freigegeben",
    "import_returned": "Import zurückgegeben",
    "import_discarded": "Import verworfen",
    "import_undone": "Import rückgängig gemacht",
    "account created": "Konto angelegt",
    "account invited": "Konto eingeladen",
    "invitation accepted": "Einladung angenommen",
    "invitation withdrawn": "Einladung zurückgezogen",
    "account locked": "Konto gesperrt",
    "account unlocked": "Konto entsperrt",
    "account erased": "Konto gelöscht",
    "role changed": "Rolle oder Kommunen geändert",
    "address changed": "E-Mail-Adresse des Kontos geändert",
    "password changed": "Passwort geändert",
    "password reset": "Passwort neu gesetzt",
    "second factor reset": "zweiten Faktor entfernt",
    "app set up": "App eingerichtet",
    "app removed": "App entfernt",
    "passkey added": "Passkey hinzugefügt",
    "passkey removed": "Passkey entfernt",
    "linked with sign-in service": "mit Anmeldedienst verbunden",
    "signed out by administration": "von der Administration abgemeldet",
    "access token made": "Zugriffsschlüssel angelegt",
    "access token withdrawn": "Zugriffsschlüssel zurückgezogen",
}
KINDS = {
    EntryKind.MUNICIPALITY: "Kommune",
    EntryKind.MEMBERSHIP: "Mitgliedschaft",
    EntryKind.CONTACT: "Ansprechstelle",
    EntryKind.TERM: "Begriff",
    EntryKind.PRACTICE: "Praxisbeispiel",
    EntryKind.SERIES: "Veranstaltungsreihe",
    EntryKind.EVENT: "Veranstaltung",
    EntryKind.RESOURCE: "Material",
}


@bp.get("")
@requires(Right.AUDIT)
def index() -> str:
    """Show the trail, newest first; values that are not understood are left out and named."""
    misread: list[str] = []
    wanted = audit.AuditFilter(
        action=clean(request.args.get("vorgang", ""))[:60],
        kind=_kind(request.args.get("art", "")),
        key=clean(request.args.get("eintrag", ""))[:120],
        actor=clean(request.args.get("wer", ""))[:120],
        since=_day("von", misread),
        until=_day("bis", misread),
    )
    page = max(1, whole(request.args.get("seite", "1")))
    chosen: dict[str, Any] = {
        name: value for name, value in request.args.items() if name in _FILTERS and value
    }
    lines = audit.audit_lines(db.session, wanted, page)
    return render_template(
        "editorial/audit.html",
        lines=lines,
        hrefs=[_href(line) for line in lines.items],
        wanted=wanted,
        misread=misread,
        actions=sorted(
            ((one, ACTIONS.get(one, one)) for one in audit.actions(db.session)),
            key=lambda action: action[1].casefold(),
        ),
        kinds=[(kind.value, label) for kind, label in KINDS.items()],
        people=list(audit.actors(db.session).items()),
        action_words=ACTIONS,
        kind_words=KINDS,
        page_href=lambda number: url_for(".index", **chosen, seite=number),
    )


def _href(line: audit.AuditLine) -> str:
    """Return where it can be seen what was done to; empty: nowhere (any more)."""
    if line.kind and line.kind in ENTRIES and line.is_there:
        return url_for("desk_entries.history", path=ENTRIES[line.kind].path, key=line.key)
    if line.kind is EntryKind.TERM and line.is_there:
        return url_for("desk_terms.edit", slug=line.key)
    if line.batch is not None:
        return url_for("desk_imports.show", number=line.batch)
    return ""


def _kind(text: str) -> EntryKind | None:
    return EntryKind(text) if text in set(EntryKind) else None


def _day(name: str, misread: list[str]) -> dt.date | None:
    text = request.args.get(name, "").strip()
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        misread.append(text[:40])
        return None

"""`/redaktion/protokoll`: the audit trail, searchable."""

import datetime as dt
from typing import Any

from flask import Blueprint, render_template, request, url_for

from directory.accounts.guards import requires
from directory.accounts.rights import Right
from directory.db import db
from directory.editorial import audit
from directory.editorial.views.numbers import whole
from directory.publication.models import EntryKind
from directory.text import clean

bp = Blueprint("desk_audit", __name__, url_prefix="/redaktion/protokoll")

_FILTERS = ("vorgang", "art", "eintrag", "wer", "von", "bis")
# German words for what the operations note; unknown ones are shown as they are.
ACTIONS = {
    "created": "angelegt",
    "changed": "geändert",
    "publish": "veröffentlicht",
    "archive": "archiviert",
    "confirm": "bestätigt",
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
    return render_template(
        "editorial/audit.html",
        lines=audit.audit_lines(db.session, wanted, page),
        wanted=wanted,
        misread=misread,
        actions=[(one, ACTIONS.get(one, one)) for one in audit.actions(db.session)],
        kinds=[(kind.value, label) for kind, label in KINDS.items()],
        people=list(audit.actors(db.session).items()),
        action_words=ACTIONS,
        kind_words=KINDS,
        page_href=lambda number: url_for(".index", **chosen, seite=number),
    )


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

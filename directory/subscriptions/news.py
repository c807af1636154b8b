"""What became new between two moments, in the net.

An entry is compared as readers saw it then with how they see it now: edits that cancel out vanish,
ten edits are one change, and what came and went in between was never there.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from directory.events.models import Event
from directory.municipalities.models import Municipality
from directory.practices.models import Practice
from directory.publication.differences import differing
from directory.publication.models import Decision, EntryKind, Revision, Status
from directory.publication.saving import in_chunks
from directory.search.criteria import Criteria
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import Reference
from directory.search.queries import find_ids
from directory.subscriptions.matching import matched
from directory.text import join

NEW, GONE = "neu", "nicht mehr veröffentlicht"

_KINDS = {ListKind.PRACTICES: EntryKind.PRACTICE, ListKind.EVENTS: EntryKind.EVENT}
_ENTITIES: dict[ListKind, Any] = {ListKind.PRACTICES: Practice, ListKind.EVENTS: Event}
# What readers can see of an entry, as they call it, in the order it stands on the page.
LABELS: Mapping[ListKind, Mapping[str, str]] = {
    ListKind.PRACTICES: {
        "title": "Titel",
        "ags": "Kommune",
        "summary": "Kurzfassung",
        "situation": "Ausgangslage",
        "approach": "Vorgehen",
        "result": "Ergebnis",
        "success_factors": "Gelingensbedingungen",
        "stumbling_blocks": "Stolpersteine",
        "no_stumbling_blocks_known": "Stolpersteine",
        "partners": "Beteiligte",
        "state": "Stand der Umsetzung",
        "started_year": "Zeitraum",
        "ended_year": "Zeitraum",
        "ended_reason": "Grund für das Ende",
        "cost_band": "Kosten der Kommune im Jahr",
        "staff_effort": "Arbeitszeit der Kommune",
        "topics": "Themen",
        "target_groups": "Zielgruppen",
        "instruments": "Instrumente",
        "attachments": "Bilder und Dateien",
        "sources": "Quellen",
    },
    ListKind.EVENTS: {
        "title": "Titel",
        "short_title": "Titel",
        "kind": "Art",
        "series": "Reihe",
        "motto": "Motto",
        "event_status": "Stand",
        "year": "Termin",
        "date_start": "Termin",
        "date_end": "Termin",
        "time_start": "Uhrzeit",
        "time_end": "Uhrzeit",
        "event_format": "Form",
        "venue_name": "Ort",
        "venue_town": "Ort",
        "venue_ags": "Ort",
        "attendance_label": "Teilnehmende",
        "attendance_min": "Teilnehmende",
        "attendance_max": "Teilnehmende",
        "attendance_unit": "Teilnehmende",
        "guiding_topics": "Leitthemen",
        "programme": "Programm",
        "sessions": "Programm",
        "sessions_note": "Programm",
        "keynotes": "Vorträge",
        "participations": "Mitwirkende Kommunen",
        "organisers": "Veranstaltende",
        "note": "Hinweis",
        "sources": "Quellen",
    },
}


@dataclass(frozen=True)
class News:
    """One entry that is new, changed or gone: what happened, and where it stands ("": nowhere)."""

    what: str
    title: str
    place: str
    path: str


@dataclass(frozen=True)
class Journal:
    """When which entries were touched, since a moment; read once for all subscriptions."""

    since: dt.datetime
    until: dt.datetime
    touched: Mapping[ListKind, Sequence[tuple[dt.datetime, str]]]

    def keys(self, kind: ListKind, since: dt.datetime) -> set[str]:
        """Return the keys of what was touched after `since` (not before the journal begins)."""
        if since < self.since:
            raise ValueError("the journal begins later")
        return {key for at, key in self.touched[kind] if at > since}


def read_journal(session: Session, *, since: dt.datetime, until: dt.datetime) -> Journal:
    """Note what was written, published or archived after `since` and up to `until`."""
    return Journal(
        since,
        until,
        {
            listed: [
                (at, key)
                for table in (Revision, Decision)
                for at, key in session.execute(
                    select(table.at, table.key).where(
                        table.kind == kind, table.at > since, table.at <= until
                    )
                )
            ]
            for listed, kind in _KINDS.items()
        },
    )


def news_of(
    session: Session,
    criteria: Criteria,
    reference: Reference,
    journal: Journal,
    *,
    since: dt.datetime,
) -> list[News]:
    """Return what became new, after `since`, among what `criteria` ask for, by title."""
    keys = journal.keys(criteria.kind, since)
    if not keys:
        return []
    now = _visible(session, criteria.kind, keys, journal.until)
    then = _visible(session, criteria.kind, keys, since)
    found = []
    for entry in _wanted(session, criteria, reference, now.keys() & keys):
        before, after = then.get(entry.slug), now[entry.slug]
        labels = _changed(criteria.kind, before, after) if before is not None else []
        if before is None or labels:
            what = f"geändert ({join(labels)})" if labels else NEW
            path = f"/{criteria.kind.value}/{entry.slug}"
            found.append(News(what, entry.title, _place_name(entry), path))
    places = _places(session, [then[key] for key in then.keys() - now.keys()])
    for key in then.keys() - now.keys():
        fields = then[key]
        place = places.get(fields.get("ags") or "")
        if matched(fields, criteria, reference, place):
            found.append(News(GONE, str(fields["title"]), place.name if place else "", ""))
    return sorted(found, key=lambda one: (one.what != NEW, one.what == GONE, one.title))


def _visible(
    session: Session, kind: ListKind, keys: Collection[str], moment: dt.datetime
) -> dict[str, dict[str, Any]]:
    """Return key → fields of those entries that readers could see at `moment`."""
    found: dict[str, dict[str, Any]] = {}
    for chunk in in_chunks(keys):
        revisions = session.execute(
            select(Revision.key, Revision.fields)
            .where(
                Revision.kind == _KINDS[kind],
                Revision.key.in_(_public(session, kind, chunk, moment)),
                Revision.at <= moment,
            )
            .order_by(Revision.version)
        )
        found.update((key, fields) for key, fields in revisions)
    return found


def _public(
    session: Session, kind: ListKind, keys: Collection[str], moment: dt.datetime
) -> list[str]:
    """Return those of `keys` whose last step up to `moment` was to be published."""
    steps = session.execute(
        select(Decision.key, Decision.after)
        .where(Decision.kind == _KINDS[kind], Decision.key.in_(keys), Decision.at <= moment)
        .order_by(Decision.at, Decision.id)
    )
    last: dict[str, Status] = {}
    last.update((key, after) for key, after in steps)
    return [key for key, status in last.items() if status is Status.PUBLISHED]


def _wanted(
    session: Session, criteria: Criteria, reference: Reference, keys: Collection[str]
) -> Iterable[Any]:
    """Return those of the public entries `keys` that `criteria` ask for."""
    if not keys:
        return []
    entity = _ENTITIES[criteria.kind]
    ids = set(find_ids(session, criteria, reference))
    found: list[Any] = []
    for chunk in in_chunks(keys):
        statement = select(entity).where(entity.slug.in_(chunk), entity.status == Status.PUBLISHED)
        if entity is Practice:
            statement = statement.options(joinedload(Practice.municipality))
        found += [one for one in session.scalars(statement) if one.id in ids]
    return found


def _places(session: Session, gone: Iterable[Mapping[str, Any]]) -> dict[str, Municipality]:
    keys = {fields.get("ags") for fields in gone} - {None}
    if not keys:
        return {}
    rows = session.scalars(
        select(Municipality)
        .where(Municipality.ags.in_(keys))
        .options(joinedload(Municipality.membership))
    )
    return {one.ags: one for one in rows}


def _place_name(entry: Any) -> str:
    return entry.municipality.name if isinstance(entry, Practice) else ""


def _changed(kind: ListKind, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return what readers call the fields that say something else, in the order of the page."""
    differs = set(differing(before, after))
    return list(dict.fromkeys(label for name, label in LABELS[kind].items() if name in differs))

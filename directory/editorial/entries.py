"""The desk's lists: entries of one kind as their editors see them, whatever their status."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.editorial.kinds import KINDS, Kind
from directory.editorial.publishing import open_copies
from directory.events.models import EventSeries
from directory.municipalities.models import Evidence, Membership
from directory.publication.models import EntryKind, Publishable, WorkingCopy
from directory.topics.models import Term
from directory.web.pagination import Page

_PAGE_SIZE = 50
_EVIDENCE = {
    Evidence.DOCUMENTED: "belegt",
    Evidence.TRAINING_ONLY: "nicht belegt, nur Teilnahme an der Entwicklungswerkstatt",
}


@dataclass(frozen=True)
class EntryRow:
    """One entry in a list of the desk."""

    key: str
    title: str
    place: str
    # Whether readers see it; of a membership, whether there is evidence of it
    standing: str
    copy: WorkingCopy | None


def entry_rows(
    session: Session,
    kind: Kind,
    *,
    places: Collection[str] | None,
    words: str = "",
    page: int = 1,
) -> Page[EntryRow]:
    """Return one page of the entries of `places` (AGS; None: all) whose title contains `words`."""
    statement = kind.in_places(places)
    if words:
        pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        statement = statement.where(kind.title_column.ilike(pattern, escape="\\"))
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
    entries = session.scalars(statement.limit(_PAGE_SIZE).offset((page - 1) * _PAGE_SIZE)).all()
    copies = open_copies(session, kind.kind, [kind.key(one) for one in entries])
    rows = [
        EntryRow(
            key=kind.key(entry),
            title=kind.title(session, kind.read(entry).fields()),
            place=_place(entry),
            standing=_standing(entry),
            copy=copies.get(kind.key(entry)),
        )
        for entry in entries
    ]
    return Page(rows, page, _PAGE_SIZE, total or 0)


def titles_of(session: Session, kind: EntryKind, keys: Collection[str]) -> dict[str, str]:
    """Return key → what the entry is called, with its municipality; entries that are gone lack."""
    if kind is EntryKind.TERM:
        terms = session.scalars(select(Term).where(Term.slug.in_(keys)))
        return {term.slug: term.label for term in terms}
    if kind is EntryKind.SERIES:
        found = session.scalars(select(EventSeries).where(EventSeries.slug.in_(keys)))
        return {series.slug: series.title for series in found}
    one = KINDS[kind]
    return {
        one.key(entry): ", ".join(
            filter(None, (one.title(session, one.read(entry).fields()), _place(entry)))
        )
        for entry in one.find_all(session, keys)
    }


def _standing(entry: object) -> str:
    match entry:
        case Publishable():
            return entry.status.label
        case Membership():
            return _EVIDENCE[entry.evidence]
    return ""


def _place(entry: object) -> str:
    if isinstance(entry, Membership):
        # It is called after the place already.
        return ""
    municipality = getattr(entry, "municipality", None)
    return municipality.name if municipality is not None else ""

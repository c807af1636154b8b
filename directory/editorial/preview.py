"""A working copy as readers would see it: the public page of its kind, made from what it says.

Nothing is kept: the entries that the pages are made from belong to no session.
"""

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from directory.accounts.queries import works_for
from directory.contacts import queries as contacts
from directory.contacts.drafts import ContactDraft
from directory.contacts.operations import sketch_contact
from directory.db import utc_now
from directory.editorial.kinds import KINDS
from directory.editorial.publishing import read_copy
from directory.errors import BadInput, NotFound
from directory.events.drafts import EventDraft
from directory.events.operations import sketch_event
from directory.events.resources import ResourceDraft, sketch_resource
from directory.municipalities.drafts import MunicipalityDraft
from directory.municipalities.models import Level, Municipality
from directory.pages.components.cards import resource_card
from directory.pages.events import event_page
from directory.pages.municipalities import municipality_page
from directory.pages.practices import practice_page
from directory.practices.drafts import PracticeDraft
from directory.practices.models import PracticeState
from directory.practices.operations import sketch_practice
from directory.publication.models import EntryKind, WorkingCopy
from directory.publication.validation import Problems

EMPTY = "(noch leer)"
# Where a link leads that has no address yet
_NOWHERE = "#inhalt"
_DATES = frozenset({"as_of", "date", "date_start", "date_end"})

P = TypeVar("P")


@dataclass(frozen=True)
class Preview:
    """A public template, its values, and how many things are still missing."""

    template: str
    values: dict[str, Any]
    gaps: int


def has_preview(kind: EntryKind) -> bool:
    """Whether entries of this kind stand on a page of their own or as a card."""
    return kind in _PAGES


def preview_of(session: Session, copy: WorkingCopy) -> Preview:
    """Return `copy` as readers would see it; raise `NotFound` where its kind has no page."""
    page = _PAGES.get(copy.kind)
    if page is None:
        raise NotFound("Einträge dieser Art haben keine eigene Seite, also auch keine Vorschau.")
    reading = read_copy(session, copy)
    entry = KINDS[copy.kind].find(session, copy.key) if copy.key is not None else None
    draft = presentable(reading.draft, reading.problems)
    template, values = page(session, copy, draft, reading.problems, entry)
    return Preview(template, values, len(reading.problems))


def presentable(draft: P, problems: Problems, within: str = "") -> P:
    """Return `draft` as it can be shown: gaps are named, unusable addresses and dates left out."""
    changes: dict[str, Any] = {}
    for field in fields(draft):  # type: ignore[arg-type]
        value, path = getattr(draft, field.name), within + field.name
        if isinstance(value, tuple) and value and is_dataclass(value[0]):
            changes[field.name] = tuple(
                presentable(part, problems, f"{path}[{position}].")
                for position, part in enumerate(value, start=1)
            )
        else:
            changes[field.name] = _shown(field, value, is_wrong=path in problems)
    return replace(draft, **changes)  # type: ignore[type-var]


def _shown(field: "Field[Any]", value: Any, *, is_wrong: bool) -> Any:
    is_address = field.name == "website" or field.name.endswith("url")
    is_needed = field.type in (str, "str") and field.name not in {"ags", "slug"}
    if is_address and (is_wrong or value == ""):
        # Also an address that would run a script: nobody has checked a working copy.
        return _NOWHERE if is_needed else None
    if is_wrong and field.name in _DATES:
        return None
    return EMPTY if is_needed and not value.strip() else value


def _practice(
    session: Session, copy: WorkingCopy, draft: PracticeDraft, problems: Problems, entry: Any
) -> tuple[str, dict[str, Any]]:
    if "state" in problems:
        draft = replace(draft, state=PracticeState.UNKNOWN)
    attachments = tuple(replace(one, author=one.author or EMPTY) for one in draft.attachments)
    draft = replace(draft, attachments=attachments)
    practice = sketch_practice(
        session, draft, place=_place(session, draft.ags), number=entry.id if entry else None
    )
    if works_for(session, copy.author, draft.ags):
        # As `publishing.publish` will note it: readers are told whose word it is.
        practice.confirmed_at = utc_now()
    return "practices/detail.html", practice_page(practice)


def _contact(
    session: Session, _copy: WorkingCopy, draft: ContactDraft, _problems: Problems, entry: Any
) -> tuple[str, dict[str, Any]]:
    place = session.get(Municipality, draft.ags)
    if place is None:
        raise BadInput("Bitte wählen Sie zuerst eine Kommune: Auf ihrer Seite steht die Stelle.")
    known = contacts.of_municipality(session, place.ags)
    others = [one for one in known if entry is None or one.id != entry.id]
    sketch = sketch_contact(draft, place=place)
    return "municipalities/detail.html", municipality_page(place, [sketch, *others])


def _municipality(
    session: Session,
    _copy: WorkingCopy,
    draft: MunicipalityDraft,
    _problems: Problems,
    entry: Municipality,
) -> tuple[str, dict[str, Any]]:
    page = municipality_page(entry, contacts.of_municipality(session, entry.ags))
    # The only thing of a profile that is written at the desk.
    facts = {**page["municipality"], "website": draft.website}  # type: ignore[dict-item]
    return "municipalities/detail.html", {**page, "municipality": facts}


def _event(
    session: Session, _copy: WorkingCopy, draft: EventDraft, problems: Problems, entry: Any
) -> tuple[str, dict[str, Any]]:
    page = event_page(sketch_event(session, draft, number=entry.id if entry else None))
    facts: dict[str, Any] = {**page["event"]}  # type: ignore[dict-item]
    if "kind" in problems:
        facts["kind_label"] = EMPTY
    return "events/detail.html", {**page, "event": facts}


def _resource(
    _session: Session, _copy: WorkingCopy, draft: ResourceDraft, problems: Problems, _entry: Any
) -> tuple[str, dict[str, Any]]:
    card = resource_card(sketch_resource(draft))
    if "kind" in problems:
        card = replace(card, type_label=EMPTY)
    return "editorial/preview_card.html", {"card": card}


def _place(session: Session, ags: str) -> Municipality:
    """Return the municipality, or one that stands for the choice that is still to be made."""
    return session.get(Municipality, ags) or Municipality(
        ags="", level=Level.MUNICIPALITY, slug="noch-leer", name=EMPTY, legal_status=""
    )


_Page = Callable[[Session, WorkingCopy, Any, Problems, Any], tuple[str, dict[str, Any]]]
_PAGES: Mapping[EntryKind, _Page] = {
    EntryKind.PRACTICE: _practice,
    EntryKind.CONTACT: _contact,
    EntryKind.MUNICIPALITY: _municipality,
    EntryKind.EVENT: _event,
    EntryKind.RESOURCE: _resource,
}

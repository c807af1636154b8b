"""Ready values for the desk's templates: working copies, steps and differences in words."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from directory.accounts.queries import names_of
from directory.contacts.models import ContactPoint
from directory.db import db
from directory.editorial.forms.attachments import Attachments
from directory.editorial.forms.fields import Day, EntryForm, Rows, Text
from directory.editorial.kinds import KINDS, Kind
from directory.events.models import Event, Resource
from directory.files.models import FileKind, StoredFile
from directory.files.queries import find_files
from directory.german import plainness
from directory.municipalities.models import Municipality
from directory.pages.components.cards import municipality_href
from directory.practices.models import Licence, Practice
from directory.practices.queries import attachment_hashes
from directory.publication.differences import FieldDifference, as_text, differences
from directory.publication.models import Stage, StageChange, WorkingCopy
from directory.publication.validation import is_partial_date
from directory.text import number
from directory.web.filters import date, date_time
from directory.web.markup import marked_up, plain_text

NO_TITLE = "(noch ohne Titel)"
# Badges of templates/components/badge.html
_TONES = {
    Stage.DRAFT: "info",
    Stage.SUBMITTED: "info",
    Stage.RETURNED: "warning",
    Stage.SCHEDULED: "success",
    Stage.PUBLISHED: "success",
    Stage.DISCARDED: "info",
}


@dataclass(frozen=True)
class CopyCard:
    """A working copy in a list."""

    title: str
    kind: str
    stage: str
    tone: str
    changed: str
    href: str
    review_href: str


def copy_card(copy: WorkingCopy) -> CopyCard:
    """Return what lists show of a copy."""
    return CopyCard(
        title=copy.title or NO_TITLE,
        kind=KINDS[copy.kind].singular,
        stage=copy.stage.label,
        tone=_TONES[copy.stage],
        changed=f"zuletzt geändert am {date_time(copy.updated_at)}",
        href=url_for("desk_copies.edit", copy_id=copy.id),
        review_href=url_for("desk_review.copy", copy_id=copy.id),
    )


@dataclass(frozen=True)
class StepLine:
    """One step in a history: what happened, who did it, when, why."""

    what: str
    who: str
    when: str
    why: str


def step_lines(session: Session, steps: list[StageChange]) -> list[StepLine]:
    """Return the steps of a copy in words, newest first."""
    names = names_of(session, {step.actor for step in steps})
    return [
        StepLine(
            what="begonnen" if step.before is None else step.after.label,
            who=names[step.actor],
            when=date_time(step.at),
            why=step.note or "",
        )
        for step in reversed(steps)
    ]


def writing_hints(form: EntryForm) -> dict[str, list[str]]:
    """Return field → what would make its text easier to read; fields may be missing."""
    found = {}
    for field in form:
        if isinstance(field, Text) and field.data:
            words = plain_text(field.data) if field.markdown else field.data
            advice = plainness.hints(words)
            if field.longest and len(words) > field.longest:
                advice.insert(
                    0,
                    f"Der Text hat {number(len(words))} Zeichen; gut sind bis zu "
                    f"{number(field.longest)}.",
                )
            if advice:
                found[field.name] = advice
    return found


@dataclass(frozen=True)
class ShownFile:
    """An image or document, and each thing that is said about it: label and text."""

    file: StoredFile | None
    alt: str
    lines: list[tuple[str, str]]


@dataclass(frozen=True)
class ShownDifference:
    """One field that differs, in the words of its form; of `files` both sides, to be seen."""

    field: str
    label: str
    difference: FieldDifference
    files: tuple[list[ShownFile], list[ShownFile]] | None = None
    # What is written in Markdown, as readers will see it
    formatted: Markup | None = None


def shown_differences(
    kind: Kind, form: EntryForm, before: dict[str, Any], after: dict[str, Any]
) -> list[ShownDifference]:
    """Return what differs, in the order and with the labels and values of the form."""
    order = [name for _, names in kind.form.SECTIONS for name in names]
    labels = {field.name: str(field.label.text) for field in form}
    found = differences(_readable(form, before), _readable(form, after), order=order)
    return [
        ShownDifference(
            one.field,
            labels[one.field],
            one,
            files=(_shown_files(before), _shown_files(after))
            if isinstance(form[one.field], Attachments)
            else None,
            formatted=marked_up(after[one.field])
            if isinstance(form[one.field], Text) and form[one.field].markdown and one.after
            else None,
        )
        for one in found
        if one.field in labels
    ]


def public_href(entry: Any) -> str:
    """Return where readers find a published entry."""
    match entry:
        case Practice():
            return url_for("practices.detail", slug=entry.slug)
        case Event():
            return url_for("events.detail", slug=entry.slug)
        case Resource():
            return url_for("resources.index")
        case Municipality():
            return municipality_href(entry)
        case ContactPoint():
            return municipality_href(entry.municipality) + "#ansprechstellen"
    return municipality_href(entry.municipality)


def shown_value(form: EntryForm, field: str, value: Any) -> str:
    """Return the value of one field as somebody would read it."""
    return as_text(_readable(form, {field: value})[field])


def _readable(form: EntryForm, values: dict[str, Any]) -> dict[str, Any]:
    """Return `values` with the labels of what was chosen in place of keys."""
    return {
        name: _labelled(form[name], value) if name in form else value
        for name, value in values.items()
    }


def _shown_files(values: dict[str, Any]) -> list[ShownFile]:
    files = find_files(db.session, set(attachment_hashes(values)))
    return [
        ShownFile(files.get(part["sha256"]), part.get("alternative_text") or "", _said_of(part))
        for part in values.get("attachments") or ()
    ]


def _said_of(part: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what is said about a file, as label and text."""
    licences = {licence.value: licence.label for licence in Licence}
    common = [
        ("Von", part.get("author") or ""),
        ("Lizenz", licences.get(part.get("licence") or "", "")),
    ]
    if part.get("kind") == FileKind.DOCUMENT:
        return [("Titel", part.get("caption") or ""), *common]
    shows = "schmückend" if part.get("decorative") else part.get("alternative_text") or ""
    below = [("Bildunterschrift", part["caption"])] if part.get("caption") else []
    return [("Alternativtext", shows), *below, *common]


def _labelled(field: Any, value: Any) -> Any:
    if isinstance(field, Attachments):
        return [
            "; ".join(f"{label}: {text or 'fehlt'}" for label, text in _said_of(part))
            for part in value or ()
            if isinstance(part, dict)
        ]
    if isinstance(field, Rows):
        inner = {one.name.rsplit("-", 1)[-1]: one for one in field.entries[0].form}
        return [
            {
                name: _labelled(inner[name], part) if name in inner else part
                for name, part in row.items()
            }
            for row in value or ()
            if isinstance(row, dict)
        ]
    if isinstance(field, Day):
        return date(value) if value and is_partial_date(value) else value
    labels = dict(getattr(field, "choices", ())) | dict(getattr(field, "names", {}))
    if isinstance(value, list):
        return [labels.get(str(one), one) for one in value]
    if isinstance(value, bool) or value is None:
        return value
    return labels.get(str(value), value)

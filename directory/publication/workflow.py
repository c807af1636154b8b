"""The way of a working copy: from draft to published, each step through one door.

Draft → submitted → published, with the detours "returned, because …" and "appears later". What a
step does to the entry itself is up to the editorial desk; here is what is
possible when, and the trace it leaves. Callers commit.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.errors import Conflict, NotFound
from directory.publication.models import (
    EntryKind,
    FieldComment,
    Stage,
    StageChange,
    WorkingCopy,
    WorkingCopyState,
)
from directory.publication.validation import InvalidEntry
from directory.text import clean

# So many saves of a copy can be compared and taken back; older ones are let go.
MOST_STATES = 30
# Of what the browser saves by itself while somebody types, one state in so long is enough.
_ONE_SITTING = dt.timedelta(minutes=5)
LONGEST_NOTE = 2_000


class Overtaken(Conflict):
    """Somebody else saved in between; nothing is overwritten without being asked."""

    title = "Inzwischen geändert"

    def __init__(self, copy: WorkingCopy) -> None:
        super().__init__(
            "Jemand hat diese Fassung geändert, während Sie daran gearbeitet haben. "
            "Bitte entscheiden Sie Feld für Feld."
        )
        self.copy = copy


class OwnWork(Conflict):
    """Nobody publishes what they wrote themselves."""

    title = "Vier Augen sehen mehr"


class WrongStep(Conflict):
    """The step does not fit where the copy stands."""


class AlreadyOpen(Conflict):
    """There is a working copy of this entry already."""

    title = "Daran wird schon gearbeitet"

    def __init__(self, copy: WorkingCopy) -> None:
        super().__init__("Für diesen Eintrag gibt es schon eine Arbeitsfassung.")
        self.copy = copy


@dataclass(frozen=True)
class Step:
    """One kind of step: from which stages it is possible and where it leads."""

    label: str
    before: frozenset[Stage]
    after: Stage
    needs_note: bool = False


SUBMIT = Step("Zur Prüfung einreichen", frozenset({Stage.DRAFT, Stage.RETURNED}), Stage.SUBMITTED)
TAKE_BACK = Step("Zurückholen", frozenset({Stage.SUBMITTED, Stage.SCHEDULED}), Stage.DRAFT)
SEND_BACK = Step(
    "Zurückgeben",
    frozenset({Stage.SUBMITTED, Stage.SCHEDULED}),
    Stage.RETURNED,
    needs_note=True,
)
SCHEDULE = Step("Zu einem Termin freigeben", frozenset({Stage.SUBMITTED}), Stage.SCHEDULED)
PUBLISH = Step("Veröffentlichen", frozenset({Stage.SUBMITTED, Stage.SCHEDULED}), Stage.PUBLISHED)
DISCARD = Step(
    "Verwerfen", frozenset({Stage.DRAFT, Stage.RETURNED, Stage.SUBMITTED}), Stage.DISCARDED
)
STEPS = (SUBMIT, TAKE_BACK, SEND_BACK, SCHEDULE, PUBLISH, DISCARD)


def begin(
    session: Session,
    *,
    kind: EntryKind,
    fields: Mapping[str, Any],
    by: str,
    key: str | None = None,
    ags: str | None = None,
    title: str = "",
    base_version: int = 0,
) -> WorkingCopy:
    """Begin a working copy of the entry `key`, or of a new one; raise `AlreadyOpen`."""
    if key is not None and (open_one := find_open(session, kind, key)):
        raise AlreadyOpen(open_one)
    now = utc_now()
    copy = WorkingCopy(
        kind=kind,
        key=key,
        ags=ags,
        title=title,
        fields=dict(fields),
        base_version=base_version,
        version=1,
        stage=Stage.DRAFT,
        author=by,
        contributors=[by],
        created_at=now,
        updated_at=now,
    )
    copy.steps.append(StageChange(before=None, after=Stage.DRAFT, actor=by, at=now))
    _remember(copy, by, now)
    session.add(copy)
    session.flush()
    return copy


def find_open(session: Session, kind: EntryKind, key: str) -> WorkingCopy | None:
    """Return the working copy of the entry that somebody is still at, if there is one."""
    return session.scalar(
        select(WorkingCopy).where(
            WorkingCopy.kind == kind,
            WorkingCopy.key == key,
            WorkingCopy.stage.not_in((Stage.PUBLISHED, Stage.DISCARDED)),
        )
    )


def save(
    session: Session,
    copy: WorkingCopy,
    fields: Mapping[str, Any],
    *,
    seen: int,
    by: str,
    title: str | None = None,
    ags: str | None = None,
    by_itself: bool = False,
) -> bool:
    """Keep `fields` as what the copy says; return whether that changed anything.

    `seen` is the version the writer had before them; `by_itself`: the browser saved, nobody asked
    it to, so the state may stand for the one just before. A returned copy stays returned until it
    is submitted again.

    Raises:
        Overtaken: the copy was saved by somebody else since, with other words.
        WrongStep: it is submitted or published: take it back first.
    """
    if copy.stage not in {Stage.DRAFT, Stage.RETURNED}:
        raise WrongStep(
            f"Diese Fassung ist {copy.stage.label} und kann so nicht geändert werden. "
            "Holen Sie sie zuerst zurück."
        )
    if dict(fields) == copy.fields:
        return False
    if copy.version != seen:
        raise Overtaken(copy)
    now = utc_now()
    copy.fields = dict(fields)
    copy.version += 1
    copy.updated_at = now
    if title is not None:
        copy.title = title
    if ags is not None:
        copy.ags = ags
    if by not in copy.contributors:
        copy.contributors = [*copy.contributors, by]
    if by_itself:
        _forget_last(copy, by, now)
    _remember(copy, by, now)
    session.flush()
    return True


def get_for_change(session: Session, copy_id: int) -> WorkingCopy:
    """Return the copy, locked until the transaction ends; raise `NotFound`."""
    copy = session.scalar(
        select(WorkingCopy)
        .where(WorkingCopy.id == copy_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if copy is None:
        raise NotFound("Diese Arbeitsfassung gibt es nicht (mehr).")
    return copy


def state_at(session: Session, copy: WorkingCopy, version: int) -> dict[str, Any] | None:
    """Return what the copy said at `version`, as long as that is kept."""
    state = session.get(WorkingCopyState, (copy.id, version))
    return dict(state.fields) if state else None


def take(
    session: Session, copy: WorkingCopy, step: Step, *, by: str, note: str | None = None
) -> StageChange:
    """Take one step with `copy`: the only place where its stage changes.

    Raises:
        WrongStep: the step is not possible from where the copy stands.
        OwnWork: `by` wrote in it and must not approve it.
        InvalidEntry: the step needs a reason (`note`).
    """
    if copy.stage not in step.before:
        raise WrongStep(f"Diese Fassung ist {copy.stage.label}: „{step.label}“ geht nicht mehr.")
    if step in (PUBLISH, SCHEDULE) and by in {copy.author, *copy.contributors}:
        raise OwnWork(
            "Sie haben an dieser Fassung selbst geschrieben. Veröffentlichen kann sie nur jemand "
            "anderes aus der Prüfung."
        )
    note = clean(note or "") or None
    if step.needs_note and note is None:
        raise InvalidEntry({"note": "Bitte schreiben Sie, warum."})
    if note and len(note) > LONGEST_NOTE:
        raise InvalidEntry({"note": f"Bitte höchstens {LONGEST_NOTE} Zeichen."})
    now = utc_now()
    change = StageChange(before=copy.stage, after=step.after, actor=by, at=now, note=note)
    copy.steps.append(change)
    copy.stage = step.after
    if step is SUBMIT:
        copy.submitted_at = now
    if step is not SCHEDULE:
        copy.publish_at = None
    if step in (PUBLISH, DISCARD):
        _close(session, copy, now)
    session.flush()
    return change


def schedule(session: Session, copy: WorkingCopy, *, at: dt.datetime, by: str) -> StageChange:
    """Approve `copy` for publication at a moment to come; raise as `take` does."""
    if at <= utc_now():
        raise InvalidEntry({"publish_at": "Dieser Zeitpunkt ist schon vorbei."})
    change = take(session, copy, SCHEDULE, by=by)
    copy.publish_at = at
    session.flush()
    return change


def comment(session: Session, copy: WorkingCopy, *, field: str, words: str, by: str) -> None:
    """Say something about one field; an empty text says nothing. Raise `InvalidEntry`."""
    words = clean(words)
    if len(words) > LONGEST_NOTE:
        raise InvalidEntry({field: f"Bitte höchstens {LONGEST_NOTE} Zeichen."})
    if words:
        copy.comments.append(FieldComment(field=field, text=words, actor=by, at=utc_now()))
        session.flush()


def settle(session: Session, comment: FieldComment) -> None:
    """Mark what was said about a field as done."""
    comment.settled_at = comment.settled_at or utc_now()
    session.flush()


def _close(session: Session, copy: WorkingCopy, now: dt.datetime) -> None:
    # The entry's revisions say what was published; what was written on the way may go.
    for one in copy.comments:
        one.settled_at = one.settled_at or now
    session.execute(_FORGET_STATES, {"copy": copy.id})
    session.expire(copy, ["states"])


# Not one by one: each holds a whole entry.
_STATES: Any = WorkingCopyState.__table__
_FORGET_STATES = delete(_STATES).where(_STATES.c.copy_id == bindparam("copy"))


def _forget_last(copy: WorkingCopy, by: str, now: dt.datetime) -> None:
    """Let the last state go if the same writer left the one before it a moment ago, too."""
    recent = copy.states[-2:]
    if len(recent) == 2 and all(one.actor == by and now - one.at < _ONE_SITTING for one in recent):
        copy.states.pop()


def _remember(copy: WorkingCopy, by: str, now: dt.datetime) -> None:
    copy.states.append(
        WorkingCopyState(version=copy.version, fields=dict(copy.fields), actor=by, at=now)
    )
    while len(copy.states) > MOST_STATES:
        copy.states.pop(0)

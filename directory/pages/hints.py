"""`/hinweis?zu=practice:…`: visitors say that an entry is out of date, without an account.

No captcha: machines are told apart by how fast they are, by a field people do not see and by how
often they come.
"""

from collections.abc import Callable, Mapping

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from directory.accounts.attempts import TooManyTries
from directory.config import Settings
from directory.contacts import queries as contacts
from directory.db import begin_write, db
from directory.errors import Hint, NotFound
from directory.events import queries as events
from directory.events.models import Resource
from directory.feedback.hints import (
    Target,
    count_visitor,
    leave_hint,
)
from directory.feedback.operations import (
    LONGEST_ADDRESS,
    LONGEST_MESSAGE,
    InvalidMessage,
    TooManyMessages,
)
from directory.municipalities import queries as municipalities
from directory.pages.components.cards import municipality_href
from directory.practices import queries as practices
from directory.publication.models import EntryKind, Status
from directory.topics import queries as topics
from directory.web.humans import HONEYPOT, machine_trouble, shown_mark
from directory.web.today import now

bp = Blueprint("hints", __name__, url_prefix="/hinweis")

_FIELDS = ("message", "suggestion", "reply_to")
_LONGEST_KEY = 120
_FORM = "hinweis"

# A target and the address of its page
_Found = tuple[Target, str]


@bp.get("")
def form() -> Response:
    """Show the form for one entry."""
    return _page(_target(), dict.fromkeys(_FIELDS, ""), {})


@bp.post("")
def leave() -> Response:
    """Keep a hint and lead to its receipt number."""
    begin_write(db.session)
    found = _target()
    entered = {name: request.form.get(name, "") for name in _FIELDS}
    keys = _settings().secret_keys
    try:
        _refuse_machines(keys)
        kept = leave_hint(db.session, found[0], **entered)
    except InvalidMessage as error:
        db.session.rollback()
        return _page(found, entered, error.problems, error.status)
    except (TooManyMessages, TooManyTries) as error:
        db.session.rollback()
        response = _page(found, entered, {"form": error.sentence}, error.status)
        response.headers["Retry-After"] = str(error.retry_after_seconds)
        return response
    db.session.commit()
    return redirect(url_for("pages.feedback_state", nummer=kept.receipt), 303)


def _refuse_machines(keys: tuple[str, ...]) -> None:
    trouble = machine_trouble(_FORM, request.form, keys, now())
    if trouble:
        raise InvalidMessage({"form": trouble})
    count_visitor(db.session, request.remote_addr or "", keys)


def find_target(session: Session, words: str) -> _Found | None:
    """Return the public entry that `practice:slug` and its kin name, with its page."""
    kind, _, key = words.partition(":")
    finder = _FINDERS.get(kind)
    return finder(session, key) if finder and 0 < len(key) <= _LONGEST_KEY else None


def _practice(session: Session, slug: str) -> _Found | None:
    found = practices.find_by_slug(session, slug)
    if found is None:
        return None
    target = Target(EntryKind.PRACTICE, slug, found.title, found.ags)
    return target, url_for("practices.detail", slug=slug)


def _municipality(session: Session, ags: str) -> _Found | None:
    found = municipalities.find_by_ags(session, ags)
    if found is None:
        return None
    return Target(EntryKind.MUNICIPALITY, ags, found.name, ags), municipality_href(found)


def _contact(session: Session, number: str) -> _Found | None:
    if not number.isascii() or not number.isdecimal() or len(number) > 9:
        return None
    for found in contacts.by_ids(session, [int(number)]):
        title = f"{found.unit}, {found.municipality.name}"
        target = Target(EntryKind.CONTACT, str(found.id), title, found.ags)
        return target, municipality_href(found.municipality) + "#ansprechstellen"
    return None


def _event(session: Session, slug: str) -> _Found | None:
    found = events.find_by_slug(session, slug)
    if found is None:
        return None
    target = Target(EntryKind.EVENT, slug, found.title, None)
    return target, url_for("events.detail", slug=slug)


def _resource(session: Session, slug: str) -> _Found | None:
    found = session.scalar(
        select(Resource).where(Resource.slug == slug, Resource.status == Status.PUBLISHED)
    )
    if found is None:
        return None
    return Target(EntryKind.RESOURCE, slug, found.title[:300], None), url_for("resources.index")


def _topic(session: Session, slug: str) -> _Found | None:
    found = topics.find_by_slug(session, slug)
    if found is None:
        return None
    return Target(EntryKind.TERM, slug, found.label, None), url_for("topics.detail", slug=slug)


_FINDERS: Mapping[str, Callable[[Session, str], _Found | None]] = {
    "practice": _practice,
    "municipality": _municipality,
    "contact": _contact,
    "event": _event,
    "resource": _resource,
    "topic": _topic,
}


def _target() -> _Found:
    found = find_target(db.session, request.args.get("zu", ""))
    if found is None:
        raise NotFound(
            "Zu diesem Eintrag können wir keinen Hinweis annehmen: Es gibt ihn nicht (mehr).",
            (Hint("Andere Fehler melden", url_for("pages.accessibility")),),
        )
    return found


def _page(
    found: _Found, entered: Mapping[str, str], problems: Mapping[str, str], status: int = 200
) -> Response:
    target, href = found
    page = render_template(
        "hints/form.html",
        title=target.title,
        href=href,
        action=url_for(".leave", zu=request.args["zu"]),
        entered=entered,
        problems=problems,
        honeypot=HONEYPOT,
        shown=shown_mark(_FORM, _settings().secret_keys, now()),
        longest={"message": LONGEST_MESSAGE, "reply_to": LONGEST_ADDRESS},
    )
    response = make_response(page, status)
    # The form says when it was shown, so nobody else may get it later.
    response.headers["Cache-Control"] = "no-store"
    return response


def _settings() -> Settings:
    settings: Settings = current_app.config["DIRECTORY"]
    return settings

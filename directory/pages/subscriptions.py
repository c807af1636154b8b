"""`/abo`: news of a saved search by mail, for anyone: asking, confirming, changing, ending.

No page says whether an address is known; only the letter does. No page shows an address.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from directory.accounts.attempts import TooManyTries
from directory.config import Settings
from directory.db import begin_write, db
from directory.errors import DirectoryError, Hint, NotFound
from directory.mail.addresses import LONGEST, InvalidAddress
from directory.pages.components.listing import list_href
from directory.search.criteria import Criteria
from directory.search.lists.listings import LISTINGS, ListKind
from directory.search.lists.reference import Reference, get_reference
from directory.search.wording import described
from directory.subscriptions import operations
from directory.subscriptions.models import Rhythm, Subscriber
from directory.subscriptions.operations import PENDING_LIVES, SearchTooLong, TooManyRequests
from directory.subscriptions.searches import SUBSCRIBED, canonical, find_criteria
from directory.subscriptions.tokens import Purpose, make_token, read_token
from directory.web.humans import HONEYPOT, SHOWN, machine_trouble, shown_mark
from directory.web.today import now

bp = Blueprint("subscriptions", __name__, url_prefix="/abo")

_FORM = "abo"
_LIST = "liste"


@bp.get("")
def form() -> Response:
    """Show what would be subscribed to, and ask for an address."""
    reference = get_reference(db.session)
    return _form(_asked(reference), reference, address="", problems={})


@bp.post("")
def ask() -> Response:
    """Send the link that confirms, whoever asks for it."""
    settings = _settings()
    begin_write(db.session)
    reference = get_reference(db.session)
    criteria = _asked(reference)
    address = request.form.get("address", "")
    trouble = machine_trouble(_FORM, request.form, settings.secret_keys, now())
    if trouble:
        return _form(criteria, reference, address, {"form": trouble}, InvalidAddress.status)
    try:
        operations.count_request(
            db.session,
            visitor=request.remote_addr or "",
            address=address,
            keys=settings.secret_keys,
        )
        operations.ask(
            db.session,
            address=address,
            criteria=criteria,
            reference=reference,
            settings=settings,
            now=now(),
        )
    except InvalidAddress as error:
        return _refused(criteria, reference, address, {"address": error.sentence}, error)
    except (SearchTooLong, TooManyRequests, TooManyTries) as error:
        return _refused(criteria, reference, address, {"form": error.sentence}, error)
    db.session.commit()
    return redirect(url_for(".asked"), 303)


@bp.get("/angefragt")
def asked() -> Response:
    """Say what happens next, the same to everybody."""
    return _private(render_template("subscriptions/asked.html", days=PENDING_LIVES.days))


@bp.get("/bestaetigen/<token>")
def confirmation(token: str) -> Response:
    """Show what the link confirms; opening it changes nothing, for mail scanners open links."""
    handle = read_token(Purpose.CONFIRM, token, _settings().secret_keys)
    found = operations.find_by_handle(db.session, handle, now=now())
    return _private(
        render_template(
            "subscriptions/confirm.html",
            label=found.label if found else "",
            action=url_for(".confirm", token=token),
            confirmed=found is not None and found.confirmed_at is not None,
        )
    )


@bp.post("/bestaetigen/<token>")
def confirm(token: str) -> Response:
    """Begin the subscription and lead to where it can be changed."""
    handle = read_token(Purpose.CONFIRM, token, _settings().secret_keys)
    begin_write(db.session)
    found = operations.find_by_handle(db.session, handle, now=now())
    if found is None:
        return redirect(url_for(".confirmation", token=token), 303)
    operations.confirm(db.session, found, now=now())
    subscriber = found.subscriber
    db.session.commit()
    return redirect(_manage_href(subscriber), 303)


@bp.get("/verwalten/<token>")
def manage(token: str) -> Response:
    """Show everything this address gets, to be changed or ended."""
    handle = read_token(Purpose.MANAGE, token, _settings().secret_keys)
    subscriber = operations.find_subscriber(db.session, handle)
    reference = get_reference(db.session)
    return _private(
        render_template(
            "subscriptions/manage.html",
            action=url_for(".change", token=token),
            subscriptions=_shown(subscriber, reference) if subscriber else [],
            rhythms=[(one.value, one.label) for one in Rhythm],
        )
    )


@bp.post("/verwalten/<token>")
def change(token: str) -> Response:
    """End one subscription (`beenden=17`), all (`beenden=alle`), or change how often."""
    handle = read_token(Purpose.MANAGE, token, _settings().secret_keys)
    begin_write(db.session)
    subscriber = operations.find_subscriber(db.session, handle)
    if subscriber is not None:
        _change(subscriber)
    db.session.commit()
    return redirect(url_for(".manage", token=token), 303)


@bp.get("/abmelden/<token>")
def ending(token: str) -> Response:
    """Ask whether to end everything; opening the link changes nothing."""
    handle = read_token(Purpose.END, token, _settings().secret_keys)
    found = operations.find_subscriber(db.session, handle)
    return _private(
        render_template(
            "subscriptions/end.html", action=url_for(".end", token=token), ended=found is None
        )
    )


@bp.post("/abmelden/<token>")
def end(token: str) -> Response:
    """End everything of this address at once: the button of a page, or one click (RFC 8058).

    Mail providers post `List-Unsubscribe=One-Click` and follow no redirect.
    """
    handle = read_token(Purpose.END, token, _settings().secret_keys)
    begin_write(db.session)
    subscriber = operations.find_subscriber(db.session, handle)
    if subscriber is not None:
        operations.end_all(db.session, subscriber)
    db.session.commit()
    if request.form.get("List-Unsubscribe") == "One-Click":
        return Response("Abgemeldet.\n", mimetype="text/plain")
    return redirect(url_for(".ending", token=token), 303)


def _asked(reference: Reference) -> Criteria:
    """Return what the address asks to be subscribed to; raise `NotFound` for other lists."""
    args = MultiDict(request.args)
    name = args.poplist(_LIST)
    kind = next((one for one in SUBSCRIBED if [one.value] == name), None)
    if name and kind is None:
        raise NotFound(
            "Neuigkeiten per E-Mail gibt es zu Praxisbeispielen und zu Veranstaltungen.",
            (Hint("Zu den Praxisbeispielen", url_for("practices.index")),),
        )
    return canonical(Criteria.from_args(args, kind=kind or ListKind.PRACTICES, reference=reference))


def _form(
    criteria: Criteria,
    reference: Reference,
    address: str,
    problems: Mapping[str, str],
    status: int = 200,
) -> Response:
    query = urlencode([(_LIST, criteria.kind.value), *criteria.pairs()])
    page = render_template(
        "subscriptions/form.html",
        label=described(criteria, reference),
        list_href=list_href(criteria),
        list_label=LISTINGS[criteria.kind].plural,
        action=f"{url_for('.ask')}?{query}",
        notes=criteria.problems,
        address=address,
        problems=problems,
        honeypot=HONEYPOT,
        shown_name=SHOWN,
        shown=shown_mark(_FORM, _settings().secret_keys, now()),
        longest=LONGEST,
    )
    return _private(page, status)


def _refused(
    criteria: Criteria,
    reference: Reference,
    address: str,
    problems: Mapping[str, str],
    error: DirectoryError,
) -> Response:
    db.session.rollback()
    response = _form(criteria, reference, address, problems, error.status)
    seconds = getattr(error, "retry_after_seconds", None)
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    return response


def _change(subscriber: Subscriber) -> None:
    ending = request.form.get("beenden", "")
    if ending == "alle":
        operations.end_all(db.session, subscriber)
    elif ending.isascii() and ending.isdecimal() and len(ending) < 10:
        operations.end(db.session, subscriber, int(ending))
    else:
        for one in subscriber.subscriptions:
            rhythm = request.form.get(f"rhythmus-{one.id}", "")
            if rhythm in {known.value for known in Rhythm}:
                operations.set_rhythm(db.session, one, Rhythm(rhythm))


def _shown(subscriber: Subscriber, reference: Reference) -> list[dict[str, object]]:
    shown = []
    for one in subscriber.subscriptions:
        if one.confirmed_at is None:
            continue
        criteria = find_criteria(one.kind, one.query, reference)
        shown.append(
            {
                "id": one.id,
                "label": one.label,
                "href": list_href(criteria) if criteria else "",
                "rhythm": one.rhythm.value,
                "last_sent_at": one.last_sent_at,
            }
        )
    return shown


def _manage_href(subscriber: Subscriber) -> str:
    keys = _settings().secret_keys
    return url_for(".manage", token=make_token(Purpose.MANAGE, subscriber.handle, keys))


def _private(page: str, status: int = 200) -> Response:
    """Return a page that nobody else may be shown later."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _settings() -> Settings:
    settings: Settings = current_app.config["DIRECTORY"]
    return settings

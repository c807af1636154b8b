"""What every public body owes its readers: Impressum, Datenschutz, Barrierefreiheit and the rest.

The texts live in `templates/pages/`; what depends on the installation comes from the settings.
"""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from directory.attributions import DATA_SOURCES, SOFTWARE, browser_packages
from directory.config import Settings
from directory.db import begin_write, db
from directory.feedback.operations import (
    LONGEST_ADDRESS,
    LONGEST_MESSAGE,
    LONGEST_PAGE,
    LONGEST_RECEIPT,
    InvalidMessage,
    TooManyMessages,
    leave_message,
)
from directory.feedback.queries import find_by_receipt
from directory.municipalities import queries as municipalities
from directory.pages.components.cards import POPULATION_BASE
from directory.pages.home import bp
from directory.pages.map import CONSENT_COOKIE
from directory.pages.municipalities import NETWORK_SIZE
from directory.text import clean
from directory.web.humans import HONEYPOT

# When the statement on accessibility was last compared with the website. It has to be looked at
# once a year (BITVNRW); a test fails as soon as this date is twelve months old.
STATEMENT_CHECKED = dt.date(2026, 11, 23)
# When the text in Leichte Sprache and the privacy statement were last compared with the website.
PLAIN_LANGUAGE_CHECKED = dt.date(2026, 11, 23)
PRIVACY_CHECKED = dt.date(2026, 11, 23)

_FIELDS = ("page", "message", "reply_to")


@dataclass(frozen=True)
class Operator:
    """Who runs this installation, as far as the settings say so."""

    name: str
    address: tuple[str, ...]
    email: str

    @property
    def is_known(self) -> bool:
        """Whether everything an Impressum needs has been filled in."""
        return bool(self.name and self.address and self.email)


@bp.get("/ueber")
def about() -> str:
    """Say what the directory is, how its entries come about and what its words mean."""
    return render_template(
        "pages/about.html",
        members=municipalities.documented_members(db.session),
        network_size=NETWORK_SIZE,
        population_base=POPULATION_BASE,
    )


@bp.get("/impressum")
def imprint() -> str:
    """Say who answers for the website."""
    return render_template("pages/imprint.html", operator=_operator())


@bp.get("/datenschutz")
def privacy() -> str:
    """Say which data of visitors are handled: hardly any."""
    tiles_host = urlsplit(_settings().tiles_url).hostname or ""
    return render_template(
        "pages/privacy.html",
        operator=_operator(),
        tiles_host=tiles_host,
        tiles_from_bkg=tiles_host.endswith(".geodatenzentrum.de"),
        tiles_cookie=CONSENT_COOKIE,
        geocoder_host=urlsplit(_settings().geocoder_url).hostname or "",
        checked=PRIVACY_CHECKED,
    )


@bp.get("/leichte-sprache")
def plain_language() -> str:
    """Say the essentials in Leichte Sprache."""
    return render_template(
        "pages/plain_language.html",
        checked=PLAIN_LANGUAGE_CHECKED,
        statement_checked=STATEMENT_CHECKED,
        network_size=NETWORK_SIZE,
    )


@bp.get("/lizenzen")
def licences() -> str:
    """Name all data sources and all software with their licences."""
    return render_template(
        "pages/licences.html",
        data_sources=DATA_SOURCES,
        software=SOFTWARE,
        browser_packages=browser_packages(),
        tiles_attribution=_settings().tiles_attribution if _settings().tiles_url else "",
    )


@bp.get("/barrierefreiheit")
def accessibility() -> str:
    """Show the statement with the form; `?betrifft=/kommunen/bonn` fills in the page."""
    about_page = request.args.get("betrifft", "")[:LONGEST_PAGE]
    return _statement(entered={"page": about_page, "message": "", "reply_to": ""}, problems={})


@bp.post("/barrierefreiheit")
def leave_feedback() -> AnyResponse:
    """Keep a message about a barrier or a mistake."""
    entered = {name: request.form.get(name, "") for name in _FIELDS}
    if request.form.get(HONEYPOT):
        sentence = "Das sah nach einem Automaten aus. Bitte senden Sie das Formular noch einmal ab."
        return make_response(_statement(entered, {"form": sentence}), InvalidMessage.status)
    begin_write(db.session)
    try:
        kept = leave_message(db.session, **entered)
    except InvalidMessage as error:
        return make_response(_statement(entered, error.problems), error.status)
    except TooManyMessages as error:
        response = make_response(_statement(entered, {"form": error.sentence}), error.status)
        response.headers["Retry-After"] = str(error.retry_after_seconds)
        return response
    db.session.commit()
    return redirect(url_for(".feedback_state", nummer=kept.receipt), 303)


@bp.get("/barrierefreiheit/eingang")
def feedback_state() -> Response:
    """Say what became of a message, `?nummer=K7-3Q9F`, and show nothing of what it says."""
    number = clean(request.args.get("nummer", "")).upper()[:LONGEST_RECEIPT]
    kept = find_by_receipt(db.session, number) if number else None
    page = render_template("pages/feedback_state.html", number=number, feedback=kept)
    response = make_response(page, 404 if number and kept is None else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _statement(entered: dict[str, str], problems: dict[str, str]) -> str:
    return render_template(
        "pages/accessibility.html",
        operator=_operator(),
        base_url=_settings().base_url,
        checked=STATEMENT_CHECKED,
        entered=entered,
        problems=problems,
        honeypot=HONEYPOT,
        longest={"page": LONGEST_PAGE, "message": LONGEST_MESSAGE, "reply_to": LONGEST_ADDRESS},
    )


def _operator() -> Operator:
    settings = _settings()
    lines = (line.strip() for line in settings.operator_address.split(","))
    return Operator(
        settings.operator, tuple(line for line in lines if line), settings.operator_email
    )


def _settings() -> Settings:
    settings: Settings = current_app.config["DIRECTORY"]
    return settings

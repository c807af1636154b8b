"""Errors become answers here and nowhere else: a page, or problem+json for programmes.

These pages need no database, no `url_for` and no user, so that they work when nothing else does.
"""

import logging
from typing import Any

import orjson
from flask import Flask, Response, current_app, g, render_template, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from werkzeug.exceptions import HTTPException, InternalServerError

from directory.errors import NO_ANSWER, DirectoryError, Hint, Unavailable

log = logging.getLogger(__name__)

# Paths below which programmes ask, not people.
_PROGRAMME_PATHS = ("/api/", "/ogc", "/map/", "/healthz", "/readyz")

_SENTENCES = {
    400: ("Anfrage nicht verstanden", "Die Anfrage war unvollständig oder fehlerhaft."),
    403: ("Nicht erlaubt", "Diese Anfrage kam nicht von unserer Website und wurde abgelehnt."),
    404: ("Nicht gefunden", "Unter dieser Adresse gibt es keine Seite."),
    405: ("So nicht vorgesehen", "Diese Adresse kann so nicht aufgerufen werden."),
    406: ("Nicht in dieser Form", "Diese Antwort gibt es nur als JSON (application/json)."),
    413: ("Zu groß", "Das Gesendete ist zu groß. Bitte kürzen Sie es."),
    414: ("Adresse zu lang", "Die Adresse ist zu lang. Bitte verwenden Sie weniger Filter."),
    415: ("Nicht in dieser Form", "Diese Adresse nimmt das Gesendete nicht in dieser Form."),
    429: ("Zu viele Anfragen", "Bitte warten Sie einen Moment und versuchen Sie es dann erneut."),
    500: (
        "Fehler auf unserer Seite",
        "Hier ist etwas schiefgegangen. Ihre Eingaben haben daran keine Schuld.",
    ),
}
_WAYS_ON = (Hint("Zur Startseite", "/"), Hint("Suche", "/suche"), Hint("Karte", "/karte"))


def init_app(app: Flask) -> None:
    """Answer every error of `app`."""
    app.register_error_handler(DirectoryError, answer)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(DBAPIError, _answer_database_error)
    app.register_error_handler(NoConnectionLeft, _answer_database_error)
    app.register_error_handler(Exception, _answer_fault)


def answer(error: DirectoryError) -> Response:
    """Return the page or problem that tells people of `error`."""
    if asks_a_programme():
        response = problem(error.status, error.title, error.sentence, **error.members)
    else:
        response = _answer(error.status, error.title, error.sentence, error.hints or _WAYS_ON)
    response.headers.update(error.headers)
    retry_after = getattr(error, "retry_after_seconds", None)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _answer_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    title, sentence = _SENTENCES.get(status, _SENTENCES[400 if status < 500 else 500])
    response = _answer(status, title, sentence, _WAYS_ON)
    # Werkzeug's own headers stay: `Allow` of a 405, `Location` of a redirect.
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _answer_database_error(error: DBAPIError | NoConnectionLeft) -> Response:
    log.error("Database does not answer: %s", error)
    return answer(Unavailable(NO_ANSWER))


def _answer_fault(error: Exception) -> Response:
    log.error("Unexpected error", exc_info=error)
    return _answer_http_error(InternalServerError())


def _answer(status: int, title: str, sentence: str, hints: tuple[Hint, ...]) -> Response:
    if asks_a_programme():
        return problem(status, title, sentence)
    page = render_template(
        "error.html",
        status=status,
        title=title,
        message=sentence,
        hints=[(hint.label, hint.href) for hint in hints],
        stylesheet=current_app.config["ASSET_PREFIX"] + "css/site.css",
        is_framed="framed" in g,
    )
    return Response(page, status=status, headers={"Cache-Control": "no-store"})


def asks_a_programme() -> bool:
    """Whether address or caller say that a programme asks: it gets problems, not pages."""
    if g.get("shows_page"):
        return False
    return request.path.startswith(_PROGRAMME_PATHS) or asks_for_json()


def show_page() -> None:
    """Answer errors of this request with a page: a person looks at an address of programmes."""
    g.shows_page = True


def asks_for_json() -> bool:
    """Whether the caller wants JSON first, as our own scripts do at addresses of pages."""
    return request.accept_mimetypes.best == "application/json"


def problem(status: int, title: str, sentence: str, **members: Any) -> Response:
    """Return an RFC 9457 problem."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": sentence} | members
    return Response(
        orjson.dumps(body),
        status=status,
        mimetype="application/problem+json",
        headers={"Cache-Control": "no-store"},
    )

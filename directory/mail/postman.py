"""Delivers letters while the website runs, after answers have gone out.

Letters are written by requests that change something, so each of those wakes the postman; other
requests do once a minute, for letters that wait for another try. It works in a thread of its own:
no request, and no connection that a browser keeps open, waits for a mail server. Where nobody
visits for long, `directory mail send` does the same from cron.
"""

import logging
import threading
import time
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wsgi import ClosingIterator

from directory.config import Settings
from directory.db import db
from directory.errors import DirectoryError
from directory.mail.delivery import ROUND, OnUndeliverable, deliver_due
from directory.mail.transports import Transport, transport_of

# False: letters only wait (tests, read-only installations)
SETTING = "DELIVER_MAIL"

_PAUSE_SECONDS = 3.0
_LOOK_EVERY_SECONDS = 60.0
_READING = {"GET", "HEAD", "OPTIONS"}

_log = logging.getLogger(__name__)


class Postman:
    """At most one thread per process that delivers what is due, and rests between its rounds."""

    def __init__(
        self, transport: Transport, on_undeliverable: OnUndeliverable | None = None
    ) -> None:
        self._transport = transport
        self._on_undeliverable = on_undeliverable
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wanted = False
        self._last_round = -_PAUSE_SECONDS
        self._woken_at = time.monotonic()

    def is_due(self, *, changed: bool) -> bool:
        """Return whether to wake it: something may have been `changed`, or it is time to look."""
        return changed or time.monotonic() - self._woken_at >= _LOOK_EVERY_SECONDS

    def wake(self, engine: Engine) -> None:
        """Have the letters at `engine` delivered soon; returns at once."""
        with self._lock:
            self._woken_at = time.monotonic()
            self._wanted = True
            if self._thread is None:
                # A daemon: the end of the process does not wait, and what it had in hand is kept.
                self._thread = threading.Thread(
                    target=self._work, args=(engine,), name="postman", daemon=True
                )
                self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait until it has nothing more to do, but not longer than `seconds`."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _work(self, engine: Engine) -> None:
        try:
            while self._may_go_on():
                time.sleep(max(0.0, self._last_round + _PAUSE_SECONDS - time.monotonic()))
                with self._lock:
                    self._wanted = False
                self._deliver(engine)
                self._last_round = time.monotonic()
        except BaseException:
            # A fault of ours ends this thread, and the next request may start another.
            with self._lock:
                self._thread = None
            raise

    def _deliver(self, engine: Engine) -> None:
        try:
            report = deliver_due(engine, self._transport, on_undeliverable=self._on_undeliverable)
        except (SQLAlchemyError, DirectoryError):
            # The letters wait in the database; the next round tries again.
            _log.warning("Could not deliver mail", exc_info=True)
            return
        if report.tried >= ROUND:
            with self._lock:
                self._wanted = True  # more of them may be due

    def _may_go_on(self) -> bool:
        with self._lock:
            if not self._wanted:
                self._thread = None
            return self._wanted


class Doorbell:
    """A layer of WSGI that wakes the postman after an answer has gone out.

    It comes around the kept answers: what is sent without asking Flask wakes it as well.
    """

    def __init__(self, app: Flask, postman: Postman) -> None:
        """Come around what `app` consists of so far."""
        self._app = app
        self._inner = app.wsgi_app
        self._postman = postman

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, and ring when that is done."""
        answer = self._inner(environ, start_response)
        changed = environ["REQUEST_METHOD"] not in _READING
        if self._app.config[SETTING] and self._postman.is_due(changed=changed):
            return ClosingIterator(answer, self._ring)
        return answer

    def _ring(self) -> None:
        with self._app.app_context():
            engine = db.engine
        self._postman.wake(engine)


def init_app(app: Flask, on_undeliverable: OnUndeliverable | None = None) -> None:
    """Let requests of `app` wake a postman, who tells `on_undeliverable` of dead addresses."""
    settings: Settings = app.config["DIRECTORY"]
    postman = Postman(transport_of(settings), on_undeliverable)
    app.config.setdefault(SETTING, True)
    app.extensions["postman"] = postman
    app.wsgi_app = Doorbell(app, postman)  # type: ignore[method-assign]

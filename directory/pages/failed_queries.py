"""Writes from time to time what was looked for in vain, after an answer has gone out."""

from flask import Flask, Response

from directory.db import db
from directory.search import failures

# False: this installation only reads (tests)
SETTING = "COUNT_FAILED_QUERIES"


def init_app(app: Flask) -> None:
    """Let requests of `app` carry the counts to the database, once a minute at most."""
    app.config.setdefault(SETTING, True)

    @app.after_request
    def write_counts(response: Response) -> Response:
        if failures.is_due() and app.config[SETTING]:
            engine = db.engine
            # The visitor has the answer by then: nobody waits for this.
            response.call_on_close(lambda: failures.flush(engine))
        return response

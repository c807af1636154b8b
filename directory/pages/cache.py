"""Pages made once per version of the catalogue and day, and sent many times by `web/kept`.

Only what is the same for everybody is kept: pages without cookies, without a nonce and without a
`Cache-Control` of their own. Searches that find nothing are made anew, because they are counted.
"""

from flask import Flask, Response, g, request

from directory.publication.watch import VersionWatch
from directory.web.kept import is_made_anew_each_time, keep_while
from directory.web.prepared import Prepared
from directory.web.today import today_in


def init_app(app: Flask) -> None:
    """Keep the pages of `app` as long as the catalogue stays as it is, and the day."""
    watch = VersionWatch(app.extensions["reader"])

    def state() -> str | None:
        version = watch.version()
        return None if version is None else f"{version} {today_in(app)}"

    @app.after_request
    def prepare(response: Response) -> Response:
        if not (_can_be_kept(response) and _is_the_same_for_everybody()):
            return response
        return Prepared(response.get_data(), "text/html").response(request)

    keep_while(app, state)


def _is_the_same_for_everybody() -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and request.blueprint not in {None, "health"}
        and not request.cookies
    )


def _can_be_kept(response: Response) -> bool:
    return (
        response.status_code == 200
        and response.mimetype == "text/html"
        and "csp_nonce" not in g
        and not is_made_anew_each_time()
        and "Cache-Control" not in response.headers
        and "Set-Cookie" not in response.headers
    )

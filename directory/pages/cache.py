"""Pages made once per catalogue version and sent many times, with `ETag` and both compressions.

Only what is the same for everybody is kept: pages without cookies, without a nonce and without a
`Cache-Control` of their own. Searches are made anew, because those that find nothing are counted.
"""

from flask import Flask, Response, g, request

from directory.db import db
from directory.pages.today import today
from directory.publication.catalogue import current_version
from directory.web.prepared import Prepared, Shelf

_LIMIT_BYTES = 32_000_000


class _Page(Prepared):
    """A kept page; what it takes up is its text and about half as much compressed."""

    @property
    def size(self) -> int:
        """Bytes it takes up, roughly."""
        return len(self.body) * 3 // 2


def init_app(app: Flask) -> None:
    """Keep the pages of `app` as long as the catalogue stays as it is."""
    shelf: Shelf[_Page] = Shelf(_LIMIT_BYTES)

    @app.before_request
    def answer_from_shelf() -> Response | None:
        if not _is_the_same_for_everybody():
            return None
        g.page_name = f"{current_version(db.session)} {today()} {request.full_path}"
        kept = shelf.get(g.page_name)
        return kept.response(request) if kept else None

    @app.after_request
    def keep(response: Response) -> Response:
        name = g.get("page_name")
        if name is None or shelf.get(name) is not None or not _can_be_kept(response):
            return response
        page = _Page(response.get_data(), response.mimetype or "text/html")
        shelf.put(name, page)
        return page.response(request)


def _is_the_same_for_everybody() -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and request.endpoint is not None
        and request.blueprint not in {None, "health"}
        and not request.cookies
        and "q" not in request.args
    )


def _can_be_kept(response: Response) -> bool:
    return (
        response.status_code == 200
        and response.mimetype == "text/html"
        and "csp_nonce" not in g
        and "Cache-Control" not in response.headers
        and "Set-Cookie" not in response.headers
    )

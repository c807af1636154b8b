"""Answers made for one reader, compressed as they go out."""

from flask import Flask, Response, request
from flask_compress import Compress

from directory.web.prepared import KEPT


class _Compress(Compress):
    """Leaves alone what was prepared for many: it brings its compressions along."""

    def after_request(self, response: Response | None) -> Response:
        """Compress the answer, if it is long enough and the reader takes it."""
        if response is not None and KEPT in request.environ:
            return response
        return super().after_request(response)


def init_app(app: Flask) -> None:
    """Compress the answers of `app`."""
    _Compress(app)

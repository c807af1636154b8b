"""An application behind a real socket, for browsers and other clients that need one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socket import create_server, socket

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class QuietHandler(WSGIRequestHandler):
    """Keeps connections open, as every real server does, and the log to itself."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing."""


@contextmanager
def listening() -> Iterator[tuple[socket, str]]:
    """A socket on a free loopback port, and its address before any application answers there."""
    with create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
        yield listener, f"http://{host}:{port}"


@contextmanager
def serving(app: Flask, listener: socket) -> Iterator[None]:
    """Answer with `app`, in threads, while this lasts."""
    server = make_server(
        *listener.getsockname(),
        app,
        threaded=True,
        request_handler=QuietHandler,
        fd=listener.fileno(),
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

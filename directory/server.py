"""The production server, the only door to gunicorn: processes with threads, in this process."""

import gc
from collections.abc import Callable
from typing import Any

# Far more than work at the same time (`web/kept.AT_ONCE`): who waits keeps nobody else waiting.
_THREADS = 64


def serve(application: Callable[..., Any], *, host: str, port: int, workers: int) -> None:
    """Serve `application` until the process is told to stop.

    The application is complete before the workers are forked, so they share its memory; nothing
    may have opened a connection by then.
    """
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in {
                "bind": f"{host}:{port}",
                "workers": workers,
                "threads": _THREADS,
                "worker_class": "gthread",
                "loglevel": "warning",
                # Who read what is nobody's business: no access log.
                "accesslog": None,
            }.items():
                self.cfg.set(name, value)

        def load(self) -> Callable[..., Any]:
            return application

    # What is there by now stays: collectors that pass it by leave its pages shared.
    gc.collect()
    gc.freeze()
    Server().run()

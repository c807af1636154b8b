"""The production server, the only door to gunicorn: processes with threads, in this process."""

import ctypes
import gc
from collections.abc import Callable
from typing import Any

# Far more than work at the same time (`web/kept.AT_ONCE`): who waits keeps nobody else waiting.
_THREADS = 64
# By default glibc gives each thread an arena of its own to take memory from, and what one thread
# needed for a large page no other can use: 25 MB in a worker. Python lets one thread at a time
# work, so two arenas are enough.
_ARENAS = 2
_M_ARENA_MAX = -8  # the name of that option in malloc.h


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
    _share_memory_among_threads()
    Server().run()


def _share_memory_among_threads() -> None:
    # Only glibc has arenas.
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_M_ARENA_MAX, _ARENAS)

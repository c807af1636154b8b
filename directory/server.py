"""The production server, the only door to gunicorn: processes with threads, in this process."""

import ctypes
import gc
from collections.abc import Callable
from typing import Any

# Far more than work at the same time (`web/kept.AT_ONCE`): who waits keeps nobody else waiting.
_THREADS = 64
# What malloc.h names M_ARENA_MAX: by default glibc gives each thread an arena of its own to take
# memory from, and what one thread needed for a large page no other can use. Python lets one thread
# at a time work, so one arena is enough.
_ARENAS = (-8, 1)
# M_MMAP_THRESHOLD: what is larger is given back as soon as it is free. By default glibc raises this
# with the largest there was, and then holes of many sizes stay in between.
_LARGE_BYTES = (-3, 128 * 1024)


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
    _give_memory_back()
    Server().run()


def _give_memory_back() -> None:
    # Only glibc has arenas.
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        for option in (_ARENAS, _LARGE_BYTES):
            set_option(*option)

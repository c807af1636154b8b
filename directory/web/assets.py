"""Static files under one digest: cached for good, and new addresses after every change."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from wsgiref.headers import Headers
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Request
from whitenoise import WhiteNoise

from directory.resources import resource_dir
from directory.web.prepared import Prepared
from directory.web.security import NO_PAGE, fixed_headers
from directory.web.sources import joined, plain

# As WhiteNoise puts it
_FOREVER = f"max-age={WhiteNoise.FOREVER}, public, immutable"
_PACKED = {".br", ".gz"}


def init_app(app: Flask) -> None:
    """Serve `static/` and give templates the function `asset("css/base.css")`."""
    folder = resource_dir("static")
    prefix = f"/static/{digest(folder)}/"
    app.config["ASSET_PREFIX"] = prefix
    app.jinja_env.globals["asset"] = lambda path: prefix + path
    headers = fixed_headers(behind_tls=app.config["BEHIND_TLS"])
    headers["Content-Security-Policy"] = NO_PAGE

    def add_headers(all_headers: Headers, _path: str, _url: str) -> None:
        for name, value in headers.items():
            all_headers[name] = value

    served = WhiteNoise(
        app.wsgi_app,
        max_age=WhiteNoise.FOREVER,
        allow_all_origins=False,
        add_headers_function=add_headers,
        # Whatever is below a digest never changes.
        immutable_file_test=lambda _path, url: url.startswith(prefix),
    )
    served.add_files(str(folder), prefix=prefix)
    own = {
        prefix + path.relative_to(folder).as_posix(): path
        for path in (*folder.glob("css/*.css"), *folder.glob("js/*.js"))
    }
    app.wsgi_app = _sending(own, headers, served)  # type: ignore[method-assign, assignment]


def _sending(
    own: Mapping[str, Path], headers: Mapping[str, str], application: WSGIApplication
) -> WSGIApplication:
    """Return a layer that sends our `own` styles and scripts; others get to `application`."""

    def layer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = own.get(environ["PATH_INFO"])
        if path is None or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return application(environ, start_response)
        answer = _prepared(path).response(Request(environ), cache_control=_FOREVER)
        answer.headers.update(headers)
        return answer(environ, start_response)

    return layer


@cache
def _prepared(path: Path) -> Prepared:
    if path.suffix == ".css":
        return Prepared(joined(path).encode(), "text/css", stays=True)
    return Prepared(plain(path).encode(), "text/javascript", stays=True)


def compress_changed(folder: Path) -> int:
    """Lay `.br` and `.gz` beside each file that lacks them or has changed; returns how many.

    A folder that cannot be written to, such as that of an installed wheel, is left as it is.
    """
    from whitenoise.compress import Compressor

    if not os.access(folder, os.W_OK):
        return 0
    compressor = Compressor(quiet=True)
    changed = [
        path
        for path in _files(folder)
        if compressor.should_compress(path.name) and not _is_compressed(path)
    ]
    for path in changed:
        compressor.compress(str(path))
    return len(changed)


def _is_compressed(path: Path) -> bool:
    # What is not worth compressing has no `.br`; its `.gz` is missing as well, every time.
    packed = path.with_name(path.name + ".br")
    return packed.exists() and packed.stat().st_mtime >= path.stat().st_mtime


def _files(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and path.suffix not in _PACKED
    )


def digest(folder: Path) -> str:
    """Return a short digest over names and contents of all files in `folder`."""
    total = hashlib.sha256()
    for path in _files(folder):
        total.update(path.relative_to(folder).as_posix().encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:12]

"""Static files under one digest: cached for good, and new addresses after every change."""

import hashlib
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

from directory.resources import resource_dir
from directory.web.security import content_security_policy, fixed_headers

_FOREVER_SECONDS = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Serve `static/` and give templates the function `asset("css/base.css")`."""
    folder = resource_dir("static")
    prefix = f"/static/{digest(folder)}/"
    app.config["ASSET_PREFIX"] = prefix
    app.jinja_env.globals["asset"] = lambda path: prefix + path
    headers = fixed_headers(behind_tls=app.config["BEHIND_TLS"])
    headers["Content-Security-Policy"] = content_security_policy()

    def add_headers(all_headers: Headers, _path: str, _url: str) -> None:
        for name, value in headers.items():
            all_headers[name] = value

    served = WhiteNoise(
        app.wsgi_app,
        max_age=_FOREVER_SECONDS,
        allow_all_origins=False,
        add_headers_function=add_headers,
        # Whatever is below a digest never changes.
        immutable_file_test=lambda _path, url: url.startswith(prefix),
    )
    served.add_files(str(folder), prefix=prefix)
    app.wsgi_app = served  # type: ignore[method-assign]


def digest(folder: Path) -> str:
    """Return a short digest over names and contents of all files in `folder`."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(path.relative_to(folder).as_posix().encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:12]

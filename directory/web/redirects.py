"""Where a form may lead back to: only to a path of our own."""

import re
from urllib.parse import urlsplit

_CONTROLS = re.compile(r"[\x00-\x20\x7f\\]")


def local_path(wanted: str, default: str) -> str:
    """Return `wanted` if it is a path on this site (`/kommunen?q=…#treffer`), else `default`."""
    if not wanted.startswith("/") or wanted.startswith("//") or _CONTROLS.search(wanted):
        return default
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc else wanted

"""Answers as bytes, and the tag that stands for them."""

from typing import Any

import orjson

from directory.web.prepared import Prepared

JSON = "application/json"

_DUMPING = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


def dumped(answer: Any) -> bytes:
    """Return an answer as JSON."""
    return orjson.dumps(answer, option=_DUMPING)


def tagged(answer: Any) -> Prepared:
    """Return an answer as it is sent, with its tag."""
    return Prepared(dumped(answer), JSON)

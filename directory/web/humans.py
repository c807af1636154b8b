"""Telling people from machines without a captcha: a field nobody sees, and time to think."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping, Sequence

# Hidden from people by the attribute `hidden`; machines fill in whatever they find.
HONEYPOT = "website"
# The hidden field that says when a form was shown
SHOWN = "gezeigt"
# Nobody reads a form, thinks and writes in less; machines do.
LEAST_SECONDS = 3
# A form that was open for longer is shown once more; what was typed stays.
LONGEST_OPEN = dt.timedelta(hours=12)


def shown_mark(form: str, keys: Sequence[str], now: dt.datetime) -> str:
    """Return what the form called `form` carries to say when it was shown: only we can make it."""
    moment = str(int(now.timestamp()))
    return f"{moment}.{_signature(form, moment, keys[0])}"


def machine_trouble(
    form: str, fields: Mapping[str, str], keys: Sequence[str], now: dt.datetime
) -> str:
    """Return why the form cannot be taken yet, one sentence for people; "" if it can."""
    if fields.get(HONEYPOT):
        return "Das sah nach einem Automaten aus. Bitte senden Sie das Formular noch einmal ab."
    moment, _, signature = fields.get(SHOWN, "").partition(".")
    is_ours = (
        moment.isascii()
        and moment.isdecimal()
        and len(moment) < 12
        and signature.isascii()
        and any(hmac.compare_digest(signature, _signature(form, moment, key)) for key in keys)
    )
    open_for = now.timestamp() - int(moment) if is_ours else -1.0
    if not 0 <= open_for <= LONGEST_OPEN.total_seconds():
        return "Das Formular war zu lange offen. Bitte senden Sie es noch einmal ab."
    if open_for < LEAST_SECONDS:
        return "Das ging sehr schnell. Bitte senden Sie das Formular noch einmal ab."
    return ""


def _signature(form: str, moment: str, key: str) -> str:
    return hmac.new(key.encode(), f"{form} {moment}".encode(), hashlib.sha256).hexdigest()

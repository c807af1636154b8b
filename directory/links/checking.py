"""Checking addresses politely: seldom, one after the other for each host, and never retried."""

import datetime as dt
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from directory.links.models import CheckedLink
from directory.web.outgoing import OutsideAnswer, Unreachable, ask

# An address that answered is left alone for so long; one that did not is asked again sooner.
REST = dt.timedelta(days=30)
REST_AFTER_FAILURE = dt.timedelta(days=3)
# Between two questions to the same host
PAUSE_S = 2.0
_NOT_FOUND_FOR_HEAD = {403, 404, 405, 406, 429, 500, 501, 503}
_FIRST_FAILURE = 400
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)

Ask = Callable[..., OutsideAnswer]


def due(session: Session, addresses: Sequence[str], *, now: dt.datetime) -> list[str]:
    """Return those of `addresses` that have rested long enough, never checked ones first."""
    known = {link.url: link for link in session.scalars(select(CheckedLink))}
    waiting = []
    for url in addresses:
        link = known.get(url)
        rest = REST_AFTER_FAILURE if link and link.failing_since else REST
        if link is None or link.checked_at + rest <= now:
            waiting.append((link.checked_at if link else _NEVER, url))
    return [url for _, url in sorted(waiting)]


def in_turns(addresses: Sequence[str]) -> Iterator[str]:
    """Yield the addresses so that one host's do not follow each other where others wait."""
    by_host: dict[str, list[str]] = defaultdict(list)
    for url in addresses:
        by_host[urlsplit(url).netloc].append(url)
    while by_host:
        for host in list(by_host):
            yield by_host[host].pop(0)
            if not by_host[host]:
                del by_host[host]


@dataclass(frozen=True)
class Finding:
    """How an address answered: its status (None: not at all), and what is wrong (None: nothing)."""

    status: int | None
    trouble: str | None


def check(
    url: str,
    *,
    contact: str,
    asked_at: dict[str, float],
    ask: Ask = ask,
    pause: Callable[[float], None] = time.sleep,
) -> Finding:
    """Ask one address.

    `asked_at` remembers when each host was asked last (seconds), so that it gets its pause.
    """
    host = urlsplit(url).netloc
    wait = asked_at.get(host, float("-inf")) + PAUSE_S - time.monotonic()
    if wait > 0:
        pause(wait)
    try:
        answer = ask(url, contact=contact)
        if answer.status in _NOT_FOUND_FOR_HEAD:
            # Some servers know no HEAD, or answer robots only when they read.
            pause(PAUSE_S)
            answer = ask(url, method="GET", contact=contact)
    except Unreachable as error:
        return Finding(None, str(error))
    finally:
        asked_at[host] = time.monotonic()
    trouble = f"antwortet mit {answer.status}" if answer.status >= _FIRST_FAILURE else None
    return Finding(answer.status, trouble)


def note(session: Session, url: str, finding: Finding, *, now: dt.datetime) -> CheckedLink:
    """Keep what was found out about an address. Callers commit."""
    link = session.get(CheckedLink, url)
    if link is None:
        link = CheckedLink(url=url)
        session.add(link)
    link.checked_at = now
    link.status = finding.status
    link.trouble = finding.trouble
    link.failing_since = None if finding.trouble is None else link.failing_since or now
    session.flush()
    return link


def forget_others(session: Session, addresses: Sequence[str]) -> None:
    """Let go of addresses that no entry leads to any more. Callers commit."""
    kept = set(addresses)
    for url in session.scalars(select(CheckedLink.url)).all():
        if url not in kept:
            session.execute(delete(CheckedLink).where(CheckedLink.url == url))
    session.flush()

"""An editor and a reviewer at work while others read: signed in, with session and token.

Round after round they change an entry, hand it in and publish it, and look whether readers see it.
"""

import re
import time
from threading import Event
from typing import Any

import requests
from flask import Flask

from directory.accounts.models import Role
from tests.benchmarks.visitors import Answered
from tests.editorial.test_writing import COMPLETE
from tests.signing_in import PASSWORD, current_code, have_account

_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
_VERSION = re.compile(r'name="version"[^>]* value="(\d+)"')
_LOOKS = 4
_TIMEOUT_SECONDS = 60
# Not what was just published
_STALE = -1


class Person:
    """Somebody signed in, who notes how long each answer takes."""

    def __init__(self, app: Flask, site: str, role: Role, places: tuple[str, ...]) -> None:
        self.answers: list[Answered] = []
        self._site = site
        self._session = requests.Session()
        email = have_account(app, role, places)
        page = self.get("sign in", "/anmelden")
        data = {"email": email, "password": PASSWORD, "csrf_token": _found(_TOKEN, page)}
        way = self.post("sign in", "/anmelden", data)
        if way.startswith("/anmelden/code"):
            page = self.get("sign in", way)
            data = {"code": current_code(app, email), "csrf_token": _found(_TOKEN, page)}
            self.post("sign in", way, data)
        self.token = _found(_TOKEN, self.get("sign in", "/konto"))
        self.answers.clear()

    def get(self, kind: str, path: str) -> str:
        """Return the page."""
        return self._ask(kind, "GET", path, 200).text

    def post(self, kind: str, path: str, data: dict[str, Any]) -> str:
        """Send a form and return where it leads."""
        return self._ask(kind, "POST", path, 303, data).headers.get("Location", "")

    def send(self, kind: str, path: str, **data: Any) -> str:
        """The same, with the token."""
        return self.post(kind, path, {"csrf_token": self.token, **data})

    def _ask(
        self, kind: str, method: str, path: str, status: int, data: dict[str, Any] | None = None
    ) -> requests.Response:
        begin = time.perf_counter()
        answer = self._session.request(
            method, self._site + path, data=data, allow_redirects=False, timeout=_TIMEOUT_SECONDS
        )
        ms = (time.perf_counter() - begin) * 1000
        # What was to be expected is a good answer, whatever its number.
        noted = 200 if answer.status_code == status else answer.status_code
        self.answers.append(Answered(kind, noted, ms, len(answer.content)))
        return answer


class Desk:
    """The editor of one place and a reviewer, who publish changes of one of its entries."""

    def __init__(self, app: Flask, site: str, slug: str, ags: str) -> None:
        self.editor = Person(app, site, Role.EDITOR, (ags,))
        self.reviewer = Person(app, site, Role.REVIEWER, ())
        self.published = 0
        self._site, self._slug, self._ags = site, slug, ags

    @property
    def answers(self) -> list[Answered]:
        """All they were answered."""
        return self.editor.answers + self.reviewer.answers

    def forget(self) -> None:
        """Forget what they were answered until now."""
        self.editor.answers.clear()
        self.reviewer.answers.clear()

    def work(self, pause_seconds: float, until: Event) -> None:
        """Publish and pause, and again; begin after half a pause.

        So each edit has as much time before as after it.
        """
        pause = pause_seconds / 2
        while not until.wait(pause):
            pause = pause_seconds
            self.publish()

    def publish(self) -> None:
        """Change the entry, take it all the way to the readers, and look at it as they do."""
        self.published += 1
        title = f"Probeeintrag in Fassung {self.published}"
        begin = f"/redaktion/praxisbeispiele/{self._slug}/bearbeiten"
        path = self.editor.send("desk: begin", begin)
        page = self.editor.get("desk: form", path)
        fields = {**COMPLETE, "title": title, "ags": self._ags, "version": _found(_VERSION, page)}
        self.editor.send("desk: save", path, **fields)
        self.editor.send("desk: hand in", f"{path}/einreichen")
        release = path.replace("fassungen", "pruefung") + "/veroeffentlichen"
        self.reviewer.send("desk: publish", release)
        for _ in range(_LOOKS):
            # Each on a connection of its own, so that every worker comes to answer.
            page = requests.get(
                f"{self._site}/praxisbeispiele/{self._slug}", timeout=_TIMEOUT_SECONDS
            )
            status = page.status_code if title in page.text else _STALE
            self.reviewer.answers.append(Answered("published page", status, 0, len(page.content)))


def _found(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    if found is None:
        raise RuntimeError(f"{pattern.pattern} is not in: {page[:2000]}")
    return found[1]

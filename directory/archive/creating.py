"""Creating an archive of what is public now: the same catalogue gives the same bytes."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from directory.archive.catalogue import API, LISTS, Catalogue, Item, items
from directory.archive.contents import DESCRIPTION, FILES, Description, rows_name
from directory.archive.html import Pages, styles, stylesheets
from directory.archive.links import LinkCheck
from directory.archive.public import public_rows, public_tables
from directory.contacts.models import ContactPoint
from directory.contacts.standing import Standing, standing_of
from directory.db import db
from directory.errors import Conflict, DirectoryError, Unavailable
from directory.files.models import FileKind, document_name, image_name
from directory.files.storage import Storage
from directory.pages.files import size_words
from directory.parcels.names import MANIFEST
from directory.parcels.tables import as_json
from directory.parcels.writing import ParcelWriter, new_parcel
from directory.practices.models import Practice, PracticeAttachment
from directory.publication.catalogue import last_change
from directory.publication.models import CatalogueState, Status
from directory.text import plural
from directory.web.filters import date, period
from directory.web.inside import ask, ask_all
from directory.web.today import this_day

_BYTES_AT_ONCE = 256_000
# Wide enough for the column of text, twice as dense
_SHOWN_WIDTH = 960
_TABLES = {
    "tabellen/kommunen.csv": "/kommunen.csv?mitglied=alle",
    "tabellen/kommunen.geojson": "/kommunen.geojson?mitglied=alle",
    "tabellen/praxisbeispiele.csv": "/praxisbeispiele.csv",
    "tabellen/praxisbeispiele.geojson": "/praxisbeispiele.geojson",
    "tabellen/veranstaltungen.ics": "/veranstaltungen.ics",
}
Count = Callable[[int], object]


class DeadLinks(DirectoryError):
    """Pages of the archive lead to something that is not in it: a fault of ours."""

    title = "Das Archiv wäre unvollständig"


def create(
    app: Flask,
    storage: Storage,
    target: Path,
    *,
    programme: str,
    with_contacts: bool = False,
    force: bool = False,
    begin: Count = lambda _: None,
    progress: Count = lambda _: None,
) -> Description:
    """Write an archive of the public catalogue of `app`; `programme` is this one's version.

    Raises:
        Occupied, Unavailable: see :func:`directory.parcels.writing.new_parcel`.
        MissingFile: a picture or document is no longer in the storage.
        Conflict: something was published meanwhile.
        DeadLinks: a page leads to nothing.
    """
    with app.test_request_context("/"), Session(db.engine) as session:
        version, moment = _version(session), last_change(session)
        if not version:
            raise Unavailable("Das Verzeichnis ist leer; es gibt nichts zu archivieren.")
        begin(_size(session))
        with new_parcel(target, moment=moment, force=force) as parcel:
            work = _Work(app, parcel, session, progress, programme)
            description = work.write(storage, with_contacts=with_contacts)
            session.rollback()
            if _version(session) != version:
                raise Conflict(
                    "Während des Archivierens wurde etwas veröffentlicht; "
                    "bitte noch einmal versuchen."
                )
    return description


class _Work:
    def __init__(
        self, app: Flask, parcel: ParcelWriter, session: Session, count: Count, programme: str
    ) -> None:
        self._app = app
        self._parcel = parcel
        self._session = session
        self._count = count
        self._programme = programme
        self._links = LinkCheck()

    def write(self, storage: Storage, *, with_contacts: bool) -> Description:
        settings = self._app.config["DIRECTORY"]
        catalogue = Catalogue.read(
            self._ask,
            attachments=_attachments(self._session),
            persons=_persons(self._session) if with_contacts else {},
            confirmed=frozenset(
                self._session.scalars(select(Practice.id).where(Practice.confirmed_at.is_not(None)))
            ),
        )
        common = {
            "stand": date(last_change(self._session)),
            "base_url": settings.base_url,
            "operator": settings.operator,
            "with_contacts": with_contacts,
            "stylesheets": stylesheets(),
            "period": period,
        }
        pages = Pages(self._app, catalogue, common)
        for practice in items(self._ask, "practices"):
            catalogue.remember(practice)
            self._add_json(f"practices/{practice['id']}", practice)
            self._add_page(*pages.practice(practice))
        for name, text in pages.others():
            self._add_page(name, text)
        self._parcel.add("README.txt", pages.readme().encode())
        self._add_lists(catalogue)
        for name, address in _TABLES.items():
            self._parcel.add(name, ask(self._app, address))
        for name, content in styles():
            if name.endswith(".css"):
                self._links.add_style(name, content.decode())
            self._parcel.add(name, content)
        self._add_files(storage)
        description = self._add_rows(settings.base_url, with_contacts=with_contacts)
        self._refuse_dead_links()
        return description

    def _ask(self, address: str) -> bytes:
        return ask_all(self._app, address)

    def _add_page(self, name: str, text: str) -> None:
        self._links.add_page(name, text)
        self._parcel.add(name, text.encode())
        self._count(1)

    def _add_json(self, name: str, said: Any) -> None:
        self._parcel.add(f"{API.removeprefix('/')}/{name}.json", orjson.dumps(said))

    def _add_lists(self, catalogue: Catalogue) -> None:
        for one in catalogue.municipalities:
            self._add_json(f"municipalities/{one['ags']}", one)
        for one in catalogue.events:
            self._add_json(f"events/{one['slug']}", one)
        for name in LISTS:
            pieces = _array(items(self._ask, name))
            self._parcel.add(f"{API.removeprefix('/')}/{name}.json", pieces)

    def _add_files(self, storage: Storage) -> None:
        shown = (
            select(PracticeAttachment).options(joinedload(PracticeAttachment.file)).where(_SHOWN)
        )
        found = {one.file for one in self._session.scalars(shown)}
        for name in sorted(name for stored in found for name in stored.names):
            with storage.open(name) as file:
                self._parcel.add(f"{FILES}{name}", iter(partial(file.read, _BYTES_AT_ONCE), b""))

    def _add_rows(self, base_url: str, *, with_contacts: bool) -> Description:
        connection = self._session.connection()
        tables = public_tables(connection, this_day(), with_contacts=with_contacts)
        counts: dict[str, int] = {}
        for table in tables:
            counter = _Counter()
            rows = public_rows(connection, table, counter.add)
            self._parcel.add(rows_name(table.form), as_json(table.form, rows))
            counts[table.form.name] = counter.total
        state = self._session.get_one(CatalogueState, 1)
        description = Description(
            programme=self._programme,
            catalogue={"version": state.version, "changed_at": state.changed_at},
            base_url=base_url,
            with_contacts=with_contacts,
            forms=tuple(table.form for table in tables),
            rows=counts,
        )
        self._parcel.add(DESCRIPTION, description.as_json())
        return description

    def _refuse_dead_links(self) -> None:
        dead = self._links.dead(self._parcel.names | {MANIFEST})
        if dead:
            count = plural(len(dead), "Link", "Links")
            raise DeadLinks(f"Im Archiv führen {count} ins Leere, zuerst {dead[0]}.")


_SHOWN = PracticeAttachment.practice_id.in_(
    select(Practice.id).where(Practice.status == Status.PUBLISHED)
)


class _Counter:
    def __init__(self) -> None:
        self.total = 0

    def add(self, more: int) -> None:
        self.total += more


def _array(found: Iterator[Item]) -> Iterator[bytes]:
    """Yield a JSON array, one item on a line."""
    yield b"["
    between = b"\n"
    for one in found:
        yield between + orjson.dumps(one)
        between = b",\n"
    yield b"\n]\n"


def _version(session: Session) -> int:
    # Not the one that the session remembers
    return session.scalar(select(CatalogueState.version)) or 0


def _size(session: Session) -> int:
    """Return about how many pages there will be."""
    tables = ("municipality", "practice", "term", "event")
    return sum(
        session.scalar(select(func.count()).select_from(CatalogueState.metadata.tables[name])) or 0
        for name in tables
    )


def _persons(session: Session) -> dict[int, str]:
    """Return contact point → name, where the page shows one."""
    today = this_day()
    found = session.scalars(
        select(ContactPoint).where(
            ContactPoint.status == Status.PUBLISHED, ContactPoint.person_name.is_not(None)
        )
    )
    return {
        one.id: one.person_name
        for one in found
        if one.person_name and standing_of(one, today) is not Standing.STALE
    }


def _attachments(session: Session) -> dict[int, list[Item]]:
    """Return number of a practice → its pictures and documents, as pages show them."""
    rows = session.scalars(
        select(PracticeAttachment)
        .options(joinedload(PracticeAttachment.file))
        .where(_SHOWN)
        .order_by(PracticeAttachment.practice_id, PracticeAttachment.position)
    )
    found: dict[int, list[Item]] = {}
    for one in rows:
        found.setdefault(one.practice_id, []).append(_attachment(one))
    return found


def _attachment(one: PracticeAttachment) -> Item:
    credit = ", ".join(filter(None, [one.author, one.licence.label if one.licence else None]))
    if one.kind is FileKind.DOCUMENT:
        pages = f", {plural(one.file.pages, 'Seite', 'Seiten')}" if one.file.pages else ""
        return {
            "is_image": False,
            "src": FILES + document_name(one.sha256),
            "caption": one.caption,
            "credit": credit,
            "note": f"PDF{pages}, {size_words(one.file.size_bytes)}",
        }
    width, height = max(
        (size for size in one.file.variants if size[0] <= _SHOWN_WIDTH),
        default=one.file.variants[0],
    )
    return {
        "is_image": True,
        "src": FILES + image_name(one.sha256, width),
        "width": width,
        "height": height,
        "alt": one.alternative_text or "",
        "caption": one.caption,
        "credit": f"Bild: {credit}" if credit else "",
    }

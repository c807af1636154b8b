"""An archive says what the site says, nothing more, and becomes the same site again."""

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.archive.links import LinkCheck
from directory.archive.public import BY_ARCHIVE
from directory.contacts.models import ContactPoint
from directory.contacts.standing import Standing
from directory.db import begin_write, create_database_engine, utc_now
from directory.events.models import Event, Keynote
from directory.files.operations import keep_upload
from directory.files.storage import FolderStorage
from directory.municipalities.models import Municipality
from directory.parcels.names import MANIFEST
from directory.practices.models import Licence, Practice, PracticeAttachment
from directory.publication.catalogue import advance
from directory.publication.models import EntryKind, Revision, Status, WorkingCopy
from directory.resources import resource_dir
from directory.search import index
from directory.seeding.install import install_seed
from directory.web.inside import ask_all, quiet
from tests.commands import done, refused
from tests.conftest import running
from tests.databases import Databases
from tests.factories import (
    build_contact,
    build_event,
    build_participation,
    build_practice,
    build_resource,
    build_session,
)
from tests.uploads import photo

CANARY = "Kanarienvogel"
PERSON = "Erika Rotkehlchen"
HEMER = "05962016"


def fill(url: str, instance: Path) -> None:
    """Add what the seed has not: pictures, people, stale contacts, and much that is not public."""
    engine = create_database_engine(url)
    now = utc_now()
    with Session(engine) as session:
        begin_write(session)
        hemer = session.get_one(Municipality, HEMER)
        storage = FolderStorage(instance / "files")
        practice = session.scalars(select(Practice).where(Practice.ags == HEMER)).first()
        assert practice is not None
        stored = keep_upload(session, storage, data=photo(1400), filename="a", by=CANARY)
        practice.attachments.append(
            PracticeAttachment(
                position=1,
                sha256=stored.sha256,
                kind=stored.kind,
                caption="Der Preis",
                alternative_text="Eine Urkunde",
                author="Stadt Hemer",
                licence=Licence.CC_BY,
            )
        )
        for status in (Status.DRAFT, Status.SUBMITTED, Status.ARCHIVED):
            hidden = build_practice(session, hemer, title=f"{CANARY} {status}", status=status)
            event = build_event(session, title=f"{CANARY} Fest {status}", status=status)
            build_session(session, event, title=f"{CANARY} Teil")
            build_contact(session, hemer, unit=f"{CANARY} Büro {status}", status=status)
            build_resource(session, title=f"{CANARY} Material {status}", status=status)
            shown = session.scalars(select(Event).where(Event.slug == "kongress-2015")).one()
            build_participation(
                session,
                shown,
                hemer,
                practice_id=hidden.id,
                role="stand"
                if status == "draft"
                else "host"
                if status == "submitted"
                else "station",
            )
        unseen = keep_upload(session, storage, data=photo(310), filename="b", by=CANARY)
        hidden.attachments.append(
            PracticeAttachment(position=1, sha256=unseen.sha256, kind=unseen.kind, caption=CANARY)
        )
        session.add(
            WorkingCopy(
                kind=EntryKind.PRACTICE,
                key=practice.slug,
                title=CANARY,
                fields={"title": CANARY},
                author=CANARY,
            )
        )
        contact = session.scalars(select(ContactPoint).where(ContactPoint.ags == HEMER)).first()
        assert contact is not None
        contact.person_name, contact.person_basis = PERSON, "Einwilligung Rotkehlchen"
        contact.fallback_email = f"{CANARY}-fallback@example.org"
        long_ago = now - dt.timedelta(days=900)
        stale = build_contact(
            session,
            hemer,
            unit="Altes Büro",
            phone=f"{CANARY}-phone",
            email=f"{CANARY}@example.org",
            fallback_email="funktion@example.org",
            person_name=f"{CANARY} Person",
            person_basis=CANARY,
            verified_at=long_ago,
        )
        assert stale.published_at is not None
        build_contact(
            session,
            hemer,
            unit="Büro ohne Post",
            email=f"{CANARY}-weg@example.org",
            fallback_email="postfach@example.org",
            undeliverable_at=now,
        )
        session.add(
            Keynote(
                event_id=shown.id,
                position=99,
                role="Vortrag",
                topic="Ehrenamt",
                person="Max Amsel",
                person_basis=CANARY,
            )
        )
        index.rebuild(session)
        advance(session)
        session.commit()
    engine.dispose()


@pytest.fixture
def filled(databases: Databases, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Address and folder of a filled installation, on each database."""
    with databases.seeded() as url:
        fill(url, tmp_path / "here")
        yield url, tmp_path / "here"


def public_json(app: Flask) -> dict[str, bytes]:
    """What every address below /api/v1 answers, to the last page of each list."""
    app = quiet(app)
    found: dict[str, bytes] = {}

    def read(address: str) -> dict[str, Any]:
        found[address] = ask_all(app, address)
        answer: dict[str, Any] = orjson.loads(found[address])
        return answer

    def read_list(name: str, query: str = "") -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        total = 1
        while len(items) < total:
            answer = read(f"/api/v1/{name}?limit=100&offset={len(items)}{query}")
            total = answer["total"]
            items += answer["items"]
        return items

    for name in ("contacts", "topics", "resources"):
        read_list(name)
    places = read_list("municipalities", "&mitglied=alle")
    addresses = [f"municipalities/{one['ags']}" for one in places]
    addresses += [f"municipalities/{one['ags']}/peers" for one in places[::40]]
    addresses += [f"practices/{one['id']}" for one in read_list("practices")]
    addresses += [f"events/{one['slug']}" for one in read_list("events")]
    for words in ("heimatpreis", "ehrenammt", "bonn", "junge%20leute"):
        addresses += [f"practices?q={words}", f"suggest?q={words}"]
    for address in (*addresses, "openapi.json"):
        read(f"/api/v1/{address}")
    assert_all_asked(found)
    return found


def is_public(ways: dict[str, Any]) -> bool:
    """Whether anybody may read at a path, without a token."""
    return "get" in ways and not ways["get"].get("security")


def assert_all_asked(found: dict[str, bytes]) -> None:
    """No path of the description may have been forgotten."""
    asked = {re.sub(r"/api/v1|\?.*", "", address) for address in found}
    described = orjson.loads(found["/api/v1/openapi.json"])["paths"]
    for path in (path for path, ways in described.items() if is_public(ways)):
        pattern = re.sub(r"\{\w+\}", "[^/]+", path)
        assert any(re.fullmatch(pattern, one) for one in asked), path


@pytest.mark.slow
def test_an_empty_instance_becomes_the_same_public_catalogue(
    filled: tuple[str, Path], databases: Databases, tmp_path: Path
) -> None:
    url, here = filled
    there = tmp_path / "there"
    done(f"archive create {tmp_path}/a.zip", url, here)
    with running(url, here) as app:
        expected = public_json(app)
        feeds = {path: ask_all(app, path) for path in FEEDS}
    assert len(expected) > 600
    with databases.empty() as target:
        done(f"archive load {tmp_path}/a.zip", target, there)
        with running(target, there) as app:
            found = public_json(app)
            assert found.keys() == expected.keys()
            assert [path for path in expected if found[path] != expected[path]] == []
            assert {path: ask_all(app, path) for path in FEEDS} == feeds
            assert app.test_client().get("/readyz").status_code == 200
        done("check", target, there)
        assert_editors_can_go_on(target)
        assert_seed_overwrites_nothing(target)


FEEDS = ("/praxisbeispiele.atom", "/veranstaltungen.ics", "/kommunen.geojson?mitglied=alle")


def assert_editors_can_go_on(url: str) -> None:
    engine = create_database_engine(url)
    with Session(engine) as session:
        begin_write(session)
        highest = max(session.scalars(select(Practice.id)))
        assert build_practice(session).id == highest + 1
        found = session.scalars(select(Revision).where(Revision.kind == EntryKind.PRACTICE)).all()
        assert len(found) == 153
        assert {one.actor for one in found} == {BY_ARCHIVE}
        session.rollback()
    engine.dispose()


def assert_seed_overwrites_nothing(url: str) -> None:
    engine = create_database_engine(url)
    report = install_seed(engine, resource_dir("seed"))
    engine.dispose()
    assert report is not None
    assert {count.changed + count.removed for count in report.counts.values()} == {0}


def test_nothing_that_is_not_public_is_in_it(filled: tuple[str, Path], tmp_path: Path) -> None:
    url, here = filled
    done(f"archive create {tmp_path}/a", url, here)
    assert files_with(CANARY, tmp_path / "a") == []
    assert files_with("Rotkehlchen", tmp_path / "a") == []
    assert files_with("Max Amsel", tmp_path / "a") != []
    assert len(list((tmp_path / "a/dateien").iterdir())) == 3


@pytest.mark.slow
def test_people_are_in_it_only_if_asked_for(filled: tuple[str, Path], tmp_path: Path) -> None:
    url, here = filled
    done(f"archive create --with-contacts {tmp_path}/a", url, here)
    assert files_with(CANARY, tmp_path / "a") == []
    assert "kommunen/hemer.html" in files_with(PERSON, tmp_path / "a")
    assert "nur weiter, wo das weiterhin gilt" in (tmp_path / "a/README.txt").read_text()


def files_with(words: str, folder: Path) -> list[str]:
    return [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and words.casefold().encode() in path.read_bytes().lower()
    ]


@pytest.mark.slow
def test_the_same_catalogue_gives_the_same_bytes(filled: tuple[str, Path], tmp_path: Path) -> None:
    url, here = filled
    done(f"archive create {tmp_path}/1.zip", url, here)
    done(f"archive create {tmp_path}/2.zip", url, here)
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


@pytest.fixture(scope="module")
def archived(
    sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """An archive of the seed, as folder and as ZIP file."""
    folder = tmp_path_factory.mktemp("archive")
    with sqlite_databases.seeded() as url:
        done(f"archive create {folder}/a", url, folder)
        done(f"archive create {folder}/a.zip", url, folder)
    return folder / "a", folder / "a.zip"


def test_json_of_every_entry_is_what_the_interface_says(
    archived: tuple[Path, Path], site_app: Flask
) -> None:
    folder = archived[0] / "api/v1"
    client = site_app.test_client()
    client.environ_base["HTTP_HOST"] = "127.0.0.1:5000"
    own = sorted(folder.glob("*/*.json"))
    assert len(own) == 432 + 153 + 24
    for path in own[::25]:
        address = f"/api/v1/{path.relative_to(folder).with_suffix('')}"
        answer = client.get(address, base_url="http://localhost:5000").get_json()
        found = orjson.loads(path.read_bytes())
        assert found | {"url": ""} == answer | {"url": ""}, address


def test_links_that_lead_nowhere_would_be_found() -> None:
    check = LinkCheck()
    check.add_page("a/b.html", '<a href="../c.html#x">C</a><img src="d.png"><p id="x">')
    check.add_page("c.html", '<a href="a/b.html#x">B</a><a href="https://example.org">e</a>')
    check.add_page("e.html", '<script src="https://example.org/x.js"></script>')
    check.add_style("f.css", 'a { background: url("g.png") }')
    names = {"a/b.html", "c.html", "e.html", "f.css"}
    assert check.dead(names) == [
        "a/b.html → a/d.png",
        "a/b.html → c.html#x",
        "e.html → https://example.org/x.js",
        "f.css → g.png",
    ]


def test_a_catalogue_with_entries_is_left_alone(
    archived: tuple[Path, Path], sqlite_databases: Databases, tmp_path: Path
) -> None:
    with sqlite_databases.seeded() as url:
        assert "enthält schon Einträge" in refused(f"archive load {archived[1]}", url, tmp_path)


def test_an_earlier_archive_is_replaced_only_by_force(
    sqlite_databases: Databases, archived: tuple[Path, Path], tmp_path: Path
) -> None:
    with sqlite_databases.seeded() as url:
        assert "--force" in refused(f"archive create {archived[1]}", url, tmp_path)


@pytest.mark.parametrize("damage", ["climbs", "changed", "version", "foreign table", "row"])
def test_of_a_bad_archive_nothing_is_loaded(
    archived: tuple[Path, Path], databases: Databases, tmp_path: Path, damage: str
) -> None:
    bad = tmp_path / "bad.zip"
    wanted = {
        "climbs": "unzulässigen Namen",
        "changed": "wurde verändert",
        "version": "Fassung 99",
        "foreign table": "account",
        "row": "nicht zu verstehen",
    }[damage]
    with zipfile.ZipFile(archived[1]) as source:
        content = {name: source.read(name) for name in source.namelist()}
    spoil(content, damage)
    with zipfile.ZipFile(bad, "w") as target:
        for name, data in content.items():
            target.writestr(name, data)
    with databases.empty() as url:
        output = refused(f"archive load {bad}", url, tmp_path)
        assert wanted in output
        assert len([line for line in output.splitlines() if line.startswith("Error")]) == 1
        engine = create_database_engine(url)
        with Session(engine) as session:
            for entity in (Municipality, Practice, Revision):
                assert session.scalars(select(entity)).first() is None
        engine.dispose()


def spoil(content: dict[str, bytes], damage: str) -> None:
    import hashlib

    described = "daten/archiv.json"
    match damage:
        case "climbs":
            content["../../boese.txt"] = b"x"
            return
        case "changed":
            content["daten/practice.json"] += b" "
            return
        case "version":
            said = orjson.loads(content[described]) | {"version": 99}
            content[described] = orjson.dumps(said)
        case "foreign table":
            said = orjson.loads(content[described])
            said["tables"].append(
                {"name": "account", "columns": {"email": "text"}, "key": ["email"], "parents": []}
            )
            content[described] = orjson.dumps(said)
        case "row":
            content["daten/resource.json"] = b'[\n{"id": "eins"}\n]\n'
    del content[MANIFEST]
    content[MANIFEST] = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in content.items()
    ).encode()


def test_an_archive_can_be_verified_without_a_database(
    archived: tuple[Path, Path], tmp_path: Path
) -> None:
    for path in archived:
        assert "Unversehrt" in done(f"archive verify {path}", "sqlite:////nonexistent", tmp_path)
    assert "gibt es nicht" in refused(f"archive verify {tmp_path}/x.zip", "", tmp_path)


def test_standing_words_cover_all_standings() -> None:
    from directory.archive.html import _LABELS

    assert all(_LABELS["standing"](one.value) for one in Standing)

"""Whose entries somebody writes ends at the borders of their municipalities, on every route."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from directory.accounts.guards import required_right
from directory.accounts.models import Role
from directory.accounts.rights import Right
from directory.contacts.models import ContactPoint
from directory.db import db
from directory.practices.models import Practice
from directory.publication.models import StageChange, WorkingCopy
from tests.editorial.test_writing import COMPLETE, HEMER, send
from tests.signing_in import signed_in, token

BONN = "05314000"
NEW = "/redaktion/praxisbeispiele/neu"


def foreign_addresses(app: Flask, copy_id: int) -> list[tuple[str, str, str]]:
    """Every way of the desk to something of Bonn: endpoint, method, address."""
    with app.app_context():
        practice = db.session.scalars(select(Practice.slug).where(Practice.ags == BONN)).first()
        contact = db.session.scalars(
            select(ContactPoint.id).where(ContactPoint.ags == BONN)
        ).first()
    keys = {"praxisbeispiele": practice, "ansprechstellen": contact, "kommunen": BONN}
    assert all(keys.values())
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if not rule.rule.startswith("/redaktion/"):
                continue
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                if rule.arguments == {"key"}:  # of one kind only, named in the address
                    (key,) = (key for path, key in keys.items() if f"/{path}/" in rule.rule)
                    found.append((rule.endpoint, method, app.url_for(rule.endpoint, key=key)))
                elif "key" in rule.arguments:
                    for path, key in keys.items():
                        address = app.url_for(rule.endpoint, path=path, key=key)
                        found.append((rule.endpoint, method, address))
                elif rule.arguments <= {"copy_id", "comment_id"} and "copy_id" in rule.arguments:
                    values = dict.fromkeys(rule.arguments, copy_id)
                    found.append((rule.endpoint, method, app.url_for(rule.endpoint, **values)))
    return found


def state(app: Flask) -> list[object]:
    with app.app_context():
        copies = db.session.execute(
            select(WorkingCopy.id, WorkingCopy.version, WorkingCopy.stage, WorkingCopy.fields)
        )
        steps = db.session.execute(select(StageChange.id, StageChange.after))
        return [*map(tuple, copies), *map(tuple, steps)]


def ask(client: FlaskClient, method: str, path: str) -> int:
    data = {"csrf_token": token(client, NEW), **COMPLETE, "stand": "1", "version": "1"}
    return client.open(path, method=method, data=data if method == "POST" else None).status_code


def test_nothing_of_a_foreign_municipality_opens(app: Flask) -> None:
    bonn = signed_in(app, Role.EDITOR, (BONN,))
    path = send(bonn, NEW, {**COMPLETE, "ags": BONN, "version": 0})
    addresses = foreign_addresses(app, int(path.rsplit("/", 1)[-1]))
    assert len({endpoint for endpoint, _, _ in addresses}) > 12
    hemer = signed_in(app, Role.EDITOR, (HEMER,))
    before = state(app)
    wrong = {
        (method, address): status
        for _, method, address in addresses
        if (status := ask(hemer, method, address)) != 403
    }
    assert wrong == {}
    assert state(app) == before


def test_nobody_writes_for_a_foreign_municipality(app: Flask) -> None:
    hemer = signed_in(app, Role.EDITOR, (HEMER,))
    send(hemer, NEW, {**COMPLETE, "ags": BONN, "version": 0}, 403)
    own = send(hemer, NEW, {**COMPLETE, "version": 0})
    send(hemer, own, {**COMPLETE, "ags": BONN, "version": 1}, 403)
    send(hemer, own + "/abgleichen", {**COMPLETE, "ags": BONN, "version": 1}, 403)


def test_what_belongs_to_the_office_is_closed_to_editors(app: Flask) -> None:
    hemer = signed_in(app, Role.EDITOR, (HEMER,))
    for kind in ("veranstaltungen", "materialien", "mitgliedschaften"):
        for path in (kind, f"{kind}/neu", f"{kind}/aehnliche?titel=Werkstatt"):
            assert ask(hemer, "GET", f"/redaktion/{path}") == 403


def test_every_route_of_the_desk_asks_for_a_right(app: Flask) -> None:
    open_to_all = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/redaktion")
        and required_right(app, rule.endpoint) in {None, Right.PUBLIC}
    ]
    assert open_to_all == []

"""`/ogc`: each document of OGC API Features, as JSON and as a page."""

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from directory.accounts.open_doors import count_question
from directory.db import db
from directory.errors import Hint, NotFound
from directory.ogc import documents, shown
from directory.ogc.collections import Collection, Entry
from directory.ogc.contacts import CONTACTS
from directory.ogc.events import EVENTS
from directory.ogc.links import GEOJSON, OPENAPI, SCHEMA, here, page_links
from directory.ogc.municipalities import MUNICIPALITIES
from directory.ogc.negotiation import answer, settle_errors
from directory.ogc.openapi import describe
from directory.ogc.practices import PRACTICES
from directory.ogc.questions import CRS84, FORM, GEOMETRY, OF_ITEM, Question, read_question
from directory.search.lists.reference import Reference, get_reference

COLLECTIONS = {one.id: one for one in (MUNICIPALITIES, PRACTICES, CONTACTS, EVENTS)}

bp = Blueprint("ogc", __name__, url_prefix="/ogc")
bp.before_request(settle_errors)
bp.before_request(count_question)


@bp.get("", strict_slashes=False)
def landing() -> Response:
    """Show the way in."""
    _read_common()
    return answer(
        documents.landing,
        lambda: render_template(
            "ogc/landing.html", collections=_linked(), href=url_for("ogc.landing", _external=True)
        ),
    )


@bp.get("/conformance")
def conformance() -> Response:
    """Say which parts of the standard hold here."""
    _read_common()
    return answer(
        documents.conformance,
        lambda: render_template("ogc/conformance.html", classes=documents.CONFORMANCE),
    )


@bp.get("/api")
def api() -> Response:
    """Describe everything in OpenAPI 3.0."""
    _read_common()
    return answer(
        lambda: describe(
            COLLECTIONS.values(), _reference(), url_for("ogc.landing", _external=True)
        ),
        lambda: render_template(
            "ogc/api.html", collections=shown.described(COLLECTIONS.values()), shared=shown.shared()
        ),
        OPENAPI,
    )


@bp.get("/collections")
def collections() -> Response:
    """List the collections."""
    _read_common()
    return answer(
        lambda: documents.collections(db.session, COLLECTIONS.values()),
        lambda: render_template("ogc/collections.html", collections=_linked()),
    )


@bp.get("/collections/<name>")
def collection(name: str) -> Response:
    """Describe one collection."""
    one = _get_collection(name)
    _read_common()
    return answer(
        lambda: documents.collection(db.session, one),
        lambda: render_template("ogc/collection.html", collection=one, fields=one.fields),
    )


@bp.get("/collections/<name>/queryables")
def queryables(name: str) -> Response:
    """Say what the features of a collection can be narrowed by."""
    one = _get_collection(name)
    _read_common()
    return answer(
        lambda: documents.queryables(one, _reference()),
        lambda: render_template(
            "ogc/queryables.html",
            collection=one,
            filters=shown.filters(one.queryables, _reference()),
            more=shown.filters(one.more, _reference()),
        ),
        SCHEMA,
    )


@bp.get("/collections/<name>/items")
def items(name: str) -> Response:
    """Send the features that were asked for."""
    one = _get_collection(name)
    question = read_question(request.args, one.parameters, _reference, one.aliases)
    ids, total = one.find(db.session, question)
    found = one.load(db.session, ids)
    # A reader of an older version may still see an entry that is gone since.
    entries = [found[each] for each in ids if each in found]
    return _in_crs84(
        answer(
            lambda: documents.items(one, question, entries, total),
            lambda: _items_page(one, question, entries, total),
            GEOJSON,
        )
    )


@bp.get("/collections/<name>/items/<key>")
def item(name: str, key: str) -> Response:
    """Send one feature."""
    one = _get_collection(name)
    question = read_question(request.args, OF_ITEM, _reference)
    entry = _get_entry(one, key)
    return _in_crs84(
        answer(
            lambda: documents.item(one, entry, outlines=question.outlines),
            lambda: render_template(
                "ogc/item.html", collection=one, entry=entry, facts=shown.facts(one, entry)
            ),
            GEOJSON,
        )
    )


def _items_page(one: Collection, question: Question, entries: list[Entry], total: int) -> str:
    return render_template(
        "ogc/items.html",
        collection=one,
        entries=[
            (each.name, each.properties.get("municipality_name"), each.id) for each in entries
        ],
        first=question.offset + 1,
        total=total,
        steps=page_links(question, total),
        data_href=here(GEOJSON)[0]["href"],
        outlines=question.outlines,
    )


def _linked() -> list[dict[str, Any]]:
    """Return the collections as pages list them."""
    return [
        {"title": one.title, "description": one.description, "id": one.id}
        for one in COLLECTIONS.values()
    ]


def _get_collection(name: str) -> Collection:
    if name not in COLLECTIONS:
        hints = (Hint("Alle Sammlungen", url_for("ogc.collections", f="html")),)
        raise NotFound(
            f"Diese Sammlung gibt es nicht, nur {', '.join(COLLECTIONS)}.",
            hints,
        )
    return COLLECTIONS[name]


def _get_entry(one: Collection, key: str) -> Entry:
    read = one.read_id(key)
    entry = one.load(db.session, [read]).get(read) if read is not None else None
    if entry is None:
        hints = (Hint(one.title, url_for("ogc.items", name=one.id, f="html")),)
        raise NotFound(f"In „{one.title}“ gibt es diesen Eintrag nicht (mehr).", hints)
    return entry


def _read_common() -> None:
    """Take nothing but the form, and the geometry that links pass on: nothing narrows these."""
    read_question(request.args, (FORM, GEOMETRY), _reference)


def _in_crs84(response: Response) -> Response:
    response.headers["Content-Crs"] = f"<{CRS84}>"
    return response


def _reference() -> Reference:
    return get_reference(db.session)

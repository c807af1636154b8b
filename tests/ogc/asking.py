"""Short ways to ask `/ogc` and to know what the database has."""

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.contacts.models import ContactPoint
from directory.events.models import Event
from directory.municipalities.models import Municipality
from directory.practices.models import Practice
from directory.publication.models import Status

COLLECTIONS = ("kommunen", "praxisbeispiele", "ansprechstellen", "veranstaltungen")
ENTITIES: dict[str, Any] = {
    "kommunen": Municipality,
    "praxisbeispiele": Practice,
    "ansprechstellen": ContactPoint,
    "veranstaltungen": Event,
}


def ask(client: FlaskClient, path: str, status: int = 200) -> dict[str, Any]:
    """Return what stands at `/ogc` + path as JSON."""
    answer = client.get(f"/ogc{path}")
    assert answer.status_code == status, answer.text[:300]
    found: dict[str, Any] = answer.get_json(force=True)
    return found


def items(client: FlaskClient, name: str, query: str = "") -> dict[str, Any]:
    """Return features of a collection, as many as come at once."""
    return ask(client, f"/collections/{name}/items?limit=1000{'&' if query else ''}{query}")


def ids(client: FlaskClient, name: str, query: str = "") -> list[Any]:
    """Return the ids of the features that a question finds, all of them."""
    found = items(client, name, query)
    assert found["numberMatched"] == found["numberReturned"] == len(found["features"])
    return [one["id"] for one in found["features"]]


def total(session: Session, name: str) -> int:
    """Return how many entries of a collection are public."""
    entity = ENTITIES[name]
    statement = select(func.count()).select_from(entity)
    if entity is not Municipality:
        statement = statement.where(entity.status == Status.PUBLISHED)
    return session.scalar(statement) or 0


def links(document: dict[str, Any], rel: str) -> list[str]:
    """Return the addresses of a relation."""
    return [one["href"] for one in document["links"] if one["rel"] == rel]

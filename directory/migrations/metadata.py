"""All tables in one place, for migrations and their tests."""

from typing import Any

from directory.accounts import models as accounts
from directory.contacts import models as contacts
from directory.db import Model
from directory.events import models as events
from directory.feedback import models as feedback
from directory.files import models as files
from directory.geo import models as geo
from directory.importing import models as importing
from directory.links import models as links
from directory.mail import models as mail
from directory.municipalities import models as municipalities
from directory.practices import models as practices
from directory.publication import models as publication
from directory.search import models as search
from directory.subscriptions import models as subscriptions
from directory.topics import models as topics

metadata = Model.metadata

# Importing them is what fills `metadata`.
SUBJECTS = (
    accounts,
    publication,
    files,
    municipalities,
    topics,
    contacts,
    practices,
    events,
    feedback,
    geo,
    links,
    mail,
    search,
    importing,
    subscriptions,
)


def include_object(_thing: Any, name: str | None, kind: str, *_rest: Any) -> bool:
    """Leave out what belongs to one engine's full-text search alone: it has no model."""
    if kind == "table":
        return not (name or "").startswith("search_fts")
    if kind == "column":
        return name != "vector"
    if kind == "index":
        return name != "ix_search_entry_vector"
    return True

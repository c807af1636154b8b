"""What programmes fetch to follow or reuse the directory.

Atom, iCalendar, vCard, tables, the catalogue of open data, sitemap.

Every list understands the same filters as its page: both read them as
:class:`~directory.search.criteria.Criteria`.
"""

from flask import Flask

from directory.accounts.guards import declare
from directory.accounts.rights import Right
from directory.feeds import calendars, contacts, discovery, exports, open_data, subscriptions


def init_app(app: Flask) -> None:
    """Register everything that can be fetched."""
    for module in (subscriptions, calendars, contacts, exports, open_data, discovery):
        app.register_blueprint(declare(module.bp, Right.PUBLIC))

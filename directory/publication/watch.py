"""The version of the catalogue in microseconds, for those who need nothing else of the database."""

from sqlalchemy import select

from directory.errors import Unavailable
from directory.lookups import Lookup, Reader
from directory.publication.models import CatalogueState

_VERSION = Lookup(select(CatalogueState.version))


class VersionWatch:
    """Asks the database each time: what another process has just committed is seen at once."""

    def __init__(self, reader: Reader) -> None:
        """Watch the database that `reader` reads."""
        self._reader = reader

    def version(self) -> int | None:
        """Return the last committed version; None if the database does not answer."""
        try:
            rows = self._reader.rows(_VERSION)
        except Unavailable:
            return None
        return rows[0][0] if rows else 0

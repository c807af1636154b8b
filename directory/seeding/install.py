"""Filling a database with the seed: load, index and remember what was loaded, all or nothing."""

from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from directory.db import begin_write
from directory.errors import DirectoryError
from directory.publication.catalogue import get_state
from directory.publication.models import CatalogueState
from directory.search import index
from directory.seeding.loader import load_seed, seed_digest
from directory.seeding.report import SeedReport

# In place of the seed's digest: the catalogue was made up by `directory generate`.
MADE_UP = "made up"
# Any number does; it only has to be the same for all who load into this database.
_ADVISORY_LOCK = 5_314_001


class MadeUpCatalogue(DirectoryError):
    """The database is for measuring: real entries must not be mixed into made-up ones."""

    title = "Die Datenbank enthält erfundene Einträge"


def install_seed(
    engine: Engine, folder: Path, *, only_if_changed: bool = False
) -> SeedReport | None:
    """Load the seed in `folder` and rebuild the index, in one transaction.

    With `only_if_changed` a seed that is already in, indexed by today's rules, is left alone and
    None is returned. Of several processes at once one loads and the others wait.

    Raises:
        SeedError: naming every bad row; nothing is loaded then.
        MadeUpCatalogue: if `directory generate` has filled the database.
    """
    digest = seed_digest(folder)
    with Session(engine) as session:
        if only_if_changed and _is_in(session, digest):
            return None
        session.rollback()
        begin_write(session)
        _wait_for_others(session)
        if only_if_changed and _is_in(session, digest):
            return None
        _refuse_made_up(session)
        report = load_seed(session, folder)
        get_state(session).seed_digest = digest
        index.rebuild(session)
        session.commit()
    return report


def _wait_for_others(session: Session) -> None:
    # On SQLite only one can have begun to write.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))


def _refuse_made_up(session: Session) -> None:
    if session.scalar(select(CatalogueState.seed_digest)) == MADE_UP:
        raise MadeUpCatalogue(
            "In dieser Datenbank stehen Probeeinträge von `directory generate`; die echten Daten "
            "werden nicht dazugeladen. Bitte mit DIRECTORY_DATABASE_URL eine andere Datenbank "
            "nennen oder ohne `--init` starten."
        )


def _is_in(session: Session, digest: str) -> bool:
    known = session.execute(select(CatalogueState.seed_digest, CatalogueState.index_rules)).first()
    return known is not None and tuple(known) == (digest, index.RULES)

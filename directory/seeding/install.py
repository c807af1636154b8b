"""Filling a database with the seed: load, index and remember what was loaded, all or nothing."""

from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from directory.db import begin_write
from directory.publication.catalogue import get_state
from directory.publication.models import CatalogueState
from directory.search import index
from directory.seeding.loader import load_seed, seed_digest
from directory.seeding.report import SeedReport


def install_seed(
    engine: Engine, folder: Path, *, only_if_changed: bool = False
) -> SeedReport | None:
    """Load the seed in `folder` and rebuild the index, in one transaction.

    With `only_if_changed` a seed that is already in, indexed by today's rules, is left alone and
    None is returned.

    Raises:
        SeedError: naming every bad row; nothing is loaded then.
    """
    digest = seed_digest(folder)
    with Session(engine) as session:
        if only_if_changed and _is_in(session, digest):
            return None
        session.rollback()
        begin_write(session)
        report = load_seed(session, folder)
        get_state(session).seed_digest = digest
        index.rebuild(session)
        session.commit()
    return report


def _is_in(session: Session, digest: str) -> bool:
    known = session.execute(select(CatalogueState.seed_digest, CatalogueState.index_rules)).first()
    return known is not None and tuple(known) == (digest, index.RULES)

"""What tests of the catalogue's version do to it."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from directory.db import begin_write
from directory.publication.catalogue import advance


def change(engine: Engine) -> None:
    """Raise the version, as if somebody had published something."""
    with Session(engine) as session:
        begin_write(session)
        advance(session)
        session.commit()

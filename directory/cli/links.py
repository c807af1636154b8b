"""`directory links …`: the addresses that entries lead to."""

import click
from sqlalchemy.orm import Session

from directory.cli.opening import open_database, read_settings, require_schema
from directory.db import begin_write, utc_now


@click.group()
def links() -> None:
    """Adressen, zu denen Einträge führen."""


@links.command("check")
@click.option("--limit", default=500, type=click.IntRange(1), show_default=True, help="Höchstens.")
def check_links(limit: int) -> None:
    """Prüfen, ob verlinkte Seiten antworten: höflich, nacheinander, nie im eigenen Netz."""
    from directory.links import checking, collecting

    settings = read_settings()
    with open_database(settings) as engine:
        require_schema(engine)
        with Session(engine) as session:
            addresses = collecting.addresses(session)
            waiting = checking.due(session, addresses, now=utc_now())[:limit]
        asked_at: dict[str, float] = {}
        failed = 0
        with click.progressbar(list(checking.in_turns(waiting)), label="Adressen") as urls:
            for url in urls:
                found = checking.check(url, contact=settings.base_url, asked_at=asked_at)
                failed += found.trouble is not None
                # Each by itself: whoever stops the command keeps what it found out.
                with Session(engine) as session:
                    begin_write(session)
                    checking.note(session, url, found, now=utc_now())
                    session.commit()
        with Session(engine) as session:
            begin_write(session)
            checking.forget_others(session, addresses)
            session.commit()
        click.echo(f"{len(waiting)} Adressen geprüft, {failed} antworten nicht, wie sie sollten.")

"""The seed goes in once, whoever starts at the same time, and never into a made-up catalogue."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.cli import main
from directory.db import begin_write, create_database_engine
from directory.municipalities.models import Municipality
from directory.publication.catalogue import get_state
from directory.resources import resource_dir
from directory.seeding.install import MADE_UP, MadeUpCatalogue, install_seed
from directory.seeding.report import SeedReport
from directory.seeding.synthetic import generate
from tests.databases import Databases


@pytest.mark.slow
def test_two_that_load_an_empty_database_at_once_load_it_once(
    postgresql_databases: Databases,
) -> None:
    with postgresql_databases.empty() as url:

        def load(_: int) -> SeedReport | None:
            engine = create_database_engine(url)
            try:
                return install_seed(engine, resource_dir("seed"), only_if_changed=True)
            finally:
                engine.dispose()

        with ThreadPoolExecutor(2) as pool:
            reports = list(pool.map(load, range(2)))
        assert sorted(report is None for report in reports) == [False, True]
        engine = create_database_engine(url)
        with Session(engine) as session:
            assert session.scalar(select(func.count()).select_from(Municipality)) == 432
        engine.dispose()


def test_real_entries_never_come_into_a_made_up_catalogue(session: Session) -> None:
    begin_write(session)
    get_state(session).seed_digest = MADE_UP
    session.commit()
    engine = session.get_bind()
    for only_if_changed in (True, False):
        with pytest.raises(MadeUpCatalogue, match="Probeeinträge"):
            install_seed(engine, resource_dir("seed"), only_if_changed=only_if_changed)  # type: ignore[arg-type]
    assert session.scalar(select(func.count()).select_from(Municipality)) == 0


@pytest.mark.slow
def test_what_is_generated_is_marked_as_made_up(session: Session) -> None:
    begin_write(session)
    generate(session, resource_dir("seed"), practices=1)
    session.commit()
    assert get_state(session).seed_digest == MADE_UP


def test_make_run_says_why_it_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/made-up.sqlite3"
    monkeypatch.setenv("DIRECTORY_DATABASE_URL", url)
    runner = CliRunner()
    assert runner.invoke(main, ["db", "upgrade"]).exit_code == 0
    engine = create_database_engine(url)
    with Session(engine) as session:
        begin_write(session)
        get_state(session).seed_digest = MADE_UP
        session.commit()
    engine.dispose()
    started = runner.invoke(main, ["serve", "--init"])
    assert started.exit_code == 1
    assert "Probeeinträge von `directory generate`" in started.output

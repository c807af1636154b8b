"""Made-up catalogues for measuring: the same every time, complete, and never among real entries."""

import csv
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from directory.cli import main
from directory.db import begin_write, create_database_engine
from directory.municipalities.models import Level, Municipality
from directory.practices.models import Practice
from directory.resources import resource_dir
from directory.search import index
from directory.search.criteria import Criteria
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import get_reference
from directory.search.queries import find_total
from directory.seeding.synthetic import GERMANY, NotEmpty, generate
from directory.seeding.synthetic_texts import SyntheticTexts

SEED = resource_dir("seed")
COMMAND = ["generate", "--practices", "50", "--seed", "7"]

Rows = list[tuple[Any, ...]]


def rows_of(session: Session) -> Rows:
    columns = (Practice.slug, Practice.ags, Practice.title, Practice.approach, Practice.state)
    return [tuple(row) for row in session.execute(select(*columns).order_by(Practice.id))]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, dict[str, str]]:
    """What the command writes into a new database, and the environment it ran in."""
    url = f"sqlite:///{tmp_path_factory.mktemp('made') / 'new' / 'directory.sqlite3'}"
    environment = {"DIRECTORY_DATABASE_URL": url, "DIRECTORY_SECRET_KEY": "k" * 40}
    result = CliRunner().invoke(main, COMMAND, env=environment)
    assert result.exit_code == 0, result.output
    assert "50 Probeeinträge" in result.output
    engine = create_database_engine(url)
    with Session(engine) as session:
        rows = rows_of(session)
    engine.dispose()
    return rows, environment


def hits(session: Session, **args: str) -> int:
    reference = get_reference(session)
    criteria = Criteria.from_args(MultiDict(args), kind=ListKind.PRACTICES, reference=reference)
    return find_total(session, criteria, reference)


@pytest.mark.slow
def test_same_number_gives_same_entries_and_all_are_found(
    session: Session, made: tuple[Rows, dict[str, str]]
) -> None:
    begin_write(session)
    indexed: list[int] = []
    generate(session, SEED, practices=50, seed=7, on_indexed=indexed.append)
    session.commit()
    assert rows_of(session) == made[0]
    assert sum(indexed) == 50
    assert index.is_current(session)
    assert hits(session) == hits(session, q="Probeeintrag") == 50
    first = session.get_one(Practice, 1)
    assert first.title.startswith("Probeeintrag 1: ")
    assert hits(session, q=f"Probeeintrag {first.municipality.name}") >= 1
    texts = [first.summary, first.situation, first.approach, first.result]
    assert 110 < len(" ".join(map(str, texts)).split()) < 190

    with (SEED / GERMANY).open(encoding="utf-8") as lines:
        expected = {row["ags"] for row in csv.DictReader(lines)}
    places = select(Municipality.ags).where(Municipality.level == Level.MUNICIPALITY)
    assert set(session.scalars(places)) == expected
    # The next practice gets a number of its own.
    session.add(copy_of(first))
    session.flush()
    assert session.scalar(select(func.max(Practice.id))) == 51


def copy_of(practice: Practice) -> Practice:
    return Practice(
        slug="another",
        ags=practice.ags,
        title="Noch eines",
        summary="",
        approach="",
        state=practice.state,
        success_factors=[],
        stumbling_blocks=[],
        partners=[],
    )


def test_another_number_gives_other_texts() -> None:
    words = ["Ehrenamt", "Verein"]
    texts = [SyntheticTexts(Random(seed), words) for seed in (1, 1, 2)]  # noqa: S311
    titles = [[one.title(1, "Ahaus"), *one.sentences(3)] for one in texts]
    assert titles[0] == titles[1] != titles[2]


def test_a_filled_database_is_refused(catalogue: Session) -> None:
    before = catalogue.scalar(select(func.count()).select_from(Practice))
    with pytest.raises(NotEmpty, match="leere Datenbank"):
        generate(catalogue, SEED, practices=1)
    assert catalogue.scalar(select(func.count()).select_from(Practice)) == before


@pytest.mark.slow
def test_command_refuses_the_second_time(made: tuple[Rows, dict[str, str]]) -> None:
    again = CliRunner().invoke(main, COMMAND, env=made[1])
    assert again.exit_code == 1
    assert "stehen schon Kommunen" in again.output

"""What the page of an example says about its end, its effort and its stumbling blocks."""

import datetime as dt

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.db import begin_write, db
from directory.practices import queries as practices
from directory.practices.models import CostBand, Practice, PracticeState, StaffEffort
from directory.publication.catalogue import advance
from directory.search import index
from tests.factories import build_practice
from tests.pages import get


def changed(app: Flask, **fields: object) -> str:
    """Change the first example, and return the address of its page."""
    with app.app_context():
        begin_write(db.session)
        practice = db.session.scalars(select(Practice).order_by(Practice.slug)).first()
        assert practice is not None
        for name, value in fields.items():
            setattr(practice, name, value)
        db.session.flush()
        index.refresh(db.session, "practice", [practice.slug])
        advance(db.session)
        db.session.commit()
        return f"/praxisbeispiele/{practice.slug}"


def test_an_ended_example_stays_and_says_when_and_why(app: Flask) -> None:
    path = changed(
        app,
        state=PracticeState.FINISHED,
        started_year=2012,
        ended_year=2019,
        ended_reason="Die Förderung lief aus.",
    )
    page = get(app.test_client(), path)
    assert "2012 bis 2019" in page.text
    assert page.one("#ende").text == "Warum es endete Die Förderung lief aus."
    listed = get(app.test_client(), "/praxisbeispiele?status=beendet")
    assert page.h1 in listed.text


def test_what_it_costs_is_said_where_it_is_known(app: Flask) -> None:
    path = changed(app, cost_band=CostBand.UNDER_5000, staff_effort=StaffEffort.UNDER_QUARTER)
    text = get(app.test_client(), path).text
    assert "Kosten der Kommune im Jahr unter 5.000 €" in text
    assert "Arbeitszeit der Kommune unter einer Viertelstelle" in text
    unknown = changed(app, cost_band=None, staff_effort=None)
    assert "Arbeitszeit" not in get(app.test_client(), unknown).text


def test_no_stumbling_blocks_known_is_not_the_same_as_none_named(app: Flask) -> None:
    said = changed(app, stumbling_blocks=[], no_stumbling_blocks_known=True)
    assert get(app.test_client(), said).one("#stolpersteine").text == "Stolpersteine keine bekannt"
    unsaid = changed(app, no_stumbling_blocks_known=False)
    assert "keine genannt" in get(app.test_client(), unsaid).one("#stolpersteine").text


def test_a_marked_up_story_is_formatted_on_its_page_and_plain_in_the_search(app: Flask) -> None:
    path = changed(app, approach="Mit **Lotsenpunkten** im Rathaus.\n\n- [Plan](https://a.example)")
    page = get(app.test_client(), path)
    assert [one.text for one in page.all(".prose strong")] == ["Lotsenpunkten"]
    link = next(one for one in page.all(".prose li a") if one.text == "Plan")
    assert (link["href"], link["rel"]) == ("https://a.example", "nofollow ugc noopener")
    found = get(app.test_client(), "/praxisbeispiele?q=Lotsenpunkte")
    assert page.h1 in found.text
    assert "**" not in found.text


def test_the_day_of_installation_is_nobodys_change(app: Flask) -> None:
    untouched = get(app.test_client(), "/kommunen/hemer").text
    assert "geändert am" not in untouched
    assert "geändert am" not in get(app.test_client(), changed(app)).text
    path = changed(app, version=2, updated_at=dt.datetime(2026, 2, 3, 12, tzinfo=dt.UTC))
    assert "Eintrag geändert am 03.02.2026" in get(app.test_client(), path).text


def test_new_at_home_is_what_came_last_and_of_a_batch_what_began_last(session: Session) -> None:
    def came(minute: int, second: int, began: int | None, title: str) -> None:
        moment = dt.datetime(2026, 2, 3, 12, minute, second, tzinfo=dt.UTC)
        build_practice(session, published_at=moment, started_year=began, title=title)

    came(3, 1, 2024, "Dankefest")
    came(3, 2, None, "Zukunftswerkstatt")
    came(3, 3, 2012, "Winterkino")
    came(5, 1, 1999, "Altentreff")
    ids = practices.newest(session, 3)
    titles = [session.get_one(Practice, one).title for one in ids]
    assert titles == ["Altentreff", "Dankefest", "Winterkino"]

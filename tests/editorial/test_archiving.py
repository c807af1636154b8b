"""What is archived is gone for readers, wherever it was mentioned; the memory of it stays."""

from flask import Flask
from sqlalchemy import func, select

from directory.accounts.models import Role
from directory.db import begin_write, db
from directory.events.models import Participation
from directory.practices.drafts import PracticeDraft
from directory.practices.models import Practice
from directory.publication.catalogue import advance
from tests.editorial.test_writing import HEMER, send
from tests.pages import get
from tests.signing_in import signed_in


def shown_at_a_congress() -> Participation:
    """Return an appearance of a municipality, now with one of its practices."""
    begin_write(db.session)
    shown, practice = db.session.execute(
        select(Participation, Practice)
        .join(Practice, Practice.ags == Participation.ags)
        # No other text says so many words by chance.
        .order_by(func.length(Practice.title).desc())
    ).all()[0]
    shown.practice = practice
    advance(db.session)
    db.session.commit()
    return shown


def test_an_archived_example_is_mentioned_nowhere(app: Flask) -> None:
    with app.app_context():
        shown = shown_at_a_congress()
        assert shown.practice is not None
        slug, title = shown.practice.slug, shown.practice.title
        places = [f"/veranstaltungen/{shown.event.slug}", f"/kommunen/{shown.municipality.slug}"]
    reader = app.test_client()
    assert all(title in get(reader, path).text for path in places)
    reviewer = signed_in(app, Role.REVIEWER, ())
    send(reviewer, f"/redaktion/praxisbeispiele/{slug}/archivieren", {"note": "Doppelt"})
    get(reader, f"/praxisbeispiele/{slug}", status=404)
    places += ["/praxisbeispiele", f"/suche?q={title}", f"/map/praxisbeispiele.geojson?q={title}"]
    said = [path for path in places if title in reader.get(path).text.replace(f'"{title}"', "")]
    assert [path for path in said if not path.startswith(("/suche", "/map"))] == []
    features = reader.get("/map/praxisbeispiele.geojson").get_json()["features"]
    assert title not in [one["properties"]["title"] for one in features]
    assert "archiviert" in get(reviewer, f"/redaktion/praxisbeispiele/{slug}/verlauf").text


def test_what_was_archived_is_taken_up_again_where_the_page_says_so(app: Flask) -> None:
    with app.app_context():
        practices = db.session.scalars(select(Practice).where(Practice.ags == HEMER))
        # Without that nothing can be handed in, however old it is.
        slug = next(one.slug for one in practices if PracticeDraft.of(one).gaps() == {})
    public, path = f"/praxisbeispiele/{slug}", f"/redaktion/praxisbeispiele/{slug}"
    reader, editor = app.test_client(), signed_in(app, Role.EDITOR, (HEMER,))
    reviewer = signed_in(app, Role.REVIEWER, ())
    send(reviewer, path + "/archivieren", {"note": "Doppelt"})
    get(reader, public, status=404)

    history = get(editor, path + "/verlauf")
    assert [one.text for one in history.all(".desk__page form")] == ["Wieder aufnehmen"]
    copy = send(editor, path + "/bearbeiten", {})
    assert [one.text for one in get(editor, path + "/verlauf").all(".desk__page form")] == [
        "Weiterschreiben"
    ]
    number = copy.rsplit("/", 1)[-1]
    send(editor, copy + "/einreichen", {})
    send(reviewer, f"/redaktion/pruefung/{number}/veroeffentlichen", {})
    get(reader, public)

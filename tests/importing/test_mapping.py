"""What the headings of a file mean."""

import pytest

from directory.importing.kinds import CONTACTS, KINDS, PRACTICES, Kind
from directory.importing.mapping import WrongMapping, changed, guess, refuse_unusable


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_heading_of_the_template_is_understood(kind: Kind) -> None:
    headings = [column.header for column in kind.columns]
    assert guess(kind, headings).fields == tuple(column.field for column in kind.columns)


def test_headings_are_guessed_by_alias_spelling_and_likeness() -> None:
    headings = ["AGS", "TITEL*", "kurz-fassung (Pflicht)", "Ergebniss", "Lfd. Nr."]
    assert guess(PRACTICES, headings).fields == ("ags", "title", "summary", "result", None)


def test_the_clearer_heading_wins() -> None:
    assert guess(CONTACTS, ["Ort", "Stadt", "Kommune"]).fields == ("town", None, "ags")


def test_people_may_say_otherwise_by_heading_or_letter() -> None:
    columns = ("Stadt", "Name der Stelle", "Link")
    wanted = changed(
        CONTACTS,
        columns,
        guess(CONTACTS, columns),
        {"Name der Stelle": "Stelle", "C": "source_url", "stadt": ""},
    )
    assert wanted.fields == (None, "unit", "source_url")


@pytest.mark.parametrize(
    ("wish", "expected"),
    [({"Farbe": "Stelle"}, "keine Spalte „Farbe“"), ({"Ort": "Farbe"}, "Möglich sind: Kommune")],
)
def test_what_does_not_exist_is_said(wish: dict[str, str], expected: str) -> None:
    with pytest.raises(WrongMapping, match=expected):
        changed(CONTACTS, ("Ort",), guess(CONTACTS, ("Ort",)), wish)


def test_a_file_that_does_not_tell_its_entries_is_refused() -> None:
    with pytest.raises(WrongMapping, match="„Kennung“ oder „Kommune“ und „Titel“"):
        refuse_unusable(PRACTICES, guess(PRACTICES, ("Titel", "Kurzfassung")))
    refuse_unusable(PRACTICES, guess(PRACTICES, ("Kennung", "Status")))

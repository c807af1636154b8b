"""What changed, word by word, and whose version stands to reason when two people collide."""

from directory.publication.differences import (
    Change,
    Collision,
    Piece,
    collisions,
    compare,
    differences,
    differing,
)


def test_texts_are_compared_by_words() -> None:
    old, new = compare("Die Stadt Hemer hilft Vereinen.", "Die Stadt Bonn hilft allen Vereinen.")
    assert old == (
        Piece(Change.SAME, "Die Stadt "),
        Piece(Change.REMOVED, "Hemer"),
        Piece(Change.SAME, " hilft "),
        Piece(Change.SAME, "Vereinen."),
    )
    assert "".join(piece.text for piece in new) == "Die Stadt Bonn hilft allen Vereinen."
    assert [piece.text for piece in new if piece.change is Change.ADDED] == ["Bonn", "allen "]


def test_very_long_texts_are_shown_whole() -> None:
    text = "Wort " * 3_000
    old, new = compare(text, text + "Ende")
    assert (len(old), len(new)) == (1, 1)


def test_empty_says_the_same_as_missing() -> None:
    assert differing({"a": None, "b": [], "c": ""}, {"a": "", "d": False}) == []


def test_fields_come_in_the_order_of_the_form() -> None:
    before = {"summary": "alt", "title": "alt", "year": 2012}
    after = {"summary": "neu", "title": "neu", "year": 2013}
    found = differences(before, after, order=("title", "summary"))
    assert [one.field for one in found] == ["title", "summary", "year"]


def test_who_alone_touched_a_field_is_suggested() -> None:
    base = {"title": "A", "summary": "S", "result": "R"}
    mine = {"title": "B", "summary": "S", "result": "R1"}
    theirs = {"title": "A", "summary": "T", "result": "R2"}
    assert collisions(base, mine, theirs) == [
        Collision("title", "B", "A", "mine"),
        Collision("summary", "S", "T", "theirs"),
        Collision("result", "R1", "R2", None),
    ]
    assert [one.suggested for one in collisions(None, mine, theirs)] == [None, None, None]

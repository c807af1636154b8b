"""Sessions as Flask keeps them, though nothing is made for those who have none."""

from secrets import token_bytes

from flask import session

from directory.web.light import LightFlask


def site() -> LightFlask:
    app = LightFlask("town-hall")
    app.config["SECRET_KEY"] = token_bytes()

    @app.get("/<word>")
    def remember(word: str) -> str:
        before = session.get("word", "nothing")
        session["word"] = word
        return str(before)

    return app


def test_a_first_visit_has_an_empty_session_and_the_next_one_remembers() -> None:
    client = site().test_client()
    assert [client.get(f"/{word}").text for word in ("one", "two", "three")] == [
        "nothing",
        "one",
        "two",
    ]


def test_a_cookie_that_somebody_else_signed_is_an_empty_session() -> None:
    client = site().test_client()
    client.set_cookie("session", "eyJ3b3JkIjoib25lIn0.Zx.forged")
    assert client.get("/two").text == "nothing"

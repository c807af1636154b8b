"""`/abo` as visitors and mail providers use it."""

import datetime as dt
import logging
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from directory.db import begin_write, db, utc_now
from directory.mail.models import OutboxMail
from directory.subscriptions import digests
from directory.subscriptions.models import Subscription
from directory.subscriptions.news import News
from tests.pages import get

ADDRESS = "kanarienvogel@example.org"
PATH = "/abo?liste=praxisbeispiele&thema=vernetzung"


def ask(app: Flask, path: str = PATH, *, seconds: float = 10, **given: str) -> TestResponse:
    """Fill in the form as somebody does who takes some seconds."""
    client = app.test_client()
    fields = get(client, path).fields(path)
    moment = utc_now() + dt.timedelta(seconds=seconds)
    app.config["CLOCK"] = lambda: moment
    try:
        return client.post(path, data={**fields, "address": ADDRESS, **given})
    finally:
        del app.config["CLOCK"]


def letters(app: Flask) -> list[OutboxMail]:
    with app.app_context():
        return list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def link(mail: OutboxMail, purpose: str) -> str:
    match = re.search(rf"http://localhost(/abo/{purpose}/\S+)", mail.text)
    assert match is not None
    return match[1]


def subscribed(app: Flask) -> list[Subscription]:
    with app.app_context():
        return list(db.session.scalars(select(Subscription)))


def subscribe(app: Flask, path: str = PATH) -> str:
    """Ask and confirm; returns where it is managed."""
    assert ask(app, path).status_code == 303
    client = app.test_client()
    answer = client.post(link(letters(app)[-1], "bestaetigen"))
    assert answer.status_code == 303
    return answer.location


@pytest.mark.parametrize(
    ("page", "text", "label"),
    [
        (
            "/praxisbeispiele?thema=vernetzung&sort=titel",
            "Neues dazu per E-Mail",
            "Praxisbeispiele · Thema Vernetzung",
        ),
        ("/themen/vernetzung", "Neues dazu per E-Mail", "Praxisbeispiele · Thema Vernetzung"),
        (
            "/kommunen/kreis-lippe",
            "Neue Praxisbeispiele von hier per E-Mail",
            "Praxisbeispiele · Kreis Lippe",
        ),
        (
            "/veranstaltungen?art=kongress",
            "Neues dazu per E-Mail",
            "Veranstaltungen · Art Kongress",
        ),
    ],
)
def test_lists_topics_and_counties_offer_their_news(
    client: FlaskClient, page: str, text: str, label: str
) -> None:
    form = get(client, get(client, page).link(text))
    assert form.h1 == "Neues per E-Mail"
    assert form.link(label).split("?")[0] in {"/praxisbeispiele", "/veranstaltungen"}
    assert form.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("page", ["/kommunen", "/materialien", "/kommunen/hemer"])
def test_other_pages_offer_none(client: FlaskClient, page: str) -> None:
    assert "per E-Mail" not in get(client, page).text


def test_from_asking_to_the_last_click(any_app: Flask) -> None:
    client = any_app.test_client()
    answer = ask(any_app)
    assert (answer.status_code, answer.location) == (303, "/abo/angefragt")
    assert get(client, answer.location).h1 == "Bitte sehen Sie in Ihr Postfach"
    (mail,) = letters(any_app)
    confirmation = link(mail, "bestaetigen")
    assert "Thema Vernetzung" in get(client, confirmation).text
    assert subscribed(any_app)[0].confirmed_at is None  # a scanner that opens links changes nothing
    manage = client.post(confirmation).location
    assert get(client, confirmation).h1 == "Diese Bestellung ist bestätigt"
    page = get(client, manage)
    assert page.link("Praxisbeispiele · Thema Vernetzung") == "/praxisbeispiele?thema=vernetzung"
    number = subscribed(any_app)[0].id
    client.post(manage, data={f"rhythmus-{number}": "monthly", "speichern": "1"})
    assert subscribed(any_app)[0].rhythm == "monthly"
    assert client.post(manage, data={"beenden": str(number)}).location == manage
    assert "nicht mehr gespeichert" in get(client, manage).text
    assert subscribed(any_app) == []
    assert get(client, confirmation).h1 == "Dieser Link gilt nicht mehr"
    assert client.post(confirmation).status_code == 303
    assert subscribed(any_app) == []


@pytest.mark.parametrize(
    "data", [{"beenden": "alle"}, {"beenden": "99999999999999"}, {"beenden": "x"}, {}]
)
def test_only_what_is_asked_for_ends(app: Flask, data: dict[str, str]) -> None:
    manage = subscribe(app)
    subscribe(app, "/abo?liste=veranstaltungen")
    assert app.test_client().post(manage, data=data).status_code == 303
    assert len(subscribed(app)) == (0 if data.get("beenden") == "alle" else 2)


def digest_letter(app: Flask, monkeypatch: pytest.MonkeyPatch) -> OutboxMail:
    """The digest a week later, with one entry."""
    news = [News("neu", "Bürgerrat", "Hemer", "/praxisbeispiele/buergerrat")]
    monkeypatch.setattr(digests, "news_of", lambda *_args, **_given: news)
    with app.app_context():
        later = utc_now() + dt.timedelta(days=7)
        digests.send_due(db.engine, app.config["DIRECTORY"], now=later)
    return letters(app)[-1]


def test_mail_providers_end_it_with_one_click(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    manage = subscribe(any_app)
    mail = digest_letter(any_app, monkeypatch)
    assert mail.unsubscribe_url == "http://localhost" + link(mail, "abmelden")
    for _ in range(2):  # they may send it again
        answer = any_app.test_client().post(
            mail.unsubscribe_url,
            data="List-Unsubscribe=One-Click",
            content_type="application/x-www-form-urlencoded",
            headers={"User-Agent": "Mail-Provider"},
        )
        assert (answer.status_code, answer.text) == (200, "Abgemeldet.\n")
        assert "Set-Cookie" not in answer.headers
        assert subscribed(any_app) == []
    assert "nicht mehr gespeichert" in get(any_app.test_client(), manage).text


def test_one_click_may_come_as_a_form_with_parts(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(app)
    mail = digest_letter(app, monkeypatch)
    answer = app.test_client().post(
        mail.unsubscribe_url or "",
        data={"List-Unsubscribe": "One-Click"},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 200
    assert subscribed(app) == []


def test_opening_the_link_ends_nothing_and_its_button_does(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(app)
    path = link(digest_letter(app, monkeypatch), "abmelden")
    client = app.test_client()
    assert get(client, path).h1 == "Neues per E-Mail abbestellen"
    assert len(subscribed(app)) == 1
    assert client.post(path).location == path
    assert get(client, path).h1 == "Sie sind abgemeldet"
    assert subscribed(app) == []


@pytest.mark.parametrize("purpose", ["bestaetigen", "verwalten", "abmelden"])
@pytest.mark.parametrize("token", ["x", "0" * 64, "%00", "a" * 2000, "ü"])
def test_links_that_are_not_ours_get_a_kind_sentence(app: Flask, purpose: str, token: str) -> None:
    client = app.test_client()
    page = get(client, f"/abo/{purpose}/{token}", status=404)
    assert "noch einmal aus der E-Mail" in page.text
    answer = client.post(f"/abo/{purpose}/{token}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 404


def test_nobody_learns_whether_an_address_is_known(app: Flask) -> None:
    subscribe(app)
    answers = [ask(app), ask(app, address="niemand@example.org")]
    assert len({(one.status_code, one.location, one.text) for one in answers}) == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"address": "niemand"}, "genau eine vollständige E-Mail-Adresse"),
        ({"address": "a@example.org\r\nBcc: b@example.org"}, "genau eine vollständige"),
        ({"website": "https://spam.example"}, "Automaten"),
        ({"gezeigt": "1.x"}, "zu lange offen"),
    ],
)
def test_what_cannot_be_taken_is_shown_again_as_typed(
    app: Flask, given: dict[str, str], sentence: str
) -> None:
    answer = ask(app, **given)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert given.get("address", ADDRESS).split("\r")[0] in answer.text
    assert letters(app) == []


def test_machines_are_too_fast(app: Flask) -> None:
    answer = ask(app, seconds=1)
    assert answer.status_code == 422
    assert "sehr schnell" in answer.text


def test_one_visitor_cannot_ask_without_end(app: Flask) -> None:
    answers = [ask(app, address=f"a{number}@example.org") for number in range(11)]
    assert [one.status_code for one in answers] == [303] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert len(letters(app)) == 10


def test_filter_that_is_not_understood_is_said_and_left_out(client: FlaskClient) -> None:
    page = get(client, "/abo?liste=praxisbeispiele&thema=quatsch&foo=1")
    assert "kennt den Wert „quatsch“ nicht" in page.text


@pytest.mark.parametrize("kind", ["kommunen", "materialien", "x", ""])
def test_other_lists_are_not_sent(client: FlaskClient, kind: str) -> None:
    get(client, f"/abo?liste={kind}", status=404)


def test_addresses_appear_in_no_page_log_or_json(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    manage = subscribe(app)
    mail = digest_letter(app, monkeypatch)
    client = app.test_client()
    paths = [manage, link(mail, "abmelden"), "/abo/angefragt", "/", "/praxisbeispiele"]
    shown = [client.get(path).text for path in paths]
    shown += [
        # Some are pictures.
        client.get(rule.rule).data.decode("utf-8", "replace")
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and not rule.arguments
    ]
    assert not [text for text in [*shown, caplog.text] if "kanarienvogel" in text.lower()]
    assert "kanarienvogel" not in str(
        [(one.kind, one.unique_key, one.reference) for one in letters(app)]
    )


def test_faults_of_the_database_do_not_tell_the_address(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with app.app_context():
        begin_write(db.session)
        db.session.connection().exec_driver_sql("DROP TABLE subscription")
        db.session.commit()
    app.testing = False
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = ask(app)
    assert answer.status_code >= 500
    assert "kanarienvogel" not in (answer.text + caplog.text).lower()

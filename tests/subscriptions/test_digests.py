"""Quiet mail: one letter with the net change, and none when there is none (C12)."""

import dataclasses
import datetime as dt
import logging
from collections.abc import Sequence
from email import policy
from email.parser import BytesParser
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.events.drafts import EventDraft
from directory.mail.messages import Sender, compose
from directory.mail.models import OutboxMail
from directory.practices.drafts import PracticeDraft
from directory.publication.models import Status
from directory.search.lists.listings import ListKind
from directory.subscriptions import digests, news, operations
from directory.subscriptions.models import Rhythm, Subscriber, Subscription
from tests.subscriptions.desk import ADDRESS, SETTINGS, Desk, day, subscribe

HOUR = 1 / 24


@pytest.fixture
def desk(session: Session) -> Desk:
    return Desk(session)


def engine_of(session: Session) -> Engine:
    bind = session.get_bind()
    assert isinstance(bind, Engine)
    session.commit()
    return bind


def send(session: Session, at: dt.datetime) -> list[OutboxMail]:
    """Run the chore; returns the digests it wrote."""
    before = {one.id for one in digest_mails(session)}
    count = digests.send_due(engine_of(session), SETTINGS, now=at)
    session.expire_all()
    written = [one for one in digest_mails(session) if one.id not in before]
    assert count == len(written)
    return written


def digest_mails(session: Session) -> Sequence[OutboxMail]:
    return session.scalars(
        select(OutboxMail).where(OutboxMail.kind == "digest").order_by(OutboxMail.id)
    ).all()


def lines(mail: OutboxMail) -> list[str]:
    """What the letter says about entries."""
    return [line.removeprefix("- ") for line in mail.text.splitlines() if line.startswith("- ")]


def test_new_entry_is_told_once_a_week_later(desk: Desk, session: Session) -> None:
    subscribe(session, day(0), thema="beteiligung")
    desk.publish("buergerrat", day(1))
    assert send(session, day(6)) == []
    (mail,) = send(session, day(7))
    assert (mail.recipient, mail.subject) == (ADDRESS, "Neues im Verzeichnis: 1 Eintrag")
    assert lines(mail) == ["neu: Buergerrat (Hemer)"]
    assert "  https://verzeichnis.example.org/praxisbeispiele/buergerrat\n" in mail.text
    assert "\nPraxisbeispiele · Thema Beteiligung\n" in mail.text
    assert send(session, day(14)) == []


def test_ten_edits_in_an_hour_are_one_line_with_the_net_change(
    desk: Desk, session: Session
) -> None:
    desk.publish("buergerrat", day(-3))
    subscribe(session, day(0))
    for number in range(10):
        desk.write("buergerrat", day(1 + number / 240), result=f"Fassung {number}")
    desk.write("buergerrat", day(1.5), stumbling_blocks=("Zu wenig Zeit",), title="Buergerrat")
    (mail,) = send(session, day(7))
    assert lines(mail) == ["geändert (Ergebnis und Stolpersteine): Buergerrat (Hemer)"]


def test_edits_that_cancel_out_vanish(desk: Desk, session: Session) -> None:
    desk.publish("buergerrat", day(-3))
    subscribe(session, day(0))
    desk.write("buergerrat", day(1), result="Ein Irrtum")
    desk.write("buergerrat", day(2), result=None)
    assert send(session, day(7)) == []


def test_what_came_and_went_in_between_was_never_there(desk: Desk, session: Session) -> None:
    subscribe(session, day(0))
    desk.publish("versehen", day(1))
    desk.move("versehen", day(2), Status.ARCHIVED)
    assert send(session, day(7)) == []


def test_archived_and_published_again_unchanged_is_no_news(desk: Desk, session: Session) -> None:
    desk.publish("buergerrat", day(-3))
    subscribe(session, day(0))
    desk.move("buergerrat", day(1), Status.ARCHIVED)
    desk.move("buergerrat", day(2), Status.PUBLISHED)
    assert send(session, day(7)) == []


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"thema": "beteiligung"},
        {"kreis": "05962"},
        {"ort": "Hemer"},
        {"ort": "Märkischer Kreis"},
        {"groesse": "20000-50000"},
        {"q": "Vereine"},
        {"q": "Hemer", "thema": "beteiligung", "status": "laufend"},
    ],
)
def test_archived_entry_is_told_to_those_who_had_it_in_their_search(
    desk: Desk, session: Session, given: dict[str, str]
) -> None:
    desk.publish("buergerrat", day(-3))
    subscribe(session, day(0), **given)
    desk.move("buergerrat", day(1), Status.ARCHIVED)
    (mail,) = send(session, day(7))
    assert lines(mail) == ["nicht mehr veröffentlicht: Buergerrat (Hemer)"]
    assert "/praxisbeispiele/buergerrat" not in mail.text


@pytest.mark.parametrize(
    "given",
    [
        {"thema": "vernetzung"},
        {"kreis": "05766"},
        {"ort": "Lemgo"},
        {"status": "beendet"},
        {"q": "Feuerwehr"},
        {"mitglied": "ja"},
        {"kind": ListKind.EVENTS},
    ],
)
def test_nothing_that_matches_means_no_letter(
    desk: Desk, session: Session, given: dict[str, Any]
) -> None:
    desk.publish("buergerrat", day(-3))
    desk.publish("vereinstag", day(-3))
    desk.publish("in-lemgo", day(-3), ags=desk.lemgo.ags, topics=frozenset({"vernetzung"}))
    subscribe(session, day(0), **given)
    desk.publish("neues", day(1))
    desk.write("vereinstag", day(1), result="Gut besucht")
    desk.move("buergerrat", day(1), Status.ARCHIVED)
    assert send(session, day(7)) == []


def test_one_letter_for_all_searches_of_an_address(desk: Desk, session: Session) -> None:
    subscribe(session, day(0), thema="beteiligung")
    subscribe(session, day(1), address=ADDRESS.upper(), kreis="05766")
    monthly = subscribe(session, day(2), ort="Hemer")
    operations.set_rhythm(session, monthly, Rhythm.MONTHLY)
    session.commit()
    desk.publish("buergerrat", day(3))
    desk.publish("in-lemgo", day(3), ags=desk.lemgo.ags, topics=frozenset({"vernetzung"}))
    (mail,) = send(session, day(7))
    assert lines(mail) == ["neu: Buergerrat (Hemer)", "neu: In lemgo (Lemgo)"]
    assert mail.text.count("/abo/verwalten/") == 1
    assert [send(session, day(number)) for number in range(8, 32)] == [[]] * 24
    (later,) = send(session, day(32))
    assert lines(later) == ["neu: Buergerrat (Hemer)"]


def test_unconfirmed_subscription_gets_nothing(desk: Desk, session: Session) -> None:
    from tests.subscriptions.desk import request

    request(session, day(0))
    desk.publish("buergerrat", day(1))
    assert send(session, day(7)) == []


def test_same_day_twice_tells_nothing_twice(desk: Desk, session: Session) -> None:
    subscribe(session, day(0))
    desk.publish("buergerrat", day(1))
    assert len(send(session, day(7))) == 1
    assert send(session, day(7)) == []
    assert send(session, day(7 + 2 * HOUR)) == []


def test_cron_may_be_some_minutes_early(desk: Desk, session: Session) -> None:
    subscribe(session, day(0))
    desk.publish("eins", day(1))
    assert len(send(session, day(7))) == 1
    desk.publish("zwei", day(8))
    assert len(send(session, day(14 - HOUR))) == 1


def test_what_is_written_during_the_run_is_told_next_time(desk: Desk, session: Session) -> None:
    subscribe(session, day(0))
    desk.publish("eins", day(7) - dt.timedelta(minutes=2))
    assert send(session, day(7)) == []
    (mail,) = send(session, day(14))
    assert lines(mail) == ["neu: Eins (Hemer)"]


def test_fault_in_the_middle_costs_one_letter_and_doubles_none(
    desk: Desk,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("anna", "bert", "carla"):
        subscribe(session, day(0), address=f"{name}@example.org")
    desk.publish("buergerrat", day(1))
    unhurt = digests.queue

    def fails_for_bert(session: Session, letter: Any, **given: Any) -> OutboxMail:
        mail = unhurt(session, letter, **given)
        if letter.to.startswith("bert"):
            raise RuntimeError("the cable was pulled")
        return mail

    monkeypatch.setattr(digests, "queue", fails_for_bert)
    with caplog.at_level(logging.DEBUG), pytest.raises(digests.SomeFailed, match="1 Sammel"):
        digests.send_due(engine_of(session), SETTINGS, now=day(7))
    assert "@example.org" not in caplog.text
    monkeypatch.undo()
    assert [one.recipient for one in send(session, day(7))] == ["bert@example.org"]
    assert sorted(one.recipient for one in digest_mails(session)) == [
        "anna@example.org",
        "bert@example.org",
        "carla@example.org",
    ]


def test_dry_run_keeps_nothing(desk: Desk, session: Session) -> None:
    subscribe(session, day(0))
    desk.publish("buergerrat", day(1))
    assert digests.send_due(engine_of(session), SETTINGS, now=day(7), dry_run=True) == 1
    assert len(send(session, day(7))) == 1


def test_address_that_takes_no_letters_is_erased(desk: Desk, session: Session) -> None:
    subscribe(session, day(0))
    desk.publish("eins", day(1))
    (mail,) = send(session, day(7))
    mail.bounced_at, mail.bounce_status = utc_now(), "5.1.1"
    desk.publish("zwei", day(8))
    assert send(session, day(14)) == []
    assert session.scalars(select(Subscriber)).all() == []
    assert session.scalars(select(Subscription)).all() == []


def test_search_that_is_no_longer_understood_does_not_become_a_wider_one(
    desk: Desk, session: Session
) -> None:
    subscription = subscribe(session, day(0), thema="beteiligung")
    subscription.query = "thema=gibt-es-nicht-mehr"
    desk.publish("buergerrat", day(1))
    assert send(session, day(7)) == []


def test_long_lists_are_linked_not_told(
    desk: Desk, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "MOST_NEWS", 2)
    subscribe(session, day(0), thema="beteiligung")
    for name in ("c", "a", "b", "d"):
        desk.publish(f"beispiel-{name}", day(1))
    (mail,) = send(session, day(7))
    assert mail.subject == "Neues im Verzeichnis: 4 Einträge"
    assert lines(mail) == [
        "neu: Beispiel a (Hemer)",
        "neu: Beispiel b (Hemer)",
        "und 2 weitere; alle stehen hier:",
    ]
    assert "/praxisbeispiele?thema=beteiligung\n" in mail.text


def test_letter_has_one_click_unsubscribe_and_watches_nobody(desk: Desk, session: Session) -> None:
    subscribe(session, day(0))
    desk.publish("buergerrat", day(1))
    (mail,) = send(session, day(7))
    raw = compose(mail, Sender(), now=day(7)).as_bytes()
    message = BytesParser(policy=policy.default).parsebytes(raw)
    assert message.get_content_type() == "text/plain"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = str(message["List-Unsubscribe"])
    assert link.startswith("<https://verzeichnis.example.org/abo/abmelden/")
    words = mail.text.split()
    links = [word for word in words if "://" in word]
    assert all(one.startswith("https://verzeichnis.example.org") for one in links)
    assert ADDRESS not in mail.text
    # Of what an entry says, nothing about the reader goes along.
    assert "https://verzeichnis.example.org/praxisbeispiele/buergerrat" in words


@pytest.mark.parametrize(
    ("draft", "kind"), [(PracticeDraft, ListKind.PRACTICES), (EventDraft, ListKind.EVENTS)]
)
def test_every_field_that_readers_see_has_a_name_for_them(draft: type, kind: ListKind) -> None:
    fields = {field.name for field in dataclasses.fields(draft)}
    assert fields - news.LABELS[kind].keys() == {"slug"}

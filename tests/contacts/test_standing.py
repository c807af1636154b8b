"""How far a contact point can be relied upon, day by day."""

import datetime as dt

import pytest

from directory.contacts.models import ContactPoint
from directory.contacts.standing import Standing, months_before, offered_email, standing_of


def contact(**fields: object) -> ContactPoint:
    moment = dt.datetime(2026, 2, 3, 12, tzinfo=dt.UTC)
    return ContactPoint(
        **{
            "published_at": moment,
            "verified_at": moment,
            "email": "ehrenamt@hemer.de",
            "fallback_email": "rathaus@hemer.de",
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(2026, 2, 3), Standing.CONFIRMED),
        (dt.date(2027, 8, 3), Standing.CONFIRMED),
        (dt.date(2027, 8, 4), Standing.STALE),
    ],
)
def test_a_confirmation_holds_for_eighteen_months(day: dt.date, expected: Standing) -> None:
    assert standing_of(contact(), day) is expected


def test_being_changed_is_not_being_confirmed() -> None:
    changed = contact(verified_at=None, changed_at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC))
    assert standing_of(changed, dt.date(2026, 9, 2)) is Standing.UNCONFIRMED
    assert standing_of(changed, dt.date(2027, 9, 2)) is Standing.STALE


def test_only_the_function_mailbox_is_left_where_doubts_began() -> None:
    fresh, late = dt.date(2026, 3, 1), dt.date(2028, 1, 1)
    returned = contact(undeliverable_at=dt.datetime(2026, 2, 20, tzinfo=dt.UTC))
    assert offered_email(contact(), fresh) == "ehrenamt@hemer.de"
    assert offered_email(contact(), late) == "rathaus@hemer.de"
    assert offered_email(returned, fresh) == "rathaus@hemer.de"
    assert offered_email(contact(fallback_email=None), late) is None


def test_months_end_where_the_shorter_one_does() -> None:
    assert months_before(dt.date(2027, 8, 31), 18) == dt.date(2026, 2, 28)
    assert months_before(dt.date(2026, 12, 1), 12) == dt.date(2025, 12, 1)
    assert months_before(dt.date(2026, 1, 15), 1) == dt.date(2025, 12, 15)

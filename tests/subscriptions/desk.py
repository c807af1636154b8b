"""A desk with a clock of its own: what it writes happened when the test says so."""

import datetime as dt
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from directory.config import Settings
from directory.editorial.kinds import KINDS
from directory.editorial.publishing import show
from directory.practices.drafts import PracticeDraft
from directory.practices.models import Practice, PracticeState
from directory.practices.operations import save_practice
from directory.publication import history
from directory.publication.models import Decision, EntryKind, Revision, Status
from directory.search.criteria import Criteria
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import get_reference
from directory.subscriptions import operations
from directory.subscriptions.models import Subscriber, Subscription
from tests.factories import build_municipality, build_term

START = dt.datetime(2026, 11, 2, 8, 0, tzinfo=dt.UTC)
SETTINGS = Settings(
    base_url="https://verzeichnis.example.org", secret_key="k" * 32, database_url="sqlite://"
)
ADDRESS = "leserin@example.org"


def day(number: float) -> dt.datetime:
    """The moment so many days after the beginning."""
    return START + dt.timedelta(days=number)


class Desk:
    """Writes practices of one county, published by default."""

    def __init__(self, session: Session) -> None:
        self.session = session
        build_municipality(session, ags="05962", name="Märkischer Kreis")
        build_municipality(session, ags="05766", name="Kreis Lippe")
        self.hemer = build_municipality(
            session, ags="05962016", name="Hemer", county_ags="05962", population=34_000
        )
        self.lemgo = build_municipality(session, ags="05766044", name="Lemgo", county_ags="05766")
        for slug in ("beteiligung", "vernetzung"):
            build_term(session, slug=slug, label=slug.capitalize())
        self.drafts: dict[str, PracticeDraft] = {}

    def write(self, slug: str, at: dt.datetime, **fields: Any) -> None:
        """Save the practice, new or not, with these fields changed."""
        known = self.drafts.get(slug) or PracticeDraft(
            slug=slug,
            ags=self.hemer.ags,
            title=slug.replace("-", " ").capitalize(),
            summary="Die Stadt fragt ihre Vereine.",
            approach="An einem Tisch.",
            state=PracticeState.RUNNING,
            topics=frozenset({"beteiligung"}),
        )
        self.drafts[slug] = replace(known, **fields)
        with _Dated(self.session, at):
            save_practice(self.session, by="konto:1", draft=self.drafts[slug])
        self._show(slug)

    def move(self, slug: str, at: dt.datetime, to: Status) -> None:
        """Publish or archive it."""
        entry = self.session.scalars(select(Practice).where(Practice.slug == slug)).one()
        with _Dated(self.session, at):
            history.move(
                self.session, entry, kind=EntryKind.PRACTICE, key=slug, to=to, by="konto:2"
            )
        self._show(slug)

    def publish(self, slug: str, at: dt.datetime, **fields: Any) -> None:
        """Write it and let readers see it."""
        self.write(slug, at, **fields)
        self.move(slug, at, Status.PUBLISHED)

    def _show(self, slug: str) -> None:
        show(self.session, KINDS[EntryKind.PRACTICE], [slug])
        self.session.commit()


class _Dated:
    """Gives a moment to all revisions and decisions written within."""

    def __init__(self, session: Session, at: dt.datetime) -> None:
        self.session, self.at = session, at

    def __enter__(self) -> None:
        self.last = {table: self._last(table) for table in (Revision, Decision)}

    def __exit__(self, *_: object) -> None:
        self.session.flush()
        for table, last in self.last.items():
            self.session.execute(update(table).where(table.id > last).values(at=self.at))

    def _last(self, table: type[Revision] | type[Decision]) -> int:
        return self.session.scalar(select(func.max(table.id))) or 0


def criteria(session: Session, *, kind: ListKind = ListKind.PRACTICES, **given: Any) -> Criteria:
    """Criteria as the address would give them: `thema="beteiligung"`."""
    from werkzeug.datastructures import MultiDict

    return Criteria.from_args(MultiDict(given), kind=kind, reference=get_reference(session))


def request(
    session: Session, at: dt.datetime, address: str = ADDRESS, **given: Any
) -> Subscription | None:
    """Ask for a subscription; returns it as it is kept now."""
    wanted = criteria(session, **given)
    operations.ask(
        session,
        address=address,
        criteria=wanted,
        reference=get_reference(session),
        settings=SETTINGS,
        now=at,
    )
    session.commit()
    return session.scalar(
        select(Subscription)
        .join(Subscriber)
        .where(
            Subscriber.address == address.lower(),
            Subscription.query == operations.canonical(wanted).to_query(),
        )
    )


def subscribe(
    session: Session, at: dt.datetime, address: str = ADDRESS, **given: Any
) -> Subscription:
    """Ask and confirm."""
    subscription = request(session, at, address, **given)
    assert subscription is not None
    operations.confirm(session, subscription, now=at)
    session.commit()
    return subscription

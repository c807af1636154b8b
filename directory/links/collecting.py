"""Where entries lead to: every public address with the entry that names it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.contacts.models import ContactPoint
from directory.events.models import Event, EventSource, Resource
from directory.municipalities.models import Membership, Municipality
from directory.practices.models import Practice, PracticeSource
from directory.publication.models import EntryKind, Status


@dataclass(frozen=True)
class Mention:
    """One address in one entry; `ags` is the municipality whose editors can change it."""

    url: str
    kind: EntryKind
    key: str
    title: str
    ags: str | None


def mentions(session: Session) -> Iterator[Mention]:
    """Yield every address that readers can follow."""
    for url, slug, title, ags in session.execute(
        select(PracticeSource.url, Practice.slug, Practice.title, Practice.ags)
        .join(Practice, Practice.id == PracticeSource.practice_id)
        .where(Practice.status == Status.PUBLISHED)
    ):
        yield Mention(url, EntryKind.PRACTICE, slug, title, ags)
    contacts = session.scalars(select(ContactPoint).where(ContactPoint.status == Status.PUBLISHED))
    for contact in contacts:
        for given in (contact.url, contact.source_url):
            if given:
                yield Mention(given, EntryKind.CONTACT, str(contact.id), contact.unit, contact.ags)
    for website, ags, name in session.execute(
        select(Municipality.website, Municipality.ags, Municipality.name).where(
            Municipality.website.is_not(None)
        )
    ):
        yield Mention(website or "", EntryKind.MUNICIPALITY, ags, name, ags)
    for url, ags in session.execute(select(Membership.source_url, Membership.ags)):
        yield Mention(url, EntryKind.MEMBERSHIP, ags, "Beleg der Mitgliedschaft", None)
    for url, slug, title in session.execute(
        select(EventSource.url, Event.slug, Event.title)
        .join(Event, Event.id == EventSource.event_id)
        .where(Event.status == Status.PUBLISHED)
    ):
        yield Mention(url, EntryKind.EVENT, slug, title, None)
    for url, slug, title in session.execute(
        select(Resource.url, Resource.slug, Resource.title).where(
            Resource.status == Status.PUBLISHED
        )
    ):
        yield Mention(url, EntryKind.RESOURCE, slug, title, None)


def addresses(session: Session) -> Sequence[str]:
    """Return every address once."""
    return list(dict.fromkeys(mention.url for mention in mentions(session) if mention.url))

"""Keeping press releases, dossiers, downloads, articles and links. Callers commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from directory.events.models import Event, Resource, ResourceType
from directory.municipalities.models import Municipality
from directory.publication.models import EntryKind, Status
from directory.publication.saving import Draft, Saved, in_chunks, refuse_invalid, save_all
from directory.publication.validation import Check, Known, Problems
from directory.topics.models import Term
from directory.topics.operations import terms_by_slug


@dataclass(frozen=True, kw_only=True)
class ResourceDraft(Draft):
    """One thing elsewhere on the web, and what it belongs to (slugs and AGS)."""

    slug: str
    kind: ResourceType
    title: str
    publisher: str
    url: str
    source_url: str
    description: str | None = None
    leads_to_file: bool = False
    date: str | None = None
    events: frozenset[str] = frozenset()
    terms: frozenset[str] = frozenset()
    municipalities: frozenset[str] = frozenset()

    @classmethod
    def of(cls, entry: Resource) -> "ResourceDraft":
        """Return the draft that `entry` corresponds to."""
        return cls(
            slug=entry.slug,
            kind=entry.kind,
            title=entry.title,
            publisher=entry.publisher,
            url=entry.url,
            source_url=entry.source_url,
            description=entry.description,
            leads_to_file=entry.leads_to_file,
            date=entry.date,
            events=frozenset(event.slug for event in entry.events),
            terms=frozenset(term.slug for term in entry.terms),
            municipalities=frozenset(place.ags for place in entry.municipalities),
        )

    def problems(self, known: Known) -> Problems:
        """Return what is wrong, field → German sentence."""
        check = Check()
        check.slug("slug", self.slug, Resource.slug)
        check.line("title", self.title, Resource.title)
        check.line("publisher", self.publisher, Resource.publisher)
        check.text("description", self.description, Resource.description)
        check.url("url", self.url, Resource.url)
        check.url("source_url", self.source_url, Resource.source_url)
        check.partial_date("date", self.date)
        for slug in sorted(self.events):
            check.reference("events", slug, known.events, "keine Veranstaltung")
        check.terms("terms", self.terms, known.terms)
        for ags in sorted(self.municipalities):
            check.ags("municipalities", ags, known.ags)
        return check.problems


def save_resource(session: Session, *, by: str, draft: ResourceDraft) -> Saved[Resource]:
    """Create or change the resource with the draft's slug; a new one is a draft.

    Raise `InvalidEntry`.
    """
    return save_resources(session, by=by, drafts=[draft])[0]


def save_resources(
    session: Session, *, by: str, drafts: Sequence[ResourceDraft]
) -> list[Saved[Resource]]:
    """Create or change resources, all or none; raise `InvalidEntry`."""
    links = _Links(session, drafts)
    refuse_invalid(drafts, links.known, key=lambda draft: draft.slug)

    whole = select(Resource).options(
        selectinload(Resource.events),
        selectinload(Resource.terms),
        selectinload(Resource.municipalities),
    )
    existing: dict[str, Resource] = {}
    for chunk in in_chunks(draft.slug for draft in drafts):
        rows = session.scalars(whole.where(Resource.slug.in_(chunk)))
        existing.update((resource.slug, resource) for resource in rows)
    return save_all(
        session,
        kind=EntryKind.RESOURCE,
        drafts=drafts,
        existing=existing,
        identity=lambda draft: draft.slug,
        create=lambda draft: Resource(slug=draft.slug, status=Status.DRAFT),
        read=ResourceDraft.of,
        write=lambda resource, draft: _write(resource, draft, links),
        key=lambda resource: resource.slug,
        by=by,
    )


class _Links:
    """All that the drafts of one batch point to, loaded at once."""

    events: Mapping[str, Event]
    terms: Mapping[str, Term]
    municipalities: Mapping[str, Municipality]

    def __init__(self, session: Session, drafts: Sequence[ResourceDraft]) -> None:
        self.terms = terms_by_slug(session, (slug for draft in drafts for slug in draft.terms))
        self.events = {
            event.slug: event
            for chunk in in_chunks(slug for draft in drafts for slug in draft.events)
            for event in session.scalars(select(Event).where(Event.slug.in_(chunk)))
        }
        self.municipalities = {
            place.ags: place
            for chunk in in_chunks(ags for draft in drafts for ags in draft.municipalities)
            for place in session.scalars(select(Municipality).where(Municipality.ags.in_(chunk)))
        }

    @property
    def known(self) -> Known:
        return Known(
            ags=self.municipalities.keys(),
            terms={slug: term.kind for slug, term in self.terms.items()},
            events=self.events.keys(),
        )


def _write(resource: Resource, draft: ResourceDraft, links: _Links) -> None:
    _write_card(resource, draft)
    resource.events = [links.events[slug] for slug in sorted(draft.events)]
    resource.terms = [links.terms[slug] for slug in sorted(draft.terms)]
    resource.municipalities = [links.municipalities[ags] for ags in sorted(draft.municipalities)]


def _write_card(resource: Resource, draft: ResourceDraft) -> None:
    resource.kind = draft.kind
    resource.title = draft.title
    resource.publisher = draft.publisher
    resource.description = draft.description
    resource.url = draft.url
    resource.leads_to_file = draft.leads_to_file
    resource.date = draft.date
    resource.source_url = draft.source_url


def sketch_resource(draft: ResourceDraft) -> Resource:
    """Return what `draft` would look like as a card, without what it belongs to: for previews."""
    resource = Resource(slug=draft.slug)
    _write_card(resource, draft)
    return resource

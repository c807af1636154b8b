"""Keeping municipalities, memberships and postcodes. Callers commit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session, selectinload

from directory.lookups import Lookup
from directory.municipalities.drafts import MembershipDraft, MunicipalityDraft, PostcodeDraft
from directory.municipalities.models import (
    Membership,
    Municipality,
    PostcodePlace,
    TrainingRound,
)
from directory.publication.models import EntryKind
from directory.publication.saving import Saved, in_chunks, refuse_invalid, save_all
from directory.publication.validation import Known
from directory.text import fold, slugify

_OF_KEYS = Lookup(
    select(Municipality.ags).where(Municipality.ags.in_(bindparam("keys", expanding=True)))
)


def known_ags(session: Session, wanted: Iterable[str | None]) -> frozenset[str]:
    """Return those of the `wanted` keys that there is a municipality, county or district for."""
    named = {ags for ags in wanted if ags is not None}
    chunks = in_chunks(named)
    return frozenset(ags for some in chunks for (ags,) in _OF_KEYS.rows(session, keys=some))


def save_municipality(
    session: Session, *, by: str, draft: MunicipalityDraft
) -> Saved[Municipality]:
    """Create or change the municipality with the draft's key; raise `InvalidEntry`."""
    return save_municipalities(session, by=by, drafts=[draft])[0]


def save_municipalities(
    session: Session, *, by: str, drafts: Sequence[MunicipalityDraft]
) -> list[Saved[Municipality]]:
    """Create or change municipalities, all or none; raise `InvalidEntry`.

    A county may come in the same batch as its towns; districts and counties come back first.
    """
    above = (ags for draft in drafts for ags in (draft.county_ags, draft.district_ags))
    known = Known(ags=known_ags(session, above) | {draft.ags for draft in drafts})
    refuse_invalid(drafts, known, key=lambda draft: draft.ags)

    existing: dict[str, Municipality] = {}
    for chunk in in_chunks(draft.ags for draft in drafts):
        for entry in session.scalars(select(Municipality).where(Municipality.ags.in_(chunk))):
            existing[entry.ags] = entry
    taken = set(session.scalars(select(Municipality.slug)))

    def create(draft: MunicipalityDraft) -> Municipality:
        # The address stays when the name changes; two places of one name differ by their key.
        slug = slugify(draft.name)
        slug = f"{slug}-{draft.ags}" if slug in taken else slug
        taken.add(slug)
        return Municipality(ags=draft.ags, slug=slug)

    return save_all(
        session,
        kind=EntryKind.MUNICIPALITY,
        # A key may only point to a row that is there already.
        drafts=sorted(drafts, key=lambda draft: len(draft.ags)),
        existing=existing,
        identity=lambda draft: draft.ags,
        create=create,
        read=MunicipalityDraft.of,
        write=_write_municipality,
        key=lambda entry: entry.ags,
        by=by,
    )


def _write_municipality(entry: Municipality, draft: MunicipalityDraft) -> None:
    entry.level = draft.level
    entry.name = draft.name
    entry.name_official = draft.name_official
    entry.sort_name = fold(draft.name)
    entry.kind = draft.kind
    entry.designation = draft.designation
    entry.legal_status = draft.legal_status
    entry.county_ags = draft.county_ags
    entry.district_ags = draft.district_ags
    entry.regional_association = draft.regional_association
    entry.population = draft.population
    entry.population_date = draft.population_date
    entry.area_km2 = draft.area_km2
    entry.lat = draft.lat
    entry.lon = draft.lon
    entry.urbanisation = draft.urbanisation
    entry.postcode = draft.postcode
    entry.website = draft.website


def save_membership(session: Session, *, by: str, draft: MembershipDraft) -> Saved[Membership]:
    """Create or change what is known about one membership; raise `InvalidEntry`."""
    return save_memberships(session, by=by, drafts=[draft])[0]


def save_memberships(
    session: Session, *, by: str, drafts: Sequence[MembershipDraft], checked: bool = False
) -> list[Saved[Membership]]:
    """Create or change memberships, all or none; raise `InvalidEntry`.

    `checked`: they were found valid a moment ago, with all that they refer to.
    """
    if not checked:
        known = Known(ags=known_ags(session, (draft.ags for draft in drafts)))
        refuse_invalid(drafts, known, key=lambda draft: draft.ags)

    existing: dict[str, Membership] = {}
    for chunk in in_chunks(draft.ags for draft in drafts):
        rows = select(Membership).where(Membership.ags.in_(chunk))
        for entry in session.scalars(rows.options(selectinload(Membership.rounds))):
            existing[entry.ags] = entry
    return save_all(
        session,
        kind=EntryKind.MEMBERSHIP,
        drafts=drafts,
        existing=existing,
        identity=lambda draft: draft.ags,
        create=lambda draft: Membership(ags=draft.ags, rounds=[]),
        read=MembershipDraft.of,
        write=_write_membership,
        key=lambda entry: entry.ags,
        by=by,
    )


def _write_membership(entry: Membership, draft: MembershipDraft) -> None:
    entry.evidence = draft.evidence
    entry.member_since = draft.member_since
    entry.declaration_signed_on = draft.declaration_signed_on
    entry.source_url = draft.source_url
    entry.note = draft.note
    entry.has_contact_person = draft.has_contact_person
    entry.is_cross_cutting_task = draft.is_cross_cutting_task
    entry.signed_declaration = draft.signed_declaration
    entry.offers_volunteer_card = draft.offers_volunteer_card
    entry.commits_to_continuity = draft.commits_to_continuity
    # A round that stays keeps its row: the same key cannot go and come in one flush.
    attended = {existing.number: existing for existing in entry.rounds}
    entry.rounds = [
        attended.get(number) or TrainingRound(ags=draft.ags, number=number)
        for number in sorted(draft.rounds)
    ]


@dataclass(frozen=True)
class PostcodeChange:
    """How many postcode places came, went and stayed."""

    added: int
    removed: int
    kept: int


def replace_postcodes(session: Session, *, drafts: Sequence[PostcodeDraft]) -> PostcodeChange:
    """Make the postcodes exactly `drafts`; raise `InvalidEntry`.

    They are reference data that nobody edits, so they have no history.
    """
    known = Known(ags=known_ags(session, (draft.ags for draft in drafts)))
    refuse_invalid(drafts, known, key=lambda draft: f"{draft.postcode} {draft.place} {draft.ags}")

    present = {PostcodeDraft.of(entry): entry for entry in session.scalars(select(PostcodePlace))}
    wanted = dict.fromkeys(drafts)
    gone = [entry for draft, entry in present.items() if draft not in wanted]
    new = [draft for draft in wanted if draft not in present]
    for entry in gone:
        session.delete(entry)
    if new:
        session.execute(insert(PostcodePlace), [draft.fields() for draft in new])
    session.flush()
    return PostcodeChange(added=len(new), removed=len(gone), kept=len(present) - len(gone))

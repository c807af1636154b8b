"""What the network office looks after: who fulfils the conditions, what was looked for in vain."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from directory.contacts.models import ContactPoint
from directory.municipalities.models import Evidence, Membership, Municipality
from directory.publication.models import Status
from directory.search.models import FailedQuery

# The five conditions of joining, in the order of the network's declaration.
CONDITIONS = (
    ("has_contact_person", "Ansprechperson"),
    ("is_cross_cutting_task", "Querschnittsaufgabe"),
    ("signed_declaration", "Erklärung unterzeichnet"),
    ("offers_volunteer_card", "Ehrenamtskarte"),
    ("commits_to_continuity", "dauerhafte Mitarbeit"),
)


@dataclass(frozen=True)
class MemberLine:
    """One member on the checklist: each condition is fulfilled, not fulfilled or not known."""

    ags: str
    name: str
    signed_on: dt.date | None
    since: int | None
    conditions: Mapping[str, bool | None]
    contacts: int

    @property
    def unproven(self) -> int:
        """How many conditions nothing is known about."""
        return sum(1 for state in self.conditions.values() if state is None)


def checklist(session: Session) -> Sequence[MemberLine]:
    """Return all documented members by name with what is known about the five conditions."""
    contacts = dict(
        session.execute(
            select(ContactPoint.ags, func.count())
            .where(ContactPoint.status == Status.PUBLISHED)
            .group_by(ContactPoint.ags)
        ).all()
    )
    members = session.scalars(
        select(Membership)
        .join(Membership.municipality)
        .where(Membership.evidence == Evidence.DOCUMENTED)
        .options(joinedload(Membership.municipality))
        .order_by(Municipality.sort_name)
    )
    return [
        MemberLine(
            ags=one.ags,
            name=one.municipality.name,
            signed_on=one.declaration_signed_on,
            since=one.member_since,
            conditions={name: getattr(one, name) for name, _ in CONDITIONS},
            contacts=contacts.get(one.ags, 0),
        )
        for one in members
    ]


@dataclass(frozen=True)
class CountyGap:
    """One county: how many of its towns are members, of how many."""

    ags: str
    name: str
    members: int
    towns: int


def counties_without_members(session: Session) -> Sequence[CountyGap]:
    """Return the counties none of whose towns is a member, by name."""
    towns = dict(
        session.execute(
            select(Municipality.county_ags, func.count())
            .where(Municipality.county_ags.is_not(None))
            .group_by(Municipality.county_ags)
        ).all()
    )
    members = dict(
        session.execute(
            select(Municipality.county_ags, func.count())
            .join(Membership, Membership.ags == Municipality.ags)
            .where(Membership.evidence == Evidence.DOCUMENTED)
            .group_by(Municipality.county_ags)
        ).all()
    )
    counties = session.execute(
        select(Municipality.ags, Municipality.name)
        .where(Municipality.ags.in_([ags for ags in towns if ags]))
        .order_by(Municipality.sort_name)
    )
    return [CountyGap(ags, name, 0, towns[ags]) for ags, name in counties if not members.get(ags)]


@dataclass(frozen=True)
class FailedWords:
    """Words that found nothing, how often, and when last."""

    words: str
    count: int
    last: dt.date


def failed_words(session: Session, *, since: dt.date, limit: int = 200) -> Sequence[FailedWords]:
    """Return what was looked for in vain since then, the most frequent first."""
    total = func.sum(FailedQuery.count)
    rows = session.execute(
        select(FailedQuery.words, total, func.max(FailedQuery.day))
        .where(FailedQuery.day >= since)
        .group_by(FailedQuery.words)
        .order_by(total.desc(), FailedQuery.words)
        .limit(limit)
    )
    return [FailedWords(words, count, last) for words, count, last in rows]


def forget_words(session: Session, words: str) -> None:
    """Take words off the list: they have been dealt with, or never will be."""
    session.execute(delete(FailedQuery).where(FailedQuery.words == words))
    session.flush()

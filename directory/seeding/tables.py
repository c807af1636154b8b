"""What the columns and fields of the seed mean: from rows to drafts.

The files say everything in their own words; nothing is added that they do not say. Series, events
and resources follow in :mod:`directory.seeding.event_tables`.
"""

import enum
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from directory.contacts.drafts import ContactDraft
from directory.municipalities.drafts import MembershipDraft, MunicipalityDraft, PostcodeDraft
from directory.municipalities.models import Evidence
from directory.practices.drafts import PracticeDraft
from directory.practices.models import PracticeState
from directory.publication.saving import Draft
from directory.seeding.rows import Row
from directory.topics.drafts import TermDraft
from directory.topics.models import TermKind

D = TypeVar("D", bound=Draft)
Word = TypeVar("Word", bound=enum.StrEnum)

_KEY_LENGTHS = {"municipality": 8, "county": 5, "district": 3}
_STATES = {
    "planned": PracticeState.IDEA,
    "running": PracticeState.RUNNING,
    "recurring": PracticeState.RECURRING,
    "finished": PracticeState.FINISHED,
    "unknown": PracticeState.UNKNOWN,
}
_NAME = re.compile(r"[a-z_0-9]*[a-z][a-z_0-9]*")
_ROUND = re.compile(r"[1-9][0-9]?")


@dataclass(frozen=True)
class Table(Generic[D]):
    """One kind of rows: where they are, what they must have, and how they are read."""

    file: str
    fields: Sequence[str]
    read: Callable[[Row], D]
    # Which values of the draft no other row may have.
    identity: Sequence[str]
    # The draft's names for fields that the file calls differently.
    called: Mapping[str, str] = field(default_factory=dict)

    def place_in_file(self, path: str) -> str:
        """Return how the file calls the draft's field `path`: `keynotes[1].topic`."""
        return _NAME.sub(lambda match: self.called.get(match.group(), match.group()), path)

    def key(self, draft: D) -> str:
        """Return what tells `draft` from the others of its table."""
        return " ".join(str(getattr(draft, name)) for name in self.identity)


def names(text: str) -> tuple[str, ...]:
    """Return the words of `text`; a table's fields read better in one piece."""
    return tuple(text.split())


def words(kind: type[Word]) -> dict[str, Word]:
    """Return the words that the files use for the members of `kind`.

    They write `network_meeting` for NETWORK_MEETING; our own values are German addresses.
    """
    return {member.name.lower(): member for member in kind}


def _municipality(row: Row) -> MunicipalityDraft:
    ags = row.needed("ags")
    if row.one_of("level", _KEY_LENGTHS) != len(ags):
        row.check.say("level", "Passt nicht zur Länge des Gemeindeschlüssels.")
    return MunicipalityDraft(
        ags=ags,
        name=row.needed("name"),
        name_official=row.needed("name_official"),
        designation=row.needed("designation"),
        legal_status=row.needed("legal_status"),
        county_ags=row.text("county_ags"),
        district_ags=row.text("district_ags"),
        regional_association=row.text("regional_association"),
        population=row.integer("population"),
        population_date=row.date("population_date"),
        area_km2=row.decimal("area_km2"),
        lat=row.decimal("lat"),
        lon=row.decimal("lon"),
        urbanisation=row.text("urbanisation"),
        postcode=row.text("postcode"),
        website=row.text("website"),
    )


def _postcode(row: Row) -> PostcodeDraft:
    return PostcodeDraft(
        postcode=row.needed("postcode"),
        place=row.needed("place"),
        ags=row.needed("ags"),
        lat=row.needed_decimal("lat"),
        lon=row.needed_decimal("lon"),
    )


def _membership(row: Row) -> MembershipDraft:
    rounds = row.split("round")
    if not all(_ROUND.fullmatch(number) for number in rounds):
        row.check.say("round", "Muss aus Nummern bestehen, getrennt durch Semikolon.")
        rounds = ()
    member_since = row.integer("member_since")
    return MembershipDraft(
        ags=row.needed("ags"),
        evidence=row.one_of("evidence", words(Evidence)),
        source_url=row.needed("source_url"),
        member_since=member_since,
        note=row.text("note"),
        # A stated year means that the joint declaration was signed. The file does not speak of the
        # other conditions of joining, so they stay unknown.
        signed_declaration=None if member_since is None else True,
        rounds=frozenset(int(number) for number in rounds),
    )


def _term(row: Row) -> TermDraft:
    return TermDraft(
        slug=row.needed("slug"),
        kind=row.one_of("kind", words(TermKind)),
        position=row.position,
        label=row.needed("label"),
        definition=row.needed("definition"),
        synonyms=row.split("synonyms"),
    )


def _contact(row: Row) -> ContactDraft:
    return ContactDraft(
        ags=row.needed("ags"),
        unit=row.needed("unit"),
        source_url=row.needed("source_url"),
        street=row.text("street"),
        postcode=row.text("postcode"),
        town=row.text("town"),
        phone=row.text("phone"),
        email=row.text("email"),
        url=row.text("url"),
        as_of=row.text("as_of"),
    )


def _practice(row: Row) -> PracticeDraft:
    return PracticeDraft(
        slug=row.needed("id"),
        ags=row.needed("municipality_ags"),
        title=row.needed("title"),
        summary=row.needed("summary"),
        situation=row.text("situation"),
        approach=row.needed("approach"),
        result=row.text("result"),
        success_factors=row.texts("success_factors"),
        # An empty list is silence of the sources, not the knowledge that there were none.
        stumbling_blocks=row.texts("stumbling_blocks"),
        partners=row.texts("partners"),
        state=row.one_of("status", _STATES),
        started_year=row.integer("started_year"),
        topics=row.distinct("topics"),
        target_groups=row.distinct("target_groups"),
        instruments=row.distinct("instruments"),
        sources=row.sources(),
    )


MUNICIPALITIES = Table(
    file="municipalities_nrw.csv",
    fields=names(
        "ags level name name_official designation legal_status county_ags county_name "
        "district_ags district_name regional_association population population_date "
        "area_km2 lat lon postcode website urbanisation"
    ),
    read=_municipality,
    identity=("ags",),
)
POSTCODES = Table(
    file="postcodes_nrw.csv",
    fields=("postcode", "place", "ags", "lat", "lon"),
    read=_postcode,
    identity=("postcode", "place", "ags"),
)
MEMBERSHIPS = Table(
    file="members.csv",
    fields=("ags", "member_since", "evidence", "round", "source_url", "note"),
    read=_membership,
    identity=("ags",),
    called={"rounds": "round"},
)
TERMS = Table(
    file="topics.csv",
    fields=("kind", "slug", "label", "definition", "synonyms"),
    read=_term,
    identity=("slug",),
)
CONTACTS = Table(
    file="contacts.csv",
    fields=names("ags unit street postcode town phone email url source_url as_of"),
    read=_contact,
    identity=("ags", "unit"),
)
PRACTICES = Table(
    file="practices.json",
    fields=names(
        "id municipality_ags title summary situation approach result success_factors "
        "stumbling_blocks topics target_groups instruments partners started_year status "
        "sources"
    ),
    read=_practice,
    identity=("slug",),
    called={"slug": "id", "ags": "municipality_ags", "state": "status"},
)

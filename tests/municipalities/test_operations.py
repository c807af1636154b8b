"""Keeping municipalities, memberships and postcodes."""

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.municipalities.drafts import MembershipDraft, MunicipalityDraft, PostcodeDraft
from directory.municipalities.models import (
    Evidence,
    Level,
    Municipality,
    MunicipalityKind,
    PostcodePlace,
)
from directory.municipalities.operations import (
    known_ags,
    replace_postcodes,
    save_membership,
    save_municipalities,
    save_municipality,
)
from directory.publication.saving import Outcome
from directory.publication.validation import InvalidEntry
from tests.factories import build_municipality

DISTRICT = MunicipalityDraft(
    ags="059",
    name="Regierungsbezirk Arnsberg",
    name_official="Regierungsbezirk Arnsberg",
    designation="Regierungsbezirk",
    legal_status="Regierungsbezirk",
    district_ags="059",
)
COUNTY = MunicipalityDraft(
    ags="05962",
    name="Märkischer Kreis",
    name_official="Märkischer Kreis",
    designation="Kreis",
    legal_status="Kreis",
    county_ags="05962",
    district_ags="059",
)
TOWN = MunicipalityDraft(
    ags="05962016",
    name="Hemer",
    name_official="Hemer, Stadt",
    designation="Stadt",
    legal_status="Mittlere kreisangehörige Stadt",
    county_ags="05962",
    district_ags="059",
    regional_association="LWL",
    population=33_860,
    population_date=dt.date(2023, 12, 31),
    area_km2=67.66,
    lat=51.38707,
    lon=7.76794,
    postcode="58675",
    website="https://www.hemer.de",
)


def problems_of(session: Session, **changes: object) -> set[str]:
    """The fields of Hemer that are refused after these changes."""
    save_municipalities(session, by="anna", drafts=[DISTRICT, COUNTY])
    with pytest.raises(InvalidEntry) as caught:
        save_municipality(session, by="anna", draft=dataclasses.replace(TOWN, **changes))
    return set(caught.value.problems)


def test_a_town_may_come_before_its_county(session: Session) -> None:
    saved = save_municipalities(session, by="anna", drafts=[TOWN, COUNTY, DISTRICT])
    assert [result.entry.name for result in saved] == [
        "Regierungsbezirk Arnsberg",
        "Märkischer Kreis",
        "Hemer",
    ]
    town = session.get_one(Municipality, "05962016")
    assert (town.level, town.kind) == (Level.MUNICIPALITY, MunicipalityKind.COUNTY_TOWN)
    assert town.county is not None
    assert town.county.name == "Märkischer Kreis"
    assert town.district is not None
    assert town.district.kind is MunicipalityKind.DISTRICT


def test_the_address_stays_when_the_name_changes(session: Session) -> None:
    save_municipalities(session, by="anna", drafts=[DISTRICT, COUNTY, TOWN])
    renamed = dataclasses.replace(TOWN, name="Felsenmeerstadt Hemer")
    town = save_municipality(session, by="anna", draft=renamed).entry
    assert (town.name, town.sort_name, town.slug, town.version) == (
        "Felsenmeerstadt Hemer",
        "felsenmeerstadt hemer",
        "hemer",
        2,
    )


def test_two_places_of_one_name_have_different_addresses(session: Session) -> None:
    build_municipality(session, name="Neustadt")
    draft = MunicipalityDraft(
        ags="05999999",
        name="Neustadt",
        name_official="Neustadt",
        designation="Gemeinde",
        legal_status="Gemeinde",
    )
    assert save_municipality(session, by="anna", draft=draft).entry.slug == "neustadt-05999999"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"ags": "5962016"}, {"ags", "legal_status", "county_ags", "district_ags"}),
        ({"county_ags": "05978"}, {"county_ags"}),
        ({"county_ags": "059"}, {"county_ags"}),
        ({"district_ags": "051"}, {"district_ags"}),
        ({"legal_status": "Kreis"}, {"legal_status"}),
        ({"legal_status": "Hauptstadt"}, {"legal_status"}),
        ({"population": -1}, {"population"}),
        ({"population": 2**31}, {"population"}),
        ({"area_km2": 0.0}, {"area_km2"}),
        ({"area_km2": float("nan")}, {"area_km2"}),
        ({"lat": 7.7, "lon": 51.4}, {"lat", "lon"}),
        ({"postcode": "D-58675"}, {"postcode"}),
        ({"website": "www.hemer.de"}, {"website"}),
        ({"regional_association": "LVL"}, {"regional_association"}),
        ({"name": "", "name_official": " "}, {"name", "name_official"}),
    ],
)
def test_what_cannot_be_is_refused(
    session: Session, changes: dict[str, object], fields: set[str]
) -> None:
    assert problems_of(session, **changes) == fields
    assert session.get(Municipality, "05962016") is None


def test_known_keys_are_those_that_exist(session: Session) -> None:
    municipality = build_municipality(session)
    assert known_ags(session, [municipality.ags, "05999999", None]) == {municipality.ags}


# Membership ------------------------------------------------------------------------------------


def membership_of(municipality: Municipality, **fields: object) -> MembershipDraft:
    draft = MembershipDraft(
        ags=municipality.ags,
        evidence=Evidence.DOCUMENTED,
        source_url="https://www.land.nrw/pressemitteilung",
    )
    return dataclasses.replace(draft, **fields)


def test_only_documented_evidence_makes_a_member(session: Session) -> None:
    municipality = build_municipality(session)
    attended = membership_of(municipality, evidence=Evidence.TRAINING_ONLY, rounds=frozenset({4}))
    save_membership(session, by="anna", draft=attended)
    assert not municipality.is_member
    joined = dataclasses.replace(attended, evidence=Evidence.DOCUMENTED, member_since=2019)
    membership = save_membership(session, by="anna", draft=joined).entry
    session.expire_all()
    assert municipality.is_member
    assert [attended.number for attended in membership.rounds] == [4]


def test_rounds_come_and_go(session: Session) -> None:
    municipality = build_municipality(session)
    for rounds in ({2, 5}, {1, 5}, set(), {3}):
        draft = membership_of(municipality, rounds=frozenset(rounds))
        membership = save_membership(session, by="anna", draft=draft).entry
        session.expire(membership)
        assert {attended.number for attended in membership.rounds} == rounds


def test_training_alone_gives_no_year_of_joining(session: Session) -> None:
    municipality = build_municipality(session)
    draft = membership_of(municipality, evidence=Evidence.TRAINING_ONLY, member_since=2019)
    with pytest.raises(InvalidEntry) as caught:
        save_membership(session, by="anna", draft=draft)
    assert set(caught.value.problems) == {"member_since", "rounds"}


def test_nobody_joins_without_being_a_municipality(session: Session) -> None:
    draft = MembershipDraft(
        ags="05999999", evidence=Evidence.DOCUMENTED, source_url="https://www.land.nrw"
    )
    with pytest.raises(InvalidEntry) as caught:
        save_membership(session, by="anna", draft=draft)
    assert set(caught.value.problems) == {"ags"}


# Postcodes -------------------------------------------------------------------------------------


def test_postcodes_are_replaced_by_what_is_given(session: Session) -> None:
    ags = build_municipality(session).ags
    hemer = PostcodeDraft(postcode="58675", place="Hemer", ags=ags, lat=51.38, lon=7.76)
    deilinghofen = dataclasses.replace(hemer, place="Deilinghofen")
    first = replace_postcodes(session, drafts=[hemer])
    second = replace_postcodes(session, drafts=[hemer, deilinghofen])
    third = replace_postcodes(session, drafts=[deilinghofen])
    assert [(change.added, change.removed, change.kept) for change in (first, second, third)] == [
        (1, 0, 0),
        (1, 0, 1),
        (0, 1, 1),
    ]
    assert session.scalars(select(PostcodePlace.place)).all() == ["Deilinghofen"]


def test_saving_a_membership_again_changes_nothing(session: Session) -> None:
    draft = membership_of(build_municipality(session), rounds=frozenset({1, 2}))
    save_membership(session, by="anna", draft=draft)
    assert save_membership(session, by="bert", draft=draft).outcome is Outcome.UNCHANGED

"""What can be said about a municipality, its membership and its postcodes, and what must hold."""

import datetime as dt
from dataclasses import dataclass

from directory.municipalities.models import (
    Evidence,
    Level,
    Membership,
    Municipality,
    MunicipalityKind,
    PostcodePlace,
)
from directory.publication.saving import Draft
from directory.publication.validation import Check, Known, Problems

_LEVELS = {3: Level.DISTRICT, 5: Level.COUNTY, 8: Level.MUNICIPALITY}

# Aachen has the standing of a kreisfreie Stadt, but belongs to a Städteregion: visitors find it
# where its neighbours are.
_KINDS = {
    "kreisfreie Stadt": MunicipalityKind.INDEPENDENT_CITY,
    "regionsangehörige Stadt (Rechtsstellung einer kreisfreien Stadt)": (
        MunicipalityKind.COUNTY_TOWN
    ),
    "Große kreisangehörige Stadt": MunicipalityKind.COUNTY_TOWN,
    "Mittlere kreisangehörige Stadt": MunicipalityKind.COUNTY_TOWN,
    "kreisangehörige Stadt": MunicipalityKind.COUNTY_TOWN,
    "Gemeinde": MunicipalityKind.RURAL,
    "Kreis": MunicipalityKind.COUNTY,
    "Städteregion": MunicipalityKind.COUNTY,
    "Regierungsbezirk": MunicipalityKind.DISTRICT,
}
_LEVEL_OF = {
    MunicipalityKind.COUNTY: Level.COUNTY,
    MunicipalityKind.DISTRICT: Level.DISTRICT,
}
_ASSOCIATIONS = ("LVR", "LWL")
_MOST_ROUNDS = 99


@dataclass(frozen=True, kw_only=True)
class MunicipalityDraft(Draft):
    """One Gemeinde, Kreis or Regierungsbezirk; km², degrees (WGS 84), inhabitants at a date.

    Level and kind follow from `ags` and `legal_status`.
    """

    ags: str
    name: str
    name_official: str
    designation: str
    legal_status: str
    county_ags: str | None = None
    district_ags: str | None = None
    regional_association: str | None = None
    population: int | None = None
    population_date: dt.date | None = None
    area_km2: float | None = None
    lat: float | None = None
    lon: float | None = None
    urbanisation: str | None = None
    postcode: str | None = None
    website: str | None = None

    @property
    def level(self) -> Level:
        """The level that the length of the key stands for."""
        return _LEVELS[len(self.ags)]

    @property
    def kind(self) -> MunicipalityKind:
        """What visitors take it for."""
        return _KINDS[self.legal_status]

    @classmethod
    def of(cls, entry: Municipality) -> "MunicipalityDraft":
        """Return the draft that `entry` corresponds to."""
        return cls(
            ags=entry.ags,
            name=entry.name,
            name_official=entry.name_official,
            designation=entry.designation,
            legal_status=entry.legal_status,
            county_ags=entry.county_ags,
            district_ags=entry.district_ags,
            regional_association=entry.regional_association,
            population=entry.population,
            population_date=entry.population_date,
            area_km2=entry.area_km2,
            lat=entry.lat,
            lon=entry.lon,
            urbanisation=entry.urbanisation,
            postcode=entry.postcode,
            website=entry.website,
        )

    def problems(self, known: Known) -> Problems:
        """Return what is wrong, field → German sentence."""
        check = Check()
        check.ags("ags", self.ags)
        check.line("name", self.name, Municipality.name)
        check.line("name_official", self.name_official, Municipality.name_official)
        check.line("designation", self.designation, Municipality.designation)
        check.line("legal_status", self.legal_status, Municipality.legal_status)
        if self.legal_status not in _KINDS:
            check.say("legal_status", f"Unbekannte Rechtsstellung „{self.legal_status}“.")
        elif _LEVELS.get(len(self.ags)) is not _LEVEL_OF.get(self.kind, Level.MUNICIPALITY):
            check.say("legal_status", f"Passt nicht zum Gemeindeschlüssel „{self.ags}“.")
        self._check_belonging(check, known)
        check.count("population", self.population)
        check.date("population_date", self.population_date)
        if self.area_km2 is not None and not 0 < self.area_km2 < 1_000_000:  # also refuses nan
            check.say("area_km2", "Muss eine Fläche in km² sein, größer als 0.")
        check.point(self.lat, self.lon)
        check.line("urbanisation", self.urbanisation, Municipality.urbanisation)
        check.postcode("postcode", self.postcode)
        check.url("website", self.website, Municipality.website)
        return check.problems

    def _check_belonging(self, check: Check, known: Known) -> None:
        for field, value, length in (
            ("county_ags", self.county_ags, 5),
            ("district_ags", self.district_ags, 3),
        ):
            check.ags(field, value, known.ags)
            if value is not None and (len(value) != length or not self.ags.startswith(value)):
                check.say(field, f"Der Schlüssel „{value}“ passt nicht zu „{self.ags}“.")
        if self.regional_association not in (None, *_ASSOCIATIONS):
            check.say("regional_association", "Bitte LVR oder LWL angeben.")


@dataclass(frozen=True, kw_only=True)
class MembershipDraft(Draft):
    """What is known about a way into the network; the five conditions: None is not known."""

    ags: str
    evidence: Evidence
    source_url: str
    member_since: int | None = None
    declaration_signed_on: dt.date | None = None
    note: str | None = None
    has_contact_person: bool | None = None
    is_cross_cutting_task: bool | None = None
    signed_declaration: bool | None = None
    offers_volunteer_card: bool | None = None
    commits_to_continuity: bool | None = None
    rounds: frozenset[int] = frozenset()

    @classmethod
    def of(cls, entry: Membership) -> "MembershipDraft":
        """Return the draft that `entry` corresponds to."""
        return cls(
            ags=entry.ags,
            evidence=entry.evidence,
            source_url=entry.source_url,
            member_since=entry.member_since,
            declaration_signed_on=entry.declaration_signed_on,
            note=entry.note,
            has_contact_person=entry.has_contact_person,
            is_cross_cutting_task=entry.is_cross_cutting_task,
            signed_declaration=entry.signed_declaration,
            offers_volunteer_card=entry.offers_volunteer_card,
            commits_to_continuity=entry.commits_to_continuity,
            rounds=frozenset(attended.number for attended in entry.rounds),
        )

    def problems(self, known: Known) -> Problems:
        """Return what is wrong, field → German sentence."""
        check = Check()
        check.ags("ags", self.ags, known.ags)
        check.url("source_url", self.source_url, Membership.source_url)
        check.year("member_since", self.member_since)
        check.date("declaration_signed_on", self.declaration_signed_on)
        check.text("note", self.note, Membership.note)
        if self.evidence is not Evidence.DOCUMENTED and self.member_since is not None:
            check.say("member_since", "Ein Beitrittsjahr setzt eine belegte Mitgliedschaft voraus.")
        if any(not 1 <= number <= _MOST_ROUNDS for number in self.rounds):
            check.say("rounds", "Runden der Entwicklungswerkstatt zählen ab 1.")
        if self.evidence is Evidence.TRAINING_ONLY and not self.rounds:
            check.say("rounds", "Welche Runde der Entwicklungswerkstatt ist belegt?")
        return check.problems


@dataclass(frozen=True, kw_only=True)
class PostcodeDraft(Draft):
    """One postcode with one place in one municipality; the point is the place's."""

    postcode: str
    place: str
    ags: str
    lat: float
    lon: float

    @classmethod
    def of(cls, entry: PostcodePlace) -> "PostcodeDraft":
        """Return the draft that `entry` corresponds to."""
        return cls(
            postcode=entry.postcode,
            place=entry.place,
            ags=entry.ags,
            lat=entry.lat,
            lon=entry.lon,
        )

    def problems(self, known: Known) -> Problems:
        """Return what is wrong, field → German sentence."""
        check = Check()
        check.postcode("postcode", self.postcode)
        check.line("place", self.place, PostcodePlace.place)
        check.ags("ags", self.ags, known.ags)
        check.point(self.lat, self.lon)
        return check.problems

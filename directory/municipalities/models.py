"""Kommunen, Kreise and Regierungsbezirke, and who belongs to the network."""

import datetime as dt
import enum
from typing import Annotated

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.db import Model, UtcDateTime, enum_by_value, utc_now

# Amtlicher Gemeindeschlüssel, always text: 8 digits Gemeinde, 5 Kreis, 3 Regierungsbezirk.
Ags = Annotated[str, mapped_column(String(8))]


class Level(enum.StrEnum):
    """The three levels of the key."""

    MUNICIPALITY = "municipality"
    COUNTY = "county"
    DISTRICT = "district"


class MunicipalityKind(enum.StrEnum):
    """What a visitor takes a member for; the values stand in addresses."""

    INDEPENDENT_CITY = "kreisfreie-stadt"
    COUNTY_TOWN = "kreisangehoerige-stadt"
    RURAL = "gemeinde"
    COUNTY = "kreis"
    DISTRICT = "regierungsbezirk"

    @property
    def label(self) -> str:
        """The German name of the kind."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    MunicipalityKind.INDEPENDENT_CITY: "Kreisfreie Stadt",
    MunicipalityKind.COUNTY_TOWN: "Kreisangehörige Stadt",
    MunicipalityKind.RURAL: "Gemeinde",
    MunicipalityKind.COUNTY: "Kreis oder Städteregion",
    MunicipalityKind.DISTRICT: "Regierungsbezirk",
}


class SizeClass(enum.StrEnum):
    """Size of a Gemeinde by inhabitants; the lower bound belongs to the class."""

    VILLAGE = "unter-10000"
    SMALL = "10000-20000"
    MEDIUM = "20000-50000"
    LARGE = "50000-100000"
    CITY = "100000-500000"
    METROPOLIS = "ab-500000"

    @property
    def label(self) -> str:
        """The German name of the class."""
        return _SIZES[self][0]

    @property
    def bounds(self) -> tuple[int, int | None]:
        """Inhabitants from (inclusive) and below (exclusive, None: open)."""
        return _SIZES[self][1], _SIZES[self][2]


_SIZES: dict[SizeClass, tuple[str, int, int | None]] = {
    SizeClass.VILLAGE: ("unter 10.000", 0, 10_000),
    SizeClass.SMALL: ("10.000 bis unter 20.000", 10_000, 20_000),
    SizeClass.MEDIUM: ("20.000 bis unter 50.000", 20_000, 50_000),
    SizeClass.LARGE: ("50.000 bis unter 100.000", 50_000, 100_000),
    SizeClass.CITY: ("100.000 bis unter 500.000", 100_000, 500_000),
    SizeClass.METROPOLIS: ("ab 500.000", 500_000, None),
}


def size_class(population: int) -> SizeClass:
    """Return the class that `population` inhabitants fall into."""
    return next(
        size
        for size, (_, lower, upper) in _SIZES.items()
        if population >= lower and (upper is None or population < upper)
    )


class Evidence(enum.StrEnum):
    """What is known about a membership; only `documented` makes a member."""

    DOCUMENTED = "documented"
    TRAINING_ONLY = "training_only"


class Municipality(Model):
    """One Gemeinde, Kreis (or Städteregion) or Regierungsbezirk of North Rhine-Westphalia.

    Source: Gemeindeverzeichnis GV-ISys (Destatis), see `seed/README.md`.
    """

    __tablename__ = "municipality"
    __table_args__ = (
        CheckConstraint("length(ags) IN (3, 5, 8)", name="ags_length"),
        CheckConstraint("population >= 0", name="population_not_negative"),
        CheckConstraint("area_km2 > 0", name="area_positive"),
        Index("ix_municipality_point", "lat", "lon"),
    )

    # Identity
    ags: Mapped[Ags] = mapped_column(primary_key=True)
    level: Mapped[Level] = mapped_column(enum_by_value(Level), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_official: Mapped[str] = mapped_column(String(120))
    # The name as it sorts: folded, so that Übach stands beside Uedem on every database.
    sort_name: Mapped[str] = mapped_column(String(120), index=True)

    # Standing
    kind: Mapped[MunicipalityKind] = mapped_column(enum_by_value(MunicipalityKind), index=True)
    designation: Mapped[str] = mapped_column(String(40))
    legal_status: Mapped[str] = mapped_column(String(80))
    county_ags: Mapped[Ags | None] = mapped_column(ForeignKey("municipality.ags"), index=True)
    district_ags: Mapped[Ags | None] = mapped_column(ForeignKey("municipality.ags"), index=True)
    regional_association: Mapped[str | None] = mapped_column(String(3))  # LVR or LWL

    # Size (inhabitants at a date, km²) and place (degrees, WGS 84)
    population: Mapped[int | None] = mapped_column(index=True)
    population_date: Mapped[dt.date | None]
    area_km2: Mapped[float | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    urbanisation: Mapped[str | None] = mapped_column(String(40))

    # Reach
    postcode: Mapped[str | None] = mapped_column(String(5))
    website: Mapped[str | None] = mapped_column(String(300))

    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)

    county: Mapped["Municipality | None"] = relationship(
        foreign_keys=[county_ags], remote_side=[ags], viewonly=True
    )
    district: Mapped["Municipality | None"] = relationship(
        foreign_keys=[district_ags], remote_side=[ags], viewonly=True
    )
    membership: Mapped["Membership | None"] = relationship(back_populates="municipality")

    @property
    def density(self) -> float | None:
        """Inhabitants per km²."""
        if self.population is None or not self.area_km2:
            return None
        return self.population / self.area_km2

    @property
    def size(self) -> SizeClass | None:
        """The size class; only a Gemeinde has one."""
        if self.level is not Level.MUNICIPALITY or self.population is None:
            return None
        return size_class(self.population)

    @property
    def is_member(self) -> bool:
        """Whether membership is documented; False also means: not recorded."""
        return self.membership is not None and self.membership.evidence is Evidence.DOCUMENTED


class Membership(Model):
    """What is known about one municipality's way into the network."""

    __tablename__ = "membership"

    ags: Mapped[Ags] = mapped_column(ForeignKey("municipality.ags"), primary_key=True)
    evidence: Mapped[Evidence] = mapped_column(enum_by_value(Evidence), index=True)
    # Year in which the Gemeinsame Erklärung was signed; the exact day where it is known.
    member_since: Mapped[int | None]
    declaration_signed_on: Mapped[dt.date | None]
    source_url: Mapped[str] = mapped_column(String(500))
    note: Mapped[str | None] = mapped_column(Text)

    # The five conditions of joining; None: not known.
    has_contact_person: Mapped[bool | None]
    is_cross_cutting_task: Mapped[bool | None]
    signed_declaration: Mapped[bool | None]
    offers_volunteer_card: Mapped[bool | None]
    commits_to_continuity: Mapped[bool | None]

    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)

    municipality: Mapped[Municipality] = relationship(back_populates="membership")
    rounds: Mapped[list["TrainingRound"]] = relationship(
        order_by="TrainingRound.number", cascade="all, delete-orphan"
    )


class TrainingRound(Model):
    """One round of the Entwicklungswerkstatt that a municipality attended."""

    __tablename__ = "training_round"

    ags: Mapped[Ags] = mapped_column(ForeignKey("membership.ags"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)


class PostcodePlace(Model):
    """One postcode with one place in one municipality; source: GeoNames, CC BY 4.0."""

    __tablename__ = "postcode_place"
    __table_args__ = (Index("ix_postcode_place_postcode", "postcode"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    postcode: Mapped[str] = mapped_column(String(5))
    place: Mapped[str] = mapped_column(String(80))
    ags: Mapped[Ags] = mapped_column(ForeignKey("municipality.ags"), index=True)
    lat: Mapped[float]
    lon: Mapped[float]

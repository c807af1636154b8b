"""What can be said about a contact point, and what must hold."""

from dataclasses import dataclass

from directory.contacts.models import ContactPoint
from directory.publication.saving import Draft
from directory.publication.validation import Check, Known, Problems


@dataclass(frozen=True, kw_only=True)
class ContactDraft(Draft):
    """One office or function; a person only with the reason why they may be named."""

    ags: str
    unit: str
    source_url: str
    street: str | None = None
    postcode: str | None = None
    town: str | None = None
    lat: float | None = None
    lon: float | None = None
    phone: str | None = None
    email: str | None = None
    url: str | None = None
    as_of: str | None = None
    fallback_email: str | None = None
    person_name: str | None = None
    person_basis: str | None = None

    @classmethod
    def of(cls, entry: ContactPoint) -> "ContactDraft":
        """Return the draft that `entry` corresponds to."""
        return cls(
            ags=entry.ags,
            unit=entry.unit,
            source_url=entry.source_url,
            street=entry.street,
            postcode=entry.postcode,
            town=entry.town,
            lat=entry.lat,
            lon=entry.lon,
            phone=entry.phone,
            email=entry.email,
            url=entry.url,
            as_of=entry.as_of,
            fallback_email=entry.fallback_email,
            person_name=entry.person_name,
            person_basis=entry.person_basis,
        )

    def problems(self, known: Known) -> Problems:
        """Return what is wrong, field → German sentence."""
        check = Check()
        check.ags("ags", self.ags, known.ags)
        check.line("unit", self.unit, ContactPoint.unit)
        check.line("street", self.street, ContactPoint.street)
        check.postcode("postcode", self.postcode)
        check.line("town", self.town, ContactPoint.town)
        check.point(self.lat, self.lon)
        check.phone("phone", self.phone, ContactPoint.phone)
        check.email("email", self.email, ContactPoint.email)
        check.url("url", self.url, ContactPoint.url)
        check.url("source_url", self.source_url, ContactPoint.source_url)
        check.partial_date("as_of", self.as_of)
        check.email("fallback_email", self.fallback_email, ContactPoint.fallback_email)
        check.line("person_name", self.person_name, ContactPoint.person_name)
        check.line("person_basis", self.person_basis, ContactPoint.person_basis)
        if self.person_name is not None and self.person_basis is None:
            check.say("person_basis", "Warum darf die Person genannt werden?")
        if self.person_basis is not None and self.person_name is None:
            check.say("person_name", "Bitte den Namen angeben oder auch den Grund weglassen.")
        return check.problems

"""Plain builders: an entry with only what matters set, the rest made up and in order.

Each adds its entry to the session and flushes. Publishable entries are published, because most
tests look at what visitors see.
"""

import datetime as dt
import hashlib
import itertools
from functools import cache
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from directory.accounts.models import Account, Role
from directory.accounts.passwords import hash_password
from directory.contacts.models import ContactPoint
from directory.db import utc_now
from directory.events.models import (
    Event,
    EventKind,
    EventSeries,
    EventSession,
    EventStatus,
    Participation,
    ParticipationRole,
    Resource,
    ResourceType,
    SessionKind,
)
from directory.files.models import StoredFile
from directory.municipalities.models import (
    Evidence,
    Level,
    Membership,
    Municipality,
    MunicipalityKind,
    PostcodePlace,
    TrainingRound,
)
from directory.practices.models import Practice, PracticeState
from directory.publication.models import Status
from directory.text import fold, slugify
from directory.topics.models import Synonym, Term, TermKind

Entry = TypeVar("Entry")

_numbers = itertools.count(1)


def build_municipality(session: Session, **fields: Any) -> Municipality:
    """A Gemeinde of 20.000 people, unless `ags`, `kind` or others say something else."""
    number = next(_numbers)
    ags = fields.setdefault("ags", f"05{900_000 + number}")
    name = fields.setdefault("name", f"Musterhausen {number}")
    level = {3: Level.DISTRICT, 5: Level.COUNTY, 8: Level.MUNICIPALITY}[len(ags)]
    kind, legal_status = {
        Level.MUNICIPALITY: (MunicipalityKind.RURAL, "Gemeinde"),
        Level.COUNTY: (MunicipalityKind.COUNTY, "Kreis"),
        Level.DISTRICT: (MunicipalityKind.DISTRICT, "Regierungsbezirk"),
    }[level]
    municipality = Municipality(
        **{
            "level": level,
            "slug": slugify(name),
            "name_official": name,
            "sort_name": fold(name),
            "kind": kind,
            "designation": legal_status,
            "legal_status": legal_status,
            "population": 20_000,
            "population_date": dt.date(2023, 12, 31),
            "area_km2": 80.0,
            "lat": 51.5,
            "lon": 7.5,
            **fields,
        }
    )
    return _kept(session, municipality)


def build_membership(
    session: Session, municipality: Municipality, *, rounds: tuple[int, ...] = (), **fields: Any
) -> Membership:
    """A documented membership, unless `evidence` says something else."""
    membership = Membership(
        **{
            "ags": municipality.ags,
            "evidence": Evidence.DOCUMENTED,
            "source_url": "https://www.land.nrw/pressemitteilung",
            "rounds": [TrainingRound(ags=municipality.ags, number=number) for number in rounds],
            **fields,
        }
    )
    _kept(session, membership)
    session.refresh(municipality)
    return membership


def build_account(
    session: Session,
    *,
    role: Role = Role.EDITOR,
    places: tuple[str, ...] = ("05962016",),
    **fields: Any,
) -> Account:
    """An account that signs in with `tests.signing_in.PASSWORD`; its `places` must exist."""
    account = Account(
        **{
            "email": f"{role.value}{next(_numbers)}@example.org",
            "role": role,
            "password_hash": _password_hash(),
            "recovery_hashes": [],
            "joined_at": utc_now(),
            **fields,
        }
    )
    account.places = frozenset(places if role is Role.EDITOR else ())
    return _kept(session, account)


@cache
def _password_hash() -> str:
    from tests.signing_in import PASSWORD

    return hash_password(PASSWORD)


def build_postcode(session: Session, municipality: Municipality, **fields: Any) -> PostcodePlace:
    """A postcode that belongs to `municipality`."""
    place = PostcodePlace(
        **{
            "postcode": "59900",
            "place": municipality.name,
            "ags": municipality.ags,
            "lat": municipality.lat,
            "lon": municipality.lon,
            **fields,
        }
    )
    return _kept(session, place)


def build_term(session: Session, *, synonyms: tuple[str, ...] = (), **fields: Any) -> Term:
    """A topic, unless `kind` says something else."""
    number = next(_numbers)
    label = fields.setdefault("label", f"Begriff {number}")
    slug = fields.setdefault("slug", slugify(label))
    term = Term(
        **{
            "kind": TermKind.TOPIC,
            "position": number,
            "definition": f"Alles, was mit {label} zu tun hat.",
            "synonyms": [
                Synonym(term_slug=slug, text=text, position=position)
                for position, text in enumerate(synonyms, start=1)
            ],
            **fields,
        }
    )
    return _kept(session, term)


def build_contact(
    session: Session, municipality: Municipality | None = None, **fields: Any
) -> ContactPoint:
    """A published contact point that nobody has vouched for."""
    municipality = municipality or build_municipality(session)
    contact = ContactPoint(
        **{
            "ags": municipality.ags,
            "unit": f"Ehrenamtsbüro {next(_numbers)}",
            "source_url": "https://www.example.org/ehrenamt",
            **_published(),
            **fields,
        }
    )
    return _kept(session, contact)


def build_practice(
    session: Session, municipality: Municipality | None = None, **fields: Any
) -> Practice:
    """A published, running practice without terms and sources."""
    municipality = municipality or build_municipality(session)
    title = fields.setdefault("title", f"Ehrenamtstag {next(_numbers)}")
    practice = Practice(
        **{
            "slug": slugify(f"{municipality.name} {title}"),
            "ags": municipality.ags,
            "summary": "Die Kommune dankt ihren Engagierten.",
            "approach": "Einmal im Jahr lädt das Rathaus ein.",
            "state": PracticeState.RUNNING,
            **_published(),
            **fields,
        }
    )
    return _kept(session, practice)


def build_image(session: Session, **fields: Any) -> StoredFile:
    """What is known about an uploaded image of 1,200 by 900 pixels; there is no such file."""
    variants = [[480, 360], [960, 720], [1200, 900]]
    return _stored(
        session,
        media_type="image/jpeg",
        **{"width": 1200, "height": 900, "variants": variants, **fields},
    )


def build_document(session: Session, **fields: Any) -> StoredFile:
    """What is known about an uploaded PDF of 12 pages; there is no such file."""
    return _stored(session, media_type="application/pdf", **{"pages": 12, **fields})


def build_series(session: Session, **fields: Any) -> EventSeries:
    """A series without events."""
    number = next(_numbers)
    title = fields.setdefault("title", f"Reihe {number}")
    series = EventSeries(
        **{
            "slug": slugify(title),
            "position": number,
            "description": "Trifft sich von Zeit zu Zeit.",
            **fields,
        }
    )
    return _kept(session, series)


def build_event(session: Session, **fields: Any) -> Event:
    """A published congress of 2017 that was held, without sessions."""
    title = fields.setdefault("title", f"Kongress {next(_numbers)}")
    year = fields.setdefault("year", 2017)
    event = Event(
        **{
            "slug": slugify(title),
            "kind": EventKind.CONGRESS,
            "short_title": title,
            "sort_date": fields.get("date_start") or f"{year}",
            "event_status": EventStatus.HELD,
            **_published(),
            **fields,
        }
    )
    return _kept(session, event)


def build_session(session: Session, event: Event, **fields: Any) -> EventSession:
    """A workshop of `event`, after those it has."""
    position = len(event.sessions) + 1
    part = EventSession(
        **{
            "slug": f"{event.slug}-{position}",
            "position": position,
            "kind": SessionKind.WORKSHOP,
            "title": f"Workshop {position}",
            **fields,
        }
    )
    event.sessions.append(part)
    return _kept(session, part)


def build_participation(
    session: Session, event: Event, municipality: Municipality, **fields: Any
) -> Participation:
    """`municipality` reported at `event`, unless `role` says something else."""
    participation = Participation(
        **{"ags": municipality.ags, "role": ParticipationRole.REPORT, **fields}
    )
    event.participations.append(participation)
    return _kept(session, participation)


def build_resource(session: Session, **fields: Any) -> Resource:
    """A published press release that belongs to nothing."""
    title = fields.setdefault("title", f"Pressemitteilung {next(_numbers)}")
    resource = Resource(
        **{
            "slug": slugify(title),
            "kind": ResourceType.PRESS_RELEASE,
            "publisher": "Land NRW",
            "url": "https://www.land.nrw/pressemitteilung",
            "source_url": "https://www.land.nrw/pressemitteilungen",
            **_published(),
            **fields,
        }
    )
    return _kept(session, resource)


def _stored(session: Session, **fields: Any) -> StoredFile:
    sha256 = hashlib.sha256(f"{next(_numbers)}".encode()).hexdigest()
    known = {"sha256": sha256, "size_bytes": 1_234_567, "uploaded_by": "anna"}
    return _kept(session, StoredFile(**{**known, **fields}))


def _published() -> dict[str, Any]:
    return {"status": Status.PUBLISHED, "published_at": utc_now()}


def _kept(session: Session, entry: Entry) -> Entry:
    session.add(entry)
    session.flush()
    return entry

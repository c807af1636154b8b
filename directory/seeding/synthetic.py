"""A catalogue of made-up practices, as large as wished, to measure speed with; not for visitors.

All municipalities of Germany stand in it, and what the seed says about North Rhine-Westphalia.
Counties and districts of other states are derived from the key; the practices are invented, and
their titles say so. They are written in bulk, past the operations and without revisions.
"""

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.errors import DirectoryError
from directory.municipalities.models import Level, Municipality, MunicipalityKind
from directory.municipalities.operations import (
    replace_postcodes,
    save_memberships,
    save_municipalities,
)
from directory.practices.models import (
    CostBand,
    Practice,
    PracticeSource,
    PracticeState,
    StaffEffort,
    practice_term,
)
from directory.publication.catalogue import advance, get_state
from directory.publication.models import Status
from directory.rows import insert_rows
from directory.search import index
from directory.search.documents import Document
from directory.seeding.install import MADE_UP
from directory.seeding.seed import read_seed
from directory.seeding.synthetic_texts import SyntheticTexts
from directory.text import fold, slugify
from directory.topics.drafts import TermDraft
from directory.topics.models import TermKind
from directory.topics.operations import save_terms

GERMANY = "germany_municipalities.csv"

_BY = "generate"
_AT_ONCE = 2_000
_TOWN_FROM = 10_000
_BEGINNING = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_YEARS = range(1995, 2026)
_STATES, _COSTS, _EFFORTS = list(PracticeState), list(CostBand), list(StaffEffort)

_Row = dict[str, Any]
Step = Callable[[int], object]


class NotEmpty(DirectoryError):
    """The database holds a catalogue already, which made-up entries must not be mixed into."""

    title = "Die Datenbank ist nicht leer"


def generate(
    session: Session,
    folder: Path,
    *,
    practices: int,
    seed: int = 1,
    on_written: Step = lambda _: None,
    on_indexed: Step = lambda _: None,
) -> int:
    """Fill an empty, migrated database; returns the number of entries in the search index.

    `folder` holds the seed. The same `seed` gives the same entries. `on_written` and `on_indexed`
    are told how many practices have been dealt with since their last call. Callers begin the write
    transaction and commit; raise `NotEmpty`.
    """
    if session.scalar(select(Municipality.ags).limit(1)) is not None:
        raise NotEmpty(
            "In der Datenbank stehen schon Kommunen. Probeeinträge kommen nur in eine leere "
            "Datenbank, in der nichts als das Schema angelegt ist."
        )
    terms = _save_seed(session, folder)
    insert_rows(session, Municipality, _municipalities(session, folder / GERMANY))
    _write_practices(session, Random(seed), practices, terms, on_written)  # noqa: S311 - no secret
    advance(session)
    # So that nobody loads real entries into it.
    get_state(session).seed_digest = MADE_UP
    session.flush()
    return index.rebuild(session, _counted(index.documents(session), on_indexed))


def _save_seed(session: Session, folder: Path) -> Sequence[TermDraft]:
    """Save what the seed says about places and terms, but nothing of what was written by people."""
    seed = read_seed(folder)
    save_municipalities(session, by=_BY, drafts=seed.municipalities.drafts)
    replace_postcodes(session, drafts=seed.postcodes.drafts)
    save_memberships(session, by=_BY, drafts=seed.memberships.drafts)
    save_terms(session, by=_BY, drafts=seed.terms.drafts)
    session.flush()
    return seed.terms.drafts


def _municipalities(session: Session, file: Path) -> list[_Row]:
    """Return all municipalities that are missing; districts first, then counties."""
    known = set(session.scalars(select(Municipality.ags)))
    taken = set(session.scalars(select(Municipality.slug)))
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [_municipality(row) for row in csv.DictReader(lines) if row["ags"] not in known]
    districts = _above(rows, "district_ags", Level.DISTRICT)
    counties = _above(rows, "county_ags", Level.COUNTY)
    missing = [row for row in (*districts, *counties, *rows) if row["ags"] not in known]
    for row in missing:
        slug = slugify(row["name"])
        row["slug"] = f"{slug}-{row['ags']}" if slug in taken else slug
        taken.add(row["slug"])
    return missing


def _municipality(row: dict[str, str]) -> _Row:
    ags, population = row["ags"], int(row["population"] or 0)
    if ags.endswith("000"):
        kind, status = MunicipalityKind.INDEPENDENT_CITY, "kreisfreie Stadt"
    elif population >= _TOWN_FROM:
        kind, status = MunicipalityKind.COUNTY_TOWN, "kreisangehörige Stadt"
    else:
        kind, status = MunicipalityKind.RURAL, "kreisangehörige Gemeinde"
    return _place(
        ags=ags,
        level=Level.MUNICIPALITY,
        name=row["name"],
        kind=kind,
        designation="Gemeinde" if kind is MunicipalityKind.RURAL else "Stadt",
        legal_status=status,
        county_ags=None if kind is MunicipalityKind.INDEPENDENT_CITY else ags[:5],
        district_ags=ags[:3],
        population=population,
        area_km2=float(row["area_km2"] or 0) or None,
        lat=float(row["lat"]),
        lon=float(row["lon"]),
    )


def _above(rows: Iterable[_Row], name: str, level: Level) -> list[_Row]:
    """Return the counties or districts that the column `name` of `rows` refers to."""
    members: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        if row[name]:
            members[row[name]].append(row)
    is_county = level is Level.COUNTY
    word = "Kreis" if is_county else "Regierungsbezirk"
    return [
        _place(
            ags=ags,
            level=level,
            name=f"{word} {ags}",
            kind=MunicipalityKind.COUNTY if is_county else MunicipalityKind.DISTRICT,
            designation=word,
            legal_status=word,
            county_ags=None,
            district_ags=ags[:3] if is_county else None,
            population=sum(row["population"] for row in some),
            area_km2=sum(row["area_km2"] or 0 for row in some) or None,
            lat=sum(row["lat"] for row in some) / len(some),
            lon=sum(row["lon"] for row in some) / len(some),
        )
        for ags, some in sorted(members.items())
    ]


def _place(**values: Any) -> _Row:
    name = values["name"]
    return {**values, "name_official": name, "sort_name": fold(name), "updated_at": _BEGINNING}


def _write_practices(
    session: Session, random: Random, total: int, terms: Sequence[TermDraft], on_written: Step
) -> None:
    words = [word for term in terms for word in (term.label, *term.synonyms)]
    texts = SyntheticTexts(random, words)
    slugs = {kind: [term.slug for term in terms if term.kind is kind] for kind in TermKind}
    places = session.execute(
        select(Municipality.ags, Municipality.name, Municipality.population)
        .where(Municipality.level == Level.MUNICIPALITY)
        .order_by(Municipality.ags)
    ).all()
    # Large places have more to tell, but not in proportion to their inhabitants.
    weights = list(accumulate((place.population or 1) ** 0.5 for place in places))

    for start in range(1, total + 1, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, total + 1))
        homes = random.choices(places, cum_weights=weights, k=len(numbers))
        insert_rows(
            session,
            Practice,
            [
                _practice(number, home.ags, home.name, random, texts)
                for number, home in zip(numbers, homes, strict=True)
            ],
        )
        insert_rows(
            session,
            practice_term,
            [
                {"practice_id": number, "term_slug": slug}
                for number in numbers
                for slug in _some_terms(slugs, random)
            ],
        )
        insert_rows(session, PracticeSource, [_source(number) for number in numbers])
        on_written(len(numbers))
    _continue_after(session, total)


def _practice(number: int, ags: str, place: str, random: Random, texts: SyntheticTexts) -> _Row:
    state = random.choice(_STATES)
    started = random.choice(_YEARS)
    sentences = texts.sentences(11)
    moment = _BEGINNING + dt.timedelta(minutes=number)
    return {
        "id": number,
        "slug": f"probeeintrag-{number}",
        "ags": ags,
        "title": texts.title(number, place)[:200],
        "summary": " ".join(sentences[:2]),
        "situation": " ".join(sentences[2:5]),
        "approach": " ".join(sentences[5:9]),
        "result": " ".join(sentences[9:]),
        "success_factors": texts.nouns(2),
        "stumbling_blocks": texts.nouns(1),
        "no_stumbling_blocks_known": False,
        "partners": [f"Verein {texts.name()}"],
        "state": state,
        "started_year": started,
        "ended_year": started + 2 if state is PracticeState.FINISHED else None,
        "cost_band": random.choice(_COSTS),
        "staff_effort": random.choice(_EFFORTS),
        "status": Status.PUBLISHED,
        "published_at": moment,
        "version": 1,
        "created_at": moment,
        "updated_at": moment,
    }


def _some_terms(slugs: dict[TermKind, list[str]], random: Random) -> list[str]:
    return [
        *_two(slugs[TermKind.TOPIC], random),
        random.choice(slugs[TermKind.TARGET_GROUP]),
        random.choice(slugs[TermKind.INSTRUMENT]),
    ]


def _two(slugs: Sequence[str], random: Random) -> tuple[str, str]:
    # Two neighbours: `random.sample` would take far longer.
    place = random.randrange(len(slugs))
    return slugs[place], slugs[place - 1]


def _source(number: int) -> _Row:
    return {
        "practice_id": number,
        "position": 0,
        "title": "Erfundene Quelle eines Probeeintrags",
        "url": f"https://example.org/probeeintrag/{number}",
        "as_of": str(2015 + number % 11),
    }


def _continue_after(session: Session, number: int) -> None:
    """Let PostgreSQL number the next practice after `number`; SQLite does so by itself."""
    if session.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(Practice.__tablename__, "id")
        session.execute(select(func.setval(sequence, number)))


def _counted(public: Iterable[Document], on_indexed: Step) -> Iterator[Document]:
    for document in public:
        yield document
        if document.kind == "practice":
            on_indexed(1)

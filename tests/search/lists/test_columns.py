"""What lists count on bitmaps is what counting entry by entry gives, after every change as well."""

from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, selectinload

from directory.db import create_database_engine
from directory.municipalities.models import Municipality, SizeClass, size_class
from directory.practices.models import Practice, PracticeState
from directory.publication.catalogue import advance
from directory.publication.models import Status
from directory.search import index
from directory.search.criteria import DISTANCE, Criteria
from directory.search.likeness.peer_groups import get_peers, get_units
from directory.search.lists import columns
from directory.search.lists.columns import get_columns
from directory.search.lists.listings import MEMBER, ListKind
from directory.search.lists.places import get_places
from directory.search.lists.reference import get_reference
from directory.search.models import SearchPosting
from directory.search.queries import find, find_on_map, find_total
from directory.search.words import answers, postings
from directory.search.words.lexicon import get_lexicon
from directory.topics.models import Term, TermKind
from tests.factories import build_membership, build_municipality, build_practice, build_term

WORDS = ["Ehrenamt", "Jugend", "Verein", "Ehrenamtskarte", "Nachbarschaft", "Jugendrat"]
TOPICS = ["beteiligung", "gesundheit", "digitales"]
PRACTICES = 240


@pytest.fixture(autouse=True)
def _as_in_large_catalogues(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that saves time in large catalogues is in force in this small one."""
    monkeypatch.setattr(postings, "FREQUENT", 20)
    monkeypatch.setattr(postings, "BLOCK", 64)
    monkeypatch.setattr(postings, "_BLOCK_BYTES", 8)
    monkeypatch.setattr(answers, "_MOST_RANKED", 15)
    monkeypatch.setattr(columns, "_FEW", 10)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_database_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def filled(engine: Engine) -> Engine:
    random = Random(7)  # noqa: S311 - no secret
    with Session(engine) as session:
        county = build_municipality(session, ags="05962", level="county", name="Märkischer Kreis")
        places = [
            build_municipality(
                session,
                ags=f"0596200{number}",
                name=f"Ort {9 - number}",
                population=4_000 * (number + 1) ** 2,
                county_ags=county.ags,
                lat=51.0 + number / 10,
                lon=7.5,
            )
            for number in range(8)
        ]
        build_membership(session, places[1])
        build_membership(session, places[4])
        terms = [build_term(session, slug=slug, label=slug.title()) for slug in TOPICS]
        for number in range(PRACTICES):
            build_practice(
                session,
                random.choice(places),
                slug=f"beispiel-{number}",
                title=f"{random.choice(WORDS)} {number}",
                summary=" ".join(random.choices(WORDS, k=2)),
                terms=random.sample(terms, random.randrange(3)),
                state=random.choice(list(PracticeState)),
                started_year=random.choice([None, 2001, 2015]),
                status=Status.DRAFT if number % 9 == 0 else Status.PUBLISHED,
            )
        advance(session)
        session.flush()
        index.rebuild(session)
        session.commit()
    return engine


def _public(session: Session) -> list[Practice]:
    return list(
        session.scalars(
            select(Practice)
            .where(Practice.status == Status.PUBLISHED)
            .options(selectinload(Practice.terms), selectinload(Practice.municipality))
            .order_by(Practice.id)
        )
    )


def _values(practice: Practice) -> dict[str, set[str]]:
    """Return the values of one entry, read one by one."""
    place = practice.municipality
    return {
        "thema": {term.slug for term in practice.terms_of(TermKind.TOPIC)},
        "status": {practice.state.value},
        "groesse": {size_class(place.population or 0).value},
        "kreis": {place.county_ags or ""},
        "kommune": {place.ags},
        "mitglied": {MEMBER} if place.is_member else set(),
    }


def _fulfils(practice: Practice, choices: dict[str, tuple[str, ...]], besides: str = "") -> bool:
    values = _values(practice)
    return all(
        values[name].intersection(chosen) for name, chosen in choices.items() if name != besides
    )


def _random_choices(random: Random) -> dict[str, tuple[str, ...]]:
    known = {
        "thema": TOPICS,
        "status": [state.value for state in PracticeState],
        "groesse": [size.value for size in SizeClass],
        "mitglied": [MEMBER],
        "kommune": ["05962001", "05962004"],
    }
    names = random.sample(list(known), random.randrange(4))
    return {
        name: tuple(random.sample(known[name], random.randint(1, min(2, len(known[name])))))
        for name in names
    }


def _assert_counted_right(session: Session, random: Random, times: int) -> None:
    reference = get_reference(session)
    public = _public(session)
    texts = {one.slug: f"{one.title} {one.summary}".lower() for one in public}
    for _ in range(times):
        choices = _random_choices(random)
        q = random.choice(["", "", "Ehrenamt", "Jugend", "Verein"])
        criteria = Criteria(kind=ListKind.PRACTICES, q=q, literal=True, choices=choices)
        said = [one for one in public if q.lower() in texts[one.slug]]
        hits = find(session, criteria, reference)
        assert hits.counts.total == sum(_fulfils(one, choices) for one in said)
        for name in ("thema", "status", "groesse", "kreis", "mitglied"):
            expected = Counter(
                value
                for one in said
                if _fulfils(one, choices, besides=name)
                for value in _values(one)[name]
            )
            assert dict(hits.counts.values[name]) == dict(expected), (q, choices, name)
        for (name, value), found in hits.counts.without.items():
            assert found == find_total(session, criteria.without(name, value), reference)
        listed = [row.key for row in find_on_map(session, criteria, reference)]
        expected_slugs = {one.slug for one in said if _fulfils(one, choices)}
        assert len(listed) == len(expected_slugs)
        assert set(listed) == expected_slugs
        pages = [
            one.slug
            for number in range(1, hits.page.pages + 1)
            for one in find(session, criteria.on_page(number), reference).page.items
        ]
        assert pages == listed


def test_counts_are_those_of_a_naive_count_on_random_filters(filled: Engine) -> None:
    with Session(filled) as session:
        kept = session.scalars(select(SearchPosting.token).distinct()).all()
        assert "ehrenamt" in kept
        _assert_counted_right(session, Random(11), 40)  # noqa: S311 - no secret


def test_they_still_are_after_many_changes(filled: Engine) -> None:
    random = Random(5)  # noqa: S311 - no secret
    with Session(filled) as reader:
        _assert_counted_right(reader, random, 2)
        for order in ("titel", "neu"):
            find(reader, Criteria(kind=ListKind.PRACTICES, sort=order), get_reference(reader))
    for _ in range(4):
        with Session(filled) as session:
            some = random.sample(list(session.scalars(select(Practice))), 9)
            places = sorted({one.ags for one in some})
            terms = session.scalars(select(Term)).all()
            for one in some:
                one.status = random.choice([Status.PUBLISHED, Status.ARCHIVED])
                one.ags = random.choice(places)
                one.title = f"{random.choice(WORDS)} {random.randrange(1_000)}"
                one.state = random.choice(list(PracticeState))
                one.terms = random.sample(list(terms), 2)
            session.flush()
            index.refresh(session, "practice", [one.slug for one in some])
            advance(session)
            session.commit()
        with Session(filled) as reader:
            _assert_counted_right(reader, random, 6)
            _assert_in_order(reader)


def _assert_in_order(session: Session) -> None:
    reference = get_reference(session)
    public = _public(session)
    expected = {
        "titel": sorted(public, key=lambda one: (one.title, one.id)),
        "neu": sorted(public, key=lambda one: (-(one.started_year or 0), one.title, one.id)),
        "kommune": sorted(
            public, key=lambda one: (one.municipality.sort_name, one.ags, one.title, one.id)
        ),
    }
    for order, entries in expected.items():
        criteria = Criteria(kind=ListKind.PRACTICES, sort=order)
        rows = find_on_map(session, criteria, reference)
        assert [row.key for row in rows] == [one.slug for one in entries], order


def test_an_edit_is_seen_at_once_here_and_in_another_process(filled: Engine) -> None:
    # Another engine keeps its own columns, as another process does.
    other = create_database_engine(filled.url.render_as_string(hide_password=False))
    criteria = Criteria(kind=ListKind.PRACTICES, q="Fahrradwerkstatt", literal=True)
    for engine in (filled, other):
        with Session(engine) as session:
            assert find_total(session, criteria, get_reference(session)) == 0
    with Session(filled) as session:
        place = session.scalars(select(Practice.ags)).first()
        practice = session.scalars(select(Practice).where(Practice.ags == place)).first()
        assert practice is not None
        practice.title, practice.status = "Fahrradwerkstatt", Status.PUBLISHED
        session.flush()
        index.refresh(session, "practice", [practice.slug])
        advance(session)
        session.commit()
    for engine in (filled, other):
        with Session(engine) as session:
            hits = find(session, criteria, get_reference(session))
            assert [one.title for one in hits.page.items] == ["Fahrradwerkstatt"]
    other.dispose()


def test_who_has_missed_steps_of_the_index_reads_everything_anew(
    filled: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_MOST_STEPS", 1)
    random = Random(2)  # noqa: S311 - no secret
    with Session(filled) as session:
        _assert_counted_right(session, random, 1)
    other = create_database_engine(filled.url.render_as_string(hide_password=False))
    with Session(other) as session:
        for one in session.scalars(select(Practice).limit(6)).all():
            one.status = Status.ARCHIVED
            session.flush()
            index.refresh(session, "practice", [one.slug])
        advance(session)
        session.commit()
    other.dispose()
    with Session(filled) as session:
        _assert_counted_right(session, random, 3)


def test_entries_near_a_place_come_nearest_first(filled: Engine) -> None:
    with Session(filled) as session:
        reference = get_reference(session)
        found = reference.gazetteer.find("Ort 5")
        assert found is not None
        criteria = Criteria(
            kind=ListKind.PRACTICES, place="Ort 5", where=found, radius_km=25, sort=DISTANCE
        )
        hits = find(session, criteria, reference)
        rows = find_on_map(session, criteria, reference)
        km = [hits.distances[row.ags] for row in rows]
        assert km == sorted(km)
        near = {ags for ags, distance in hits.distances.items() if distance <= 25}
        assert hits.counts.total == sum(one.ags in near for one in _public(session)) > 20


def test_lists_are_whole_before_there_is_an_index(session: Session) -> None:
    place = build_municipality(session)
    for title in ("Bürgerbus", "Dorfladen"):
        build_practice(session, place, title=title)
    session.flush()
    hits = find(session, Criteria(kind=ListKind.PRACTICES), get_reference(session))
    assert [one.title for one in hits.page.items] == ["Bürgerbus", "Dorfladen"]
    assert hits.counts.total == 2


def test_municipalities_that_change_take_their_entries_along(filled: Engine) -> None:
    random = Random(4)  # noqa: S311 - no secret
    with Session(filled) as session:
        _assert_counted_right(session, random, 2)
        _assert_in_order(session)
    for population, name in ((1_000, "Aa"), (600_000, "Zz")):
        with Session(filled) as session:
            place = session.get_one(Municipality, "05962003")
            place.population, place.sort_name = population, name
            advance(session)
            session.commit()
        with Session(filled) as session:
            _assert_counted_right(session, random, 4)
            _assert_in_order(session)


def test_what_municipalities_work_on_follows_their_practices(filled: Engine) -> None:
    random = Random(3)  # noqa: S311 - no secret
    for _ in range(4):
        with Session(filled) as session:
            public = _public(session)
            units = get_units(session)
            places = [unit for unit in units.values() if len(unit.ags) == 8]
            assert len(places) == 8
            for unit in places:
                there = [one for one in public if one.ags == unit.ags]
                assert unit.practices == len(there)
                assert unit.topics == frozenset().union(*(_values(one)["thema"] for one in there))
            criteria = Criteria(
                kind=ListKind.MUNICIPALITIES,
                choices={"thema": (TOPICS[0],), "mitglied": ("alle",)},
            )
            hits = find(session, criteria, get_reference(session))
            assert {one.ags for one in hits.page.items} == {
                unit.ags for unit in places if TOPICS[0] in unit.topics
            }
            assert set(get_reference(session).practising) == {one.ags for one in public}
        with Session(filled) as session:
            emptied, filled_up = random.sample(sorted(unit.ags for unit in places), 2)
            moved = session.scalars(select(Practice).where(Practice.ags == emptied)).all()
            for number, one in enumerate(moved):
                one.ags = filled_up if number % 2 else one.ags
                one.status = Status.PUBLISHED if number % 2 else Status.ARCHIVED
            session.flush()
            index.refresh(session, "practice", [one.slug for one in moved])
            advance(session, ground=False)
            session.commit()


def test_an_edit_leaves_municipalities_and_their_comparison_as_they_are(filled: Engine) -> None:
    def known(session: Session) -> tuple[object, ...]:
        reference = get_reference(session)
        return (
            get_places(session),
            reference.gazetteer,
            get_peers(session, None),
            get_lexicon(session),
            get_columns(session, ListKind.MUNICIPALITIES).everything,
        )

    with Session(filled) as session:
        before = known(session)
        practice = _public(session)[0]
        practice.summary = "Fahrradwerkstatt"
        session.flush()
        index.refresh(session, "practice", [practice.slug])
        advance(session, ground=False)
        session.commit()
    with Session(filled) as session:
        after = known(session)
    assert all(one is other for one, other in zip(before, after, strict=True))


def test_another_process_sees_entries_and_municipalities_change(filled: Engine) -> None:
    other = create_database_engine(filled.url.render_as_string(hide_password=False))
    ags = "05962003"

    def seen() -> tuple[int, bool, str, bool]:
        with Session(other) as session:
            reference = get_reference(session)
            criteria = Criteria(kind=ListKind.PRACTICES, q="Fahrradwerkstatt", literal=True)
            return (
                find_total(session, criteria, reference),
                reference.gazetteer.find("Neustadt") is not None,
                get_units(session)[ags].name,
                ags in reference.practising,
            )

    assert seen() == (0, False, "Ort 6", True)
    with Session(filled) as session:
        there = [one for one in _public(session) if one.ags == ags]
        for one in there:
            one.status = Status.ARCHIVED
        elsewhere = next(one for one in _public(session) if one.ags != ags)
        elsewhere.title = "Fahrradwerkstatt"
        session.flush()
        index.refresh(session, "practice", [one.slug for one in (*there, elsewhere)])
        advance(session, ground=False)
        session.commit()
    assert seen() == (1, False, "Ort 6", False)
    with Session(filled) as session:
        session.get_one(Municipality, ags).name = "Neustadt"
        session.flush()
        index.refresh(session, "municipality", [ags])
        advance(session)
        session.commit()
    assert seen() == (1, True, "Neustadt", False)
    other.dispose()

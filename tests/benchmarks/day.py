"""What visitors ask for on a day at the directory, drawn by chance but the same every time.

Many read the same few pages, and together they read nearly all: a page's place in the order of all
pages is drawn so that each is wanted half as often as one that comes at half its place.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random
from urllib.parse import quote

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from directory.municipalities.models import Level, Municipality
from directory.practices.models import Practice
from directory.search.models import SearchToken
from directory.topics.models import Term, TermKind
from tests.benchmarks.visitors import Question

# How many of a hundred requests are of each kind. Files under a digest are not among them: browsers
# ask for them once, and the proxy in front may keep them.
SHARES = {
    "home": 6,
    "list": 8,
    "list, filtered": 10,
    "search": 12,
    "detail page": 22,
    "profile": 10,
    "peers": 3,
    "map page": 3,
    "map data": 4,
    "JSON": 8,
    "suggestions": 11,
    "feeds": 2,
    "topics, events": 1,
}
# Who has read a page before asks whether it has changed.
KNOWN_ALREADY = 0.1
_FEEDS = ("/praxisbeispiele.atom", "/veranstaltungen.ics", "/sitemap.xml", "/kommunen.csv")
_SEED = 1
_MOST_PAGES = 40
_ENTRIES_PER_PAGE = 20

Asking = Callable[[], str]


@dataclass(frozen=True)
class Catalogue:
    """What can be asked for."""

    practices: int
    places: Sequence[str]
    keys: Sequence[str]
    topics: Sequence[str]
    words: Sequence[str]

    @classmethod
    def of(cls, engine: Engine) -> "Catalogue":
        """Read it from a database made by `directory generate`."""
        everywhere = select(Municipality.slug, Municipality.ags).where(
            Municipality.level == Level.MUNICIPALITY
        )
        words = (
            select(SearchToken.word)
            .where(SearchToken.kind == "practice", SearchToken.word.is_not(None))
            .order_by(SearchToken.documents.desc(), SearchToken.token)
        )
        topics = select(Term.slug).where(Term.kind == TermKind.TOPIC).order_by(Term.slug)
        with Session(engine) as session:
            places = session.execute(everywhere.order_by(Municipality.population.desc())).all()
            return cls(
                practices=session.scalar(select(func.count()).select_from(Practice)) or 0,
                places=[slug for slug, _ in places],
                keys=[ags for _, ags in places],
                topics=session.scalars(topics).all(),
                words=[word for word in session.scalars(words) if word and len(word) > 3],
            )


def questions(catalogue: Catalogue) -> Iterator[Question]:
    """Yield what is asked, without end."""
    chance = Random(_SEED)  # noqa: S311 - no secret
    asking = _asking(catalogue, chance)
    assert asking.keys() == SHARES.keys()
    while True:
        (kind,) = chance.choices(list(SHARES), list(SHARES.values()))
        yield Question(kind, asking[kind](), chance.random() < KNOWN_ALREADY)


def _asking(catalogue: Catalogue, chance: Random) -> dict[str, Asking]:
    """Return for each kind what gives its next address."""
    numbers = count(1)

    def place(total: int) -> int:
        return int(total ** chance.random()) - 1

    def one(values: Sequence[str]) -> str:
        return values[place(len(values))]

    def practice() -> str:
        return f"/praxisbeispiele/probeeintrag-{place(catalogue.practices) + 1}"

    def page() -> str:
        return f"seite={place(min(_MOST_PAGES, catalogue.practices // _ENTRIES_PER_PAGE)) + 1}"

    def filtered() -> str:
        second = chance.choice(("status=laufend", "mitglied=ja", "sort=neu", "groesse=10000-20000"))
        return f"/praxisbeispiele?thema={one(catalogue.topics)}&{second}"

    def search() -> str:
        words = " ".join(one(catalogue.words) for _ in range(chance.choice((1, 1, 2))))
        return f"/{chance.choice(('suche', 'praxisbeispiele'))}?q={quote(words)}"

    def typed() -> str:
        word = one(catalogue.words)
        return f"/api/v1/suggest?q={quote(word[: chance.randint(2, 6)])}"

    def json() -> str:
        return chance.choice(
            (
                f"/api/v1/practices/{place(catalogue.practices) + 1}",
                f"/api/v1/practices?thema={one(catalogue.topics)}",
                f"/api/v1/municipalities/{one(catalogue.keys)}",
                f"/api/v1/practices?q={quote(one(catalogue.words))}",
            )
        )

    def points() -> str:
        topic = f"?thema={one(catalogue.topics)}"
        return chance.choice(("/map/kommunen.json", f"/map/kommunen.json{topic}"))

    return {
        "home": lambda: "/",
        "list": lambda: chance.choice(("/praxisbeispiele?", "/kommunen?mitglied=alle&")) + page(),
        "list, filtered": filtered,
        "search": search,
        "detail page": practice,
        "profile": lambda: f"/kommunen/{one(catalogue.places)}",
        "peers": lambda: f"/kommunen/{one(catalogue.places)}/vergleichbar",
        "map page": lambda: "/karte",
        "map data": points,
        "JSON": json,
        "suggestions": typed,
        "feeds": lambda: _FEEDS[next(numbers) % len(_FEEDS)],
        "topics, events": lambda: chance.choice(("/themen", "/veranstaltungen")),
    }

"""What a draft says comes back from the plain JSON that revisions keep, for every kind of draft."""

import dataclasses
import datetime as dt
import enum
import json
import random
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from directory.contacts.drafts import ContactDraft
from directory.events.drafts import EventDraft, SeriesDraft
from directory.events.resources import ResourceDraft
from directory.municipalities.drafts import MembershipDraft, MunicipalityDraft, PostcodeDraft
from directory.practices.drafts import PracticeDraft
from directory.practices.models import PracticeState
from directory.publication.drafting import restored
from directory.publication.saving import Draft
from directory.publication.sources import Source
from directory.resources import resource_dir
from directory.seeding.seed import Seed, read_seed
from directory.topics.drafts import TermDraft

KINDS: list[type[Draft]] = [
    ContactDraft,
    EventDraft,
    MembershipDraft,
    MunicipalityDraft,
    PostcodeDraft,
    PracticeDraft,
    ResourceDraft,
    SeriesDraft,
    TermDraft,
]
PRACTICE = PracticeDraft(
    slug="hemer-preis",
    ags="05962016",
    title="Preis",
    summary="Hemer dankt.",
    approach="Eine Jury wählt.",
    state=PracticeState.RUNNING,
    sources=(Source(title="Bericht", url="https://www.hemer.de"),),
)


@pytest.fixture(scope="module")
def seed() -> Seed:
    return read_seed(resource_dir("seed"))


def through_json(draft: Draft) -> Draft:
    return restored(type(draft), json.loads(json.dumps(draft.fields())))


def test_every_kind_of_draft_is_tried() -> None:
    kinds = {kind for kind in Draft.__subclasses__() if kind.__module__.startswith("directory.")}
    assert kinds == set(KINDS)


def test_whatever_the_seed_says_comes_back(seed: Seed) -> None:
    tried = set()
    for table in dataclasses.fields(seed):
        for draft in getattr(seed, table.name).drafts:
            assert through_json(draft) == draft
            tried.add(type(draft))
    assert tried == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_can_be_said_comes_back(kind: type[Draft]) -> None:
    chance = random.Random(5962016)  # noqa: S311 - made-up values
    for _ in range(50):
        draft = made_up(kind, chance)
        back = through_json(draft)
        assert back == draft
        assert types_of(back) == types_of(draft)


def test_what_was_kept_before_a_field_existed_gets_its_default() -> None:
    fields = PRACTICE.fields()
    del fields["partners"], fields["cost_band"]
    assert restored(PracticeDraft, fields) == PRACTICE


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"started_year": True}, "started_year"),
        ({"started_year": "zwanzig"}, "started_year"),
        ({"state": "schlafend"}, "state"),
    ],
)
def test_what_cannot_be_a_draft_is_named(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(ValueError, match=place):
        restored(PracticeDraft, PRACTICE.fields() | changes)


def made_up(kind: Any, chance: random.Random) -> Any:
    """Return any value of the type `kind`."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return made_up(chance.choice(arguments), chance)
    if origin in (tuple, frozenset):
        return origin(made_up(arguments[0], chance) for _ in range(chance.randrange(4)))
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        names = [field.name for field in dataclasses.fields(kind)]
        return kind(**{name: made_up(hints[name], chance) for name in names})
    if issubclass(kind, enum.Enum):
        return chance.choice(list(kind))
    return {
        NoneType: lambda: None,
        str: lambda: "".join(chance.choices('aä„“ß "\\\n0', k=chance.randrange(1, 6))),
        int: lambda: chance.randrange(-5, 3000),
        float: lambda: chance.choice([0.1, 51.5, 1e300, -7.0]),
        bool: lambda: chance.random() < 0.5,
        dt.date: lambda: dt.date(2026, 1, 1) + dt.timedelta(chance.randrange(-9999, 9999)),
        dt.time: lambda: dt.time(chance.randrange(24), chance.randrange(60), chance.choice([0, 7])),
    }[kind]()


def types_of(draft: Draft) -> dict[str, type]:
    # 1 == True == 1.0, so equal is not enough.
    return {field.name: type(getattr(draft, field.name)) for field in dataclasses.fields(draft)}

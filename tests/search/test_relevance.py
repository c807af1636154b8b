"""How good the search is, in figures, over questions judged by reading the practices.

`judged.json` holds questions of all kinds with the practices that answer them: 3 exactly, 2 well, 1
in passing. Questions marked `held_out` were written after rules and weights were settled and have
not been tuned to; their figures stand beside the others.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import log2
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from directory.search.criteria import Criteria
from directory.search.listings import ALL, ListKind
from directory.search.queries import find
from directory.search.reference import get_reference

FOLDER = Path(__file__).parent
JUDGED = json.loads((FOLDER / "judged.json").read_text("utf-8"))
PLACES = json.loads((FOLDER / "places.json").read_text("utf-8"))
_FIRST = 10


class Figures(NamedTuple):
    """Of one question: nDCG@10, recall@10 of what answers it well, whether nothing came."""

    ndcg: float
    recall: float
    empty: bool


def found(session: Session, q: str, kind: ListKind, **others: str) -> list[object]:
    reference = get_reference(session)
    args = MultiDict({"q": q, **others})
    criteria = Criteria.from_args(args, kind=kind, reference=reference)
    return list(find(session, criteria, reference).page.items)


def measured(keys: Sequence[str], judgements: dict[str, int]) -> Figures:
    best = sorted(judgements.values(), reverse=True)[:_FIRST]
    good = {key for key, grade in judgements.items() if grade > 1} or set(judgements)
    return Figures(
        ndcg=_gain(judgements.get(key, 0) for key in keys) / _gain(best),
        recall=len(good & set(keys)) / min(len(good), _FIRST),
        empty=not keys,
    )


def _gain(grades: Iterable[int]) -> float:
    return sum((2**grade - 1) / log2(rank + 2) for rank, grade in enumerate(grades))


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


def test_the_judged_questions_are_many_and_of_all_kinds() -> None:
    kinds = {one["kind"] for one in JUDGED}
    assert len(JUDGED) >= 60
    assert kinds == {
        "plain", "synonym", "compound", "inflection", "misspelling", "intent", "place",
    }  # fmt: skip
    assert len({one["query"] for one in JUDGED}) == len(JUDGED)


def test_people_find_what_they_look_for(
    catalogue: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    figures: dict[str, list[Figures]] = defaultdict(list)
    for one in JUDGED:
        hits = found(catalogue, one["query"], ListKind.PRACTICES)[:_FIRST]
        figure = measured([hit.slug for hit in hits], one["judgements"])  # type: ignore[attr-defined]
        held_out = "zurückgehalten" if one.get("held_out") else "abgestimmt"
        for name in (one["kind"], held_out, "alle"):
            figures[name].append(figure)
    with capsys.disabled():
        print(f"\nRelevanz auf {catalogue.get_bind().dialect.name}")  # noqa: T201
        for name, those in figures.items():
            print(  # noqa: T201
                f"  {name:15} {len(those):3} Fragen  nDCG@10 {_mean(f.ndcg for f in those):.3f}  "
                f"Recall@10 {_mean(f.recall for f in those):.3f}  "
                f"leer {_mean(f.empty for f in those):.1%}"
            )
    assert _mean(figure.ndcg for figure in figures["alle"]) >= 0.82
    assert _mean(figure.ndcg for figure in figures["zurückgehalten"]) >= 0.82
    assert _mean(figure.empty for figure in figures["alle"]) <= 0.01


def test_places_are_right_at_the_first_hit(
    catalogue: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(PLACES) >= 50
    wrong = {}
    for typed, name in PLACES.items():
        hits = found(catalogue, typed, ListKind.MUNICIPALITIES, mitglied=ALL)
        first = hits[0].name if hits else None  # type: ignore[attr-defined]
        if first != name:
            wrong[typed] = first
    right = 1 - len(wrong) / len(PLACES)
    with capsys.disabled():
        print(f"\nOrte: {right:.1%} von {len(PLACES)} beim ersten Treffer; falsch: {wrong}")  # noqa: T201
    assert right >= 0.98


def test_every_municipality_is_found_first_by_its_name(catalogue: Session) -> None:
    names = [place.name for place in get_reference(catalogue).gazetteer.places()]
    sample = names[:: 9 if catalogue.get_bind().dialect.name == "sqlite" else 40]
    for name in sample:
        hits = found(catalogue, name, ListKind.MUNICIPALITIES, mitglied=ALL)
        assert hits, name
        assert hits[0].name == name  # type: ignore[attr-defined]

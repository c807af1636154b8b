"""Made-up drafts for the description: real ones are for their writers' eyes only."""

import datetime as dt
from typing import Any

from directory.api import shapes
from directory.practices.models import CostBand, PracticeState
from directory.publication.models import Stage

_MOMENT = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
_BASE = "https://directory.invalid"

# What somebody sends to begin a draft
NEW: dict[str, Any] = {
    "ags": "05962016",
    "title": "Vereinssprechstunde an jedem ersten Montag",
    "summary": "Das Ehrenamtsbüro berät Vereine einmal im Monat ohne Termin.",
    "approach": "Montags von 16 bis 19 Uhr sitzt das Ehrenamtsbüro im Bürgerhaus.",
    "status": "laufend",
    "started_year": 2024,
    "topics": ["vernetzung"],
    "stumbling_blocks": ["Der Raum war am Anfang schwer zu finden"],
    "sources": [{"title": "Ehrenamt in Hemer", "url": "https://www.hemer.de/ehrenamt"}],
}
# What somebody sends to change one and hand it in
CHANGE: dict[str, Any] = {
    "result": "Im ersten Jahr kamen 40 Vereine.",
    "cost_band": "unter-5000",
    "stage": "submitted",
}
DRAFT = shapes.Draft(
    id=12,
    stage=Stage.SUBMITTED,
    practice_id=None,
    ags=NEW["ags"],
    title=NEW["title"],
    summary=NEW["summary"],
    situation=None,
    approach=NEW["approach"],
    result=CHANGE["result"],
    success_factors=[],
    stumbling_blocks=NEW["stumbling_blocks"],
    no_stumbling_blocks_known=False,
    topics=NEW["topics"],
    target_groups=[],
    instruments=[],
    partners=[],
    status=PracticeState(NEW["status"]),
    started_year=NEW["started_year"],
    ended_year=None,
    ended_reason=None,
    cost_band=CostBand(CHANGE["cost_band"]),
    staff_effort=None,
    sources=[shapes.DraftSource(**one) for one in NEW["sources"]],
    problems=[],
    comments=[],
    returned_because=None,
    created_at=_MOMENT,
    updated_at=_MOMENT,
    url=f"{_BASE}/redaktion/fassungen/12",
)
_LIST = f"{_BASE}/api/v1/drafts?limit=20&offset=0"
LISTING = shapes.Listing(
    items=[DRAFT],
    total=1,
    limit=20,
    offset=0,
    facets={},
    query=shapes.QueryNotes(None),
    links=shapes.Links(_LIST, _LIST, None, None, _LIST, f"{_BASE}/redaktion"),
)

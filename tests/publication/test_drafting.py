"""Plain values become drafts again, and everything that is wrong with them is told at once."""

import pytest
from sqlalchemy.orm import Session

from directory.contacts.drafts import ContactDraft
from directory.events.drafts import EventDraft
from directory.municipalities.drafts import MembershipDraft, MunicipalityDraft
from directory.practices.drafts import PracticeDraft
from directory.publication.drafting import read_draft
from directory.publication.models import Revision
from directory.publication.validation import Known

NOTHING_KNOWN = Known()
DRAFTS = {
    "practice": PracticeDraft,
    "contact": ContactDraft,
    "municipality": MunicipalityDraft,
    "membership": MembershipDraft,
    "event": EventDraft,
}


@pytest.mark.parametrize("kind", DRAFTS)
def test_every_kept_state_becomes_the_draft_it_was(catalogue: Session, kind: str) -> None:
    revisions = catalogue.query(Revision).where(Revision.kind == kind).all()
    assert revisions
    for revision in revisions:
        reading = read_draft(DRAFTS[kind], revision.fields, NOTHING_KNOWN)
        assert reading.problems == {}
        assert reading.draft.fields() == revision.fields


def test_everything_that_is_wrong_is_told_at_once() -> None:
    reading = read_draft(
        PracticeDraft,
        {
            "slug": "probe",
            "ags": "05962016",
            "title": "",
            "summary": "Kurz",
            "approach": "Lang",
            "state": "vielleicht",
            "started_year": "zweitausend",
            "topics": ["vernetzung"],
            "sources": [{"title": "Seite", "url": "keine Adresse"}],
        },
        NOTHING_KNOWN,
    )
    assert reading.problems == {
        "title": "Bitte ausfüllen.",
        "state": "Bitte eine Angabe auswählen.",
        "started_year": "Bitte eine Zahl in Ziffern angeben.",
        "sources[1].url": "Bitte eine vollständige Adresse mit https:// oder http:// angeben.",
    }


def test_numbers_are_read_as_people_write_them() -> None:
    values = {"ags": "05962016", "area_km2": "1.234,5", "population": " 34000 "}
    draft = read_draft(MunicipalityDraft, values, NOTHING_KNOWN).draft
    assert (draft.area_km2, draft.population) == (1234.5, 34_000)


@pytest.mark.parametrize("values", [{}, {"sources": "x"}, {"sources": [1, None]}, {"title": 5}])
def test_values_of_any_form_are_no_fault_of_ours(values: dict[str, object]) -> None:
    assert read_draft(PracticeDraft, values, NOTHING_KNOWN).problems

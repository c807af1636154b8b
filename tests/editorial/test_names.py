"""One name for one thing: in the forms of the desk, tables to import, exports and letters."""

import pytest

from directory.editorial.forms.practices import PracticeForm
from directory.editorial.kinds import KINDS as ENTRIES
from directory.editorial.views.import_words import ENTRY_KINDS
from directory.feeds.tables import PRACTICE
from directory.importing.kinds import KINDS
from directory.importing.mapping import guess
from directory.importing.models import ImportKind
from directory.search.lists.listings import ListKind
from directory.subscriptions.news import LABELS


@pytest.mark.parametrize("name", ImportKind)
def test_tables_with_the_labels_of_the_form_are_understood(name: ImportKind) -> None:
    kind = KINDS[name]
    form = ENTRIES[ENTRY_KINDS[name]].form()
    labels = [form[column.field].label.text for column in kind.columns if column.field in form]
    expected = tuple(column.field for column in kind.columns if column.field in form)
    assert len(expected) > 8
    assert guess(kind, labels).fields == expected


def test_a_practice_is_described_in_the_same_words_everywhere() -> None:
    form = PracticeForm()
    headers = {column.field: column.header for column in KINDS[ImportKind.PRACTICES].columns}
    exported = {column.name: column.sheet.header for column in PRACTICE}
    for field in ("title", "summary", "state", "cost_band", "staff_effort", "partners", "topics"):
        label = form[field].label.text
        assert headers[field] == label
        assert LABELS[ListKind.PRACTICES][field] == label
        assert exported.get(field, label) == label

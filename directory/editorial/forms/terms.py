"""The form of one term of the vocabulary."""

from directory.editorial.forms.fields import Chosen, EntryForm, Items, Line, Text, Whole
from directory.topics.drafts import TermDraft
from directory.topics.models import TermKind


class TermForm(EntryForm):
    """One topic, target group or instrument."""

    DRAFT = TermDraft

    label = Line("Begriff", longest=60)
    kind = Chosen("Liste", choices=[(kind.value, kind.plural) for kind in TermKind])
    definition = Text("Erläuterung", help="Ein, zwei Sätze, die alle verstehen", rows=3)
    synonyms = Items(
        "Andere Wörter dafür",
        help="Eines je Zeile. Wer danach sucht, findet auch diesen Begriff; es gilt sofort.",
        example="bürgerschaftliches Engagement",
        rows=6,
    )
    position = Whole("Platz in der Liste", longest=4)

    SECTIONS = (("Der Begriff", ("label", "kind", "definition", "synonyms", "position")),)

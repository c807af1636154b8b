"""What can be said about a term of the vocabulary, and what must hold."""

from dataclasses import dataclass

from directory.publication.saving import Draft
from directory.publication.validation import Check, Known, Problems
from directory.topics.models import Term, TermKind

_LONGEST_SYNONYM = 120


@dataclass(frozen=True, kw_only=True)
class TermDraft(Draft):
    """One term; `position` is its place in the vocabulary, synonyms in the order to show them."""

    slug: str
    kind: TermKind
    position: int
    label: str
    definition: str
    synonyms: tuple[str, ...] = ()

    @classmethod
    def of(cls, entry: Term) -> "TermDraft":
        """Return the draft that `entry` corresponds to."""
        return cls(
            slug=entry.slug,
            kind=entry.kind,
            position=entry.position,
            label=entry.label,
            definition=entry.definition,
            synonyms=tuple(synonym.text for synonym in entry.synonyms),
        )

    def problems(self, known: Known) -> Problems:
        """Return what is wrong, field → German sentence."""
        check = Check()
        check.slug("slug", self.slug, Term.slug)
        check.count("position", self.position)
        check.line("label", self.label, Term.label)
        check.text("definition", self.definition, Term.definition)
        check.items("synonyms", self.synonyms, at_most=_LONGEST_SYNONYM)
        # Practices chose the term from its list; in another one they would say something else.
        if known.terms is not None and known.terms.get(self.slug, self.kind) != self.kind:
            check.say("kind", "Ein Begriff kann nicht in eine andere Liste wechseln.")
        return check.problems

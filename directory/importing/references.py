"""What cells may refer to by name: municipalities and terms."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.municipalities.models import Municipality
from directory.publication.validation import Known
from directory.text import fold, join, nearest
from directory.topics.models import Term, TermKind
from directory.topics.operations import known_terms

# Looking for similar names takes a while; a file that is all wrong does not get them all.
_MOST_SUGGESTIONS = 50
_AGS_LENGTHS = {7: 8, 4: 5, 2: 3}


@dataclass
class References:
    """Municipalities and terms as people write them, loaded once per file."""

    names: Mapping[str, str]  # AGS → name
    known: Known
    labels: Mapping[str, str]  # slug → label
    _places: Mapping[str, list[str]]  # folded name → AGS
    _terms: Mapping[TermKind, Mapping[str, str]]  # folded label or slug → slug
    _suggested: dict[tuple[str, str], str] = field(default_factory=dict)

    @staticmethod
    def are_still(session: Session, known: Known) -> bool:
        """Return whether there are exactly the municipalities and terms that were `known`."""
        ags = frozenset(session.scalars(select(Municipality.ags)))
        return known == Known(ags=ags, terms=known_terms(session))

    @classmethod
    def load(cls, session: Session) -> "References":
        """Read all names from the database."""
        names: dict[str, str] = {}
        places: dict[str, list[str]] = defaultdict(list)
        for ags, name, official in session.execute(
            select(Municipality.ags, Municipality.name, Municipality.name_official)
        ):
            names[ags] = name
            # „Hemer, Stadt“ is also written „Stadt Hemer“.
            turned = " ".join(reversed(official.split(", ", 1)))
            for written in {fold(name), fold(official), fold(turned)}:
                places[written].append(ags)
        terms = {term.slug: term for term in session.scalars(select(Term).order_by(Term.position))}
        return cls(
            names=names,
            known=Known(ags=frozenset(names), terms=known_terms(session)),
            labels={slug: term.label for slug, term in terms.items()},
            _places=places,
            _terms={
                kind: {
                    written: slug
                    for slug, term in terms.items()
                    if term.kind is kind
                    for written in (fold(term.label), slug)
                }
                for kind in TermKind
            },
        )

    def ags(self, written: str) -> str:
        """Return the key of the municipality that `written` names; raise `ValueError`."""
        if written.isdecimal() and written.isascii():
            # Spreadsheets take keys for numbers and drop the leading zero.
            key = written.zfill(_AGS_LENGTHS.get(len(written), len(written)))
            if key not in self.names:
                raise ValueError(f"Es gibt keine Kommune mit dem Schlüssel „{key[:20]}“.")
            return key
        found = self._places.get(fold(written), [])
        if len(found) > 1:
            candidates = [f"{self.names[ags]} ({ags})" for ags in sorted(found)]
            raise ValueError(
                f"„{written[:60]}“ gibt es mehrmals: {join(candidates)}. "
                "Bitte den Gemeindeschlüssel angeben."
            )
        if not found:
            hint = self._similar("", written, {name: name for name in self.names.values()})
            raise ValueError(f"Es gibt keine Kommune „{written[:60]}“.{hint}")
        return found[0]

    def term(self, kind: TermKind, written: str) -> str:
        """Return the slug of the term that `written` names; raise `ValueError`."""
        terms = self._terms[kind]
        slug = terms.get(written) or terms.get(fold(written))
        if slug is None:
            labels = [self.labels[slug] for slug in dict.fromkeys(terms.values())]
            # Who means „Umwelt & Nachhaltigkeit“ may write only one of its words.
            parts = {part: label for label in labels for part in label.split() if len(part) > 3}
            parts |= {label: label for label in labels}
            hint = self._similar(kind, written, parts)
            raise ValueError(f"„{written[:60]}“ steht nicht in der Liste {kind.plural}.{hint}")
        return slug

    def _similar(self, kind: str, written: str, names: Mapping[str, str]) -> str:
        # ` Meinten Sie …?`, or nothing; `names`: what could be meant → how it is called
        if (kind, written) not in self._suggested:
            if len(self._suggested) >= _MOST_SUGGESTIONS:
                return ""
            found = nearest(written[:60], names, limit=3)
            close = [f"„{name}“" for name in dict.fromkeys(names[one] for one in found)]
            hint = f" Meinten Sie {join(close, 'oder')}?" if close else ""
            self._suggested[kind, written] = hint
        return self._suggested[kind, written]

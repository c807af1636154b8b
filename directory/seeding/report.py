"""What loading the seed did, in numbers and in German."""

from dataclasses import dataclass, field

from directory.text import number

_LABELS = {
    "municipalities": "Kommunen, Kreise und Bezirke",
    "postcodes": "Postleitzahlen mit Ort",
    "memberships": "Angaben zum Netzwerk",
    "terms": "Begriffe",
    "contacts": "Ansprechstellen",
    "practices": "Praxisbeispiele",
    "series": "Veranstaltungsreihen",
    "events": "Veranstaltungen",
    "resources": "Materialien",
}


@dataclass(frozen=True)
class Count:
    """What became of the rows of one kind."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    # Keys of the entries that editors changed since, and that the seed therefore left alone.
    edited: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows the seed has."""
        return self.created + self.changed + self.unchanged + len(self.edited)

    def __str__(self) -> str:
        parts = [
            (self.created, "neu"),
            (self.changed, "geändert"),
            (self.unchanged, "unverändert"),
            (self.removed, "entfallen"),
            (len(self.edited), "von der Redaktion geändert, nicht überschrieben"),
        ]
        return ", ".join(f"{number(count)} {what}" for count, what in parts if count) or "leer"


@dataclass(frozen=True)
class SeedReport:
    """What loading did, per kind: `report.counts["practices"].created`."""

    counts: dict[str, Count] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether anything in the database is different now."""
        return any(
            count.created or count.changed or count.removed for count in self.counts.values()
        )

    def summary(self) -> str:
        """Return German lines: the counts, then the entries that were left to the editors."""
        lines = [
            f"{_LABELS[name]}: {number(count.rows)} ({count})"
            for name, count in self.counts.items()
        ]
        lines += [
            f"Von der Redaktion geändert, nicht überschrieben: {key} ({_LABELS[name]})"
            for name, count in self.counts.items()
            for key in count.edited
        ]
        return "\n".join(lines)

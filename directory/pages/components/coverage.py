"""Where the white spots are, for the topics' page and for the office."""

from flask import request, url_for

from directory.db import db
from directory.pages.components.matrix import Matrix, matrix
from directory.publication.catalogue import current_version, prepared
from directory.search.lists import coverage
from directory.search.lists.reference import Reference
from directory.topics.models import TermKind


def topics_coverage(reference: Reference) -> Matrix:
    """Return all topics by size of the municipality, made anew with the catalogue."""
    # Its addresses begin with what stands before all of ours.
    source = current_version(db.session), request.script_root
    return prepared(db.session, "coverage of topics", lambda _: _made(reference), of=source)


def _made(reference: Reference) -> Matrix:
    labels = reference.terms[TermKind.TOPIC]
    return matrix(
        coverage.of_topics(db.session, list(labels)),
        labels,
        lambda slug: {"thema": (slug,)},
        caption="Praxisbeispiele nach Thema und Einwohnerzahl",
        corner="Thema",
        href=lambda slug: url_for("topics.detail", slug=slug),
        with_foot=False,
    )

"""Questions of all kinds that several tests ask."""

from urllib.parse import parse_qsl

from werkzeug.datastructures import MultiDict

from directory.search.criteria import Criteria
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import Reference

QUESTIONS = [
    (ListKind.PRACTICES, ""),
    (ListKind.PRACTICES, "q=Ehrenamtskarte"),
    (ListKind.PRACTICES, "q=Ehrenamt&groesse=20000-50000"),
    (ListKind.PRACTICES, "thema=integration-flucht&thema=vernetzung"),
    (ListKind.PRACTICES, "status=laufend&bezirk=059"),
    (ListKind.PRACTICES, "ort=Hemer&umkreis=50"),
    (ListKind.PRACTICES, "mitglied=ja&art=gemeinde"),
    (ListKind.PRACTICES, "bbox=7,51,8,52&q=Verein"),
    (ListKind.MUNICIPALITIES, ""),
    (ListKind.MUNICIPALITIES, "mitglied=alle&kreis=05766"),
    (ListKind.MUNICIPALITIES, "mitglied=alle&groesse=unter-10000&art=stadt"),
    (ListKind.MUNICIPALITIES, "q=Kreis"),
    (ListKind.MUNICIPALITIES, "thema=integration-flucht"),
    (ListKind.EVENTS, "art=kongress"),
    (ListKind.EVENTS, "q=Workshop"),
    (ListKind.PRACTICES, "q=Wie+gewinnen+wir+junge+Leute+f%C3%BCr+den+Vorstand"),
    (ListKind.PRACTICES, "q=Ehrnamtskarte+im+Kreis+Unna"),
    (ListKind.PRACTICES, "q=Karte&genau=1"),
    (ListKind.MUNICIPALITIES, "q=Guetersloch&mitglied=alle"),
    (ListKind.RESOURCES, ""),
    (ListKind.RESOURCES, "art=download&thema=vernetzung"),
]


def asked(query: str, kind: ListKind, reference: Reference) -> Criteria:
    """Return the criteria of an address."""
    args = MultiDict(parse_qsl(query, keep_blank_values=True))
    return Criteria.from_args(args, kind=kind, reference=reference)

"""Tables as town halls send them, and a plan of each."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from directory.importing.kinds import KINDS
from directory.importing.mapping import ColumnMapping, guess
from directory.importing.models import ImportKind
from directory.importing.planning import Plan, plan
from directory.municipalities.models import Municipality
from directory.sheets.table import Cell, Table
from directory.topics.models import TermKind
from tests.factories import build_municipality, build_term

PRACTICE = {
    "Kommune": "Hemer",
    "Titel": "Heimatpreis",
    "Kurzfassung": "Die Stadt ehrt Engagierte.",
    "Vorgehen": "Einmal im Jahr lädt das Rathaus ein.",
    "Stolpersteine": "keine bekannt",
    "Status": "laufend",
    "Themen": "Anerkennungskultur",
}
CONTACT = {
    "Kommune": "Hemer",
    "Stelle": "Ehrenamtsbüro",
    "Telefon": "02372 551-0",
    "Quelle": "https://www.example.org/ehrenamt",
}
MEMBERSHIP = {
    "Kommune": "Hemer",
    "Nachweis": "Mitglied",
    "Quelle": "https://www.example.org/beitritt",
    "Ansprechperson benannt": "ja",
}
EXAMPLES = {
    ImportKind.PRACTICES: PRACTICE,
    ImportKind.CONTACTS: CONTACT,
    ImportKind.MEMBERSHIPS: MEMBERSHIP,
}


def table(*rows: dict[str, Cell]) -> Table:
    """Return a table with a column for each heading that any row has."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines: list[tuple[int, Sequence[Cell]]] = [(1, columns)]
    lines += [
        (number, [row.get(name) for name in columns]) for number, row in enumerate(rows, start=2)
    ]
    return Table.of(lines)


def planned(
    session: Session, kind: ImportKind, *rows: dict[str, Cell], mapping: ColumnMapping | None = None
) -> Plan:
    """Return the dry run of these rows, with the columns guessed unless given."""
    given = table(*rows)
    return plan(session, KINDS[kind], given, mapping or guess(KINDS[kind], given.columns))


def build_ground(session: Session) -> Municipality:
    """Add what the examples refer to: Hemer, a few neighbours and the terms; return Hemer."""
    hemer = build_municipality(
        session, ags="05962016", name="Hemer", name_official="Hemer, Stadt", slug="hemer"
    )
    build_municipality(session, ags="05914000", name="Hagen", name_official="Hagen, Stadt der …")
    for ags in ("05158004", "05766040"):
        build_municipality(session, ags=ags, name="Neustadt", slug=f"neustadt-{ags}")
    build_term(session, label="Anerkennungskultur")
    build_term(session, label="Räume & Treffpunkte", slug="raeume-treffpunkte")
    build_term(session, label="Vereine", kind=TermKind.TARGET_GROUP)
    session.commit()
    return hemer

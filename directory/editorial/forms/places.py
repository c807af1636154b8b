"""The forms of what a municipality says about itself: contact points, profile, membership."""

from directory.contacts.drafts import ContactDraft
from directory.editorial.forms.fields import (
    Chosen,
    ChosenOrNot,
    Day,
    EntryForm,
    Line,
    Place,
    Several,
    Text,
    Whole,
)
from directory.editorial.forms.points import Degree
from directory.municipalities.drafts import MembershipDraft, MunicipalityDraft
from directory.municipalities.models import Evidence


class ContactForm(EntryForm):
    """One office or function where others can ask."""

    DRAFT = ContactDraft

    ags = Place("Kommune", help="Name oder Gemeindeschlüssel")
    unit = Line(
        "Stelle",
        help="Amt, Stabsstelle oder Agentur – eine Funktion, kein Name einer Person",
        example="Stabsstelle Bürgerschaftliches Engagement",
    )
    email = Line(
        "E-Mail",
        help="Ein Postfach der Stelle, das bleibt, wenn Personen wechseln",
        example="ehrenamt@beispielstadt.de",
        kind="email",
        optional=True,
    )
    phone = Line("Telefon", example="+49 2372 551-0", kind="tel", optional=True)
    url = Line("Internetseite", kind="url", optional=True)
    fallback_email = Line(
        "Funktionspostfach",
        help="Wen wir fragen, wenn unter der E-Mail-Adresse oben niemand antwortet",
        example="rathaus@beispielstadt.de",
        kind="email",
        optional=True,
    )
    person_name = Line(
        "Name einer Ansprechperson",
        help="Nur wenn es dafür eine Rechtsgrundlage gibt; am besten bleibt das Feld leer",
        optional=True,
    )
    person_basis = Line(
        "Rechtsgrundlage für den Namen",
        example="Einwilligung vom 03.02.2026",
        optional=True,
        needed_when="wenn ein Name angegeben ist",
    )
    street = Line("Straße und Hausnummer", optional=True)
    postcode = Line("Postleitzahl", longest=5, optional=True)
    town = Line("Ort", optional=True)
    lat = Degree("Breite", axis=0, example="51,388")
    lon = Degree("Länge", axis=1, example="7,770")
    source_url = Line(
        "Woher stammen die Angaben?", help="Adresse der Seite, auf der sie stehen", kind="url"
    )
    as_of = Day("Stand der Quelle")

    SECTIONS = (
        ("Die Stelle", ("ags", "unit", "email", "phone", "url", "fallback_email")),
        ("Ansprechperson", ("person_name", "person_basis")),
        ("Anschrift", ("street", "postcode", "town")),
        ("Punkt auf der Karte", ("lat", "lon")),
        ("Beleg", ("source_url", "as_of")),
    )


class ProfileForm(EntryForm):
    """What a municipality may say in its profile; the official figures come from Destatis."""

    DRAFT = MunicipalityDraft

    website = Line(
        "Internetseite",
        kind="url",
        help="Am besten die Seite zum Engagement, sonst die Startseite der Kommune",
        optional=True,
    )

    SECTIONS = (("Profil", ("website",)),)


class MembershipForm(EntryForm):
    """What is known about a way into the network; the five conditions of joining."""

    DRAFT = MembershipDraft

    ags = Place("Kommune")
    evidence = Chosen(
        "Nachweis",
        choices=[
            (Evidence.DOCUMENTED.value, "Mitgliedschaft ist belegt"),
            (Evidence.TRAINING_ONLY.value, "nur Teilnahme an der Entwicklungswerkstatt belegt"),
        ],
    )
    source_url = Line("Beleg", kind="url", help="Adresse, unter der es nachzulesen ist")
    member_since = Whole("Mitglied seit (Jahr)", longest=4)
    declaration_signed_on = Line(
        "Gemeinsame Erklärung unterzeichnet am", kind="date", optional=True
    )
    has_contact_person = ChosenOrNot("1. Es gibt eine Ansprechperson für Engagement")
    is_cross_cutting_task = ChosenOrNot("2. Engagement ist Querschnittsaufgabe")
    signed_declaration = ChosenOrNot("3. Die Gemeinsame Erklärung ist unterzeichnet")
    offers_volunteer_card = ChosenOrNot("4. Ehrenamtskarte oder Gleichwertiges")
    commits_to_continuity = ChosenOrNot("5. Zusage dauerhafter Mitarbeit")
    rounds = Several("Runden der Entwicklungswerkstatt", whole=True)
    note = Text("Anmerkung", rows=3, optional=True)

    SECTIONS = (
        (
            "Mitgliedschaft",
            ("ags", "evidence", "source_url", "member_since", "declaration_signed_on"),
        ),
        (
            "Die fünf Voraussetzungen",
            (
                "has_contact_person",
                "is_cross_cutting_task",
                "signed_declaration",
                "offers_volunteer_card",
                "commits_to_continuity",
            ),
        ),
        ("Dazu", ("rounds", "note")),
    )

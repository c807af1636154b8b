"""Every fault of a seed is named with file, line and reason."""

import pytest

from directory.seeding import SeedError
from directory.seeding.seed import read_seed
from tests.seeding.conftest import SeedFolder

CONGRESS_2013 = '"id": "kongress-2013",'
CONGRESS_2015 = '"id": "kongress-2015",'
CONGRESS_2017 = '"id": "kongress-2017",'
AACHEN = '"id": "aachen-buero-fuer-ehrenamt-mit-verbindlichen-leitlinien",'


def problems_of(folder: SeedFolder) -> list[str]:
    with pytest.raises(SeedError) as caught:
        read_seed(folder.path)
    return [str(problem) for problem in caught.value.problems]


def test_the_seed_has_no_fault(folder: SeedFolder) -> None:
    seed = read_seed(folder.path)
    assert len(seed.practices.drafts) == 153
    # Each draft knows where it is from.
    line = folder.line_of("practices.json", AACHEN) - 1
    assert (seed.practices.lines[0], seed.memberships.lines[:2]) == (line, [2, 3])


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (
            "topics.csv",
            "kind,slug,label,definition,synonyms\n",
            "kind,slug,label,synonyms\n",
            "Die Spalte „definition“ fehlt.",
        ),
        (
            "topics.csv",
            "kind,slug,label,definition,synonyms\n",
            "kind,slug,label,definition,synonyms,farbe\n",
            "Unbekannte Spalte „farbe“.",
        ),
        (
            "contacts.csv",
            "ags,unit,street,postcode,town,phone,email,url,source_url,as_of\n",
            "ags,unit,street,postcode,town,phone,email,url,source_url,as_of,ags\n",
            "Die Spalte „ags“ steht doppelt da.",
        ),
        (
            "topics.csv",
            "kind,slug,label,definition,synonyms\n",
            "kind;slug;label;definition;synonyms\n",
            "Die Spalten müssen mit Komma getrennt sein.",
        ),
        (
            "members.csv",
            "05374036,,documented,,",
            "05374036,,documented,",
            "Die Zeile hat 5 statt 6 Zellen.",
        ),
        (
            "members.csv",
            "05374036,,documented,,",
            "5374036,,documented,,",
            "ags: „5374036“ ist kein Gemeindeschlüssel mit 3, 5 oder 8 Ziffern.",
        ),
        (
            "members.csv",
            "05374036,,documented,,",
            "05374999,,documented,,",
            "ags: Es gibt keine Kommune mit dem Schlüssel „05374999“.",
        ),
        (
            "members.csv",
            "05374036,,documented,,",
            "05374036,2099,documented,,",
            "member_since: Bitte ein Jahr zwischen 1900 und",
        ),
        (
            "members.csv",
            "05374036,,documented,,",
            "05374036,,belegt,,",
            "evidence: Bitte eines angeben von: documented, training_only.",
        ),
        (
            "members.csv",
            "05378,,training_only,5,",
            "05378,2020,training_only,5,",
            "member_since: Ein Beitrittsjahr setzt eine belegte Mitgliedschaft voraus.",
        ),
        (
            "members.csv",
            "05378,,training_only,5,",
            "05378,,training_only,fünf,",
            "round: Muss aus Nummern bestehen, getrennt durch Semikolon.",
        ),
        (
            "municipalities_nrw.csv",
            "05111000,municipality,Düsseldorf,",
            "05111000,county,Düsseldorf,",
            "level: Passt nicht zur Länge des Gemeindeschlüssels.",
        ),
        (
            "municipalities_nrw.csv",
            "LVR,631217,2023-12-31,",
            "LVR,631.217,2023-12-31,",
            "population: Muss eine ganze Zahl sein.",
        ),
        (
            "municipalities_nrw.csv",
            "LVR,631217,2023-12-31,",
            "LVR,631217,31.12.2023,",
            "population_date: Bitte ein Datum als JJJJ-MM-TT angeben.",
        ),
        (
            "municipalities_nrw.csv",
            "217.41,51.224220,6.780068,",
            "217.41,5122.4220,6.780068,",
            "lat: Liegt nicht in Deutschland; sind Breite und Länge vertauscht?",
        ),
        (
            "municipalities_nrw.csv",
            "217.41,51.224220,6.780068,",
            "nan,51.224220,6.780068,",
            "area_km2: Muss eine Zahl mit Dezimalpunkt sein.",
        ),
        (
            "municipalities_nrw.csv",
            "https://www.duesseldorf.de",
            "javascript:alert(1)",
            "website: Bitte eine vollständige Adresse mit https:// oder http:// angeben.",
        ),
        (
            "postcodes_nrw.csv",
            "32049,Herford,",
            "3204,Herford,",
            "postcode: Eine Postleitzahl hat fünf Ziffern.",
        ),
        (
            "contacts.csv",
            "Fachstelle Bürgerengagement,",
            '"=HYPERLINK(""https://example.org"")",',
            "unit: Beginnt wie eine Tabellenformel (=, +, - oder @).",
        ),
        (
            "contacts.csv",
            "Fachstelle Bürgerengagement,",
            "Fachstelle\x07Bürgerengagement,",
            "unit: Enthält Steuerzeichen oder Leerraum am Rand.",
        ),
        (
            "contacts.csv",
            "Fachstelle Bürgerengagement,",
            f"{'Fach' * 51},",
            "unit: Höchstens 200 Zeichen; es sind 204.",
        ),
        ("contacts.csv", "Fachstelle Bürgerengagement,", ",", "unit: Bitte ausfüllen."),
        (
            "contacts.csv",
            "02931 9638104",
            "auf Anfrage",
            "phone: Bitte eine Telefonnummer mit Vorwahl angeben.",
        ),
        (
            "contacts.csv",
            "buvo@reken.de",
            "buvo@reken",
            "email: Bitte eine vollständige E-Mail-Adresse angeben.",
        ),
        (
            "topics.csv",
            "Stabsstelle; Fachstelle;",
            "Stabsstelle; ; Fachstelle;",
            "synonyms: Bitte ausfüllen.",
        ),
    ],
)
def test_a_faulty_line_of_a_table_is_named(
    folder: SeedFolder, file: str, old: str, new: str, reason: str
) -> None:
    line = folder.replace(file, old, new)
    problems = problems_of(folder)
    assert len(problems) == 1, problems
    assert problems[0].startswith(f"{file}:{line}: {reason}")


@pytest.mark.parametrize(
    ("file", "element", "old", "new", "reason"),
    [
        (
            "practices.json",
            AACHEN,
            '"municipality_ags": "05334002",\n  "title": "Büro für Ehrenamt mit',
            '"municipality_ags": "05334",\n  "title": "@Büro für Ehrenamt mit',
            "title: Beginnt wie eine Tabellenformel (=, +, - oder @).",
        ),
        (
            "practices.json",
            AACHEN,
            '   "engagierte",\n   "vereine-und-initiativen"\n  ],\n  "instruments": [\n   "stabsst',
            '   "engagierte",\n   "katzen"\n  ],\n  "instruments": [\n   "stabsst',
            "target_groups: Es gibt keinen Begriff „katzen“.",
        ),
        (
            "practices.json",
            AACHEN,
            '   "engagierte",\n   "vereine-und-initiativen"\n  ],\n  "instruments": [\n   "stabsst',
            '   "engagierte",\n   "engagierte"\n  ],\n  "instruments": [\n   "stabsst',
            "target_groups: Enthält einen Eintrag doppelt.",
        ),
        (
            "practices.json",
            AACHEN,
            '   "engagierte",\n   "vereine-und-initiativen"\n  ],\n  "instruments": [\n   "stabsst',
            '   "engagierte",\n   "vermittlung"\n  ],\n  "instruments": [\n   "stabsst',
            "target_groups: Der Begriff „vermittlung“ gehört in eine andere Liste.",
        ),
        (
            "practices.json",
            AACHEN,
            '"https://www.aachener-nachrichten.de/lokales/aachen/so-ist-das-ehrenamt',
            '"https://[aachener-nachrichten.de/lokales/aachen/so-ist-das-ehrenamt',
            "sources[1].url: Bitte eine vollständige Adresse mit https:// oder http:// angeben.",
        ),
        (
            "events.json",
            CONGRESS_2017,
            '"time_start": "09:30"',
            '"time_start": "24:30"',
            "time_start: Bitte eine Uhrzeit als HH:MM angeben.",
        ),
        (
            "events.json",
            CONGRESS_2017,
            '"time_end": "16:30"',
            '"time_end": "06:30"',
            "time_end: Das Ende liegt vor dem Beginn.",
        ),
        (
            "events.json",
            CONGRESS_2017,
            '"date_start": "2017-10-16"',
            '"date_start": "2017-02-29"',
            "date_start: Bitte ein Datum wie 12.03.2026, 03.2026 oder 2026 angeben.",
        ),
        (
            "events.json",
            CONGRESS_2017,
            '"date_start": "2017-10-16"',
            '"date_start": "2017-10"',
            "date_precision: Passt nicht zur Länge von date_start.",
        ),
        (
            "events.json",
            CONGRESS_2017,
            '"max": 250',
            '"max": "250"',
            "attendance.max: Muss eine ganze Zahl sein.",
        ),
        (
            "events.json",
            CONGRESS_2017,
            '"label": "200 oder 250 Teilnehmende, je nach Quelle"',
            '"hinweis": null, "label": "200 oder 250 Teilnehmende, je nach Quelle"',
            "attendance.hinweis: Unbekanntes Feld.",
        ),
        (
            "events.json",
            CONGRESS_2013,
            '"id": "kongress-2013-1"',
            '"id": "kongress-2013-2"',
            "sessions: Enthält eine Kennung doppelt.",
        ),
        (
            "events.json",
            CONGRESS_2015,
            '"id": "kongress-2015-1"',
            '"id": "kongress-2013-1"',
            "sessions: „kongress-2013-1“ gehört schon zu „kongress-2013“.",
        ),
        (
            "resources.json",
            '"id": "land-und-kommunen-wollen-gemeinsam-und-vernetzt-handeln",',
            '"ref": "erklaerung-2012"',
            '"ref": "erklaerung-1912"',
            "relates_to: Es gibt keine Veranstaltung „erklaerung-1912“.",
        ),
    ],
)
def test_a_faulty_element_is_named_by_the_line_it_begins_at(
    folder: SeedFolder, file: str, element: str, old: str, new: str, reason: str
) -> None:
    line = folder.line_of(file, element) - 1
    path = folder.path / file
    content = path.read_text(encoding="utf-8")
    start = content.index(element)
    path.write_text(content[:start] + content[start:].replace(old, new, 1), encoding="utf-8")
    problems = problems_of(folder)
    assert len(problems) == 1, problems
    assert problems[0] == f"{file}:{line}: {reason}"


def test_a_doubled_key_is_named_with_the_line_of_the_first(folder: SeedFolder) -> None:
    first = folder.line_of("practices.json", AACHEN) - 1
    second = folder.replace(
        "practices.json",
        '"id": "aachen-online-plattform-engagementdirekt-als-landespilot",',
        AACHEN,
    )
    key = "aachen-buero-fuer-ehrenamt-mit-verbindlichen-leitlinien"
    assert problems_of(folder) == [
        f"practices.json:{second - 1}: id: „{key}“ steht schon in Zeile {first}."
    ]


def test_a_contact_may_not_stand_twice(folder: SeedFolder) -> None:
    rows = (folder.path / "contacts.csv").read_text(encoding="utf-8").splitlines()
    line = folder.append("contacts.csv", rows[1])
    key = "05113000 Ehrenamt Agentur Essen e. V."
    assert problems_of(folder) == [f"contacts.csv:{line}: unit: „{key}“ steht schon in Zeile 2."]


def test_all_faults_of_one_row_are_named(folder: SeedFolder) -> None:
    line = folder.append("contacts.csv", "5,,,123,,,x,ftp://a.de,,2017-13")
    assert problems_of(folder) == [
        f"contacts.csv:{line}: {reason}"
        for reason in sorted(
            [
                "ags: „5“ ist kein Gemeindeschlüssel mit 3, 5 oder 8 Ziffern.",
                "unit: Bitte ausfüllen.",
                "postcode: Eine Postleitzahl hat fünf Ziffern.",
                "email: Bitte eine vollständige E-Mail-Adresse angeben.",
                "url: Bitte eine vollständige Adresse mit https:// oder http:// angeben.",
                "source_url: Bitte ausfüllen.",
                "as_of: Bitte ein Datum wie 12.03.2026, 03.2026 oder 2026 angeben.",
            ]
        )
    ]


def test_a_faulty_municipality_does_not_make_every_reference_a_fault(folder: SeedFolder) -> None:
    line = folder.replace("municipalities_nrw.csv", '"Bonn, Stadt",Stadt', '"Bonn, Stadt",')
    assert problems_of(folder) == [f"municipalities_nrw.csv:{line}: designation: Bitte ausfüllen."]


def test_broken_json_is_named_with_the_line_of_the_break(folder: SeedFolder) -> None:
    line = folder.replace("events.json", CONGRESS_2017, '"id": "kongress-2017"')
    problems = problems_of(folder)
    assert len(problems) == 1
    assert problems[0].startswith(f"events.json:{line + 1}: Kein gültiges JSON (")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "practices.json:1: Kein gültiges JSON (Expecting value, Spalte 1)."),
        ("{}", "practices.json:1: Erwartet ist eine Liste."),
        ("\n\n[\n 1]", "practices.json:4: Erwartet ist ein Objekt."),
        ('[\n{"id": NaN}]', "practices.json:2: NaN ist keine Zahl."),
        (
            '[{"id": "a",\n"id": "b"}]',
            "practices.json:1: Das Feld „id“ steht in einem Objekt doppelt.",
        ),
        (
            "[" * 100_000,
            "practices.json: Kein lesbares JSON: zu tief geschachtelt oder mit zu großen Zahlen.",
        ),
    ],
)
def test_json_that_is_no_list_of_objects_is_refused(
    folder: SeedFolder, content: str, reason: str
) -> None:
    (folder.path / "practices.json").write_text(content, encoding="utf-8")
    assert problems_of(folder) == [reason]


def test_missing_and_unknown_fields_are_named(folder: SeedFolder) -> None:
    line = folder.line_of("practices.json", AACHEN) - 1
    folder.replace("practices.json", AACHEN, AACHEN.replace('"id"', '"kennung"'))
    assert problems_of(folder) == [
        f"practices.json:{line}: id: Das Feld fehlt.",
        f"practices.json:{line}: kennung: Unbekanntes Feld.",
    ]


def test_another_encoding_is_named_with_the_first_line_that_shows_it(folder: SeedFolder) -> None:
    path = folder.path / "contacts.csv"
    line = folder.line_of("contacts.csv", "Büro des Oberbürgermeisters – Ehrenamtskarte")
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    assert problems_of(folder) == [
        f"contacts.csv:{line}: Die Datei ist nicht in UTF-8 gespeichert."
    ]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(folder: SeedFolder) -> None:
    for name in ("contacts.csv", "practices.json"):
        path = folder.path / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    seed = read_seed(folder.path)
    assert (len(seed.contacts.drafts), len(seed.practices.drafts)) == (42, 153)


def test_an_open_quotation_mark_is_named(folder: SeedFolder) -> None:
    line = folder.replace("topics.csv", "topic,vermittlung,Vermittlung,", 'topic,vermittlung,"V,')
    problems = problems_of(folder)
    assert problems[0].startswith(f"topics.csv:{line}: Kein gültiges CSV: ")


def test_rows_after_a_cell_with_line_breaks_keep_their_true_line(folder: SeedFolder) -> None:
    line = folder.append("members.csv", '05111000,,documented,,https://a.de,"zwei\nZeilen"')
    folder.append("members.csv", "05112000,,falsch,,https://a.de,")
    assert problems_of(folder) == [
        f"members.csv:{line + 2}: evidence: Bitte eines angeben von: documented, training_only."
    ]


def test_a_series_must_list_the_events_that_belong_to_it(folder: SeedFolder) -> None:
    line = folder.line_of("events.json", '"id": "engagementkongress",') - 1
    folder.replace("events.json", '"kongress-2020",\n    "kongress-2024"', '"kongress-2020"')
    reason = "Nennt andere Veranstaltungen als die, die sich zur Reihe zählen."
    assert problems_of(folder) == [f"events.json:{line}: events: {reason}"]


def test_problems_are_safe_to_print(folder: SeedFolder) -> None:
    folder.append("topics.csv", "topic,katzen\x1b[31m,Katzen,Rot.,")
    assert "\x1b" not in "\n".join(problems_of(folder))

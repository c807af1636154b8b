"""Loading the seed: again and again, all or nothing, and never over what editors wrote."""

import dataclasses

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from directory.contacts.drafts import ContactDraft
from directory.contacts.models import ContactPoint
from directory.contacts.operations import save_contact
from directory.municipalities.drafts import MembershipDraft
from directory.municipalities.models import Membership, Municipality, PostcodePlace
from directory.municipalities.operations import save_membership
from directory.practices.drafts import PracticeDraft
from directory.practices.models import Practice
from directory.practices.operations import save_practice
from directory.publication import history
from directory.publication.catalogue import current_version
from directory.publication.models import EntryKind, Revision, Status
from directory.resources import resource_dir
from directory.seeding import SeedError, load_seed, seed_digest
from directory.seeding.report import Count
from directory.topics.models import Term
from tests.seeding.conftest import SeedFolder
from tests.snapshots import snapshot

SEED = resource_dir("seed")


def any_practice(session: Session) -> Practice:
    return session.scalars(select(Practice).order_by(Practice.slug).limit(1)).one()


def test_the_first_loading_counts_what_is_new(session: Session) -> None:
    report = load_seed(session, SEED)
    session.commit()
    assert report.changed
    assert current_version(session) == 1
    assert report.counts == {
        "municipalities": Count(created=432),
        "postcodes": Count(created=897),
        "memberships": Count(created=67),
        "terms": Count(created=72),
        "contacts": Count(created=42),
        "practices": Count(created=153),
        "series": Count(created=4),
        "events": Count(created=24),
        "resources": Count(created=52),
    }
    assert report.summary().splitlines()[0] == "Kommunen, Kreise und Bezirke: 432 (432 neu)"


def test_the_second_loading_changes_nothing(seeded: Session) -> None:
    before = snapshot(seeded)
    report = load_seed(seeded, SEED)
    seeded.commit()
    assert snapshot(seeded) == before
    assert not report.changed
    assert all(count == Count(unchanged=count.rows) for count in report.counts.values())
    assert "Praxisbeispiele: 153 (153 unverändert)" in report.summary()


def test_the_second_loading_asks_few_questions(seeded: Session) -> None:
    statements = []
    event.listen(
        seeded.get_bind(), "before_cursor_execute", lambda *call: statements.append(call[2])
    )
    load_seed(seeded, SEED)
    assert len(statements) < 60  # and not one per row


def test_a_changed_row_raises_the_version_of_its_entry_alone(
    seeded: Session, folder: SeedFolder
) -> None:
    practice = any_practice(seeded)
    folder.replace("practices.json", f'"title": "{practice.title}"', '"title": "Neuer Titel"')
    first_version = current_version(seeded)
    report = load_seed(seeded, folder.path)
    seeded.commit()
    assert report.counts["practices"] == Count(changed=1, unchanged=152)
    assert (practice.title, practice.version, practice.status) == (
        "Neuer Titel",
        2,
        Status.PUBLISHED,
    )
    assert current_version(seeded) == first_version + 1
    revisions = seeded.scalars(
        select(Revision).where(Revision.key == practice.slug).order_by(Revision.version)
    ).all()
    assert [revision.version for revision in revisions] == [1, 2]
    assert revisions[1].fields == {**revisions[0].fields, "title": "Neuer Titel"}


def test_new_rows_come_and_old_ones_stay(seeded: Session, folder: SeedFolder) -> None:
    folder.append("topics.csv", "topic,katzen,Katzen,Engagement für Katzen.,Kater; Mieze")
    contacts = (folder.path / "contacts.csv").read_text(encoding="utf-8").splitlines()
    (folder.path / "contacts.csv").write_text("\n".join(contacts[:-1]) + "\n", encoding="utf-8")
    report = load_seed(seeded, folder.path)
    assert report.counts["terms"] == Count(created=1, unchanged=72)
    assert report.counts["contacts"] == Count(unchanged=41)
    assert len(seeded.scalars(select(ContactPoint)).all()) == 42
    assert [word.text for word in seeded.get_one(Term, "katzen").synonyms] == ["Kater", "Mieze"]


def test_postcodes_are_exactly_those_of_the_file(seeded: Session, folder: SeedFolder) -> None:
    folder.replace(
        "postcodes_nrw.csv",
        "32049,Herford,05758012,52.1337,8.6963\n",
        "32049,Herford,05758012,52.1338,8.6963\n",
    )
    report = load_seed(seeded, folder.path)
    assert report.counts["postcodes"] == Count(created=1, unchanged=896, removed=1)
    herford = seeded.scalars(select(PostcodePlace).where(PostcodePlace.postcode == "32049")).one()
    assert herford.lat == 52.1338


# What editors did ------------------------------------------------------------------------------


def test_what_editors_wrote_is_not_overwritten(seeded: Session, folder: SeedFolder) -> None:
    practice = any_practice(seeded)
    seeds_title = practice.title
    written = dataclasses.replace(PracticeDraft.of(practice), title="Titel der Redaktion")
    save_practice(seeded, by="redaktion", draft=written)
    seeded.commit()
    folder.replace("practices.json", f'"title": "{seeds_title}"', '"title": "Titel der Saat"')
    report = load_seed(seeded, folder.path)
    seeded.commit()
    assert practice.title == "Titel der Redaktion"
    assert report.counts["practices"] == Count(unchanged=152, edited=(practice.slug,))
    assert not report.changed
    assert (
        f"Von der Redaktion geändert, nicht überschrieben: {practice.slug} (Praxisbeispiele)"
        in report.summary()
    )


def test_entries_without_a_version_of_their_own_are_protected_too(seeded: Session) -> None:
    membership = seeded.get_one(Membership, "05314000")
    draft = dataclasses.replace(MembershipDraft.of(membership), has_contact_person=True)
    save_membership(seeded, by="redaktion", draft=draft)
    report = load_seed(seeded, SEED)
    assert membership.has_contact_person
    assert report.counts["memberships"] == Count(unchanged=66, edited=("05314000",))


def test_a_contact_that_editors_renamed_does_not_come_back(seeded: Session) -> None:
    contact = seeded.scalars(
        select(ContactPoint).where(ContactPoint.unit == "Fachstelle Bürgerengagement")
    ).one()
    renamed = dataclasses.replace(ContactDraft.of(contact), unit="Stabsstelle Ehrenamt")
    save_contact(seeded, by="redaktion", draft=renamed, contact=contact)
    report = load_seed(seeded, SEED)
    assert report.counts["contacts"] == Count(
        unchanged=41, edited=("05566076 Fachstelle Bürgerengagement",)
    )
    assert len(seeded.scalars(select(ContactPoint)).all()) == 42


def test_what_was_withdrawn_stays_withdrawn(seeded: Session, folder: SeedFolder) -> None:
    practice = any_practice(seeded)
    history.move(
        seeded,
        practice,
        kind=EntryKind.PRACTICE,
        key=practice.slug,
        to=Status.ARCHIVED,
        by="redaktion",
    )
    folder.replace("practices.json", f'"title": "{practice.title}"', '"title": "Neuer Titel"')
    load_seed(seeded, folder.path)
    assert (practice.title, practice.status) == ("Neuer Titel", Status.ARCHIVED)


# Faulty seeds ----------------------------------------------------------------------------------


def test_a_faulty_seed_leaves_the_database_as_it_was_and_a_corrected_one_loads(
    session: Session, folder: SeedFolder
) -> None:
    before = snapshot(session)
    session.commit()
    member = folder.replace("members.csv", "\n05113000,,", "\n5113000,,") + 1
    term = folder.replace("topics.csv", "topic,vermittlung,", "topic,strategie-steuerung,")
    contact = folder.replace("contacts.csv", ",buvo@reken.de,", ",erika.musterfrau@reken.de,")
    with pytest.raises(SeedError) as caught:
        load_seed(session, folder.path)
    session.commit()
    problems = [str(problem) for problem in caught.value.problems]
    # Practices and resources still say `vermittlung`: the file has no such term now.
    follow_up = [line for line in problems if "keinen Begriff „vermittlung“" in line]
    personal = "Bitte die Adresse einer Stelle angeben, nicht die einer Person."
    assert [line for line in problems if line not in follow_up] == [
        f"contacts.csv:{contact}: email: {personal}",
        f"members.csv:{member}: ags: „5113000“ ist kein Gemeindeschlüssel mit 3, 5 oder 8 Ziffern.",
        f"topics.csv:{term}: slug: „strategie-steuerung“ steht schon in Zeile {term - 1}.",
    ]
    assert caught.value.sentence.startswith(
        f"Der Startbestand hat {len(problems)} Fehler; nichts wurde geladen."
    )
    assert snapshot(session) == before

    folder.replace("members.csv", "\n5113000,,", "\n05113000,,")
    folder.replace("topics.csv", "topic,strategie-steuerung,Vermitt", "topic,vermittlung,Vermitt")
    folder.replace("contacts.csv", ",erika.musterfrau@reken.de,", ",buvo@reken.de,")
    load_seed(session, folder.path)
    session.commit()
    assert len(session.scalars(select(Municipality)).all()) == 432


def test_missing_files_are_named(session: Session, folder: SeedFolder) -> None:
    before = snapshot(session)
    (folder.path / "members.csv").unlink()
    (folder.path / "events.json").unlink()
    with pytest.raises(SeedError) as caught:
        load_seed(session, folder.path)
    assert [str(problem) for problem in caught.value.problems] == [
        "events.json: Die Datei fehlt.",
        "members.csv: Die Datei fehlt.",
    ]
    assert snapshot(session) == before


def test_the_digest_follows_the_files_that_are_loaded(folder: SeedFolder) -> None:
    digest = seed_digest(folder.path)
    assert digest == seed_digest(SEED)
    (folder.path / "germany_municipalities.csv").write_text("ags\n", encoding="utf-8")
    assert seed_digest(folder.path) == digest
    folder.append("topics.csv", "")
    assert seed_digest(folder.path) != digest


def test_a_term_cannot_wander_to_another_list_in_a_filled_database(
    seeded: Session, folder: SeedFolder
) -> None:
    seeded.commit()
    before = snapshot(seeded)
    line = folder.append("topics.csv", "topic,katzen,Katzen,Engagement für Katzen.,")
    load_seed(seeded, folder.path)
    seeded.commit()
    folder.replace("topics.csv", "topic,katzen", "target_group,katzen")
    with_cats = snapshot(seeded)
    with pytest.raises(SeedError) as caught:
        load_seed(seeded, folder.path)
    seeded.rollback()
    assert [str(problem) for problem in caught.value.problems] == [
        f"topics.csv:{line}: kind: Ein Begriff kann nicht in eine andere Liste wechseln."
    ]
    assert snapshot(seeded) == with_cats != before


def test_counties_come_before_their_towns_whatever_the_order(
    session: Session, folder: SeedFolder
) -> None:
    path = folder.path / "municipalities_nrw.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    load_seed(session, folder.path)
    assert len(session.scalars(select(Municipality)).all()) == 432

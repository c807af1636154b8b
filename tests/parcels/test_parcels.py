"""Parcels: never half written, never trusted."""

import datetime as dt
import re
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from directory.errors import DirectoryError
from directory.parcels.names import MANIFEST, BrokenParcel, refuse_bad_name
from directory.parcels.reading import open_parcel
from directory.parcels.writing import Occupied, new_parcel

MOMENT = dt.datetime(2026, 2, 3, 14, 5, tzinfo=dt.UTC)
FORMS = ("parcel", "parcel.zip")


def packed(path: Path, **files: bytes) -> Path:
    with new_parcel(path, moment=MOMENT) as parcel:
        for name, content in files.items():
            parcel.add(f"ordner/{name}.txt", content)
    return path


def manipulated(path: Path, name: str, content: bytes) -> Path:
    """A ZIP file with one more member, or one of the same name."""
    with zipfile.ZipFile(path, "a") as archive:
        twice = name in archive.namelist()
        with pytest.warns(UserWarning, match="Duplicate") if twice else nullcontext():
            archive.writestr(name, content)
    return path


def sentence(path: Path) -> str:
    with pytest.raises(DirectoryError) as caught, open_parcel(path) as parcel:
        parcel.verify()
    return caught.value.sentence


@pytest.mark.parametrize("form", FORMS)
def test_what_goes_in_comes_out(tmp_path: Path, form: str) -> None:
    with open_parcel(packed(tmp_path / form, a=b"eins", b=b"zwei")) as parcel:
        parcel.verify()
        assert parcel.names == ["ordner/a.txt", "ordner/b.txt"]
        assert parcel.read("ordner/b.txt") == b"zwei"
    assert [one.name for one in tmp_path.iterdir()] == [form]


def test_sha256sum_reads_the_manifest(tmp_path: Path) -> None:
    folder = packed(tmp_path / "parcel", a=b"eins")
    command = ["sha256sum", "--check", "--strict", MANIFEST]
    assert subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 0
    (folder / "ordner/a.txt").write_bytes(b"anders")
    assert subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 1


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = (packed(tmp_path / f"{name}.zip", a=b"eins") for name in "12")
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("form", FORMS)
def test_who_stops_half_way_leaves_nothing_and_loses_nothing(tmp_path: Path, form: str) -> None:
    before = packed(tmp_path / form, a=b"alt")

    def half() -> Iterator[bytes]:
        yield b"neu"
        raise RuntimeError

    with pytest.raises(RuntimeError), new_parcel(before, moment=MOMENT, force=True) as parcel:
        parcel.add("neu.txt", half())
    assert [one.name for one in tmp_path.iterdir()] == [form]
    with open_parcel(before) as parcel:
        assert parcel.read("ordner/a.txt") == b"alt"


@pytest.mark.parametrize("form", FORMS)
def test_an_earlier_parcel_is_replaced_only_by_force(tmp_path: Path, form: str) -> None:
    before = packed(tmp_path / form, a=b"alt")
    with pytest.raises(Occupied, match="--force"), new_parcel(before, moment=MOMENT):
        pass
    with new_parcel(before, moment=MOMENT, force=True) as parcel:
        parcel.add("neu.txt", b"neu")
    with open_parcel(before) as parcel:
        assert parcel.names == ["neu.txt"]
    assert [one.name for one in tmp_path.iterdir()] == [form]


def test_a_folder_that_is_no_parcel_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "zuhause").mkdir()
    (tmp_path / "zuhause/wichtig.txt").write_text("bitte nicht")
    with (
        pytest.raises(Occupied, match="nichts, was dieser Befehl"),
        new_parcel(tmp_path / "zuhause", moment=MOMENT, force=True),
    ):
        pass
    assert (tmp_path / "zuhause/wichtig.txt").read_text() == "bitte nicht"


@pytest.mark.parametrize("form", FORMS)
def test_a_private_parcel_is_for_its_owner_alone(tmp_path: Path, form: str) -> None:
    with new_parcel(tmp_path / form, moment=MOMENT, private=True) as parcel:
        parcel.add("a.txt", b"geheim")
    assert (tmp_path / form).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name", ["../a", "/a", "a/../b", "a//b", "./a", "a\\b", "C:a", "a\nb", "", "a/", "\u202ea"]
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(BrokenParcel, match="unzulässigen Namen"):
        refuse_bad_name(name)


def test_a_zip_that_climbs_out_is_refused(tmp_path: Path) -> None:
    path = manipulated(packed(tmp_path / "p.zip", a=b"eins"), "../../boese.txt", b"x")
    assert "unzulässigen Namen" in sentence(path)


def test_a_zip_with_two_of_a_name_is_refused(tmp_path: Path) -> None:
    path = manipulated(packed(tmp_path / "p.zip", a=b"eins"), "ordner/a.txt", b"x")
    assert "zweimal" in sentence(path)


def test_a_file_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    path = manipulated(packed(tmp_path / "p.zip", a=b"eins"), "ordner/mehr.txt", b"x")
    assert "ordner/mehr.txt steht nicht" in sentence(path)


def test_a_changed_file_is_named(tmp_path: Path) -> None:
    folder = packed(tmp_path / "p", a=b"eins")
    (folder / "ordner/a.txt").write_bytes(b"zwei")
    assert "ordner/a.txt wurde verändert" in sentence(folder)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = packed(tmp_path / "p", a=b"eins")
    (folder / "ordner/a.txt").unlink()
    assert "fehlt die Datei ordner/a.txt" in sentence(folder)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = packed(tmp_path / "p", a=b"eins")
    (tmp_path / "aussen.txt").write_bytes(b"eins")
    (folder / "ordner/a.txt").unlink()
    (folder / "ordner/a.txt").symlink_to(tmp_path / "aussen.txt")
    assert "führt aus dem Paket hinaus" in sentence(folder)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"kein Zip"], ids=["empty", "cut off", "something else"]
)
def test_what_is_no_zip_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(content)
    assert "keine lesbare ZIP-Datei" in sentence(path)


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "p.zip", a=bytes(range(256)) * 40)
    content = bytearray(path.read_bytes())
    content[60:70] = b"\xff" * 10
    path.write_bytes(content)
    assert "ordner/a.txt" in sentence(path)


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "p.zip", a=b"eins")
    content = bytearray(path.read_bytes())
    # Where the headers of a member keep the flag for it
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(sign), bytes(content)):
            content[found.start() + place] |= 1
    path.write_bytes(content)
    assert "lässt sich nicht lesen" in sentence(path)


def test_a_zip_that_swells_is_not_taken_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = packed(tmp_path / "p.zip", a=b"0" * 20_000)
    assert path.stat().st_size < 1_000
    with open_parcel(path) as parcel:
        parcel.verify()
        monkeypatch.setattr("directory.parcels.reading._MOST_IN_MEMORY", 10_000)
        with pytest.raises(BrokenParcel, match=r"a\.txt ist größer"):
            parcel.read("ordner/a.txt")
        with pytest.raises(BrokenParcel, match=r"a\.txt ist größer"):
            list(parcel.lines("ordner/a.txt"))


def test_what_desktops_leave_behind_does_not_matter(tmp_path: Path) -> None:
    folder = packed(tmp_path / "p", a=b"eins")
    for name in (".DS_Store", "ordner/Thumbs.db"):
        (folder / name).write_bytes(b"x")
    with open_parcel(folder) as parcel:
        parcel.verify()

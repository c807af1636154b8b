"""What files of a parcel may be called, and how the manifest is called."""

from pathlib import Path, PurePosixPath

from directory.errors import BadInput

MANIFEST = "manifest-sha256.txt"
_LONGEST = 240


class BrokenParcel(BadInput):
    """A parcel is not what it says it is; nothing of it is taken."""

    title = "Dieses Paket ist nicht in Ordnung"


def is_zip(path: Path) -> bool:
    """Whether a parcel of this name is a ZIP file; otherwise it is a folder."""
    return path.suffix.lower() == ".zip"


def refuse_bad_name(name: str) -> None:
    """Raise `BrokenParcel` for a name that leads out of the parcel or means two things."""
    parts = PurePosixPath(name).parts
    if (
        not name
        or len(name) > _LONGEST
        or name.startswith("/")
        or "/".join(parts) != name
        or {".", ".."} & set(parts)
        or any(char in name for char in '\\:*?"<>|')
        or not name.isprintable()
    ):
        raise BrokenParcel(
            f"Im Paket steht eine Datei mit einem unzulässigen Namen: {ascii(name)[:_LONGEST]}."
        )

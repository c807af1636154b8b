"""Looking at an XLSX file before anything reads it: it is a ZIP archive that may be a bomb."""

import io
import zipfile
import zlib

from directory.sheets.table import UnreadableTable

_MOST_MEMBERS = 200
_MOST_UNPACKED = 80_000_000
# Rows that are all alike pack well; more than this only something made for it.
_MOST_RATIO = 150
_SMALL = 1_000_000
_AT_ONCE = 65_536

_DAMAGED = (
    "Die Datei ist beschädigt. Bitte speichern Sie sie in Ihrem Tabellenprogramm noch einmal."
)
_TOO_LARGE = "Die Datei ist entpackt viel größer als eine Tabelle dieser Art."
_TYPE_DEFINITIONS = (b"<!doctype", b"<!entity")


def refuse_hostile(data: bytes) -> None:
    """Raise `UnreadableTable` unless `data` is a workbook that is safe to be parsed.

    Every member is unpacked once, piece by piece and up to a limit: stated sizes prove nothing.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_names(archive)
            left = _MOST_UNPACKED
            for member in archive.infolist():
                left -= _check_member(archive, member, left)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,  # what zipfile says of a compression it does not know
        EOFError,
        OSError,
        RuntimeError,  # encrypted members
        ValueError,
    ) as error:
        raise UnreadableTable(_DAMAGED) from error


def _check_names(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if "xl/workbook.xml" not in names:
        if any(name.startswith("xl/") and name.endswith(".bin") for name in names):
            raise UnreadableTable(
                "Das ist eine Excel-Binärmappe (.xlsb). Bitte als Excel-Arbeitsmappe (.xlsx) "
                "speichern."
            )
        if "content.xml" in names and "mimetype" in names:
            raise UnreadableTable(
                "Das ist eine OpenDocument-Datei. Bitte speichern Sie sie in LibreOffice als "
                "Excel-Datei (.xlsx) oder als CSV."
            )
        raise UnreadableTable(
            "Das ist ein ZIP-Archiv, aber keine Excel-Arbeitsmappe. Bitte laden Sie die Tabelle "
            "selbst hoch."
        )
    if len(names) > _MOST_MEMBERS or len(set(names)) < len(names):
        raise UnreadableTable(_DAMAGED)
    if any("vbaproject" in name.lower() for name in names):
        raise UnreadableTable(
            "Die Datei enthält Makros. Bitte speichern Sie sie ohne Makros als .xlsx."
        )
    if any("externallinks/" in name.lower() for name in names):
        raise UnreadableTable(
            "Die Datei verweist auf andere Dateien. Bitte kopieren Sie die Werte in eine neue "
            "Tabelle und speichern Sie diese."
        )


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    # Returns the real size in bytes.
    is_markup = member.filename.lower().endswith((".xml", ".rels", ".vml"))
    size, overlap = 0, b""
    with archive.open(member) as content:
        while piece := content.read(_AT_ONCE):
            # Only UTF-8 is searched for type definitions, so nothing else may pass.
            if is_markup and size == 0 and (b"\0" in piece[:4] or piece[:2] in _UTF_16):
                raise UnreadableTable(_DAMAGED)
            size += len(piece)
            packed = max(member.compress_size, 1)
            if size > left or (size > _SMALL and size > packed * _MOST_RATIO):
                raise UnreadableTable(_TOO_LARGE)
            searched = (overlap + piece).lower() if is_markup else b""
            if any(definition in searched for definition in _TYPE_DEFINITIONS):
                raise UnreadableTable(
                    "Die Datei enthält Anweisungen (DTD), die in keine Tabelle gehören."
                )
            overlap = piece[-16:]
    return size


_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

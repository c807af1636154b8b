"""Looking into uploaded files in a process of its own, which is gone afterwards.

Libraries that read images and PDFs meet whatever people, or their viruses, made. So they work in
a short-lived process without secrets, which cannot write files and whose memory and time are
limited: what takes too much is refused, and a crash is a refusal, too. The process knows
`directory.files` but not the application (1.6 s to import). Upload in by stdin, findings out by
stdout: one line of JSON, then the variants of an image one after the other.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, BinaryIO

from directory.errors import Unavailable
from directory.files.findings import PDF, DocumentFound, ImageFound, Variant
from directory.files.refusals import RefusedUpload

MEMORY_BYTES = 200 * 1024 * 1024
CPU_SECONDS = 4
# Only ever reached when the machine is overloaded: reading does nothing but compute.
WALL_SECONDS = 10
# At most so many files are looked into at once by one worker; the next one waits.
_AT_ONCE = 2
_WAIT_SECONDS = 2 * WALL_SECONDS

_TOO_MUCH = (
    "Die Datei ist zu aufwendig aufgebaut, um sie zu prüfen. Bitte verkleinern oder neu erzeugen."
)
_DAMAGED = (
    "Die Datei ist beschädigt oder unvollständig. Bitte neu speichern und noch einmal senden."
)

# A stand-in for the package, so that importing its parts does not import the application.
_START = """
import sys, types
package = types.ModuleType("directory")
package.__path__ = [sys.argv[1]]
sys.modules["directory"] = package
from directory.files.examination import work
work(sys.argv[2])
"""
_PACKAGE = Path(__file__).parent.parent
_free = BoundedSemaphore(_AT_ONCE)


def examine(data: bytes, media_type: str) -> ImageFound | DocumentFound:
    """Look into `data`, which begins like a file of `media_type`.

    Takes at most 4 s of computing and 200 MiB, in another process. Raise `RefusedUpload` with the
    sentence that says why the file is not taken; `Unavailable` when too many others are waiting.
    """
    if not _free.acquire(timeout=_WAIT_SECONDS):
        raise Unavailable("Gerade werden viele Dateien geprüft. Bitte gleich noch einmal senden.")
    try:
        done = subprocess.run(  # noqa: S603 - our own programme, without a shell
            [sys.executable, "-P", "-s", "-B", "-c", _START, str(_PACKAGE), media_type],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Nothing of our environment: no keys, no addresses.
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8"},
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RefusedUpload(_TOO_MUCH) from error
    finally:
        _free.release()
    if done.returncode != 0:
        raise RefusedUpload(_TOO_MUCH)
    return _told(done.stdout)


def _told(answer: bytes) -> ImageFound | DocumentFound:
    line, _, contents = answer.partition(b"\n")
    told: dict[str, Any] = json.loads(line)
    if "refused" in told:
        raise RefusedUpload(told["refused"])
    if "pages" in told:
        return DocumentFound(**told)
    variants = []
    for width, height, size in told.pop("variants"):
        variants.append(Variant(width, height, contents[:size]))
        contents = contents[size:]
    return ImageFound(**told, variants=tuple(variants))


# In the other process ---------------------------------------------------------------------------


def work(media_type: str) -> None:
    """Examine what comes by stdin and tell by stdout, within limits."""
    _limit()
    data = sys.stdin.buffer.read()
    try:
        found = _found(data, media_type)
    except RefusedUpload as refusal:
        _tell(sys.stdout.buffer, {"refused": refusal.sentence})
    except (MemoryError, RecursionError):
        _tell(sys.stdout.buffer, {"refused": _TOO_MUCH})
    except Exception:  # noqa: BLE001 - damaged files raise whatever they like
        _tell(sys.stdout.buffer, {"refused": _DAMAGED})
    else:
        _tell(sys.stdout.buffer, *found)


def _limit() -> None:
    import resource

    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _found(data: bytes, media_type: str) -> tuple[dict[str, Any], bytes]:
    if media_type == PDF:
        from directory.files.documents import read_document

        return asdict(read_document(data)), b""
    from directory.files.images import read_image

    image = read_image(data, media_type)
    sizes = [(one.width, one.height, len(one.content)) for one in image.variants]
    told = {"media_type": media_type, "width": image.width, "height": image.height}
    return told | {"variants": sizes}, b"".join(one.content for one in image.variants)


def _tell(out: BinaryIO, told: dict[str, Any], contents: bytes = b"") -> None:
    out.write(json.dumps(told).encode() + b"\n" + contents)
    out.flush()

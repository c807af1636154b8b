"""Images and PDFs for tests, well-meant and hostile, all made here: no foreign file is kept."""

import io
import struct
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

GPS = 0x8825
SCRIPT = b"<script>alert(1)</script>"


# Images -----------------------------------------------------------------------------------------


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def picture(width: int = 800, height: int = 600, mode: str = "RGB") -> Image.Image:
    """A gradient from dark to light, from left to right: upright, it can be told."""
    return Image.linear_gradient("L").rotate(90).resize((width, height)).convert(mode)


def sixteen_bits() -> Image.Image:
    """The same picture in 65,536 shades of grey."""
    shades = picture(mode="L").tobytes()
    return Image.frombytes(
        "I;16", (800, 600), struct.pack(f"<{len(shades)}H", *(257 * one for one in shades))
    )


def photo(width: int = 800, height: int = 600, **options: Any) -> bytes:
    return encoded(picture(width, height), "JPEG", **options)


def photo_with_place() -> bytes:
    """A photo that tells where it was taken and by whose camera, lying on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x013B] = "Erika Mustermann"
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (51.0, 22.0, 57.0)
    return encoded(
        picture(), "JPEG", exif=exif, comment=b"geheim", xmp=b"<x:xmpmeta>Erika</x:xmpmeta>"
    )


def chunk(name: bytes, content: bytes) -> bytes:
    """One chunk of a PNG."""
    checksum = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checksum


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG in shades of grey whose header says this size; `chunks` come after it."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def header_of(width: int, height: int) -> bytes:
    """A PNG that claims this size and holds no more than a few pixels."""
    return png(width, height, chunk(b"IDAT", zlib.compress(bytes(99))))


def squeezed(size: int, filling: bytes = b"\0") -> bytes:
    """`size` equal bytes, compressed about a thousandfold."""
    packer = zlib.compressobj(9)
    block = filling * 1_000_000
    parts = [packer.compress(block) for _ in range(size // 1_000_000)]
    return b"".join([*parts, packer.flush()])


def pixel_bomb() -> bytes:
    return png(50_000, 50_000, chunk(b"IDAT", squeezed(1_000_000)))


def text_bomb() -> bytes:
    """Text chunks that unpack to some hundred megabytes."""
    comment = chunk(b"zTXt", b"Comment\0\0" + squeezed(64_000_000, b"A"))
    return png(10, 10, comment * 8, chunk(b"IDAT", zlib.compress(b"\0" * 110)))


def profile_bomb() -> bytes:
    profile = chunk(b"iCCP", b"p\0\0" + squeezed(300_000_000))
    return png(10, 10, profile, chunk(b"IDAT", zlib.compress(b"\0" * 110)))


def gif_that_is_a_script() -> bytes:
    """Opens as a GIF and, were it loaded as one, as JavaScript."""
    image = bytearray(encoded(Image.new("P", (47, 10), 1), "GIF"))
    assert image.startswith(b"GIF8")
    # A width of 10,799 pixels, and the beginning of a comment; the height is part of that.
    image[6:10] = b"/*" + struct.pack("<H", 1_200)
    return bytes(image) + b"*/=1;alert(1)//" + SCRIPT


def endless_gif() -> bytes:
    frames = [Image.new("P", (200, 100), shade) for shade in range(0, 250, 10)]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], loop=0)


def progressive_scans(count: int) -> bytes:
    """A JPEG that repeats its last scan: small, but the whole image is decoded for each."""
    image = encoded(picture(4000, 4000), "JPEG", progressive=True, quality=30)
    last = image.rindex(b"\xff\xda")
    return image[:-2] + image[last:-2] * count + b"\xff\xd9"


# Documents --------------------------------------------------------------------------------------


def pdf(
    pages: int = 1,
    *,
    title: str | None = None,
    change: Callable[[PdfWriter], object] | None = None,
) -> bytes:
    """A PDF of empty pages; `change` does to it what the test is about."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if title is not None:
        writer.add_metadata({"/Title": title})
    if change is not None:
        change(writer)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def with_action(kind: str, **details: str) -> Callable[[PdfWriter], object]:
    """Give the document an action of its own, compressed away from plain sight."""

    def add(writer: PdfWriter) -> None:
        action = DictionaryObject({NameObject("/S"): NameObject(kind)})
        for name, value in details.items():
            action[NameObject(f"/{name}")] = TextStringObject(value)
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)  # noqa: SLF001

    return add


def with_objects(count: int, content: bytes) -> Callable[[PdfWriter], object]:
    """Give the document so many more objects, as tagged ones have by the thousand."""

    def add(writer: PdfWriter) -> None:
        for _ in range(count):
            stream = DecodedStreamObject()
            stream.set_data(content)
            writer._add_object(stream)  # noqa: SLF001

    return add


def written_by_hand(objects: Iterable[bytes]) -> bytes:
    """A PDF of these objects, counted from 1; the first is its catalogue."""
    body = bytearray(b"%PDF-1.7\n")
    offsets = []
    for position, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (position, content)
    table = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    body += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(offsets) + 1)
    return bytes(body + b"startxref\n%d\n%%%%EOF\n" % table)


def with_objects_in_a_stream(hidden: bytes, padding: int = 0) -> bytes:
    """A PDF whose object 3 lies in a compressed stream, followed by `padding` bytes of nothing."""
    inner = b"3 0 " + hidden
    packed = zlib.compress(inner + b" " * padding, 9)
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction 3 0 R >>",
        b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>",
        None,
        b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream"
        % (len(packed), packed),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    ]
    body = bytearray(b"%PDF-1.7\n")
    rows = [struct.pack(">BIH", 0, 0, 65535)]
    for position, content in enumerate(parts, start=1):
        if content is None:
            rows.append(struct.pack(">BIH", 2, 4, 0))
            continue
        rows.append(struct.pack(">BIH", 1, len(body), 0))
        body += b"%d 0 obj\n%b\nendobj\n" % (position, content)
    table = len(body)
    rows.append(struct.pack(">BIH", 1, table, 0))
    index = b"".join(rows)
    body += (
        b"6 0 obj\n<< /Type /XRef /Size 7 /W [1 4 2] /Root 1 0 R /Length %d >>\nstream\n%b\n"
        b"endstream\nendobj\n" % (len(index), index)
    )
    return bytes(body + b"startxref\n%d\n%%%%EOF\n" % table)


def deep_tree(depth: int) -> bytes:
    """A PDF whose pages hang on a chain of branches."""
    branches = [
        b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (position + 1)
        for position in range(2, depth + 2)
    ]
    page = b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 9 9] >>" % (depth + 1)
    return written_by_hand([b"<< /Type /Catalog /Pages 2 0 R >>", *branches, page])


def looping_tree() -> bytes:
    return written_by_hand(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"]
    )


def nested(depth: int) -> bytes:
    """A PDF whose catalogue holds arrays within arrays."""
    return written_by_hand(
        [
            b"<< /Type /Catalog /Pages 2 0 R /X %b%b >>" % (b"[" * depth, b"]" * depth),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
        ]
    )

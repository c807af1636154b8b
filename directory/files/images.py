"""The only door to Pillow: decode an image with fixed formats and limits, and make it anew.

Runs in the short-lived process of `directory.files.examination`, never in the application's own.
"""

import io
import warnings
from typing import TYPE_CHECKING

from directory.files.findings import ImageFound, Variant
from directory.files.refusals import RefusedUpload

if TYPE_CHECKING:
    from PIL import Image

WIDTHS = (480, 960, 1600)
MOST_PIXELS = 100_000_000
# What may be taken up at once; the libraries and the upload itself need the rest of 200 MiB.
_MOST_BYTES = 120_000_000
# Times as long as wide: WebP holds at most 16,383 pixels a side.
_LONGEST = 10
_QUALITY = 82
# Drawings and screenshots have few colours; they stay sharp, and often smaller, without loss.
_COLOURS_OF_A_DRAWING = 1_024
_SIDEWAYS = range(5, 9)  # values of the orientation in EXIF

_TOO_LARGE = "Das Bild hat zu viele Bildpunkte. Bitte verkleinern oder als JPEG speichern."

FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
}


def read_image(data: bytes, media_type: str) -> ImageFound:
    """Decode the first frame of `data` and encode it anew in all widths it is large enough for.

    Turned upright, in sRGB, without any metadata. Raise `RefusedUpload`; whatever else is raised
    means that the content is no image of `media_type`.
    """
    from PIL import Image
    from PIL.ExifTags import Base

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(data), formats=[FORMATS[media_type]]) as image:
            stated = image.size
            _refuse_too_large(image)
            image.load()
            orientation = image.getexif().get(Base.Orientation, 1)
            size = stated[::-1] if orientation in _SIDEWAYS else stated
            largest, has_few_colours = _decoded(image, size, orientation)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise RefusedUpload(_TOO_LARGE) from error
    largest = _in_standard_colours(largest)
    widths = [one for one in WIDTHS if one < largest.width] + [largest.width]
    sizes = [(one, _height(one, size)) for one in widths]
    lossless = has_few_colours and _is_smaller_without_loss(_shrunk(largest, sizes[0]))
    variants = tuple(_variant(_shrunk(largest, one), lossless=lossless) for one in sizes)
    return ImageFound(media_type, *size, variants)


def _refuse_too_large(image: "Image.Image") -> None:
    """Judge by what the header says: nothing is decoded before, not even to look for EXIF."""
    pixels = image.width * image.height
    if max(image.size) > min(image.size) * _LONGEST:
        raise RefusedUpload("Das Bild ist zu schmal. Bitte einen Ausschnitt hochladen.")
    # A large JPEG is decoded at a half or less; one that builds up has to be held as a whole.
    buffered = 6 * pixels if image.info.get("progressive") else 0
    image.draft(None, (WIDTHS[-1], WIDTHS[-1]))
    if pixels > MOST_PIXELS or buffered + _bytes_to_decode(image) > _MOST_BYTES:
        raise RefusedUpload(_TOO_LARGE)


def _bytes_to_decode(image: "Image.Image") -> int:
    # Each step of the way as far as it has to be held together with the next.
    copies = 2 if image.has_transparency_data else 1
    if image.format == "WEBP":
        copies += 2
    return image.width * image.height * 4 * copies


def _decoded(
    image: "Image.Image", size: tuple[int, int], orientation: int
) -> tuple["Image.Image", bool]:
    """Return the first frame, upright and no wider than the largest width; has it few colours?

    It is RGB, RGBA, grey or, until its profile is applied, CMYK.
    """
    from PIL import ImageOps
    from PIL.ExifTags import Base

    profile = image.info.get("icc_profile")
    width = min(size[0], WIDTHS[-1])
    lying = (width, _height(width, size))
    frame = _in_plain_mode(image)
    has_few_colours = frame.getcolors(_COLOURS_OF_A_DRAWING) is not None
    small = _shrunk(frame, lying[::-1] if orientation in _SIDEWAYS else lying).copy()
    small.info = {"icc_profile": profile}
    small.getexif()[Base.Orientation] = orientation
    ImageOps.exif_transpose(small, in_place=True)
    return small, has_few_colours


def _in_plain_mode(image: "Image.Image") -> "Image.Image":
    if image.mode.startswith("I"):
        # 65,536 shades of grey; converting would cut off all above 255.
        return image.point(lambda shade: shade * (1 / 256)).convert("L")
    if image.mode in {"CMYK", "RGB", "RGBA", "L"} and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _height(width: int, size: tuple[int, int]) -> int:
    return max(1, round(size[1] * width / size[0]))


def _shrunk(image: "Image.Image", size: tuple[int, int]) -> "Image.Image":
    from PIL.Image import Resampling

    return image.resize(size, Resampling.LANCZOS, reducing_gap=3.0)


def _in_standard_colours(image: "Image.Image") -> "Image.Image":
    """Return `image` in sRGB: without its profile the colours of a phone would be others."""
    from PIL import ImageCms

    profile = image.info["icc_profile"]
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode=mode,
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            # A profile that is damaged or belongs to other colours says nothing.
            return image.convert(mode)
        if converted is not None:
            return converted
    return image.convert(mode)


def _is_smaller_without_loss(image: "Image.Image") -> bool:
    without, lossy = (_variant(image, lossless=lossless) for lossless in (True, False))
    return len(without.content) <= len(lossy.content)


def _variant(image: "Image.Image", *, lossless: bool) -> Variant:
    image.info = {}
    target = io.BytesIO()
    image.save(target, "WEBP", quality=_QUALITY, lossless=lossless, method=4)
    return Variant(image.width, image.height, target.getvalue())

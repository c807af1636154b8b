"""What comes in well-meant is made anew without anything but the picture, or read as it is."""

import io
import struct

import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat

from directory.files.examination import examine
from directory.files.findings import PDF, DocumentFound, ImageFound, Variant
from tests import uploads
from tests.uploads import SCRIPT, encoded, pdf, photo, picture


def examined(data: bytes, media_type: str = "image/png") -> ImageFound:
    found = examine(data, media_type)
    assert isinstance(found, ImageFound)
    return found


def opened(variant: Variant) -> Image.Image:
    image = Image.open(io.BytesIO(variant.content), formats=["WEBP"])
    image.load()
    assert image.size == (variant.width, variant.height)
    return image


def chunks(webp: bytes) -> set[bytes]:
    """The names of the parts of a WebP; metadata would be among them."""
    names, position = set(), 12
    while position < len(webp):
        names.add(webp[position : position + 4])
        size = struct.unpack("<I", webp[position + 4 : position + 8])[0]
        position += 8 + size + size % 2
    return names


def colour(image: Image.Image, x: float = 0.5, y: float = 0.5) -> tuple[int, ...]:
    """The mean colour around a place given as parts of width and height."""
    left, top = round(image.width * x), round(image.height * y)
    return tuple(
        round(mean)
        for mean in ImageStat.Stat(image.crop((left - 4, top - 4, left + 4, top + 4))).mean
    )


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (300, [300]),
        (480, [480]),
        (700, [480, 700]),
        (1200, [480, 960, 1200]),
        (4000, [480, 960, 1600]),
    ],
)
def test_an_image_comes_in_all_widths_it_is_large_enough_for(width: int, widths: list[int]) -> None:
    found = examined(photo(width, width // 2), "image/jpeg")
    assert (found.width, found.height) == (width, width // 2)
    assert [one.width for one in found.variants] == widths
    for variant in found.variants:
        assert abs(variant.height - variant.width / 2) <= 1
        opened(variant)


def test_place_name_and_camera_are_gone_and_the_picture_is_upright() -> None:
    data = uploads.photo_with_place()
    assert b"Erika" in data
    found = examined(data, "image/jpeg")
    assert (found.width, found.height) == (600, 800)
    for variant in found.variants:
        assert chunks(variant.content) <= {b"VP8 ", b"VP8L"}
        assert b"Erika" not in variant.content
        assert not opened(variant).getexif()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_way_to_hold_a_camera_ends_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    lying = picture(1000, 640)
    found = examined(encoded(lying, "PNG", exif=exif))
    expected = {
        1: lying,
        2: lying.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: lying.transpose(Image.Transpose.ROTATE_180),
        4: lying.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: lying.transpose(Image.Transpose.TRANSPOSE),
        6: lying.transpose(Image.Transpose.ROTATE_270),
        7: lying.transpose(Image.Transpose.TRANSVERSE),
        8: lying.transpose(Image.Transpose.ROTATE_90),
    }[orientation]
    assert (found.width, found.height) == expected.size
    assert alike(opened(found.variants[-1]), expected)


def alike(one: Image.Image, other: Image.Image) -> bool:
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB").resize(one.size))
    return max(ImageStat.Stat(difference).mean) < 4


@pytest.mark.parametrize(
    ("image", "kind", "media_type"),
    [
        (picture(mode="L"), "PNG", "image/png"),
        (picture(mode="1"), "PNG", "image/png"),
        (picture(mode="P"), "PNG", "image/png"),
        (picture(mode="LA"), "PNG", "image/png"),
        (picture(mode="RGBA"), "PNG", "image/png"),
        (uploads.sixteen_bits(), "PNG", "image/png"),
        (picture(mode="CMYK"), "JPEG", "image/jpeg"),
        (picture(mode="L"), "JPEG", "image/jpeg"),
        (picture(mode="RGBA"), "WEBP", "image/webp"),
        (picture(mode="P"), "GIF", "image/gif"),
    ],
    ids=lambda value: getattr(value, "mode", value),
)
def test_every_way_to_write_colours_shows_the_same(
    image: Image.Image, kind: str, media_type: str
) -> None:
    expected = image.convert("RGB") if image.mode == "1" else picture()
    found = examined(encoded(image, kind), media_type)
    assert alike(opened(found.variants[-1]), expected)


def test_what_is_transparent_stays_so() -> None:
    image = Image.new("P", (200, 100), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(1, (100, 0, 200, 100))
    found = examined(encoded(image, "PNG", transparency=0))
    shown = opened(found.variants[0])
    assert colour(shown, 0.25)[3] == 0
    assert colour(shown, 0.75) == (0, 0, 255, 255)


def test_colours_of_a_wide_profile_become_those_everybody_sees() -> None:
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    image = Image.new("RGB", (600, 400), (200, 30, 30))
    # A profile that does not fit says nothing; one that fits is applied and left out.
    found = examined(encoded(image, "PNG", icc_profile=swapped))
    assert colour(opened(found.variants[0]))[0] == pytest.approx(200, abs=4)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    found = examined(encoded(image, "PNG", icc_profile=srgb))
    assert colour(opened(found.variants[0])) == pytest.approx((200, 30, 30), abs=4)
    assert chunks(found.variants[0].content) <= {b"VP8 ", b"VP8L"}


def test_of_a_moving_image_the_first_frame_stands() -> None:
    found = examined(uploads.endless_gif(), "image/gif")
    shown = opened(found.variants[0])
    assert getattr(shown, "n_frames", 1) == 1
    assert (found.width, found.height) == (200, 100)


def test_a_script_behind_an_image_is_left_behind() -> None:
    data = uploads.gif_that_is_a_script()
    assert SCRIPT in data
    for variant in examined(data, "image/gif").variants:
        assert b"script" not in variant.content
        assert b"alert" not in variant.content


def test_a_drawing_stays_sharp() -> None:
    drawing = Image.new("RGB", (900, 600), "white")
    drawing.paste((0, 90, 120), (100, 100, 500, 300))
    found = examined(encoded(drawing, "PNG"))
    assert chunks(found.variants[-1].content) == {b"VP8L"}
    assert (
        ImageChops.difference(opened(found.variants[-1]).convert("RGB"), drawing).getbbox() is None
    )


@pytest.mark.parametrize("progressive", [False, True])
def test_a_photo_of_a_phone_is_taken(progressive: bool) -> None:
    noise = Image.effect_noise((1000, 750), 80).resize((4000, 3000)).convert("RGB")
    data = encoded(noise, "JPEG", quality=90, progressive=progressive)
    assert len(data) > 2_000_000
    assert [one.width for one in examined(data, "image/jpeg").variants] == [480, 960, 1600]


def test_a_photo_with_a_second_one_in_it_is_taken() -> None:
    """Phones put previews and depth behind the photo (MPO); only the photo is meant."""
    data = encoded(picture(), "MPO", save_all=True, append_images=[Image.new("RGB", (80, 60))])
    assert examined(data, "image/jpeg").width == 800


@pytest.mark.parametrize(
    ("title", "read"),
    [(None, None), ("Leitlinien  für\ndas Ehrenamt", "Leitlinien für das Ehrenamt"), ("", None)],
)
def test_a_pdf_is_counted_and_its_title_read(title: str | None, read: str | None) -> None:
    assert examine(pdf(3, title=title), PDF) == DocumentFound(pages=3, title=read)


def test_a_long_pdf_with_many_parts_is_looked_through() -> None:
    data = pdf(500, change=uploads.with_objects(20_000, b"0 0 m 9 9 l S"))
    assert examine(data, PDF) == DocumentFound(pages=500, title=None)


def test_a_pdf_may_write_about_what_it_must_not_do() -> None:
    data = pdf(change=uploads.with_objects(1, b"(siehe /JavaScript und /Launch)"), title="/Launch")
    assert examine(data, PDF) == DocumentFound(pages=1, title="/Launch")


def test_objects_in_streams_are_read() -> None:
    data = uploads.with_objects_in_a_stream(b"<< /S /GoTo /D [5 0 R /Fit] >>")
    assert examine(data, PDF) == DocumentFound(pages=1, title=None)

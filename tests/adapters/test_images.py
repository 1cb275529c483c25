import random
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from harbour.adapters import heic
from harbour.adapters.images import (
    LONG_SIDE,
    THUMB_SIDE,
    PhotoRefused,
    accept_photo,
)

HEIC = (Path(__file__).parent / "upright.heic").read_bytes()
# Damaged so that the decoder itself dies of it.
CRASHING = (Path(__file__).parent / "crashing.heic").read_bytes()
RED, BLUE = (220, 30, 30), (30, 60, 200)


def scene(width=64, height=48, seed=1):
    """A picture like no other: large soft spots."""
    chance = random.Random(seed)
    spots = Image.new("RGB", (8, 6))
    spots.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(48)])
    return spots.resize((width, height), Image.Resampling.BICUBIC)


def red_corner(width=64, height=48):
    """Blue, with its upper left quarter red."""
    picture = Image.new("RGB", (width, height), BLUE)
    picture.paste(RED, (0, 0, width // 2, height // 2))
    return picture


def saved(picture, kind="JPEG", **options):
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def opened(content):
    return Image.open(BytesIO(content))


def is_red(picture, at):
    red, green, blue = picture.getpixel(at)
    return red > 150 and green < 100 and blue < 100


def refusal(content):
    with pytest.raises(PhotoRefused) as refused:
        accept_photo(content)
    assert refused.value.field == "photos"
    return refused.value.text.msgid


WRONG = "This is not a photo. JPEG, PNG, WebP and HEIC are accepted."
BROKEN = "The photo cannot be read: the file is damaged or incomplete."
LARGE = "The photo is larger than %(most)d MB. Please send a smaller one."
PIXELS = "The photo has too many pixels. Please send a smaller one."


# ---- what is taken ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        saved(red_corner()),
        saved(red_corner(), progressive=True),
        saved(red_corner().convert("CMYK")),
        saved(red_corner(), "PNG"),
        saved(red_corner().convert("P"), "PNG"),
        saved(red_corner().convert("RGBA"), "PNG"),
        saved(red_corner(), "WEBP"),
        saved(red_corner(), "WEBP", lossless=True),
        saved(red_corner().convert("RGBA"), "WEBP"),
        saved(red_corner(), "WEBP", save_all=True, append_images=[scene()]),
    ],
    ids=["jpeg", "progressive", "cmyk", "png", "palette", "png alpha", "webp", "webp lossless",
         "webp alpha", "webp animated"],
)  # fmt: skip
def test_a_photo_of_any_kind_becomes_a_jpeg_of_the_same_picture(content):
    photo = accept_photo(content)

    shown = opened(photo.jpeg)
    assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (64, 48))
    assert (photo.width, photo.height) == shown.size
    assert is_red(shown, (10, 10))
    assert not is_red(shown, (50, 10))
    assert not is_red(shown, (10, 40))


def test_a_stream_is_read_as_well_as_bytes():
    content = saved(red_corner())

    assert accept_photo(BytesIO(content)) == accept_photo(content)


def test_grey_stays_grey():
    photo = accept_photo(saved(Image.new("L", (40, 30), 77), "PNG"))

    assert all(abs(band - 77) <= 2 for band in opened(photo.jpeg).getpixel((20, 15)))


def test_what_is_transparent_becomes_white():
    photo = accept_photo(saved(Image.new("RGBA", (40, 30), (0, 0, 0, 0)), "PNG"))

    assert opened(photo.jpeg).getpixel((20, 15)) == (255, 255, 255)


def test_heic_is_read_and_turned_upright():
    photo = accept_photo(HEIC)

    shown = opened(photo.jpeg)
    assert shown.size == (48, 64)
    assert is_red(shown, (40, 8))
    assert not is_red(shown, (8, 8))


def test_heic_without_its_decoder_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(heic, "READABLE", False)

    assert refusal(HEIC) == "HEIC photos cannot be read here. Please send it as JPEG."


@pytest.mark.parametrize(("width", "height"), [(4000, 3000), (3000, 4000), (5000, 400), (300, 200)])
def test_sizes_are_bounded_and_never_grow(width, height):
    photo = accept_photo(saved(scene(width, height)))

    assert max(opened(photo.jpeg).size) == min(LONG_SIDE, max(width, height))
    assert max(opened(photo.thumb).size) == min(THUMB_SIDE, max(width, height))
    assert photo.width / photo.height == pytest.approx(width / height, rel=0.01)


# ---- orientation ------------------------------------------------------------------------------

# Where the red corner lies once the picture is upright.
CORNERS = {
    1: "upper left", 2: "upper right", 3: "lower right", 4: "lower left",
    5: "upper left", 6: "upper right", 7: "lower right", 8: "lower left",
}  # fmt: skip


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", CORNERS)
def test_every_orientation_is_turned_upright(orientation, kind):
    exif = Image.Exif()
    exif[0x0112] = orientation

    photo = accept_photo(saved(red_corner(), kind, exif=exif.tobytes()))

    shown = opened(photo.jpeg)
    assert shown.size == ((64, 48) if orientation < 5 else (48, 64))
    width, height = shown.size
    spots = {
        "upper left": (8, 8), "upper right": (width - 8, 8),
        "lower left": (8, height - 8), "lower right": (width - 8, height - 8),
    }  # fmt: skip
    assert [name for name, at in spots.items() if is_red(shown, at)] == [CORNERS[orientation]]


@pytest.mark.parametrize("orientation", [0, 9, 255])
def test_an_impossible_orientation_counts_for_nothing(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation

    assert accept_photo(saved(red_corner(), exif=exif.tobytes())).width == 64


# ---- metadata ---------------------------------------------------------------------------------


def telltale(kind):
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    exif[0x8825] = {1: "N", 2: (30.0, 15.0, 0.0), 3: "E", 4: (120.0, 10.0, 0.0)}
    options: dict[str, object] = {"exif": exif.tobytes()}
    if kind == "JPEG":
        options |= {
            "comment": b"Secret comment",
            "icc_profile": b"Secret profile",
            "xmp": b"Secret",
        }
    if kind == "PNG":
        note = PngImagePlugin.PngInfo()
        note.add_text("Author", "Secret person")
        options["pnginfo"] = note
    if kind == "WEBP":
        options["xmp"] = b"<x>Secret place</x>"
    return saved(scene(), kind, **options)


@pytest.mark.parametrize(
    "content", [telltale("JPEG"), telltale("PNG"), telltale("WEBP"), HEIC],
    ids=["jpeg", "png", "webp", "heic"],
)  # fmt: skip
def test_place_camera_and_comments_are_gone(content):
    assert b"Secret" in content

    photo = accept_photo(content)

    for drawn in (photo.jpeg, photo.thumb):
        shown = opened(drawn)
        assert dict(shown.getexif()) == {}
        assert not {"exif", "comment", "icc_profile", "xmp", "photoshop"} & set(shown.info)
        assert b"Secret" not in drawn
        assert b"Exif" not in drawn


def test_what_is_hidden_behind_the_picture_is_gone():
    photo = accept_photo(saved(scene()) + b"<script>alert(1)</script>PK\x03\x04")

    assert b"script" not in photo.jpeg
    assert b"PK\x03\x04" not in photo.jpeg

"""Photos that are refused, whatever they call themselves, and many at once."""

import struct
import threading
import zlib
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from harbour.adapters import heic, heic_child, images
from harbour.adapters.images import (
    LONG_SIDE,
    MAX_BYTES,
    MAX_PIXELS,
    PhotoRefused,
    accept_photo,
)
from harbour.domain.similar import photos_alike
from tests.adapters.test_images import (
    BROKEN,
    CRASHING,
    HEIC,
    LARGE,
    PIXELS,
    WRONG,
    refusal,
    saved,
    scene,
    telltale,
)

# ---- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a/*<script>*/=1;alert(1)//",
        saved(scene(), "GIF"),
        saved(scene(), "BMP"),
        saved(scene(), "TIFF"),
        saved(scene(), "ICO"),
        saved(scene(), "AVIF"),
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"MZ\x90\x00",
        b"just words",
        b"\x00" * 5000,
    ],
    ids=["svg", "xml", "html", "gif polyglot", "gif", "bmp", "tiff", "ico", "avif", "pdf", "zip",
         "exe", "text", "zeros"],
)  # fmt: skip
def test_what_is_no_photo_is_refused_whatever_it_is_called(content):
    assert refusal(content) == WRONG


def test_an_empty_file_is_refused():
    assert refusal(b"") == "The file is empty."
    assert refusal(BytesIO()) == "The file is empty."


def test_a_file_too_large_is_refused_without_being_read_to_its_end():
    class Endless(BytesIO):
        def read(self, size=-1):
            assert 0 < size <= MAX_BYTES + 1
            return b"\xff" * size

    assert refusal(Endless()) == LARGE
    assert refusal(b"\xff" * (MAX_BYTES + 1)) == LARGE


@pytest.mark.parametrize(
    "content",
    [
        saved(scene(400, 300))[:2000],
        saved(scene(400, 300), progressive=True)[:-300],
        saved(scene(400, 300), "PNG")[:2000],
        saved(scene(400, 300), "WEBP")[:500],
        HEIC[: len(HEIC) // 2],
        b"\xff\xd8\xff\xe0",
        b"\xff\xd8\xff\xe0<script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n<script>",
        b"RIFF\x00\x00\x00\x00WEBPVP8 junk",
        b"RIFF\x00\x00\x00\x00WEBPVPxxjunk",
    ],
    ids=["jpeg", "progressive", "png", "webp", "heic", "head only", "html after head",
         "png head", "webp head", "webp of no kind"],
)  # fmt: skip
def test_a_cut_or_broken_photo_is_refused(content):
    assert refusal(content) == BROKEN


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_bomb(width, height):
    """A PNG that unpacks to that many pixels of nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg_claiming(width, height):
    """A small JPEG whose frame header claims to be much larger."""
    content = bytearray(saved(scene()))
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def webp_claiming(width, height):
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"VP8X" + struct.pack("<I", 10) + b"\x00\x00\x00\x00" + canvas
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


@pytest.mark.parametrize(
    "content",
    [
        png_bomb(6400, 6300),
        png_bomb(50_000, 50_000),
        png_bomb(2**31 - 1, 2**31 - 1),
        jpeg_claiming(8000, 6000),
        jpeg_claiming(65_000, 65_000),
        webp_claiming(8000, 6000),
        webp_claiming(16_383, 16_383),
    ],
    ids=["png", "png large", "png absurd", "jpeg", "jpeg large", "webp", "webp large"],
)
def test_too_many_pixels_are_refused_before_one_is_decoded(content, monkeypatch):
    def never(*_args, **_kwargs):
        raise AssertionError("decoded")

    monkeypatch.setattr(Image.Image, "thumbnail", never)
    monkeypatch.setattr(Image.Image, "load", never)

    assert refusal(content) == PIXELS


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (saved(Image.new("RGB", (4000, 3000)), "WEBP"), (4000, 3000)),
        (saved(Image.new("RGB", (123, 4567)), "WEBP", lossless=True), (123, 4567)),
        (saved(Image.new("RGBA", (300, 20), (9, 9, 9, 9)), "WEBP"), (300, 20)),
    ],
    ids=["lossy", "lossless", "alpha"],
)
def test_the_size_of_a_webp_is_read_from_its_head(content, size):
    assert images._webp_size(content) == size


def test_the_limit_itself_is_allowed():
    assert MAX_PIXELS == 8000 * 5000

    assert accept_photo(saved(Image.new("L", (8000, 5000)))).width == LONG_SIDE


def test_a_png_whose_comment_unpacks_to_too_much_is_refused():
    head, rest = saved(scene(), "PNG")[:33], saved(scene(), "PNG")[33:]
    note = chunk(b"zTXt", b"Note\x00\x00" + zlib.compress(b"\x00" * 80_000_000))

    assert refusal(head + note + rest) == BROKEN


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([saved(scene()), telltale("JPEG"), telltale("PNG"), telltale("WEBP")]),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=12),
    st.integers(0, 200),
)
def test_damage_is_refused_or_drawn_but_never_an_accident(content, changes, cut):
    damaged = bytearray(content)
    for at, byte in changes:
        damaged[at % len(damaged)] = byte
    try:
        photo = accept_photo(bytes(damaged[: len(damaged) - cut]))
    except PhotoRefused:
        return
    assert b"Secret" not in photo.jpeg


def test_a_heic_of_too_many_pixels_is_refused(monkeypatch):
    monkeypatch.setattr(images, "MAX_PIXELS", 64 * 48 - 1)

    assert refusal(HEIC) == PIXELS


def test_the_child_scales_down_and_counts_pixels():
    assert heic_child.decoded(HEIC, 48 * 64, 32).size == (24, 32)
    with pytest.raises(heic_child.TooManyPixels):
        heic_child.decoded(HEIC, 48 * 64 - 1, 32)


@pytest.mark.parametrize("claim", [(8, 6), (8000, 6000), (2**31, 2**31)])
def test_a_heic_that_lies_about_its_size_is_refused(claim):
    at = HEIC.index(b"ispe") + 8
    lying = HEIC[:at] + struct.pack(">II", *claim) + HEIC[at + 8 :]

    assert refusal(lying) == BROKEN


def test_a_photo_that_crashes_its_decoder_is_refused_and_we_live():
    assert refusal(CRASHING) == BROKEN


def test_a_decoder_that_wants_too_much_memory_is_refused(monkeypatch):
    assert accept_photo(HEIC).width == 48
    monkeypatch.setattr(heic, "_MEMORY", 1024 * 1024)

    assert refusal(HEIC) == BROKEN


def test_a_decoder_that_does_not_end_is_ended(monkeypatch):
    monkeypatch.setattr(heic, "_SECONDS", 0)

    assert refusal(HEIC) == BROKEN


# ---- many at once -----------------------------------------------------------------------------


def test_only_so_many_photos_are_open_at_once(monkeypatch):
    now_open, most, gate, lock = 0, 0, threading.Event(), threading.Lock()
    drawn = images._drawn

    def counted(*args):
        nonlocal now_open, most
        with lock:
            now_open += 1
            most = max(most, now_open)
            if now_open == images._AT_ONCE:
                gate.set()
        assert gate.wait(30)
        try:
            return drawn(*args)
        finally:
            with lock:
                now_open -= 1

    monkeypatch.setattr(images, "_drawn", counted)
    content = saved(scene())
    threads = [threading.Thread(target=accept_photo, args=(content,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert most == images._AT_ONCE


def test_a_refusal_gives_its_place_back():
    for _ in range(images._AT_ONCE + 1):
        refusal(b"\xff\xd8\xff\xe0")

    assert accept_photo(saved(scene())).width == 64


# ---- the same photo again ---------------------------------------------------------------------


def test_the_same_pixels_have_the_same_digest_whatever_stands_around_them():
    assert accept_photo(telltale("PNG")).sha256 == accept_photo(saved(scene(), "PNG")).sha256
    assert accept_photo(saved(scene())).sha256 != accept_photo(saved(scene(seed=2))).sha256


@pytest.mark.parametrize(
    "again",
    [
        saved(scene(800, 600), quality=30),
        saved(scene(800, 600).resize((333, 250))),
        saved(scene(800, 600).point(lambda value: min(255, value + 25))),
        saved(scene(800, 600), "WEBP"),
        saved(scene(800, 600).convert("L"), "PNG"),
    ],
    ids=["saved badly", "scaled", "brightened", "webp", "grey"],
)
def test_the_same_picture_is_recognised(again):
    assert photos_alike(accept_photo(saved(scene(800, 600))).phash, accept_photo(again).phash)


def test_other_pictures_are_told_apart():
    hashes = [accept_photo(saved(scene(800, 600, seed))).phash for seed in range(12)]

    alike = [(a, b) for i, a in enumerate(hashes) for b in hashes[:i] if photos_alike(a, b)]
    assert alike == []
    assert all(len(one) == 16 for one in hashes)

"""Photos from outside: looked at, decoded and drawn anew, so that nothing but pixels comes in."""

import struct
import threading
import zlib
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

import filetype
from PIL import Image

from harbour.adapters import heic
from harbour.domain.errors import Invalid
from harbour.domain.text import N_, Text

MEBIBYTE = 1024 * 1024
MAX_BYTES = 15 * MEBIBYTE
MAX_PIXELS = 40_000_000
LONG_SIDE = 1920
THUMB_SIDE = 480
QUALITY = 82
ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif"

_FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/heic": "HEIF",
}
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SCALABLE = frozenset({"RGB", "RGBA", "L", "LA", "CMYK"})

# What decoders are known to raise on files that somebody broke, by accident or on purpose.
_BROKEN = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, RuntimeError,
    EOFError, AttributeError, AssertionError, struct.error, zlib.error, Warning,
)  # fmt: skip

# A photo of 40 megapixels needs some 200 MB while it is open; two at once fit a small host.
_AT_ONCE = 2
_turnstile = threading.BoundedSemaphore(_AT_ONCE)


class PhotoRefused(Invalid):
    """A file that is not taken as a photo, with the reason a person can act on."""

    def __init__(self, text: Text | str) -> None:
        super().__init__("photos", text)


@dataclass(frozen=True)
class AcceptedPhoto:
    """A photo drawn anew: JPEG without metadata, upright; ``sha256`` is of ``jpeg``, in hex.

    ``phash`` is a difference hash of 64 bits in hex, nearly the same for the same picture
    however it was scaled or saved.
    """

    jpeg: bytes
    thumb: bytes
    width: int
    height: int
    sha256: str
    phash: str


def accept_photo(source: bytes | BinaryIO) -> AcceptedPhoto:
    """The photo in the bytes or the stream; raises PhotoRefused with the reason if it is none."""
    content = _content(source)
    kind = _kind(content)
    with _turnstile:
        whole = _drawn(content, kind)
        thumb = whole.copy()
        thumb.thumbnail((THUMB_SIDE, THUMB_SIDE))
        jpeg = _encoded(whole)
        return AcceptedPhoto(
            jpeg=jpeg,
            thumb=_encoded(thumb),
            width=whole.width,
            height=whole.height,
            sha256=sha256(jpeg).hexdigest(),
            phash=_difference_hash(thumb),
        )


def _content(source: bytes | BinaryIO) -> bytes:
    content = source if isinstance(source, bytes) else source.read(MAX_BYTES + 1)
    if not content:
        raise PhotoRefused(N_("The file is empty."))
    if len(content) > MAX_BYTES:
        says = N_("The photo is larger than %(most)d MB. Please send a smaller one.")
        raise PhotoRefused(Text(says, {"most": MAX_BYTES // MEBIBYTE}))
    return content


def _kind(content: bytes) -> str:
    """The decoder for the content, by its own signature and never by its name."""
    found = filetype.image_match(content)
    kind = _FORMATS.get(found.mime) if found is not None else None
    if kind is None:
        raise PhotoRefused(N_("This is not a photo. JPEG, PNG, WebP and HEIC are accepted."))
    if kind == "HEIF" and not heic.READABLE:
        raise PhotoRefused(N_("HEIC photos cannot be read here. Please send it as JPEG."))
    return kind


def _drawn(content: bytes, kind: str) -> Image.Image:
    """The picture, upright, no larger than it is kept, in a fresh image that knows no metadata."""
    try:
        if kind == "HEIF":
            return heic.drawn(content, MAX_PIXELS, LONG_SIDE)
        if kind == "WEBP":
            # This decoder makes room for all pixels as soon as it is opened.
            _allow(_webp_size(content))
        with Image.open(BytesIO(content), formats=(kind,)) as opened:
            _allow(opened.size)
            turn = _TURNS.get(opened.getexif().get(_ORIENTATION, 1))
            picture = opened if opened.mode in _SCALABLE else opened.convert("RGBA")
            # For a JPEG this decodes only as finely as is needed.
            picture.thumbnail((LONG_SIDE, LONG_SIDE), reducing_gap=2.0)
            return _on_white(picture if turn is None else picture.transpose(turn))
    except (heic.TooManyPixels, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except _BROKEN as broken:
        raise PhotoRefused(
            N_("The photo cannot be read: the file is damaged or incomplete.")
        ) from broken


def _allow(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MAX_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> PhotoRefused:
    return PhotoRefused(N_("The photo has too many pixels. Please send a smaller one."))


def _webp_size(content: bytes) -> tuple[int, int]:
    """The canvas a WebP file says it needs, from its header alone."""
    match content[12:16]:
        case b"VP8X":
            return (
                1 + int.from_bytes(content[24:27], "little"),
                1 + int.from_bytes(content[27:30], "little"),
            )
        case b"VP8L":
            bits = int.from_bytes(content[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            return (
                int.from_bytes(content[26:28], "little") & 0x3FFF,
                int.from_bytes(content[28:30], "little") & 0x3FFF,
            )
        case _:
            raise ValueError("Not a WebP header")


def _on_white(picture: Image.Image) -> Image.Image:
    fresh = Image.new("RGB", picture.size, "white")
    mask = picture.getchannel("A") if "A" in picture.getbands() else None
    fresh.paste(picture.convert("RGB"), mask=mask)
    return fresh


def _encoded(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _difference_hash(picture: Image.Image) -> str:
    """Whether each of 8 × 8 spots is darker than its right neighbour, as 16 hex digits."""
    spots = picture.convert("L").resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    darker = (
        spots[row * 9 + column] < spots[row * 9 + column + 1]
        for row in range(8)
        for column in range(8)
    )
    return f"{sum(bit << at for at, bit in enumerate(darker)):016x}"

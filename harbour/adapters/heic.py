"""HEIC photos, decoded in a process of their own: a damaged one can crash its decoder."""

import struct
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

READABLE = find_spec("pi_heif") is not None

_CHILD = Path(__file__).with_name("heic_child.py")
_HEAD = struct.Struct(">II")
_TOO_MANY_PIXELS = 3
_SECONDS = 30
_MEMORY = 1536 * 1024 * 1024


class TooManyPixels(ValueError):
    """The photo has more pixels than are decoded."""


def drawn(content: bytes, most_pixels: int, long_side: int) -> Image.Image:
    """The photo, upright, scaled down to its longest side; ValueError if it cannot be read."""
    told = (most_pixels, long_side, _SECONDS, _MEMORY, _TOO_MANY_PIXELS, _HEAD.format)
    try:
        child = subprocess.run(  # noqa: S603 - our own file, with numbers of our own
            [sys.executable, "-I", str(_CHILD), *map(str, told)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ValueError("The decoder did not come to an end.") from None
    if child.returncode == _TOO_MANY_PIXELS:
        raise TooManyPixels
    if child.returncode != 0:
        raise ValueError(f"The decoder ended with {child.returncode}.")
    size = _HEAD.unpack_from(child.stdout)
    return Image.frombytes("RGB", size, child.stdout[_HEAD.size :])

"""The program that decodes one HEIC photo, bounded in memory and time; ``heic.py`` runs it.

It reads the photo from its input and writes width, height and the pixels, upright, to its output.
Nothing of ours imports it, and it imports nothing of ours: it runs without our path, and the
decoder is loaded nowhere else. Its numbers stand in ``heic.py`` and come as arguments.
"""

import resource  # where it is missing, the program refuses to run unbounded
import struct
import sys
from io import BytesIO

import pi_heif
from PIL import Image


class TooManyPixels(ValueError):
    """The photo has more pixels than are decoded."""


def decoded(content: bytes, most_pixels: int, long_side: int) -> Image.Image:
    """The picture, upright and scaled down; TooManyPixels by what it says of itself, or is."""
    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    with Image.open(BytesIO(content), formats=("HEIF",)) as opened:
        _allow(opened.size, most_pixels)
        opened.load()
        # The true size is known only now. The decoder has turned the picture upright itself.
        _allow(opened.size, most_pixels)
        picture = opened.convert("RGB")
    picture.thumbnail((long_side, long_side), reducing_gap=2.0)
    return picture


def _allow(size: tuple[int, int], most_pixels: int) -> None:
    if size[0] * size[1] > most_pixels:
        raise TooManyPixels


def main(told: list[str]) -> int:  # pragma: no cover - runs where nobody counts lines
    """Bound the process, whatever the photo says of itself, then decode."""
    *numbers, head = told
    most_pixels, long_side, seconds, memory, too_many_pixels = map(int, numbers)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        picture = decoded(sys.stdin.buffer.read(), most_pixels, long_side)
    except TooManyPixels:
        return too_many_pixels
    sys.stdout.buffer.write(struct.pack(head, *picture.size) + picture.tobytes())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""HEIC photos, decoded in a process of their own: a damaged one can crash its decoder.

The parent calls ``drawn``. This same file, run as a program, is the child: it reads the photo
from its input and writes width, height and the pixels, upright, to its output. It must not
import anything of ours, for it runs without our path.
"""

import struct
import subprocess
import sys
from importlib.util import find_spec
from io import BytesIO

from PIL import Image

READABLE = find_spec("pi_heif") is not None

_HEAD = struct.Struct(">II")
_TOO_MANY_PIXELS = 3
_SECONDS = 30
_MEMORY = 1536 * 1024 * 1024


class TooManyPixels(ValueError):
    """The photo has more pixels than are decoded."""


def drawn(content: bytes, most_pixels: int, long_side: int) -> Image.Image:
    """The photo, upright, scaled down to its longest side; ValueError if it cannot be read."""
    command = [sys.executable, "-I", __file__, str(most_pixels), str(long_side)]
    try:
        child = subprocess.run(  # noqa: S603 - this very file, with two numbers
            command,
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


def _decoded(content: bytes, most_pixels: int, long_side: int) -> Image.Image:
    import pi_heif  # noqa: PLC0415 - only the child may load it

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


def main() -> int:  # pragma: no cover - runs in the child, where nobody counts lines
    """Be the child: bounded in memory and time, whatever the photo says of itself."""
    import resource  # noqa: PLC0415 - where it is missing, the child refuses to run unbounded

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most_pixels, long_side = map(int, sys.argv[1:])
    try:
        picture = _decoded(sys.stdin.buffer.read(), most_pixels, long_side)
    except TooManyPixels:
        return _TOO_MANY_PIXELS
    sys.stdout.buffer.write(_HEAD.pack(*picture.size) + picture.tobytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())

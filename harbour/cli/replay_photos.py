"""Drawn pictures for reports that need a photo: the file counts photos but holds none.

Houses under a sky, no two alike, so that none is taken for a firm's earlier photo.
"""

import io
import random
from pathlib import Path

from PIL import Image, ImageDraw

from harbour.adapters import photos as kept
from harbour.domain.photos import KeptPhoto

SIZE = (640, 480)
SKIES = ((186, 214, 235), (205, 221, 229), (236, 219, 200), (174, 199, 222))
WALLS = ((196, 164, 132), (178, 186, 187), (214, 196, 170), (168, 120, 100), (150, 165, 150))
Colour = tuple[int, int, int]


def draw(seed: str) -> bytes:
    """A JPEG of houses; the same seed draws the same."""
    luck = random.Random(seed)  # noqa: S311 - a picture, no secret
    image = Image.new("RGB", SIZE, luck.choice(SKIES))
    pen = ImageDraw.Draw(image)
    ground = luck.randrange(300, 420)
    pen.rectangle((0, ground, *SIZE), fill=_shade(luck, (132, 150, 110)))
    left = luck.randrange(-120, 0)
    while left < SIZE[0]:
        width, height = luck.randrange(120, 300), luck.randrange(110, 280)
        _house(pen, luck, (left, ground - height, left + width, ground))
        left += width + luck.randrange(10, 140)
    for _ in range(luck.randrange(2, 7)):
        x, y = luck.randrange(SIZE[0]), luck.randrange(ground, SIZE[1])
        r = luck.randrange(12, 50)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=_shade(luck, (92, 130, 84)))
    written = io.BytesIO()
    image.save(written, "JPEG", quality=80)
    return written.getvalue()


def _shade(luck: random.Random, colour: Colour) -> Colour:
    turn = luck.randrange(-28, 28)
    red, green, blue = (max(0, min(255, part + turn)) for part in colour)
    return red, green, blue


def _house(pen: ImageDraw.ImageDraw, luck: random.Random, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    pen.rectangle(box, fill=_shade(luck, luck.choice(WALLS)))
    step, high = luck.randrange(26, 46), luck.randrange(34, 52)
    for x in range(left + 10, right - step + 6, step):
        for y in range(top + 12, bottom - high, high):
            light = luck.random() < 0.3
            pen.rectangle(
                (x, y, x + step - 14, y + high - 18),
                fill=(244, 222, 150) if light else (88, 104, 120),
            )


class Album:
    """Keeps drawn photos in the installation's store, and takes them back if the run fails."""

    def __init__(self, folder: Path) -> None:
        self.store = kept.photo_store(folder)
        self.keys: list[str] = []

    def photo(self, seed: str, year: int) -> KeptPhoto:
        """A new picture, kept like any other."""
        found = kept.keep(self.store, draw(seed), year)
        self.keys.append(found.file_key)
        return found

    def discard(self) -> None:
        """Forget every picture of this run."""
        for key in self.keys:
            kept.forget(self.store, key)
        self.keys.clear()

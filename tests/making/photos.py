"""Pictures to upload, and photos that wait in a form, for tests of anything with photos."""

import random
from datetime import datetime
from io import BytesIO
from pathlib import Path

from PIL import Image

from harbour.adapters import photos as adapter
from harbour.domain.actors import Actor
from harbour.services import photos as services


def picture(seed: int = 1, width: int = 64, height: int = 48) -> bytes:
    """A JPEG like no other seed's: large soft spots."""
    chance = random.Random(seed)
    spots = Image.new("RGB", (8, 6))
    spots.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(48)])
    out = BytesIO()
    spots.resize((width, height), Image.Resampling.BICUBIC).save(out, "JPEG")
    return out.getvalue()


def upload(content: bytes, name: str = "IMG_0001.jpg") -> tuple[BytesIO, str]:
    """A file as the test client sends it."""
    return (BytesIO(content), name)


def waiting(
    actor: Actor, form_key: str, field: str, count: int, now: datetime, folder: Path
) -> tuple[int, ...]:
    """The ids of so many photos waiting in a form; ``folder`` is the app's HARBOUR_DATA_DIR."""
    store = adapter.photo_store(folder)
    return tuple(
        services.stage(
            actor, form_key, field, adapter.keep(store, picture(seed), now.year), now=now
        ).id
        for seed in range(count)
    )

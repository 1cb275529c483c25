"""Keeping photos: drawn anew, then stored as a large and a small file under one key."""

import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from harbour.adapters.files import FileStore, NotStored, file_store
from harbour.adapters.images import accept_photo
from harbour.domain.photos import KeptPhoto

_LARGE, _SMALL = ".jpg", "-small.jpg"


def photo_store(folder: Path) -> FileStore:
    """Where the photos of the installation with this data folder lie."""
    return file_store(str(folder.absolute() / "photos"))


def small_key(file_key: str) -> str:
    """The key of the small file beside the large one."""
    return file_key.removesuffix(_LARGE) + _SMALL


def keep(store: FileStore, source: bytes | BinaryIO, year: int) -> KeptPhoto:
    """Store a photo; raises PhotoRefused with the reason, OSError where the store fails."""
    photo = accept_photo(source)
    key = f"{year}/{secrets.token_hex(16)}{_LARGE}"
    store.put(small_key(key), photo.thumb)
    try:
        store.put(key, photo.jpeg)
    except OSError:
        forget(store, key)
        raise
    return KeptPhoto(key, photo.sha256, photo.phash, photo.width, photo.height, len(photo.jpeg))


def forget(store: FileStore, file_key: str) -> None:
    """Remove both files; a store that fails just now leaves an orphan for the sweep."""
    for key in (file_key, small_key(file_key)):
        with suppress(OSError):
            store.delete(key)


def drop_strays(store: FileStore, keys: Iterable[str], before: datetime) -> tuple[str, ...]:
    """Remove those of these files that were put before then; the keys of what was removed."""
    gone = []
    for key in keys:
        with suppress(NotStored):
            if store.put_at(key) < before:
                store.delete(key)
                gone.append(key)
    return tuple(gone)


@dataclass(frozen=True)
class Orphans:
    """What does not agree: files no row speaks of, and rows whose files are not there."""

    files: tuple[str, ...]
    rows: tuple[str, ...]


def orphans(store: FileStore, known: Iterable[str]) -> Orphans:
    """Compare the files with the keys the rows hold; both answers sorted."""
    wanted = set(known)
    expected = wanted | {small_key(key) for key in wanted}
    found = set(store.keys())
    lost = {key for key in wanted if not {key, small_key(key)} <= found}
    return Orphans(tuple(sorted(found - expected)), tuple(sorted(lost)))


__all__ = [
    "NotStored",
    "Orphans",
    "drop_strays",
    "forget",
    "keep",
    "orphans",
    "photo_store",
    "small_key",
]

"""Where photos and documents lie: a folder of this machine, or an object store, by address."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import MemoryStore, ObjectStore, from_url

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

_SEGMENT = re.compile(r"[\w][\w.\-]{0,119}")
_INCOMING = ".incoming"

# A person waits for the answer: better a clear failure soon than a success after minutes.
# Plain http is spoken only where the operator gave an http endpoint, a store on the same host.
_PATIENCE: "ClientConfig" = {"connect_timeout": "3s", "timeout": "20s", "allow_http": True}
_RETRIES: "RetryConfig" = {"max_retries": 2, "retry_timeout": timedelta(seconds=20)}


class NotStored(LookupError):
    """Nothing is kept under this key."""


class AlreadyStored(FileExistsError):
    """Something is kept under this key; what was once put is never overwritten."""


class StoreFailed(OSError):
    """The object store refused, or could not be reached."""


class FileStore(Protocol):
    """Keeps contents under keys such as "photos/2026/ab12.jpg"; what is put is never altered.

    Every method raises ValueError for a key that could lead astray, OSError where the place
    fails (a full disk: ENOSPC).
    """

    def put(self, key: str, content: bytes) -> None:
        """Keep the content; on return it survives a power cut. Raises AlreadyStored."""

    def get(self, key: str) -> bytes:
        """The content kept under the key; raises NotStored."""

    def exists(self, key: str) -> bool:
        """Whether something is kept under the key."""

    def delete(self, key: str) -> None:
        """Forget the key; no error where nothing was kept."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key that begins with the prefix, in no order."""

    def put_at(self, key: str) -> datetime:
        """When the content was put (UTC, aware), by the place's own clock; raises NotStored."""

    def drop_leftovers(self, before: datetime) -> int:
        """Remove what was half written before then, by a machine that stopped; how many."""


def file_store(address: str) -> FileStore:
    """The store at a folder's path, "file:///srv/photos", "s3://bucket/prefix" or "memory://".

    An S3 store takes its endpoint, region and keys from the AWS_… environment variables.
    """
    parts = urlsplit(address)
    match parts.scheme:
        case "" | "file":
            return LocalFiles(Path(unquote(parts.path)))
        case "memory":
            return ObjectFiles(MemoryStore())
        case "s3":
            return ObjectFiles(from_url(address, client_options=_PATIENCE, retry_config=_RETRIES))
        case other:
            raise ValueError(f"No file store for {other!r}: use a folder, file:, s3: or memory:")


def _checked(key: str) -> str:
    """The key, if each of its parts is a plain name."""
    if len(key) > 255 or not all(map(_SEGMENT.fullmatch, key.split("/"))):
        raise ValueError(f"Not a key: {key!r}")
    return key


class LocalFiles:
    """A folder; written so that a key either holds its whole content or nothing.

    Needs a file system with hard links, which is how a name is given without overwriting.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, content: bytes) -> None:
        """Write, sync, and only then give the file its name; then sync the names."""
        target = self.root / _checked(key)
        incoming = self.root / _INCOMING / secrets.token_hex(16)
        _make_folder(incoming.parent)
        _make_folder(target.parent)
        try:
            with incoming.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(incoming, target)
            except FileExistsError:
                raise AlreadyStored(key) from None
            _sync_folder(target.parent)
        finally:
            incoming.unlink(missing_ok=True)

    def get(self, key: str) -> bytes:
        """The file's content."""
        try:
            return (self.root / _checked(key)).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise NotStored(key) from None

    def exists(self, key: str) -> bool:
        """Whether the file is there."""
        return (self.root / _checked(key)).is_file()

    def delete(self, key: str) -> None:
        """Remove the file, and sync that it is gone."""
        target = self.root / _checked(key)
        with suppress(FileNotFoundError, NotADirectoryError):
            target.unlink()
            _sync_folder(target.parent)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The files' paths below the folder, without what is still being written."""
        for folder, folders, names in os.walk(self.root):
            if Path(folder) == self.root and _INCOMING in folders:
                folders.remove(_INCOMING)
            for name in names:
                key = (Path(folder) / name).relative_to(self.root).as_posix()
                if key.startswith(prefix):
                    yield key

    def put_at(self, key: str) -> datetime:
        """When the file was written."""
        try:
            return _written_at(self.root / _checked(key))
        except (FileNotFoundError, NotADirectoryError):
            raise NotStored(key) from None

    def drop_leftovers(self, before: datetime) -> int:
        """Remove the older files that never got a name."""
        dropped = 0
        for path in self.leftovers():
            with suppress(FileNotFoundError):  # whoever wrote it has just come to an end
                if _written_at(path) < before:
                    path.unlink()
                    dropped += 1
        return dropped

    def leftovers(self) -> Iterator[Path]:
        """What was being written when the machine stopped; of no use to anybody."""
        yield from (self.root / _INCOMING).glob("*")


def _written_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _make_folder(folder: Path) -> None:
    """Make the folder and those above it, each synced into its parent."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o750, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _answering(key: str) -> Iterator[None]:
    """Say in our words what the object store says in its own."""
    try:
        yield
    except (FileNotFoundError, NotFoundError):
        raise NotStored(key) from None
    except AlreadyExistsError:
        raise AlreadyStored(key) from None
    except BaseError as failure:
        raise StoreFailed(str(failure)) from failure


class ObjectFiles:
    """An object store; a put is answered only when the store has the whole object."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store

    def put(self, key: str, content: bytes) -> None:
        """Put the object, unless there is one."""
        with _answering(key):
            obstore.put(self.store, _checked(key), content, mode="create")

    def get(self, key: str) -> bytes:
        """The object's content."""
        with _answering(key):
            return bytes(obstore.get(self.store, _checked(key)).bytes())

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""
        with suppress(NotStored), _answering(key):
            obstore.head(self.store, _checked(key))
            return True
        return False

    def delete(self, key: str) -> None:
        """Delete the object, if there is one."""
        with suppress(NotStored), _answering(key):
            obstore.delete(self.store, _checked(key))

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The objects' paths."""
        # The store knows whole folders only.
        folder = prefix.rpartition("/")[0] or None
        with _answering(prefix):
            for batch in obstore.list(self.store, folder):
                yield from (one["path"] for one in batch if one["path"].startswith(prefix))

    def put_at(self, key: str) -> datetime:
        """When the store took the object."""
        with _answering(key):
            return obstore.head(self.store, _checked(key))["last_modified"]

    def drop_leftovers(self, before: datetime) -> int:
        """None: an object is there whole or not at all."""
        return 0

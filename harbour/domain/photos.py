"""What is known of a kept photo, wherever its file lies."""

from dataclasses import dataclass

MOST = 9
"""So many photos fit into one field of a form."""


@dataclass(frozen=True)
class KeptPhoto:
    """A photo whose files are safely stored; ``size`` in bytes, ``sha256`` of the large file."""

    file_key: str
    sha256: str
    phash: str
    width: int
    height: int
    size: int

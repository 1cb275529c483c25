"""What is known of a kept photo, wherever its file lies."""

from dataclasses import dataclass
from datetime import timedelta

MOST = 9
"""So many photos fit into one field of a form."""

WAITS = timedelta(days=7)
"""So long a photo waits in a form that nobody sends; then it is swept away."""

SETTLES = timedelta(days=1)
"""A file younger than this may be that of a photo whose row is just being written."""


@dataclass(frozen=True)
class KeptPhoto:
    """A photo whose files are safely stored; ``size`` in bytes, ``sha256`` of the large file."""

    file_key: str
    sha256: str
    phash: str
    width: int
    height: int
    size: int

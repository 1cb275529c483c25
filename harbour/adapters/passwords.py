"""Passwords: hashed with argon2id, a few at a time, and made up for first sign-ins."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from harbour.domain.passwords import normalised

# Each hashing takes tens of MiB: a crowd at the door waits here instead of filling the memory.
AT_ONCE = 2
# No 0 and O, no 1, l and I: it is read aloud and typed from paper.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, LENGTH = 3, 4


class Passwords:
    """Hashes and checks; never called inside a transaction, for it takes a tenth of a second."""

    def __init__(self, memory_cost: int, time_cost: int, parallelism: int) -> None:
        self._hasher = PasswordHasher(
            memory_cost=memory_cost, time_cost=time_cost, parallelism=parallelism
        )
        self._gate = BoundedSemaphore(AT_ONCE)
        self._nobodys = self._hasher.hash(secrets.token_hex(16))

    def hashed(self, password: str) -> str:
        """What is stored in a password's place."""
        with self._gate:
            return self._hasher.hash(normalised(password))

    def match(self, stored: str | None, password: str) -> bool:
        """Whether it is the password; without an account it takes the same time to say no."""
        with self._gate:
            try:
                return self._verified(stored or self._nobodys, password) and stored is not None
            except InvalidHashError:
                # No password was ever set: that too must take its time.
                self._verified(self._nobodys, password)
                return False

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with weaker settings than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _verified(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, normalised(password))
        except VerificationError:
            return False


@lru_cache(maxsize=8)
def _keeper(memory_cost: int, time_cost: int, parallelism: int) -> Passwords:
    return Passwords(memory_cost, time_cost, parallelism)


def passwords(settings: Mapping[str, int]) -> Passwords:
    """The one keeper of these settings in this process (``config["PASSWORD_HASH"]``)."""
    return _keeper(settings["memory_cost"], settings["time_cost"], settings["parallelism"])


def one_time(secret: str, *seed: object) -> str:
    """A first password such as "k7mq-3vtz-p9wd": the same for the same seed, to nobody else's eyes.

    A form sent twice makes one account, and both answers must show the one password; it can be
    made again from the form's random key, so it is stored nowhere.
    """
    word = "\x00".join(map(str, ("one-time", *seed))).encode()
    digest = int.from_bytes(hmac.new(secret.encode(), word, hashlib.sha256).digest())
    signs = []
    for _ in range(GROUPS * LENGTH):
        digest, place = divmod(digest, len(LETTERS))
        signs.append(LETTERS[place])
    return "-".join("".join(signs[n : n + LENGTH]) for n in range(0, len(signs), LENGTH))

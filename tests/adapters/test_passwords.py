"""Hashing: argon2id with the given settings, and the same work for nobody."""

import pytest

from config import load
from harbour.adapters.passwords import Passwords, one_time, passwords

CHEAP = {"memory_cost": 64, "time_cost": 1, "parallelism": 1}


@pytest.fixture
def keeper() -> Passwords:
    return passwords(CHEAP)


def test_a_password_is_kept_as_argon2id_with_the_settings(keeper):
    assert keeper.hashed("梧桐树下").startswith("$argon2id$v=19$m=64,t=1,p=1$")


def test_the_settings_of_a_server_meet_the_floor(tmp_path):
    settings = load({"HARBOUR_DATA_DIR": str(tmp_path)})["PASSWORD_HASH"]

    assert settings["memory_cost"] >= 46 * 1024


def test_only_the_password_matches_however_wide_it_is_typed(keeper):
    stored = keeper.hashed("abc第3把椅子")

    assert keeper.match(stored, "ａｂｃ第３把椅子")
    assert not keeper.match(stored, "abc第4把椅子")


def test_nobodys_password_takes_the_same_work(keeper, monkeypatch):
    looked_at = []
    real = keeper._verified

    def noted(stored, typed):
        looked_at.append(stored)
        return real(stored, typed)

    monkeypatch.setattr(keeper, "_verified", noted)

    assert not keeper.match(None, "irgend etwas")
    assert not keeper.match(keeper.hashed("x"), "y")
    assert not keeper.match("!", "y")

    # Nobody, a wrong password, and an account that never had one: each costs a full hash.
    assert [stored[:10] for stored in looked_at if stored != "!"] == ["$argon2id$"] * 3


def test_an_older_hash_is_known_to_be_weak(keeper):
    assert passwords({**CHEAP, "time_cost": 2}).outdated(keeper.hashed("x"))
    assert not keeper.outdated(keeper.hashed("x"))


def test_a_one_time_password_depends_on_every_part_and_can_be_read_aloud():
    first = one_time("secret", "key", "user")

    assert first == one_time("secret", "key", "user")
    assert len({first, one_time("other", "key", "user"), one_time("secret", "k", "user"),
                one_time("secret", "key", "users")}) == 4  # fmt: skip
    assert len(first) == 14
    assert not set(first) & set("01loiIO")

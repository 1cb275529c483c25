"""Messages are kept by name and facts, and told again by them."""

import json

from harbour.domain.text import Text, kept, told


def test_what_is_kept_of_a_message_is_told_as_it_was_said() -> None:
    facts = {"name": "王桂芳", "count": 3, "lacking": (Text("Who pays"), "Criteria"),
             "on": Text("%(day)s or later", {"day": "5月4日"}), "none": None}  # fmt: skip

    stored = json.loads(json.dumps(kept(facts)))

    assert told(stored) == facts


def test_a_mapping_that_looks_otherwise_stays_one() -> None:
    assert told(kept({"says": "x"})) == {"says": "x"}

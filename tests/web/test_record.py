import re

import pytest
from sqlalchemy import event

from harbour.domain.errors import About, Refused
from harbour.extensions import db
from harbour.models.proposals import Proposal
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to
from tests.making.filling import fill_proposals
from tests.making.people import everywhere
from tests.making.tasks import drafted


def test_who_may_not_keep_the_record_does_not_read_it(signed_in):
    assert signed_in("ch01-rep1").visit("/c/ch/ledger").status == 403
    assert signed_in("ah-sunjl").visit("/c/ch/ledger").status == 403
    assert signed_in("cx-qian").visit("/c/ch/ledger").status == 404


def test_acts_and_refused_attempts_stand_in_the_readers_words(signed_in, street, clock):
    (proposal,) = fill_proposals(street, clock.now, ["路灯"])
    number = _number(street, proposal)
    signed_in("ch-zhao").post(f"/c/ch/proposals/{number}/accept", version=1)
    signed_in("ch-lin").post(f"/c/ch/proposals/{number}/answer", version=2, reply="已修好")

    page = signed_in("cf-zhou").visit("/c/ch/ledger")

    assert "受理了议题" in page.text
    assert number in page.text
    assert "赵书记" in page.text
    assert "未办成" in page.text


def test_why_an_attempt_was_refused_is_told_in_the_readers_language(signed_in, street, clock):
    with everywhere():
        number = drafted(street, clock, criteria="", who_pays=None)
    answer = signed_in("ch-zhao").post(f"/c/ch/tasks/{number}/dispatch", version=1)
    reader = signed_in("cf-zhou")
    chinese = reader.visit("/c/ch/ledger")
    reader.press(chinese, "/ui/language")

    english = reader.visit("/c/ch/ledger")

    assert answer.status == 409
    assert re.search("还缺：[^a-z]*验收标准、[^a-z]*。", chinese.text)
    assert re.search(r"It still lacks: [ -~]*criteria[ -~]*, [ -~]*\.", english.text)


def test_an_older_line_keeps_its_finished_sentence(signed_in, street, clock):
    actor = street.actor("ch-zhao")
    sentence = "It still lacks: 100% of it."
    with everywhere():
        error = Refused(sentence)
        error.about = About("dispatch", "task", community_id=street.communities["CH"])
        with pytest.raises(Refused):
            refuse(actor, clock.now, error)

    assert sentence in signed_in("cf-zhou").visit("/c/ch/ledger").text


@command
def refuse(actor, now, error):
    raise error


def test_the_record_is_narrowed_and_goes_on_by_key(signed_in, street, clock):
    for n in range(50):
        fill_proposals(street, clock.now, [f"路灯{n}"])
    browser = signed_in("ch-zhao")

    page = browser.visit("/c/ch/ledger")
    older = [link for link in page.read.links if "before=" in link]

    assert older
    assert browser.visit(older[0]).status == 200
    assert "没有" in browser.visit("/c/ch/ledger?kind=task").text
    assert browser.visit("/c/ch/ledger?kind=nonsense&by=x&before=y").status == 200


def test_few_statements_however_long_the_record(signed_in, street, clock):
    browser, seen, counts = signed_in("ch-zhao"), [], []
    event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    for more in (1, 60):
        for n in range(more):
            fill_proposals(street, clock.now, [f"路灯{more}{n}"])
        seen.clear()
        page = browser.visit("/c/ch/ledger")
        counts.append(len(seen))
        assert len(page.html) < 60_000

    assert max(counts) <= 15
    assert counts[0] == counts[1]


def _number(street, proposal):
    with scoped_to(*street.community_ids):
        return db.session.get_one(Proposal, proposal).number

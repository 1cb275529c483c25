import pytest

from harbour.queries import awaited
from harbour.queries.inbox import Entry
from harbour.web.addresses import of_entry
from tests.browser import DESK, PHONE
from tests.making.filling import fill_proposals, fill_tasks


def test_a_firm_accepts_from_its_inbox(signed_in, street, clock):
    fill_tasks(street, clock.now, ["东门路灯不亮"], state="assigned")
    browser = signed_in("ah-sunjl")

    page = browser.press(browser.visit("/inbox"), "/accept")

    assert page.status == 303
    assert "我来签收" not in browser.visit("/inbox").text


def test_every_kind_that_waits_has_a_page(signed_in, street, clock):
    fill_tasks(street, clock.now, [f"第{n}件" for n in range(50)], state="verified")
    browser = signed_in("ch-zhao")

    more = [link for link in browser.visit("/inbox").read.links if link.startswith("/inbox/")]
    page = browser.visit(more[0])
    older = [link for link in page.read.links if "before=" in link]

    assert more == ["/inbox/task.close"]
    assert older
    assert browser.visit(older[0]).status == 200


@pytest.mark.parametrize("kind", sorted(awaited.KINDS))
def test_what_waits_leads_to_a_page_that_exists(app, kind):
    # A slot without a meeting is known by its compound, which has no number of its own.
    number = "7" if kind == "meeting.schedule" else "CH01-2026-0001"
    entry = Entry(kind, kind.partition(".")[0], 7, number, "", "", "ch", "", None, None)
    method = "POST" if kind == "task.accept" else "GET"

    endpoint, _ = app.url_map.bind("localhost").match(of_entry(entry), method=method)

    assert endpoint


def test_what_is_not_ones_own_has_no_page(signed_in):
    assert signed_in("ch01-rep1").visit("/inbox/task.close").status == 404
    assert signed_in("cf-admin").visit("/inbox").status == 403


@pytest.mark.browser
@pytest.mark.parametrize(("who", "path", "size"), [
    ("ch01-rep1", "/", PHONE), ("ah-sunjl", "/", PHONE), ("ch-zhao", "/", DESK),
    ("ch-zhao", "/inbox", PHONE), ("ch-zhao", "/c/ch/search?q=路灯", PHONE),
    ("ch-zhao", "/c/ch/ledger", DESK), ("cf-zhou", "/", PHONE), ("ch-zhao", "/permissions", PHONE),
])  # fmt: skip
def test_pages_read_well_for_everybody(device, street, clock, who, path, size):
    fill_tasks(street, clock.now, ["东门路灯不亮"], state="assigned")
    fill_tasks(street, clock.now, ["西门路灯不亮"], state="verified", verified_at=clock.now)
    fill_proposals(street, clock.now, ["路灯"])
    for elder in (False, True):
        window = device(who, size)
        if elder:
            window.elder()

        window.go(path)

        assert window.axe(elder=elder) == []
        assert window.too_wide() <= 0
        assert window.complaints == []

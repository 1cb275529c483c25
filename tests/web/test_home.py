import pytest
from sqlalchemy import event

from harbour.extensions import db
from tests.making.filling import fill_proposals, fill_tasks
from tests.pages import Browser

EVERYBODY = ["ch01-rep1", "ch-zhao", "ch-lin", "ah-sunjl", "cf-zhou", "cf-admin"]


def test_signed_out_one_finds_a_door_and_the_emergency_numbers(app):
    page = Browser(app).visit("/")

    assert page.status == 200
    assert "/sign-in" in page.read.links
    assert "119" in page.text


@pytest.mark.parametrize("username", EVERYBODY)
def test_everybody_has_a_home(signed_in, username):
    assert signed_in(username).visit("/").status == 200


@pytest.mark.parametrize("username", [who for who in EVERYBODY if who != "cf-admin"])
@pytest.mark.parametrize("path", ["/", "/inbox", "/search?q=路灯", "/permissions"])
def test_few_statements_however_many_rows_and_pages_stay_small(
    signed_in, street, clock, username, path
):
    seen, counts, sizes = [], [], []
    browser = signed_in(username)
    event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    for more in (1, 25):
        for compound in ("CH-01", "CX-01"):
            for state in ("assigned", "in_hand", "reported", "verified"):
                fill_tasks(street, clock.now, [f"路灯{state}{n}" for n in range(more)], state=state,
                           compound=compound, due_at=clock.now)  # fmt: skip
            titles = [f"路灯议题{n}" for n in range(more)]
            fill_proposals(street, clock.now, titles, compound=compound)
        seen.clear()
        page = browser.visit(path)
        assert page.status == 200
        statements = [one for one in seen if not one.startswith(("BEGIN", "COMMIT", "PRAGMA"))]
        counts.append(len(statements))
        sizes.append(len(page.html))

    assert max(counts) <= 15, counts
    assert counts[1] <= counts[0] + 1, counts
    assert max(sizes) < 60_000, sizes

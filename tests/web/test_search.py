import pytest

from harbour.extensions import db
from harbour.models.tasks import Task
from harbour.tenancy import scoped_to
from tests.making.filling import fill_tasks


def number_of(street, task):
    with scoped_to(*street.community_ids):
        return db.session.get_one(Task, task).number


def test_what_was_looked_for_is_marked_and_leads_to_its_page(signed_in, street, clock):
    fill_tasks(street, clock.now, ["东门路灯不亮"])

    page = signed_in("ch-zhao").visit("/c/ch/search?q=路灯")

    assert '东门<mark class="found">路灯</mark>不亮' in page.html
    assert any("/c/ch/tasks/CH01-" in link for link in page.read.links)


def test_an_exact_number_leads_to_its_thread(signed_in, street, clock):
    number = number_of(street, *fill_tasks(street, clock.now, ["东门路灯不亮"]))

    page = signed_in("ch-zhao").visit(f"/c/ch/search?q={number.lower()}")

    assert (page.status, page.location) == (303, f"/c/ch/thread/{number}")
    assert signed_in("ch-zhao").visit(page.location).status == 200


def test_a_number_next_door_does_not_exist(signed_in, street, clock):
    number = number_of(street, *fill_tasks(street, clock.now, ["晓园路灯"], compound="CX-01"))

    page = signed_in("ch-zhao").visit(f"/c/ch/search?q={number}")

    assert page.status == 200
    assert "没有" in page.text
    assert signed_in("ch-zhao").visit(f"/c/cx/search?q={number}").status == 404


@pytest.mark.parametrize("query", ["q=" + "长" * 500, "q=a&kind=zzz", "q=a&kind=task&before=x"])
def test_whatever_stands_in_the_address_is_answered(signed_in, query):
    assert signed_in("ch-zhao").visit(f"/c/ch/search?{query}").status == 200


def test_the_firm_and_the_street_search_all_their_communities(signed_in, street, clock):
    fill_tasks(street, clock.now, ["晓园路灯"], compound="CX-01")
    fill_tasks(street, clock.now, ["春和路灯"])

    page = signed_in("cf-zhou").visit("/search?q=路灯")

    assert "晓园" in page.text
    assert "春和" in page.text

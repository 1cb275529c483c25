"""Settings: where each value comes from, who may change it, and that it counts at once."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from harbour.domain.deadlines import local_day
from harbour.domain.setting_words import GROUPS, WORDS
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.places import Community
from harbour.models.subjects import settings_of
from harbour.tenancy import scoped_to
from tests.making.tasks import everywhere
from tests.pages import Page


def own(street: Any, group: str = "limits") -> str:
    return f"/admin/settings/communities/{street.communities['CH']}/{group}"


def above(street: Any, group: str = "limits") -> str:
    return f"/admin/settings/streets/{street.id}/{group}"


def change(browser: Any, address: str, **typed: str) -> Page:
    page: Page = browser.press(browser.visit(address), address, **typed)
    return page


def numbers(street: Any, community: str = "CH") -> Any:
    with everywhere():
        return settings_of(street.communities[community])


def test_a_streets_default_counts_in_its_communities_and_a_communitys_own_above_it(
    signed_in, street
):
    browser = signed_in("cf-admin")

    assert change(browser, above(street, "ladder"), level2_urges="4").status == 303
    assert change(browser, own(street, "ladder"), level2_urges="5").status == 303

    assert numbers(street, "CX").level2_urges == 4
    assert numbers(street).level2_urges == 5
    page = browser.visit(own(street, "ladder"))
    assert "不填则为 4次（街道默认）" in page.text


def test_of_the_limits_each_counts_by_itself(signed_in, street):
    browser = signed_in("cf-admin")

    change(browser, above(street), limits_normal_handle="7")
    change(browser, own(street), limits_complex_handle="10")

    limits = numbers(street).limits
    assert (str(limits["normal"].handle), str(limits["complex"].handle)) == (
        "7 workdays",
        "10 workdays",
    )


def test_a_changed_limit_counts_for_the_next_task_at_once(begin, signed_in, street, clock):
    earlier = begin()
    change(signed_in("cf-admin"), own(street), limits_normal_handle="10")

    with everywhere():
        later = begin()

    assert local_day(earlier.task.due_at) == date(2026, 3, 9)
    assert local_day(later.task.due_at) == date(2026, 3, 16)


def test_a_value_can_be_let_go_again(signed_in, street):
    browser = signed_in("cf-admin")
    change(browser, own(street, "meetings"), quorum="3/5")
    page = browser.visit(own(street, "").rstrip("/"))

    answer = browser.press(page, "/reset/quorum")

    assert answer.status == 303
    assert str(numbers(street).quorum) == "2/3"
    assert db.session.get_one(Community, street.communities["CH"]).settings == {}
    # The same by leaving the field empty.
    change(browser, own(street, "summaries"), summary_cutoff_time="17:30")
    assert numbers(street).summary_cutoff_time.hour == 17
    change(browser, own(street, "summaries"), summary_cutoff_time="")
    assert numbers(street).summary_cutoff_time.hour == 18


def test_each_change_leaves_a_line_with_before_and_after(signed_in, street):
    browser = signed_in("cf-admin")
    change(browser, own(street, "meetings"), quorum="3/5")
    change(browser, own(street, "meetings"), quorum="3/4")
    change(browser, own(street, "meetings"), quorum="3/4")

    with scoped_to(*street.community_ids, installation=True):
        lines = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "community.set").order_by(AuditEvent.id)
        ).all()
    assert [line.changes for line in lines] == [
        {"quorum": [None, "3/5"]},
        {"quorum": ["3/5", "3/4"]},
    ]
    assert "3/5 现值 3/4" not in browser.visit(own(street, "").rstrip("/")).text
    assert "社区" in signed_in("ch-zhao").visit("/c/ch/ledger").text


@pytest.mark.parametrize(
    ("group", "typed", "says"),
    [
        ("ladder", {"level2_urges": "0"}, "1"),
        ("ladder", {"level2_urges": "viele"}, ""),
        ("ladder", {"level2_urges": "100000"}, "1000"),
        ("limits", {"limits_normal_handle": "0"}, ""),
        ("limits", {"limits_normal_handle": "9", "limits_normal_handle_unit": "years"}, ""),
        ("meetings", {"passing": "1"}, ""),
        ("meetings", {"quorum": "7/3"}, ""),
        ("summaries", {"summary_cutoff_time": "25:00"}, ""),
    ],
)
def test_what_cannot_be_worked_by_is_told_beside_the_field(signed_in, street, group, typed, says):
    page = change(signed_in("cf-admin"), own(street, group), **typed)

    assert page.status == 422
    assert "field--bad" in page.html
    assert says in page.text
    assert db.session.get_one(Community, street.communities["CH"]).settings == {}


def test_who_saves_later_is_told_of_the_other(signed_in, street):
    first, second = signed_in("cf-admin"), signed_in("cf-admin")
    address = own(street, "ladder")
    page = second.visit(address)
    change(first, address, level2_urges="4")

    assert second.press(page, address, level2_urges="5").status == 409
    assert numbers(street).level2_urges == 4


def test_the_office_and_the_street_read_and_do_not_change(signed_in, street):
    for who in ("ch-zhao", "ch-lin", "cf-zhou"):
        page = signed_in(who).visit("/c/ch/settings")

        assert page.status == 200, who
        assert "到会人数要求" in page.text
        assert "/admin/settings" not in page.html
        assert signed_in(who).post(own(street, "ladder"), level2_urges="5").status == 403
    for who in ("ch01-rep1", "ah-sunjl"):
        assert signed_in(who).visit("/c/ch/settings").status == 403


def test_every_group_can_be_opened_and_saved_unchanged(signed_in, street):
    browser = signed_in("cf-admin")
    for group in GROUPS:
        for address in (own(street, group.key), above(street, group.key)):
            assert change(browser, address).status == 303, address
    with scoped_to(*street.community_ids, installation=True):
        assert not db.session.scalars(
            select(AuditEvent).where(AuditEvent.action.in_(["community.set", "street.set"]))
        ).all()
    assert browser.visit(own(street, "nonsense")).status == 404
    assert len(WORDS) > 30


def test_a_summarys_cut_off_follows_the_setting(signed_in, street, clock):
    change(
        signed_in("cf-admin"), own(street, "summaries"),
        summary_cutoff_days_before="2", summary_cutoff_time="12:00",
    )  # fmt: skip

    page = signed_in("ch01-rep1").visit("/")

    assert "12:00" in page.text

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from harbour.domain.searching import query_plan
from harbour.extensions import db
from harbour.queries import search
from harbour.services import search as indexing
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to
from tests.making.filling import fill_proposals, fill_tasks

TITLES = [
    "三单元楼道照明坏了，晚上看不见",
    "消防通道被占，画线并设 禁停 标志",
    "䶮先生和𬱖女士来电：电梯异响",
    "路灯💡不亮😀 谢谢",
    "ＣＨ０２ 门口 Ground Floor 井盖 ② 号 100% 松动",
    "It's a \"test\" \\ AND NOT (x) * ^ : ' | & !",
]


def titles(groups):
    return ["".join(piece.text for piece in hit.title) for group in groups for hit in group.hits]


@pytest.fixture
def look(street, clock):
    """Look for words as a person, over their communities."""

    def looked(username, words, *communities):
        ids = communities or (street.actors[username].community_id,)
        with scoped_to(*ids):
            return titles(search.some_of_each(street.actors[username], words, ids))

    return looked


def test_every_passage_of_two_characters_or_more_of_an_indexed_title_is_found(street, clock, make):
    fill_tasks(street, clock.now, TITLES)
    actor = street.actors["ch-zhao"]
    passages = st.sampled_from(TITLES).flatmap(
        lambda title: st.tuples(
            st.just(title), st.integers(0, len(title) - 2), st.integers(2, len(title))
        )
    )

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(passages)
    def found(passage):
        title, start, length = passage
        asked = title[start : start + length]
        if len(asked.strip()) < 2 or query_plan(asked).empty:
            return
        assert title in titles(search.some_of_each(actor, asked, [actor.community_id])), asked

    found()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=30))
def test_whatever_is_typed_is_answered(typed):
    plan = query_plan(typed, (1, 2))

    assert plan.empty == (not plan.words)


@pytest.mark.parametrize("typed", ["''", "\\", "a:* | b", "😀", "%", "_", "灯", "(", "NOT", "a'b"])
def test_search_syntax_is_only_words(look, street, clock, typed):
    fill_tasks(street, clock.now, ["门口有灯"])

    assert look("ch-zhao", typed) in ([], ["门口有灯"])


def test_newest_first_and_two_characters_exactly(look, street, clock):
    fill_tasks(street, clock.now, ["路灯不亮一", "路上有灯", "路灯不亮二"])

    assert look("ch-zhao", "路灯") == ["路灯不亮二", "路灯不亮一"]


def test_words_in_any_order_must_all_occur(look, street, clock):
    fill_tasks(street, clock.now, ["三单元路灯不亮", "五单元路灯不亮"])

    assert look("ch-zhao", "路灯 三单") == ["三单元路灯不亮"]


def test_another_communitys_things_are_not_found(look, street, clock):
    fill_tasks(street, clock.now, ["春晓的路灯"], compound="CX-01")
    fill_tasks(street, clock.now, ["春和的路灯"])

    assert look("ch-zhao", "路灯") == ["春和的路灯"]


def test_the_street_finds_in_all_its_communities(look, street, clock):
    fill_tasks(street, clock.now, ["春晓的路灯"], compound="CX-01")
    fill_tasks(street, clock.now, ["春和的路灯"])

    assert look("cf-zhou", "路灯", *street.community_ids) == ["春和的路灯", "春晓的路灯"]


def test_a_firm_finds_only_what_it_leads(look, street, clock):
    fill_tasks(street, clock.now, ["安和的路灯"])
    fill_tasks(street, clock.now, ["惠邻的路灯"], lead_firm_id=street.firms["HL"])

    assert look("ah-sunjl", "路灯") == ["安和的路灯"]


def test_a_private_matter_is_found_by_staff_alone(look, street, clock):
    fill_proposals(street, clock.now, ["楼上漏水"], category="NBR/漏水侵害")

    assert look("ch-zhao", "漏水") == ["楼上漏水"]
    assert look("ch01-rep1", "漏水") == []


def test_a_representative_of_a_small_compound_finds_the_few_among_the_many(look, street, clock):
    fill_tasks(street, clock.now, ["小院路灯"], compound="CH-02")
    fill_tasks(street, clock.now, [f"大院路灯{n}" for n in range(60)])

    assert look("ch02-rep1", "路灯") == ["小院路灯"]


def test_a_page_of_one_kind_goes_on_where_it_ended(street, clock, make):
    fill_tasks(street, clock.now, [f"路灯{n}号" for n in range(45)])
    actor = street.actors["ch-zhao"]
    ids: list[int] = []
    key, pages = None, 0

    while pages == 0 or key is not None:
        group = search.older(actor, "路灯", [actor.community_id], "task", key)
        ids, key, pages = ids + [hit.id for hit in group.hits], group.older, pages + 1

    assert pages == 3
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 45


def test_a_changed_title_is_found_by_its_new_words_only(look, street, clock):
    (task,) = fill_tasks(street, clock.now, ["路灯不亮"])
    rewrite = "井盖松动"

    command(indexing.write)("task", task, street.communities["CH"], rewrite)

    assert look("ch-zhao", "路灯") == []
    assert look("ch-zhao", "井盖") == ["路灯不亮"]


def test_reindexing_makes_the_index_from_the_truth(app, look, street, clock):
    (task,) = fill_tasks(street, clock.now, ["路灯不亮"])
    fill_tasks(street, clock.now, ["井盖松动"], indexed=False)
    command(indexing.write)("task", task, street.communities["CH"], "乱写")
    command(indexing.write)("task", task + 900, street.communities["CH"], "乱写")

    result = app.test_cli_runner().invoke(args=["harbour", "reindex"])

    assert "task: 2" in result.output
    assert look("ch-zhao", "路灯") == ["路灯不亮"]
    assert look("ch-zhao", "井盖") == ["井盖松动"]
    assert look("ch-zhao", "乱写") == []


def test_the_number_of_statements_does_not_grow(street, clock, make):
    actor = street.actors["ch-zhao"]
    seen = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    counts = []
    for more in (2, 60):
        fill_tasks(street, clock.now, [f"路灯{n}号" for n in range(more)])
        seen.clear()
        search.some_of_each(actor, "路灯", [actor.community_id])
        counts.append(len(seen))

    assert counts[0] >= counts[1]
    assert counts[1] <= 6

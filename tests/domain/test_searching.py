import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harbour.domain.searching import (
    LONGEST_QUERY,
    fts5_document,
    normalised,
    query_plan,
    tokens,
)

TEXTS = [
    "三单元楼道照明坏了，晚上看不见",
    "消防通道被占 CH01-2026-0031",
    "消防通道划线返工 CH01-2026-0031-2",
    "井盖松动，ＣＨ０２ 门口",
    "䶮先生和𬱖女士来电：电梯异响",
    "路灯💡不亮😀 谢谢👨‍👩‍👧",
    'It\'s 100% "broken" \\ AND NOT (fixed) * ^ ~ :',
    "热水器 ② 号 ㎡ ﬁre",
]
# What makes trouble in practice, mixed: Chinese, rare characters, emoji, both widths, syntax.
SIGNS = (
    "三单元楼道灯，。“”《》 消防AB12ab-_%\\'\"*^:()&|!<>䶮𬱖㛃😀💡\u200d\ufe0f①Ａ１ßéİ\u0301\n\t"
)
typed = st.text(alphabet=SIGNS, max_size=40) | st.text(max_size=40)


class Index:
    """A search index in memory, as the application keeps it."""

    def __init__(self, texts):
        self.db = sqlite3.connect(":memory:")
        self.db.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, plain TEXT)")
        self.db.execute("CREATE VIRTUAL TABLE pair USING fts5 (body, content='')")
        for at, text in enumerate(texts):
            self.db.execute("INSERT INTO entry VALUES (?, ?)", (at, normalised(text)))
            self.db.execute(
                "INSERT INTO pair (rowid, body) VALUES (?, ?)", (at, fts5_document(text))
            )

    def narrowed(self, plan):
        found = self.db.execute("SELECT rowid FROM pair WHERE pair MATCH ?", (plan.match,))
        return {row[0] for row in found}

    def found(self, text):
        plan = query_plan(text)
        if plan.empty:
            return set()
        return {at for at in self.narrowed(plan) if self.holds(at, plan.words)}

    def holds(self, at, words):
        return all(self.like(at, word) for word in words)

    def like(self, at, word):
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = "SELECT plain LIKE ? ESCAPE '\\' FROM entry WHERE id = ?"
        return bool(self.db.execute(query, (pattern, at)).fetchone()[0])

    def by_like(self, text):
        words = query_plan(text).words
        ids = [row[0] for row in self.db.execute("SELECT id FROM entry")]
        return {at for at in ids if words and self.holds(at, words)}

    def close(self):
        self.db.close()


@pytest.fixture(scope="module")
def index():
    made = Index(TEXTS)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ("楼道", {0}),
        ("元楼道", {0}),
        ("道照明", {0}),
        ("井", {3}),
        ("坏", {0}),
        ("消防通道", {1, 2}),
        ("CH01-2026-0031", {1, 2}),
        ("ch01-2026-0031-2", {2}),
        ("h01-20", {1, 2}),
        ("0031", {1, 2}),
        ("CH02", {3}),
        ("ｃｈ０２", {3}),
        ("䶮先生", {4}),
        ("䶮", {4}),
        ("𬱖", {4}),
        ("和𬱖", {4}),
        ("💡", {5}),
        ("💡不亮", {5}),
        ("亮😀", {5}),
        ("👨‍👩‍👧", {5}),
        ("IT'S", {6}),
        ("100%", {6}),
        ('"broken"', {6}),
        ("\\", {6}),
        ("NOT", {6}),
        ("2", {1, 2, 3, 7}),
        ("fire", {7}),
        ("返工 消防", {2}),
        ("“消防通道”。", {1, 2}),
        ("通 道", {1, 2}),
        ("道通", set()),
        ("恐龙", set()),
        ("", set()),
        ("   ", set()),
    ],
)
def test_what_is_found(index, asked, ids):
    assert index.found(asked) == ids


@given(st.lists(typed, min_size=1, max_size=4), typed)
@example(["a_b", "axb"], "a_b")
@example(["楼道 照明"], "道 照")
def test_the_index_finds_what_like_finds(texts, asked):
    index = Index(texts)

    assert index.found(asked) == index.by_like(asked)
    index.close()


@given(typed, st.data())
def test_every_passage_of_two_characters_or_more_is_found(text, data):
    plain = normalised(text)
    if len(plain) < 2:
        return
    start = data.draw(st.integers(0, len(plain) - 2))
    end = data.draw(st.integers(start + 2, min(len(plain), start + LONGEST_QUERY)))
    index = Index([text])

    assert index.found(plain[start:end]) == {0}
    index.close()


@given(st.text(alphabet="楼道照明消防通𬱖䶮", min_size=1, max_size=12), typed)
def test_a_word_of_chinese_needs_no_second_look(word, text):
    index = Index([text, f"在{word}里"])
    plan = query_plan(word)

    assert index.narrowed(plan) == index.by_like(word)
    index.close()


@given(typed)
def test_normalising_twice_changes_nothing(text):
    once = normalised(text)

    assert normalised(once) == once
    assert "\x00" not in once


@given(typed)
def test_a_text_without_spaces_has_a_pair_for_each_character(text):
    word = normalised(text).replace(" ", "")

    assert len(tokens(word)) == len(normalised(word))


def test_the_tokens_of_a_text():
    assert tokens("三单元 CH01") == ["三单", "单元", "元", "ch", "h0", "01", "1"]
    assert tokens(" \n\u200b") == []


def test_a_document_is_plain_ascii_that_no_tokenizer_changes():
    assert fts5_document("䶮é 😀") == "004dae0000e9 0000e9 01f600"


def test_the_plan_for_postgresql_quotes_its_lexemes():
    plan = query_plan("it's 楼道灯 井 a\\x")

    assert plan.tsquery == "'it' & 't''' & '''s' & '楼道' & '道灯' & '井':* & 'a\\\\' & '\\\\x'"
    assert plan.tokens == ("it", "t'", "'s", "楼道", "道灯", "井", "a\\", "\\x")


def test_a_word_typed_twice_is_asked_once():
    assert query_plan("楼道 楼道").words == ("楼道",)


def test_an_endless_question_is_cut():
    assert len(query_plan("楼" * 5000).tokens) == 1
    assert len("".join(query_plan("楼道照明" * 500).words)) <= LONGEST_QUERY

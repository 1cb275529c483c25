"""Each test has a database of its own: what the suite's independence rests on."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.databases import databases, engine


def migrate(url: str) -> None:
    found = create_engine(url)
    with found.begin() as connection:
        connection.execute(text("CREATE TABLE notice (words VARCHAR(20))"))
        connection.execute(text("INSERT INTO notice VALUES ('楼道')"))
    found.dispose()


@pytest.fixture
def run(tmp_path_factory, worker_id) -> Path:
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


def test_a_fresh_database_is_migrated_and_alone(run):
    with databases(run, migrate) as found, found.fresh() as one, found.fresh() as other:
        mine, yours = create_engine(one), create_engine(other)
        with mine.begin() as connection:
            connection.execute(text("DELETE FROM notice"))

        with yours.connect() as connection:
            assert connection.execute(text("SELECT words FROM notice")).scalars().all() == ["楼道"]
        assert yours.dialect.name == engine()
        mine.dispose()
        yours.dispose()


def test_what_one_test_leaves_the_next_does_not_find(run):
    with databases(run, migrate) as found:
        with found.fresh() as url:
            left = create_engine(url)
            with left.begin() as connection:
                connection.execute(text("CREATE TABLE litter (id INTEGER)"))

        with found.fresh() as url:
            clean = create_engine(url)
            assert inspect(clean).get_table_names() == ["notice"]
            clean.dispose()
        left.dispose()


def test_an_unknown_engine_is_refused(run, monkeypatch):
    monkeypatch.setenv("HARBOUR_TEST_DATABASE", "oracle")

    with pytest.raises(ValueError, match="must be sqlite or postgresql"), databases(run, migrate):
        pass

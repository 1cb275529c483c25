"""The settings: what the environment may say, and what the harbour refuses to start with."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config import SECRET_FILE, SettingsError, keep_secret, load

LONG_SECRET = "s" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kept here"


@pytest.fixture
def environ(folder: Path) -> dict[str, str]:
    return {"HARBOUR_DATA_DIR": str(folder)}


def test_an_empty_environment_is_enough_to_develop_with(environ, folder):
    settings = load(environ)

    assert settings["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{folder}/harbour.db"
    assert settings["PORT"] == 8000
    assert settings["HARBOUR_PROCESSES"] == 2
    assert settings["DEBUG"] is False
    assert settings["BABEL_DEFAULT_LOCALE"] == "zh_Hans_CN"
    assert settings["BABEL_DEFAULT_TIMEZONE"] == "Asia/Shanghai"


def test_reading_the_settings_writes_nothing(environ, folder):
    load(environ)

    assert not folder.exists()


def test_the_data_folder_is_the_projects_own_wherever_the_command_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    settings = load({})

    assert settings["HARBOUR_DATA_DIR"] == Path(__file__).parents[1] / "instance"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_means_the_one_driver(environ, scheme):
    settings = load(environ | {"DATABASE_URL": f"{scheme}://anna:pass@db/harbour?host=/run"})

    assert settings["SQLALCHEMY_DATABASE_URI"] == (
        "postgresql+psycopg://anna:pass@db/harbour?host=/run"
    )


@pytest.mark.parametrize(
    "url", ["mysql://anna:hidden@db/harbour", "harbour.db", "postgresql:hidden"]
)
def test_an_unknown_database_is_refused_without_repeating_its_password(environ, url):
    with pytest.raises(SettingsError, match="must begin with sqlite") as refused:
        load(environ | {"DATABASE_URL": url})

    assert "hidden" not in str(refused.value)


def test_production_does_not_start_without_a_secret(environ):
    with pytest.raises(SettingsError, match="does not run without a secret"):
        load(environ | {"HARBOUR_ENV": "production"})


def test_production_does_not_start_with_a_secret_one_could_guess(environ):
    with pytest.raises(SettingsError, match="too short"):
        load(environ | {"HARBOUR_ENV": "production", "SECRET_KEY": "changeme"})


@pytest.mark.parametrize("debug", ["1", "true", "yes", "on"])
def test_production_does_not_start_with_debug_on(environ, debug):
    production = {"HARBOUR_ENV": "production", "SECRET_KEY": LONG_SECRET, "FLASK_DEBUG": debug}

    with pytest.raises(SettingsError, match="does not run with debug on"):
        load(environ | production)


def test_production_starts_with_a_secret_from_the_environment(environ):
    settings = load(environ | {"HARBOUR_ENV": "production", "SECRET_KEY": LONG_SECRET})

    assert settings["SECRET_KEY"] == LONG_SECRET
    assert settings["DEBUG"] is False


def test_production_starts_with_the_secret_kept_in_the_data_folder(environ, folder):
    keep_secret(folder)

    settings = load(environ | {"HARBOUR_ENV": "production"})

    assert settings["SECRET_KEY"] == (folder / SECRET_FILE).read_text().strip()


def test_the_environments_secret_goes_before_the_kept_one(environ, folder):
    keep_secret(folder)

    assert load(environ | {"SECRET_KEY": LONG_SECRET})["SECRET_KEY"] == LONG_SECRET


def test_before_one_is_kept_each_start_has_a_secret_of_its_own(environ):
    assert load(environ)["SECRET_KEY"] != load(environ)["SECRET_KEY"]


def test_the_kept_secret_is_long_and_for_its_owner_alone(folder):
    assert keep_secret(folder)

    path = folder / SECRET_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text().strip()) >= 32


def test_a_kept_secret_is_never_replaced(folder):
    keep_secret(folder)
    first = (folder / SECRET_FILE).read_text()

    assert not keep_secret(folder)

    assert (folder / SECRET_FILE).read_text() == first


def test_of_many_starts_at_once_one_keeps_the_secret_and_leaves_nothing_else(folder):
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda _: keep_secret(folder), range(8)))

    assert kept.count(True) == 1
    assert [path.name for path in folder.iterdir()] == [SECRET_FILE]


@pytest.mark.parametrize("name", ["PORT", "HARBOUR_PROCESSES"])
@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", "70000", "８０"])
def test_a_number_must_be_one(environ, name, value):
    with pytest.raises(SettingsError, match=f"{name} must be a whole number"):
        load(environ | {name: value})


def test_no_proxy_is_trusted_unless_it_is_said_how_many(environ):
    assert load(environ)["HARBOUR_PROXIES"] == 0
    assert load(environ | {"HARBOUR_PROXIES": "2"})["HARBOUR_PROXIES"] == 2


@pytest.mark.parametrize("value", ["-1", "10", "all", "1.5"])
def test_the_number_of_proxies_must_be_one(environ, value):
    with pytest.raises(SettingsError, match="HARBOUR_PROXIES must be a whole number from 0 to 9"):
        load(environ | {"HARBOUR_PROXIES": value})


def test_an_unknown_environment_is_refused(environ):
    with pytest.raises(SettingsError, match="HARBOUR_ENV must be"):
        load(environ | {"HARBOUR_ENV": "prod"})


def test_a_switch_that_is_neither_on_nor_off_is_refused(environ):
    with pytest.raises(SettingsError, match="HARBOUR_HTTPS must be 1 or 0"):
        load(environ | {"HARBOUR_HTTPS": "maybe"})


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(environ):
    settings = load(environ)

    assert settings["SESSION_COOKIE_HTTPONLY"] is True
    assert settings["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_under_https_the_cookie_never_travels_in_clear(environ):
    plain, secure = load(environ), load(environ | {"HARBOUR_HTTPS": "1"})

    assert (plain["SESSION_COOKIE_SECURE"], secure["SESSION_COOKIE_SECURE"]) == (False, True)
    assert secure["SESSION_COOKIE_NAME"].startswith("__Host-")


def test_nine_photos_of_fifteen_mib_fit_and_a_hundred_do_not(environ):
    largest = load(environ)["MAX_CONTENT_LENGTH"]

    assert 9 * 15 * 1024**2 < largest < 100 * 15 * 1024**2


def test_passwords_cost_at_least_what_is_asked_for(environ):
    cost = load(environ)["PASSWORD_HASH"]

    assert cost["memory_cost"] >= 46 * 1024
    assert cost["time_cost"] >= 1
    assert cost["parallelism"] >= 1


def test_the_settings_know_nothing_of_the_application():
    """config.py is read before anything else and by gunicorn itself."""
    source = (Path(__file__).parents[1] / "config.py").read_text(encoding="utf-8")

    assert "import harbour" not in source
    assert "from harbour" not in source

"""Settings, read once from the environment; the only file that knows the variables' names."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
MIB = 1024 * 1024
SECRET_FILE = "secret_key"  # noqa: S105  (a file's name)
SECRET_LENGTH = 32
TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"", "0", "false", "no", "off"})
ENVIRONMENTS = ("development", "production")
HIGHEST_PORT = 65535
MOST_PROXIES = 9
# How a mail server is spoken to, and the port it usually listens at then.
MAIL_SECURITIES = {"starttls": 587, "tls": 465, "none": 25}

#: SQLAlchemy picks the driver from the scheme; operators write the scheme PostgreSQL documents.
SCHEMES = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite",
}


class SettingsError(RuntimeError):
    """The environment asks for something the harbour will not start with."""


def load(environ: Mapping[str, str]) -> dict[str, Any]:
    """The settings these variables ask for; raises SettingsError with a sentence, changes nothing.

    Relative paths are taken from the project's folder, never from where the command is run.
    """
    environment = environ.get("HARBOUR_ENV", "") or "development"
    if environment not in ENVIRONMENTS:
        raise SettingsError("HARBOUR_ENV must be development or production.")
    production = environment == "production"
    debug = _switch(environ, "FLASK_DEBUG")
    if production and debug:
        raise SettingsError("Production does not run with debug on: unset FLASK_DEBUG.")
    folder = HERE / (environ.get("HARBOUR_DATA_DIR", "") or "instance")
    https = _switch(environ, "HARBOUR_HTTPS")
    database = _database(environ.get("DATABASE_URL", ""), folder)
    kept = _secret(environ, folder, production=production)
    port = _number(environ, "PORT", default=8000, highest=HIGHEST_PORT)
    return {
        "HARBOUR_ENV": environment,
        # What a message's link begins with: the address people reach the site by.
        "HARBOUR_ADDRESS": _address(environ.get("HARBOUR_ADDRESS", ""), port),
        # For tests alone: messages to robots may go to this very machine, without https.
        "HARBOUR_LOCAL_CHANNELS": False,
        **_mail(environ),
        "HARBOUR_DATA_DIR": folder,
        "HARBOUR_PROCESSES": _number(environ, "HARBOUR_PROCESSES", default=2, highest=64),
        "HARBOUR_HTTPS": https,
        # How many reverse proxies of our own stand in front; what others say of themselves counts
        # for nothing.
        "HARBOUR_PROXIES": _number(
            environ, "HARBOUR_PROXIES", default=0, lowest=0, highest=MOST_PROXIES
        ),
        "PORT": port,
        "DEBUG": debug,
        "SECRET_KEY": kept or secrets.token_hex(SECRET_LENGTH),
        # Before `harbour init` has kept one, a key that dies with this process.
        "SECRET_KEY_IS_KEPT": bool(kept),
        "SQLALCHEMY_DATABASE_URI": database,
        # A pooled connection may have died with the server it led to; a file does not.
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": not database.startswith("sqlite")},
        # argon2id, memory in KiB: the floor is 46 MiB once; twice costs a tenth of a second.
        "PASSWORD_HASH": {"memory_cost": 46 * 1024, "time_cost": 2, "parallelism": 1},
        # Nine photos of 15 MiB and the words around them.
        "MAX_CONTENT_LENGTH": 150 * MIB,
        "MAX_FORM_MEMORY_SIZE": 16 * MIB,
        "MAX_FORM_PARTS": 1000,
        # A browser accepts the __Host- prefix only for a Secure cookie of this very host.
        "SESSION_COOKIE_NAME": "__Host-harbour" if https else "harbour",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": https,
        # How long somebody stays signed in is kept on the server; the cookie need not be renewed.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PREFERRED_URL_SCHEME": "https" if https else "http",
        # A summary may take an evening to write; the token lives as long as the session.
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
    }


def keep_secret(folder: Path) -> bool:
    """Put a random secret into the data folder, for its owner's eyes; False if one is there.

    When two processes begin at once, both end up with the same secret.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=folder, encoding="ascii") as draft:
        draft.write(secrets.token_hex(SECRET_LENGTH) + "\n")
        draft.flush()
        os.fsync(draft.fileno())
        try:
            # A link appears whole or not at all, and never takes the place of an earlier secret.
            (folder / SECRET_FILE).hardlink_to(draft.name)
        except FileExistsError:
            return False
    return True


def _secret(environ: Mapping[str, str], folder: Path, *, production: bool) -> str:
    path = folder / SECRET_FILE
    try:
        given = environ.get("SECRET_KEY", "") or path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        given = ""
    except OSError as error:
        raise SettingsError(f"The secret in {path} cannot be read: {error.strerror}.") from error
    if given and production and len(given) < SECRET_LENGTH:
        raise SettingsError(f"The secret is too short: take {SECRET_LENGTH} characters or more.")
    if not given and production:
        raise SettingsError(
            "Production does not run without a secret: set SECRET_KEY, or put one into "
            f"{path} by running 'flask --app wsgi harbour init' once without HARBOUR_ENV."
        )
    return given


def _database(url: str, folder: Path) -> str:
    if not url:
        return f"sqlite:///{folder / 'harbour.db'}"
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in SCHEMES:
        raise SettingsError("DATABASE_URL must begin with sqlite:// or postgresql://.")
    return f"{SCHEMES[scheme]}://{rest}"


def _address(given: str, port: int) -> str:
    address = given.strip().rstrip("/") or f"http://127.0.0.1:{port}"
    if not address.startswith(("https://", "http://")):
        raise SettingsError("HARBOUR_ADDRESS must begin with https:// or http://.")
    return address


def _mail(environ: Mapping[str, str]) -> dict[str, Any]:
    """The server that carries our mail; without MAIL_HOST there is none."""
    security = environ.get("MAIL_SECURITY", "").strip() or "starttls"
    if security not in MAIL_SECURITIES:
        raise SettingsError("MAIL_SECURITY must be starttls, tls or none.")
    host, sender = environ.get("MAIL_HOST", "").strip(), environ.get("MAIL_SENDER", "").strip()
    if host and "@" not in sender:
        raise SettingsError("MAIL_SENDER must be the address mails are sent from.")
    usual = MAIL_SECURITIES[security]
    return {
        "MAIL_HOST": host,
        "MAIL_PORT": _number(environ, "MAIL_PORT", default=usual, highest=HIGHEST_PORT),
        "MAIL_SECURITY": security,
        "MAIL_USER": environ.get("MAIL_USER", "").strip(),
        "MAIL_PASSWORD": environ.get("MAIL_PASSWORD", ""),
        "MAIL_SENDER": sender,
    }


def _switch(environ: Mapping[str, str], name: str) -> bool:
    given = environ.get(name, "").strip().lower()
    if given not in TRUE | FALSE:
        raise SettingsError(f"{name} must be 1 or 0.")
    return given in TRUE


def _number(
    environ: Mapping[str, str], name: str, *, default: int, highest: int, lowest: int = 1
) -> int:
    given = environ.get(name, "").strip() or str(default)
    if not (given.isascii() and given.isdigit() and lowest <= int(given) <= highest):
        raise SettingsError(f"{name} must be a whole number from {lowest} to {highest}.")
    return int(given)

"""flask harbour init · user · verify-ledger: an installation, its first person, its record."""

import secrets
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from config import SECRET_FILE, keep_secret
from harbour.adapters.passwords import one_time, passwords
from harbour.cli.migrating import FOLDER, bring_up
from harbour.domain.actors import Actor, Role
from harbour.domain.errors import Invalid
from harbour.extensions import seal
from harbour.forms.accounts import USERNAME
from harbour.queries import accounts, health, places
from harbour.services import chains
from harbour.services import people as services
from harbour.tenancy import scoped_to

#: Who acts on the command line: nobody with an account.
OPERATOR = Actor(user_id=None, name="operator", role=Role.ADMIN)


@click.command("init")
@click.option("--if-needed", is_flag=True, help="Leave a database that is up to date alone.")
@click.option("--demo", is_flag=True, help="Load the demonstration street into an empty database.")
@click.pass_context
@with_appcontext
def init(context: click.Context, *, if_needed: bool, demo: bool) -> None:
    """Prepare the data folder, the secret and the database; keeps everything there is."""
    keep_key()
    if not (if_needed and _up_to_date()):
        bring_up()
    if demo:
        _load_demonstration(context)
        return
    click.echo(f"议事港湾 Deliberation Harbour: http://127.0.0.1:{current_app.config['PORT']}")


def keep_key() -> None:
    """Keep a secret for good, and let this very process go on with it.

    The application was made before there was one: what it signs and seals from now on must be
    readable after the next start.
    """
    folder = Path(current_app.config["HARBOUR_DATA_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    if current_app.config.get("SECRET_KEY_IS_KEPT", True):
        return
    keep_secret(folder)
    secret = (folder / SECRET_FILE).read_text(encoding="utf-8").strip()
    current_app.config["SECRET_KEY"] = secret
    current_app.config["SECRET_KEY_IS_KEPT"] = True
    seal.key = secret.encode()


def _up_to_date() -> bool:
    found = health.readiness(FOLDER)
    accounts.let_go()  # what was seen before the migration must not be seen after it
    return found.ready


def _load_demonstration(context: click.Context) -> None:
    group = context.parent.command if context.parent else None
    demonstration = group.get_command(context, "demo") if isinstance(group, click.Group) else None
    if demonstration is None:
        click.echo("There is no demonstration to load.")
        return
    context.invoke(demonstration)


@click.command("user")
@click.argument("name")
@click.option("--admin", is_flag=True, required=True, help="Make an administrator.")
@click.option("--street", metavar="CODE", help="Only of this street; else of the installation.")
@with_appcontext
def user(name: str, *, admin: bool, street: str | None) -> None:
    """Make a first administrator with a password printed once."""
    username = name.strip().casefold()
    if not admin or not USERNAME.fullmatch(username):
        raise click.ClickException(
            "A user name has 3 to 40 small letters, digits, dots or dashes, a letter first."
        )
    password = one_time(current_app.config["SECRET_KEY"], secrets.token_hex(16))
    hashed = passwords(current_app.config["PASSWORD_HASH"]).hashed(password)
    inputs = {"username": username, "name": username, "phone": None}
    try:
        with scoped_to(*places.community_ids(None), installation=True):
            services.first_administrator(
                OPERATOR, inputs, password_hash=hashed, now=datetime.now(UTC), street_code=street
            )
    except Invalid as error:
        raise click.ClickException(error.text.msgid) from None
    click.echo(f"User name: {username}")
    click.echo(f"Password:  {password}")
    click.echo("It is shown this once, and must be changed at the first sign-in.")


@click.command("verify-ledger")
@with_appcontext
def verify_ledger() -> None:
    """Walk every chain of the ledger; name the first broken line and exit with 1."""
    with scoped_to(*places.community_ids(None), installation=True):
        walked = chains.walk()
    if walked.broken is not None:
        raise click.ClickException(walked.broken)
    click.echo(f"{walked.lines} lines in {walked.chains} chains: unbroken.")

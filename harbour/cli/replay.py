"""flask harbour replay: what files tell, done again through the real commands, in one timeline."""

import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale

from harbour.adapters.passwords import one_time, passwords
from harbour.cli.replay_files import StreetFile, Unreadable, read
from harbour.cli.replay_meetings import MeetingPlay
from harbour.cli.replay_people import Accounts, Cast, NewAccount, Password, logins, unknown
from harbour.cli.replay_photos import Album
from harbour.cli.replay_places import Founding, Organisation
from harbour.cli.replay_scene import Act, Scene
from harbour.domain.deadlines import SHANGHAI
from harbour.domain.errors import DomainError
from harbour.domain.text import N_, Text
from harbour.forms.base import say
from harbour.queries.ledger import row_of
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to

DAY = timedelta(days=1)
ACCOUNTS = "replay-accounts.txt"


class Stopped(RuntimeError):
    """The replay was refused an act; ``text`` names it, and nothing of the run is kept."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.msgid)
        self.text = text


@dataclass
class Told:
    """What a run did."""

    acts: int = 0
    meetings: int = 0
    tasks: int = 0
    accounts: list[NewAccount] = field(default_factory=list)
    communities: tuple[int, ...] = ()


def first_passwords(count: int) -> Iterator[Password]:
    """So many random first passwords with their hashes, two worked out at a time."""
    keeper = passwords(current_app.config["PASSWORD_HASH"])
    secret = str(current_app.config["SECRET_KEY"])
    words = [one_time(secret, secrets.token_hex(16)) for _ in range(count)]
    with ThreadPoolExecutor(max_workers=2) as pool:
        hashes = list(pool.map(keeper.hashed, words))
    return map(Password, words, hashes)


@command
def run(files: Sequence[StreetFile], album: Album, first: Iterator[Password]) -> Told:
    """Replay the files as one transaction; raises Stopped or Unreadable, keeping nothing."""
    told = Told()
    timeline = _timeline(files, album, first, told)
    for scene, play, act in timeline:
        try:
            with scoped_to(play.stage.community_id):
                act.do(act.at)
        except Unreadable:
            raise
        except DomainError as error:
            raise Stopped(_refusal(scene.file, act, error.text)) from error
        except ValueError as error:  # a coded word the harbour does not know
            raise Stopped(_refusal(scene.file, act, str(error))) from error
        told.acts += 1
    for scene in {id(scene): scene for scene, _, _ in timeline}.values():
        told.tasks += scene.tasks
    return told


def _timeline(
    files: Sequence[StreetFile], album: Album, first: Iterator[Password], told: Told
) -> list[tuple[Scene, MeetingPlay, Act]]:
    """Every act of every file by its time; what falls together keeps the files' order."""
    cast = Cast(tuple(files))
    begins = [one.moment("starts_at") for file in files for one in file.meetings]
    since = min(begins, default=datetime.now(SHANGHAI)) - 9 * DAY
    scenes = [Scene(file, _organised(file, since, first, told), cast, album) for file in files]
    free: dict[int, datetime] = {}
    plays: list[tuple[Scene, MeetingPlay]] = []
    meetings = [(entry.moment("starts_at"), scene, entry)
                for scene in scenes for entry in scene.file.meetings]  # fmt: skip
    for at, scene, entry in sorted(meetings, key=lambda one: one[0]):
        compound = scene.made.compounds.get(entry["compound"], 0)
        play = MeetingPlay(scene, entry, free.get(compound, at - 30 * DAY))
        free[compound] = play.ends_at
        plays.append((scene, play))
    told.meetings = len(plays)
    told.communities = tuple(sorted({i for s in scenes for i in s.made.communities.values()}))
    every = [(scene, play, act) for scene, play in plays for act in play.acts()]
    return sorted(every, key=lambda one: one[2].at)


def _organised(
    file: StreetFile, since: datetime, first: Iterator[Password], told: Told
) -> Organisation:
    """The organisation of a file, as far as it is not there, made before the first act of all."""
    try:
        made = Founding(file, since).found()
        accounts = Accounts(made, since, first.__next__)
        with scoped_to(*made.communities.values(), installation=True):
            accounts.open(file)
    except DomainError as error:
        text = Text(N_("%(file)s, organisation: %(reason)s"),
                    {"file": file.name, "reason": error.text})  # fmt: skip
        raise Stopped(text) from error
    told.accounts += accounts.fresh
    return made


def _refusal(file: StreetFile, act: Act, reason: Text | str) -> Text:
    says = N_(
        "%(file)s, meeting %(meeting)s, task %(task)s: “%(label)s” (%(act)s, %(at)s) was refused. "
        "%(reason)s"
    )
    row = row_of(act.name)
    return Text(
        says,
        {
            "file": file.name,
            "meeting": act.meeting,
            "task": act.task or "-",
            "act": act.name,
            "label": Text(row.label) if row else act.name,
            "at": f"{act.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
            "reason": reason,
        },
    )


def replay(paths: Iterable[Path]) -> Told:
    """Read and replay files; the photos drawn for a run that fails are taken back."""
    album = Album(Path(current_app.config["HARBOUR_DATA_DIR"]))
    try:
        files = [read(path) for path in paths]
        wanted = unknown(login for file in files for login in logins(file))
        return run(files, album, first_passwords(wanted))
    except BaseException:
        album.discard()
        raise


def tell(text: Text | str) -> None:
    """Print a sentence in Chinese, the language of the installation."""
    click.echo(spoken(text))


def spoken(text: Text | str) -> str:
    """A sentence in the language of the installation."""
    with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
        return say(text)


def keep_accounts(accounts: Sequence[NewAccount], name: str) -> Path | None:
    """Write first passwords into the data folder, for its owner's eyes only."""
    if not accounts:
        return None
    path = Path(current_app.config["HARBOUR_DATA_DIR"]) / name
    lines = [f"{one.username}\t{one.password}\t{one.name}\t{one.place}\n" for one in accounts]
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.writelines(lines)
    path.chmod(0o600)
    return path


def replay_or_stop(paths: Iterable[Path]) -> Told:
    """Replay, or say what was refused and leave with status 1."""
    try:
        told = replay(paths)
    except (Stopped, Unreadable) as error:
        tell(error.text)
        tell(N_("The replay has stopped. Nothing of this run has been kept."))
        raise SystemExit(1) from error
    summary = N_("Replayed: %(acts)d acts of %(meetings)d meetings and %(tasks)d tasks.")
    tell(Text(summary, {"acts": told.acts, "meetings": told.meetings, "tasks": told.tasks}))
    return told


@click.command("replay")
@click.argument(
    "files", nargs=-1, required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)  # fmt: skip
@with_appcontext
def replay_command(files: tuple[Path, ...]) -> None:
    """Replay FILES of meetings and tasks through the real commands, in one timeline."""
    told = replay_or_stop(files)
    path = keep_accounts(told.accounts, ACCOUNTS)
    if path is not None:
        made = N_("%(count)d accounts were made; their first passwords stand in %(path)s.")
        tell(Text(made, {"count": len(told.accounts), "path": str(path)}))

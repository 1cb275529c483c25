"""Files of a street are replayed through the real commands, in one timeline or not at all."""

import copy
import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import func, select

from harbour.cli import demonstration
from harbour.cli.demonstration import SEED, width
from harbour.cli.replay_times import settle
from harbour.domain.deadlines import SHANGHAI, local_day
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.meetings import Meeting
from harbour.models.people import User
from harbour.models.places import Community, Compound, Street
from harbour.models.proposals import Proposal
from harbour.models.tasks import Task
from harbour.services import chains
from harbour.tenancy import scoped_to

FILE = yaml.safe_load(SEED.read_text(encoding="utf-8"))
# The file tells the days of the first round; this one went round again by a request.
SECOND_ROUND: dict[str, dict[str, str | None]] = {
    "SS-2026-007": {
        "due_on": "2026-04-24", "reported_on": "2026-04-23", "verified_on": "2026-04-24",
        "closed_on": "2026-04-24",
    },
}  # fmt: skip


def part(folder: Path, name: str, *codes: str, change=None) -> Path:
    """A file with only these meetings of the shipped one and their communities, changed."""
    file = copy.deepcopy(FILE)
    file["meetings"] = [one for one in file["meetings"] if one["code"] in codes]
    held = {one["compound"] for one in file["meetings"]}
    here = {one["community"] for one in file["compounds"] if one["code"] in held}
    file["compounds"] = [one for one in file["compounds"] if one["community"] in here]
    file["communities"] = [one for one in file["communities"] if one["code"] in here]
    there = {one["code"] for one in file["compounds"]}
    file["contracts"] = [one for one in file["contracts"] if one["compound"] in there]
    known = {"CF", *here, *there}
    file["accounts"] = [one for one in file["accounts"] if known & {*one["scope"]["codes"]}]
    if change is not None:
        change(file)
    path = folder / name
    path.write_text(yaml.safe_dump(file, allow_unicode=True), encoding="utf-8")
    return path


def three_days_later(file) -> None:
    """The meeting after S07, on Saturday: what was deferred is passed, done badly, done again."""
    (meeting,) = file["meetings"]
    task = meeting["tasks"][0]
    meeting |= {
        "code": "S09", "issue_no": 6, "period_start": "2026-04-08", "period_end": "2026-04-10",
        "starts_at": "2026-04-11T10:00:00+08:00", "ends_at": "2026-04-11T11:00:00+08:00",
        "attendance": {"due": 7, "present": 6},
        "summary": {"by": "褚代表", "items": [{
            "no": 1, "kind": "problem", "category": "公共秩序/通道占用", "proposal_no": 1,
            "place": "快递柜旁通道", "description": "快递柜还是占着通道",
        }]},
        "proposals": [
            {"no": 1, "title": "快递柜占通道", "category": "公共秩序/通道占用",
             "result": "passed", "votes": {"for": 6, "against": 0, "abstain": 0}},
            {"no": 2, "title": "楼道加灯", "category": "设施设备/公共照明", "result": "rejected",
             "votes": {"for": 1, "against": 5, "abstain": 0}, "note": "亮度已经够用"},
        ],
        "tasks": [task | {
            "code": "SS-2026-020", "title": "快递柜挪位", "category": "公共秩序/通道占用",
            "level": "normal", "assistants": [], "reports": [], "evaluation": None,
            "events": [
                {"at": "2026-04-11", "actor": "孙书记", "action": "dispatch",
                 "data": {"to": "惠邻物业", "due": "2026-04-22"}},
                {"at": "2026-04-13", "actor": "李经理", "action": "accept"},
                {"at": "2026-04-13", "actor": "褚代表", "action": "urge", "note": "快一点"},
                {"at": "2026-04-14", "actor": "春融社区", "action": "notice_posted"},
                {"at": "2026-04-15", "actor": "惠邻物业", "action": "report", "note": "挪了两米"},
                {"at": "2026-04-16", "actor": "褚代表", "action": "rework", "note": "还占半米",
                 "data": {"due": "2026-04-20"}},
                {"at": "2026-04-18", "actor": "李经理", "action": "report", "round": 2},
                {"at": "2026-04-19", "actor": "褚代表", "action": "verify", "round": 2,
                 "data": {"solved": "solved", "satisfaction": "satisfied"}},
                {"at": "2026-04-20", "actor": "孙书记", "action": "close", "round": 2},
            ],
        }],
    }  # fmt: skip


def replay(app, *paths: Path):
    return app.test_cli_runner().invoke(args=["harbour", "replay", *map(str, paths)])


def everywhere():
    return scoped_to(*db.session.scalars(select(Community.id)), installation=True)


def told(task: dict[str, Any]) -> dict[str, str | None]:
    """The days a file gives for a task's first round."""
    days = ("assigned_on", "accepted_on", "due_on", "reported_on", "verified_on")
    closed = [e["at"] for e in task["events"] if e["action"] == "close" and not e.get("round")]
    return {day: task[day] for day in days} | {"closed_on": closed[0] if closed else None}


def found(task: Task) -> dict[str, str | None]:
    """The days the harbour stored."""
    stored = {
        "assigned_on": task.dispatched_at, "accepted_on": task.accepted_at,
        "due_on": task.due_at, "reported_on": task.reported_at,
        "verified_on": task.verified_at, "closed_on": task.closed_at,
    }  # fmt: skip
    return {name: str(local_day(at)) if at else None for name, at in stored.items()}


def test_the_shipped_street_happens_on_the_days_its_file_tells(app):
    answer = replay(app, SEED)

    assert answer.exit_code == 0, answer.output
    with everywhere():
        stored = {task.title: task for task in db.session.scalars(select(Task))}
        every = [task for meeting in FILE["meetings"] for task in meeting["tasks"]]
        assert {task["code"]: found(stored[task["title"]]) for task in every} == {
            task["code"]: told(task) | SECOND_ROUND.get(task["code"], {}) for task in every
        }
        assert {m.number: (m.issue_no, m.state) for m in db.session.scalars(select(Meeting))} == {
            f"{m['compound'].replace('-', '')}-2026-M{m['issue_no']:02}": (
                m["issue_no"], "published")
            for m in FILE["meetings"]
        }  # fmt: skip
        walked = chains.walk()
        assert walked.broken is None
        times = select(AuditEvent.at).where(AuditEvent.chain != "installation")
        for chain in db.session.scalars(select(AuditEvent.chain).distinct()).all():
            ordered = times.where(AuditEvent.chain == chain).order_by(AuditEvent.seq)
            at = db.session.scalars(ordered).all()
            assert at == sorted(at)


@pytest.mark.parametrize(
    ("code", "day", "stood"),
    [
        # An extension: first promise and later date.
        ("006", "2026-03-17", {"due_on": "2026-03-19", "first_due_on": "2026-03-19"}),
        ("006", "2026-03-18", {"due_on": "2026-03-26", "first_due_on": "2026-03-19"}),
        # A rest: the four unused workdays go on after it.
        ("016", "2026-04-06", {"state": "in_hand", "due_on": "2026-04-10"}),
        ("016", "2026-05-05", {"state": "on_hold", "due_on": "2026-04-10"}),
        ("016", "2026-05-06", {"state": "in_hand", "due_on": "2026-05-11"}),
        # A return: another lead, who was sent it on another day.
        ("019", "2026-04-20", {"lead": "惠邻物业", "dispatched_on": "2026-04-17",
                               "due_on": "2026-04-24"}),
        ("019", "2026-04-21", {"lead": "春晓社区", "dispatched_on": "2026-04-21",
                               "accepted_on": "2026-04-21", "due_on": "2026-04-28",
                               "first_due_on": "2026-04-24"}),
        # Taken up again: another round, the first one kept.
        ("007", "2026-04-16", {"state": "closed", "rounds": 1, "closed_on": "2026-03-23"}),
        ("007", "2026-04-17", {"state": "in_hand", "rounds": 2, "closed_on": None,
                               "due_on": "2026-04-24", "first_reported_on": "2026-03-20"}),
        ("007", "2026-05-22", {"state": "closed", "rounds": 2, "reported_on": "2026-04-23",
                               "first_solved": "solved"}),
    ],
)  # fmt: skip
def test_every_task_stood_as_its_file_tells_on_any_day(replayed, code, day, stood):
    titles = {t["code"]: t["title"] for m in FILE["meetings"] for t in m["tasks"]}

    told = replayed(day)[titles[f"SS-2026-{code}"]]

    assert {name: told[name] for name in stood} == stood


@pytest.fixture
def replayed(app, tmp_path, request):
    """The tasks by title, as the command line prints them, of the meetings that matter."""
    code = request.node.callspec.params["code"]
    where = {t["code"][-3:]: m["code"] for m in FILE["meetings"] for t in m["tasks"]}
    path = part(tmp_path, "some.yaml", where[code])
    answer = replay(app, path)
    assert answer.exit_code == 0, answer.output

    def as_of(day):
        args = ["harbour", "tasks", "--as-of", day, "--json"]
        found = app.test_cli_runner().invoke(args=args)
        return {one["title"]: one for one in json.loads(found.output)}

    return as_of


def test_the_first_refused_act_stops_it_and_nothing_is_kept(app, tmp_path):
    def let_the_lead_verify(file):
        events = file["meetings"][0]["tasks"][2]["events"]
        next(e for e in events if e["action"] == "verify")["actor"] = "社工小林"

    path = part(tmp_path, "wrong.yaml", "S01", change=let_the_lead_verify)

    answer = replay(app, path)

    assert answer.exit_code == 1
    for word in ("wrong.yaml", "S01", "SS-2026-003", "task.verify", "2026-03-11", "没有保存"):
        assert word in answer.output
    for kept in (Street, Community, User):
        assert db.session.scalar(select(func.count()).select_from(kept)) == 0
    with scoped_to(1, installation=True):
        assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == 0
    assert list((tmp_path / "photos").rglob("*.jpg")) == []


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        (("result",), "acclaimed", "acclaimed"),
        (("votes",), {"for": 1, "against": 0, "abstain": 0}, "proposal.adopt"),
        (("title",), None, "title"),
    ],
)
def test_what_a_file_cannot_say_is_named(app, tmp_path, place, value, says):
    def change(file):
        file["meetings"][0]["proposals"][0][place[0]] = value

    answer = replay(app, part(tmp_path, "odd.yaml", "S01", change=change))

    assert answer.exit_code == 1
    assert says in answer.output
    assert "odd.yaml" in answer.output
    assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_a_file_that_is_none_is_refused_in_words(app, tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text("meetings: [", encoding="utf-8")

    answer = replay(app, path)

    assert answer.exit_code == 1
    assert "broken.yaml" in answer.output


def test_the_same_file_twice_is_refused_and_changes_nothing(app, tmp_path):
    path = part(tmp_path, "once.yaml", "S02")
    assert replay(app, path).exit_code == 0
    with everywhere():
        before = db.session.scalar(select(func.count()).select_from(AuditEvent))

    answer = replay(app, path)

    assert answer.exit_code == 1
    assert "meeting.schedule" in answer.output
    with everywhere():
        assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == before


def test_two_files_share_one_timeline_and_one_organisation(app, tmp_path):
    later = part(tmp_path, "later.yaml", "S02")
    earlier = part(tmp_path, "earlier.yaml", "S01")

    answer = replay(app, later, earlier)

    assert answer.exit_code == 0, answer.output
    with everywhere():
        chain = db.session.scalar(select(AuditEvent.chain).where(AuditEvent.action == "task.draft"))
        lines = db.session.execute(
            select(AuditEvent.at, AuditEvent.number)
            .where(AuditEvent.chain == chain)
            .order_by(AuditEvent.seq)
        ).all()
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    compounds = [line.number[:4] for line in lines if line.number]
    turns = sum(a != b for a, b in pairwise(compounds))
    assert turns > 2, "the files' acts take turns"
    assert db.session.scalar(select(func.count()).select_from(Street)) == 1


def test_the_demonstration_lives_and_its_accounts_are_for_their_owner(
    app, clock, tmp_path, monkeypatch
):
    monkeypatch.setattr(demonstration, "SEED", part(tmp_path, "small.yaml", "S07"))
    now = clock.at("2026-05-22 09:00")

    answer = app.test_cli_runner().invoke(args=["harbour", "demo"])

    assert answer.exit_code == 0, answer.output
    file = tmp_path / "demo-accounts.txt"
    assert file.stat().st_mode & 0o777 == 0o600
    passwords = {line.split("\t")[0]: line.split("\t")[1] for line in file.read_text().splitlines()}
    assert "cr-sun" in passwords
    assert len(set(passwords.values())) == len(passwords)
    assert all(word in answer.output for word in passwords.values())
    users = db.session.scalars(select(User)).all()
    assert {user.username for user in users} == set(passwords)
    assert all(user.must_change_password for user in users)
    with everywhere():
        coming = db.session.scalars(select(Meeting).where(Meeting.state == "scheduled")).all()
        compounds = db.session.scalars(select(Compound.id)).all()
    assert {meeting.compound_id for meeting in coming} == set(compounds)
    assert all(now < meeting.starts_at < now + timedelta(days=14) for meeting in coming)


def test_a_later_file_takes_up_what_the_demonstration_left(app, clock, tmp_path, monkeypatch):
    monkeypatch.setattr(demonstration, "SEED", part(tmp_path, "small.yaml", "S07"))
    clock.at("2026-05-22 09:00")
    app.test_cli_runner().invoke(args=["harbour", "demo"])
    with everywhere():
        left = db.session.scalars(select(Proposal).where(Proposal.title == "快递柜占通道")).one()
        assert (left.state, left.carried) == ("on_agenda", 1)
        number = left.number

    answer = replay(app, part(tmp_path, "later.yaml", "S07", change=three_days_later))

    assert answer.exit_code == 0, answer.output
    with everywhere():
        task = db.session.scalars(select(Task).where(Task.title == "快递柜挪位")).one()
        assert (task.number, task.state, task.round) == (number, "closed", 2)
        assert local_day(task.first_due_at or task.due_at) == date(2026, 4, 22)
        assert local_day(task.due_at) == date(2026, 4, 20)
        states = dict(db.session.execute(select(Proposal.title, Proposal.state)).all())
        assert states["快递柜占通道"] == "adopted"
        assert states["楼道加灯"] == "rejected"
        assert chains.walk().broken is None


def test_the_demonstration_is_not_loaded_over_anything(app, street, tmp_path):
    (tmp_path / "demo-accounts.txt").write_text("")

    answer = app.test_cli_runner().invoke(args=["harbour", "demo"])

    assert answer.exit_code == 0
    assert "demo-accounts.txt" in answer.output
    with everywhere():
        assert db.session.scalar(select(func.count()).select_from(Meeting)) == 0


def test_days_without_an_hour_keep_the_order_of_their_acts():
    day = date(2026, 4, 8)
    night = datetime(2026, 4, 8, 21, 0, tzinfo=SHANGHAI)
    dispatched = datetime(2026, 4, 8, 19, 40, tzinfo=SHANGHAI)

    times = settle(
        ["accept", "progress", "report", "verify", "close"],
        [day, night, date(2026, 4, 10), date(2026, 4, 10), date(2026, 4, 10)],
        dispatched,
    )

    assert times[1] == night
    assert [dispatched, *times] == sorted([dispatched, *times])
    assert [local_day(t.astimezone(UTC)).day for t in times] == [8, 8, 10, 10, 10]


def test_a_crowded_evening_still_keeps_its_day():
    late = datetime(2026, 4, 8, 23, 50, tzinfo=SHANGHAI)

    times = settle(["accept", "report", "verify"], [date(2026, 4, 8)] * 3, late)

    assert len({late, *times}) == 4
    assert [late, *times] == sorted([late, *times])
    assert {local_day(t) for t in times} == {date(2026, 4, 8)}


def test_chinese_characters_take_two_columns():
    assert width("春和a") == 5

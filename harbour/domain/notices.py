"""Who is told what: one table of the ledger's actions, and how each person wants to be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from harbour.domain.calendar import Calendar
from harbour.domain.deadlines import SHANGHAI, local_day
from harbour.domain.text import N_, Text


class Channel(StrEnum):
    """By which way something leaves the house."""

    EMAIL = "email"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    WEBHOOK = "webhook"


CHANNEL_LABELS: Mapping[Channel, str] = {
    Channel.EMAIL: N_("E-mail"),
    Channel.WECOM: N_("WeCom group robot"),
    Channel.DINGTALK: N_("DingTalk group robot"),
    Channel.FEISHU: N_("Feishu group robot"),
    Channel.WEBHOOK: N_("Signed webhook"),
}
#: What a community may set up for a group.
ROBOTS = tuple(one for one in Channel if one is not Channel.EMAIL)


#: Where the platforms' robots live: what else is typed for one is a slip.
HOMES: Mapping[Channel, tuple[str, ...]] = {
    Channel.WECOM: ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?",),
    Channel.DINGTALK: ("https://oapi.dingtalk.com/robot/send?",),
    Channel.FEISHU: (
        "https://open.feishu.cn/open-apis/bot/",
        "https://open.larksuite.com/open-apis/bot/",
    ),
    Channel.WEBHOOK: ("https://",),
}


def misplaced(channel: Channel, hook: str) -> Text | None:
    """Why an address cannot be this platform's, or None."""
    if hook.startswith(HOMES[channel]):
        return None
    return Text(N_("Such an address begins with %(home)s"), {"home": HOMES[channel][0]})


class Sending(StrEnum):
    """How far a delivery has come; a dropped one had nothing left to tell."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"
    DEAD = "dead"


class To(StrEnum):
    """Those who are told, as seen from the thing an act was done with."""

    LEAD = "lead"
    SECRETARY = "secretary"
    STAFF = "staff"
    RAISERS = "raisers"
    AUTHOR = "author"
    ASKER = "asker"
    DECIDER = "decider"
    STREET = "street"
    ATTENDEES = "attendees"
    REPS = "reps"
    UNFILED = "unfiled"


@dataclass(frozen=True)
class Rule:
    """One row: whom an act is told to, in which words, and whether at once or in the digest.

    ``waits`` names the kind of the inbox that must still wait for the reader when it is sent, and
    ``states`` those of the thing in which it is still worth telling (empty: in all of them).
    ``group``: groups with a robot are told too, in these words.
    """

    to: To
    says: str
    at_once: bool = False
    waits: str | None = None
    states: frozenset[str] = frozenset()
    group: str = ""


def _at_once(to: To, says: str, *, waits: str | None = None, states: tuple[str, ...] = (),
             group: str = "") -> Rule:  # fmt: skip
    return Rule(to, says, at_once=True, waits=waits, states=frozenset(states), group=group)


_OPEN_TASK = ("assigned", "in_hand", "reported", "verified", "on_hold")
_PENDING = ("pending", "forwarded", "disputed")


def _request(asked: str, granted: str, refused: str, lapsed: str) -> dict[str, tuple[Rule, ...]]:
    """A request and what becomes of it, each told at once to whose turn or concern it is."""
    return {
        "ask": (_at_once(To.DECIDER, asked, states=_PENDING),),
        "propose": (_at_once(To.STREET, asked, states=_PENDING),),
        "dispute": (_at_once(To.STREET, asked, states=_PENDING),),
        "grant": (
            _at_once(To.ASKER, granted),
            _at_once(To.LEAD, granted),
            Rule(To.RAISERS, granted),
        ),
        "consent": (
            _at_once(To.ASKER, granted),
            _at_once(To.LEAD, granted),
            Rule(To.RAISERS, granted),
        ),
        "refuse": (_at_once(To.ASKER, refused),),
        "lapse": (_at_once(To.ASKER, lapsed), _at_once(To.SECRETARY, lapsed)),
        "withdraw": (Rule(To.DECIDER, N_("The request about %(number)s has been withdrawn.")),),
    }


_REQUESTS = {
    "extension": _request(
        N_("More time is asked for %(number)s: %(what)s"),
        N_("More time is granted for %(number)s. It is due %(due)s."),
        N_("More time is refused for %(number)s. It stays due %(due)s."),
        N_("The request for more time for %(number)s was not answered in time and has lapsed."),
    ),
    "return": _request(
        N_("The lead wants to give %(number)s back: %(what)s"),
        N_("%(number)s has been taken back and assigned anew: %(what)s"),
        N_("%(number)s stays with you: the return is refused. It is due %(due)s."),
        N_("The request to return %(number)s was not answered in time and has lapsed."),
    ),
    "hold": _request(
        N_("A rest is asked for %(number)s: %(what)s"),
        N_("%(number)s rests for now: %(what)s"),
        N_("%(number)s may not rest. It is due %(due)s."),
        N_("The request to let %(number)s rest was not answered in time and has lapsed."),
    ),
    "reopen": _request(
        N_("Somebody asks to reopen %(number)s: %(what)s"),
        N_("%(number)s is open again: %(what)s"),
        N_("%(number)s stays closed."),
        N_("The request to reopen %(number)s was not answered in time and has lapsed."),
    ),
}  # fmt: skip

_NEW_TASK = N_("A new task for you, %(number)s: %(what)s. Due %(due)s.")
# What a group reads: nobody in it is spoken to.
_FOR_ALL_NEW = N_("New task %(number)s: %(what)s. Lead: %(lead)s. Due %(due)s.")
_FOR_ALL_SUPERVISED = N_("The street supervises %(number)s: %(what)s. Lead: %(lead)s.")
_FOR_ALL_DUE = N_("%(number)s is due %(due)s: %(what)s. Lead: %(lead)s.")
_FOR_ALL_TODAY = N_("%(number)s is due today: %(what)s. Lead: %(lead)s.")
_FOR_ALL_LATE = N_("%(number)s is overdue since %(due)s: %(what)s. Lead: %(lead)s.")
_FATE = N_("There is a reply to what you raised, %(number)s: %(what)s")
_DECIDED = N_("The meeting has decided on what you raised, %(number)s: %(what)s")
_MOVED = N_("The meeting of %(compound)s is now on %(at)s.")

RULES: Mapping[str, tuple[Rule, ...]] = {
    # Tasks.
    "task.dispatch": (
        _at_once(To.LEAD, _NEW_TASK, waits="task.accept", states=("assigned",), group=_FOR_ALL_NEW),
        Rule(To.RAISERS, N_("Your concern has become a task, %(number)s: %(what)s. Due %(due)s.")),
    ),
    "task.reassign": (_at_once(To.LEAD, _NEW_TASK, waits="task.accept", states=("assigned",)),),
    "task.accept": (Rule(To.RAISERS, N_("The lead has taken on %(number)s: %(what)s")),),
    "task.report": (
        Rule(To.RAISERS, N_("%(number)s is said to be done. Please go and look: %(what)s"),
             waits="task.verify", states=frozenset({"reported"})),
    ),
    "task.verify": (
        Rule(To.LEAD, N_("%(number)s has been verified: %(what)s")),
        Rule(To.SECRETARY, N_("%(number)s is verified and can be closed: %(what)s"),
             waits="task.close", states=frozenset({"verified"})),
    ),
    "task.rework": (
        Rule(To.LEAD, N_("%(number)s has to be done again by %(due)s: %(what)s"),
             waits="task.report", states=frozenset({"in_hand"})),
        Rule(To.RAISERS, N_("%(number)s has to be done again by %(due)s: %(what)s")),
    ),
    "task.close": (
        Rule(To.RAISERS, N_("%(number)s is closed: %(what)s")),
        Rule(To.LEAD, N_("%(number)s is closed: %(what)s")),
    ),
    "task.cancel": (
        Rule(To.RAISERS, N_("%(number)s has been cancelled: %(what)s")),
        Rule(To.LEAD, N_("%(number)s has been cancelled: %(what)s")),
    ),
    "task.urge": (
        Rule(To.LEAD, N_("Somebody urges you about %(number)s: %(what)s. Due %(due)s."),
             waits="task.answer_urge", states=frozenset({"assigned", "in_hand"})),
    ),
    "task.answer_urge": (Rule(To.RAISERS, N_("The lead has answered the urge about %(number)s.")),),
    "task.resume": (Rule(To.LEAD, N_("%(number)s goes on, due %(due)s: %(what)s")),),
    # Supervision and the ladder of escalation.
    "task.supervise": (
        _at_once(To.LEAD, N_("The street supervises %(number)s. A written reply is due."),
                 waits="task.reply", states=_OPEN_TASK, group=_FOR_ALL_SUPERVISED),
        _at_once(To.SECRETARY, N_("The street supervises %(number)s. A written reply is due."),
                 states=_OPEN_TASK),
    ),
    "task.reply": (
        Rule(To.STREET, N_("The lead has replied to the supervision order about %(number)s."),
             waits="task.conclude"),
    ),
    "task.conclude": (
        Rule(To.LEAD, N_("The street has concluded the supervision order about %(number)s.")),
        Rule(To.SECRETARY, N_("The street has concluded the supervision order about %(number)s.")),
    ),
    "task.remind": (
        _at_once(To.LEAD, N_("%(number)s is due %(due)s: %(what)s"), waits="task.report",
                 states=("assigned", "in_hand"), group=_FOR_ALL_DUE),
    ),
    "task.due_today": (
        _at_once(To.LEAD, N_("%(number)s is due today: %(what)s"),
                 states=("assigned", "in_hand"), group=_FOR_ALL_TODAY),
        _at_once(To.SECRETARY, N_("%(number)s is due today: %(what)s"),
                 states=("assigned", "in_hand")),
    ),
    "task.level1": (
        _at_once(To.LEAD, N_("%(number)s is overdue since %(due)s: %(what)s"),
                 states=_OPEN_TASK, group=_FOR_ALL_LATE),
        _at_once(To.SECRETARY, N_("%(number)s is overdue since %(due)s: %(what)s"),
                 states=_OPEN_TASK),
    ),
    "task.level2": (
        _at_once(To.STREET, N_("%(number)s is long overdue, since %(due)s: %(what)s"),
                 states=_OPEN_TASK),
        _at_once(To.SECRETARY, N_("The street has been told that %(number)s is long overdue."),
                 states=_OPEN_TASK),
        _at_once(To.LEAD, N_("The street has been told that %(number)s is long overdue."),
                 states=_OPEN_TASK, group=_FOR_ALL_LATE),
    ),
    "task.level3": (
        _at_once(To.STREET, N_("%(number)s is now marked in public as overdue: %(what)s"),
                 states=_OPEN_TASK),
        _at_once(To.SECRETARY, N_("%(number)s is now marked in public as overdue: %(what)s"),
                 states=_OPEN_TASK),
        _at_once(To.LEAD, N_("%(number)s is now marked in public as overdue: %(what)s"),
                 states=_OPEN_TASK, group=_FOR_ALL_LATE),
    ),
    # Summaries and what they say.
    "summary.return": (
        _at_once(To.AUTHOR, N_("Your weekly summary came back with a question."),
                 waits="summary.submit", states=("returned",)),
    ),
    "summary.accept": (Rule(To.AUTHOR, N_("Your weekly summary has been read and accepted.")),),
    "concern.propose": (Rule(To.AUTHOR, N_("What you raised is now a proposal, %(number)s: %(what)s")),),
    "concern.link": (Rule(To.AUTHOR, N_("What you raised was joined to an earlier matter, %(number)s.")),),
    "concern.answer": (Rule(To.AUTHOR, _FATE),),
    "concern.refer": (Rule(To.AUTHOR, N_("What you raised was referred to others, %(number)s: %(what)s")),),
    "concern.decline": (Rule(To.AUTHOR, N_("What you raised is not taken up, %(number)s. The reason stands there.")),),
    # Proposals.
    "proposal.return": (
        Rule(To.AUTHOR, N_("Your proposal %(number)s came back: something is missing."),
             waits="proposal.resubmit", states=frozenset({"returned"})),
    ),
    "proposal.submit": (
        Rule(To.SECRETARY, N_("A new proposal, %(number)s: %(what)s"),
             waits="proposal.accept", states=frozenset({"submitted"})),
    ),
    "proposal.answer": (Rule(To.RAISERS, _FATE), Rule(To.AUTHOR, _FATE)),
    "proposal.merge": (Rule(To.RAISERS, N_("%(number)s was joined to a similar proposal. You go on being told.")),),
    "proposal.place": (Rule(To.RAISERS, N_("%(number)s is on a meeting's agenda: %(what)s")),),
    "proposal.adopt": (Rule(To.RAISERS, N_("The meeting adopted %(number)s: %(what)s")),),
    "proposal.defer": (Rule(To.RAISERS, N_("The meeting put %(number)s off to a later one: %(what)s")),),
    "proposal.reject": (Rule(To.RAISERS, _DECIDED),),
    "proposal.refer": (Rule(To.RAISERS, _DECIDED),),
    "proposal.note": (Rule(To.RAISERS, _DECIDED),),
    "proposal.not_reached": (Rule(To.RAISERS, N_("There was no time for %(number)s: %(what)s")),),
    "proposal.record_outcome": (Rule(To.RAISERS, _FATE),),
    # Meetings.
    "meeting.reschedule": (
        Rule(To.ATTENDEES, _MOVED, states=frozenset({"scheduled"})),
        Rule(To.REPS, _MOVED, states=frozenset({"scheduled"})),
    ),
    "meeting.cancel": (
        Rule(To.ATTENDEES, N_("The meeting of %(compound)s on %(at)s is cancelled.")),
        Rule(To.REPS, N_("The meeting of %(compound)s on %(at)s is cancelled.")),
    ),
    "meeting.circulate": (
        Rule(To.ATTENDEES, N_("Please confirm the minutes of %(compound)s."),
             waits="meeting.confirm", states=frozenset({"confirming"})),
    ),
    "meeting.cutoff": (
        Rule(To.UNFILED, N_("Today is the last day for your weekly summary: %(compound)s."),
             states=frozenset({"scheduled"}),
             group=N_("Today is the last day for this week's summaries.")),
    ),
    "meeting.publish": (Rule(To.ATTENDEES, N_("The minutes of %(compound)s are published.")),),
    # Requests beside a task.
    **{f"{kind}.{act}": rules for kind, acts in _REQUESTS.items() for act, rules in acts.items()},
}  # fmt: skip

DIGEST, TRIAL = "digest", "trial"
#: What is not about one thing, and the words it begins with.
OTHER_WORDS: Mapping[str, str] = {
    DIGEST: N_("What waits for you today"),
    TRIAL: N_("This is a trial. You read it, so messages arrive here."),
}


def rule_of(action: str, to: str) -> Rule | None:
    """The row under which these people were told of this act."""
    return next((one for one in RULES.get(action, ()) if one.to == to), None)


# ---- when -----------------------------------------------------------------------------------

DIGEST_AT = time(7, 30)
#: What could not be sent while it was news is not sent later; the digest has what still waits.
NEWS = timedelta(days=2)
LEASE = timedelta(minutes=5)
BACK_OFF = tuple(timedelta(minutes=n) for n in (1, 5, 30, 120, 480))
ATTEMPTS = len(BACK_OFF) + 1


def after_quiet(now: datetime, begins: time | None, ends: time | None) -> datetime:
    """Now, or the end of the quiet hours (Shanghai) it falls into; they may go past midnight."""
    if begins is None or ends is None or begins == ends:
        return now
    here = now.astimezone(SHANGHAI)
    clock = here.time().replace(tzinfo=None)
    over = begins > ends
    if not ((clock >= begins or clock < ends) if over else begins <= clock < ends):
        return now
    day = here.date() + timedelta(days=1 if over and clock >= begins else 0)
    return datetime.combine(day, ends, SHANGHAI).astimezone(now.tzinfo)


def digest_is_due(now: datetime, at: time, calendar: Calendar) -> bool:
    """Whether it is a workday in Shanghai, and so late that the day's digest is to be sent."""
    clock = now.astimezone(SHANGHAI).time().replace(tzinfo=None)
    return calendar.is_workday(local_day(now)) and clock >= at


def next_try(attempts: int, now: datetime, after: timedelta | None = None) -> datetime | None:
    """When to try again after so many attempts; None once they are used up.

    ``after`` is how long the other side asked to be left alone: never sooner than that.
    """
    if attempts >= ATTEMPTS:
        return None
    return now + max(BACK_OFF[attempts - 1], after or timedelta())


# ---- on the way out -------------------------------------------------------------------------


@dataclass(frozen=True)
class Parcel:
    """One delivery in the hands of whoever leased it."""

    id: int
    key: str
    lease: str
    channel: str
    attempts: int
    user_id: int | None
    robot_id: int | None
    community_id: int | None
    action: str
    told_as: str
    kind: str
    subject_id: int | None
    number: str
    facts: Mapping[str, Any]
    created_at: datetime

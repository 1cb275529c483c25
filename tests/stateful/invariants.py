"""What is true of the record after every act, whoever did it: read from the tables alone."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from harbour.domain.actors import Role
from harbour.domain.meetings import Presence, Side
from harbour.domain.summaries import Fate
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.base import Versioned
from harbour.models.firms import Firm
from harbour.models.meetings import AgendaItem, Attendee, Meeting, MinutesRevision
from harbour.models.people import Membership
from harbour.models.proposals import Proposal
from harbour.models.summaries import Concern, Summary
from harbour.models.tasks import Criterion, Report, Task, Verification
from harbour.models.urges import Urge
from harbour.queries.visibility import visible
from harbour.services.ledger import GENESIS, sealed
from tests.stateful.village import MODELS, OF, TABLES, Village

QUORUM, PASSING = Fraction(2, 3), Fraction(1, 2)
ADOPTED = ("adopted", "adopted_changed")


_read: dict[Any, list[Any]] = {}


def everything(model: Any) -> list[Any]:
    """All of a kind, read once per check."""
    if model not in _read:
        _read[model] = list(db.session.scalars(select(model).order_by(model.id)))
    return _read[model]


def look_anew() -> None:
    """Forget what was read: the next question is put to the database."""
    db.session.rollback()
    db.session.expire_all()
    _read.clear()


class Memory:
    """What must not change, as it was seen first; forgets nothing."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, int], str] = {}
        self.versions: dict[tuple[str, int], int] = {}
        self.promises: dict[int, Any] = {}
        self.rounds: dict[int, int] = {}
        self.revisions: dict[int, tuple[str, str, str]] = {}
        self.numbers: dict[tuple[str, int], str] = {}
        self.decided: set[int] = set()


def the_chain_verifies_and_only_grows(village: Village, memory: Memory) -> None:
    chains = defaultdict(list)
    for line in everything(AuditEvent):
        chains[line.chain].append(line)
    for name, lines in chains.items():
        previous = GENESIS
        for place, line in enumerate(lines, 1):
            assert (line.seq, line.previous) == (place, previous), f"{name} breaks at {place}"
            assert line.digest == sealed(line), f"{name} was altered at {place}"
            previous = line.digest
            assert memory.lines.setdefault((name, place), line.digest) == line.digest
    assert {key for key in memory.lines if key[0] in chains} == set(memory.lines), "lines vanished"


def _acts(kind: str) -> dict[int | None, list[AuditEvent]]:
    found: dict[int | None, list[AuditEvent]] = defaultdict(list)
    for line in everything(AuditEvent):
        if line.subject_kind == kind and line.refused is None:
            found[line.subject_id].append(line)
    return found


def every_state_stands_on_its_lines(village: Village, memory: Memory) -> None:
    """State by state the ledger leads where things stand: nothing moved without its line."""
    for kind, model in MODELS.items():
        acts = _acts(kind)
        for thing in everything(model):
            lines = acts[thing.id]
            assert lines, f"{kind} {thing.id} came from nowhere"
            assert lines[0].before is None
            for one, after in pairwise(lines):
                assert after.before == one.after, f"{kind} {thing.id}: {one.action}"
            assert lines[-1].after == thing.state, f"{kind} {thing.id} moved without a line"


def nobody_without_a_row_changed_a_state(village: Village, memory: Memory) -> None:
    for kind, table in TABLES.items():
        for lines in _acts(kind).values():
            for line in lines:
                row = table.rows[line.action.partition(".")[2]]
                assert Role(line.role) in row.by, f"{line.role} took {line.action}"
                assert line.before in (row.sources or {None}), f"{line.action} from {line.before}"
                assert line.after == (row.target or line.before), f"{line.action} to {line.after}"


def versions_only_grow(village: Village, memory: Memory) -> None:
    for kind, model in MODELS.items():
        assert issubclass(model, Versioned)
        for thing in everything(model):
            seen = memory.versions.get((kind, thing.id), 0)
            assert thing.version >= seen, f"{kind} {thing.id} went back"
            memory.versions[kind, thing.id] = thing.version


def closed_only_after_a_verification(village: Village, memory: Memory) -> None:
    found = defaultdict(list)
    for one in everything(Verification):
        found[one.task_id].append(one)
    for task in everything(Task):
        if task.state in ("verified", "closed"):
            good = [v for v in found[task.id] if v.round == task.round and not v.rework_cause]
            assert good, f"{task.number} is {task.state} without a verification"
            assert task.verified_at is not None


def the_verifier_is_neither_lead_nor_reporter(village: Village, memory: Memory) -> None:
    reports = {one.id: one for one in everything(Report)}
    tasks = {one.id: one for one in everything(Task)}
    firms = {m.user_id: m.firm_id for m in everything(Membership) if m.firm_id}
    for one in everything(Verification):
        task, report = tasks[one.task_id], reports.get(one.report_id)
        assert report is not None, "verified without a report"
        assert report.round == one.round
        if one.rework_cause and one.role == Role.SECRETARY:
            continue
        assert one.by_id != report.by_id
        assert one.role in (Role.RESIDENT_REP, Role.COMMUNITY_WORKER)
        if task.lead_kind == "firm":
            assert firms.get(one.by_id) != task.lead_firm_id
        else:
            assert one.role == Role.RESIDENT_REP, "the community verified its own task"


def the_first_promise_never_changes(village: Village, memory: Memory) -> None:
    for task in everything(Task):
        if task.dispatched_at is not None:
            kept = memory.promises.setdefault(task.id, task.first_due_at)
            assert kept is not None
            assert task.first_due_at == kept, f"{task.number} has another first promise"


def rounds_grow_by_rework_alone(village: Village, memory: Memory) -> None:
    acts = _acts("task")
    for task in everything(Task):
        again = sum(line.action in ("task.rework", "task.reopen") for line in acts[task.id])
        assert task.round == 1 + again
        assert task.round >= memory.rounds.get(task.id, 1)
        memory.rounds[task.id] = task.round


def a_dispatched_task_is_complete(village: Village, memory: Memory) -> None:
    criteria = Counter(one.task_id for one in everything(Criterion))
    for task in everything(Task):
        assert task.is_open == (task.state not in ("closed", "cancelled"))
        if task.dispatched_at is None:
            assert task.state in ("drafted", "cancelled")
            continue
        assert task.lead_kind
        assert task.who_pays
        assert task.public_sentence.strip()
        assert criteria[task.id] >= 1
        assert task.due_at >= task.dispatched_at
        assert (task.lead_kind == "firm") == (task.lead_firm_id is not None)


def votes_never_exceed_who_is_present(village: Village, memory: Memory) -> None:
    for item in everything(AgendaItem):
        cast = sum(v or 0 for v in (item.votes_for, item.votes_against, item.votes_abstain))
        assert cast <= (item.present or 0)


def nothing_is_adopted_without_quorum_and_majority(village: Village, memory: Memory) -> None:
    """Judged at once after the act, while everybody is still in the room."""
    for item in everything(AgendaItem):
        if item.outcome not in ADOPTED or item.id in memory.decided:
            continue
        memory.decided.add(item.id)
        voters = [
            one for one in everything(Attendee) if one.meeting_id == item.meeting_id and one.voting
        ]
        there = [v for v in voters if v.presence == Presence.PRESENT and v.left_at is None]
        assert there
        assert Fraction(len(there), len(voters)) >= QUORUM
        assert item.present == len(there)
        assert item.votes_for is not None
        assert Fraction(item.votes_for, len(there)) > PASSING


def an_accepted_summary_has_no_open_concern(village: Village, memory: Memory) -> None:
    for summary in everything(Summary):
        if summary.state == "accepted":
            open_ones = [c.id for c in summary.concerns if c.state == Fate.OPEN]
            assert open_ones == [] or _undone_later(summary), f"summary {summary.id}: {open_ones}"
        assert summary.nil is False or summary.concerns == []


def _undone_later(summary: Summary) -> bool:
    """A fate may be taken back after the summary was accepted; the ledger says so."""
    acts = _acts("concern")
    return any(acts[c.id][-1].action == "concern.undo" for c in summary.concerns)


def numbers_are_unique_and_kept(village: Village, memory: Memory) -> None:
    for model in (Concern, Proposal, Task, Meeting):
        kind = model.subject_kind
        things = [one for one in everything(model) if one.number]
        assert len({one.number for one in things}) == len(things), f"a {kind} number twice"
        for one in things:
            assert memory.numbers.setdefault((kind, one.id), one.number) == one.number
    for summary in everything(Summary):
        if summary.state in ("submitted", "accepted"):
            assert all(one.number for one in summary.concerns)


def one_number_runs_through_the_thread(village: Village, memory: Memory) -> None:
    proposals = {one.id: one for one in everything(Proposal)}
    for task in everything(Task):
        if task.proposal_id is not None:
            assert task.number.startswith(proposals[task.proposal_id].number)
    made = defaultdict(list)
    for concern in everything(Concern):
        if concern.state == Fate.PROPOSED:
            made[concern.proposal_id].append(concern.number)
    for key, numbers in made.items():
        assert None not in numbers
        assert proposals[key].number in numbers or proposals[key].author_id is not None


def an_agenda_and_its_proposals_agree(village: Village, memory: Memory) -> None:
    meetings = {one.id: one for one in everything(Meeting)}
    items = [(i.meeting_id, i.proposal_id) for i in everything(AgendaItem) if i.outcome is None]
    for proposal in everything(Proposal):
        if proposal.state == "on_agenda":
            assert meetings[proposal.meeting_id].state in ("scheduled", "in_session")
            assert proposal.compound_id == meetings[proposal.meeting_id].compound_id
        if proposal.state == "merged":
            master = next(p for p in everything(Proposal) if p.id == proposal.master_id)
            assert master.state != "merged"
    for meeting_id, _ in items:
        assert meetings[meeting_id].state in ("scheduled", "in_session"), "ended, but undecided"


def final_minutes_are_never_changed(village: Village, memory: Memory) -> None:
    by_meeting: dict[int, list[int]] = defaultdict(list)
    for one in everything(MinutesRevision):
        said = (one.text, one.public_text, one.ledger_head)
        assert memory.revisions.setdefault(one.id, said) == said
        by_meeting[one.meeting_id].append(one.revision)
    for meeting in everything(Meeting):
        numbers = by_meeting[meeting.id]
        assert numbers == list(range(1, len(numbers) + 1))
        assert bool(numbers) == (meeting.state in ("finalised", "published"))
        if meeting.state in ("finalised", "published"):
            sides = {opinion.side for opinion in meeting.opinions}
            assert meeting.confirm_until is not None
            assert len(sides) == len(Side) or meeting.finalised_at > meeting.confirm_until


def a_task_is_urged_once_a_day(village: Village, memory: Memory) -> None:
    days = Counter((one.task_id, one.day) for one in everything(Urge))

    assert all(n == 1 for n in days.values())


def only_firms_under_contract_lead(village: Village, memory: Memory) -> None:
    """No task of one community's compound is led by the other's firm."""
    codes = {one.id: one.code for one in everything(Firm)}
    places = {v: k for k, v in village.street.compounds.items()}
    for task in everything(Task):
        if task.lead_firm_id is not None:
            wanted = "AH" if places[task.compound_id].startswith("CH") else "HL"
            assert codes[task.lead_firm_id] == wanted


def lists_show_what_pages_show(village: Village, memory: Memory) -> None:
    """visible() as SQL and shows() of the table agree for every thing and everybody."""
    look_anew()
    for kind, model in MODELS.items():
        things = [(one.id, OF[kind](one, village.clock.now)) for one in everything(model)]
        for actor in village.everybody():
            shown = {key for key, subject in things if TABLES[kind].shows(actor, subject)}
            listed = set(
                db.session.scalars(select(model.id).where(visible(model, TABLES[kind], actor)))
            )
            assert listed == shown, f"{kind}s of {actor.name} as {actor.role}"


Invariant = Callable[[Village, Memory], None]

AFTER_EVERY_ACT: tuple[Invariant, ...] = (
    the_chain_verifies_and_only_grows,
    every_state_stands_on_its_lines,
    nobody_without_a_row_changed_a_state,
    versions_only_grow,
    closed_only_after_a_verification,
    the_verifier_is_neither_lead_nor_reporter,
    the_first_promise_never_changes,
    rounds_grow_by_rework_alone,
    a_dispatched_task_is_complete,
    votes_never_exceed_who_is_present,
    nothing_is_adopted_without_quorum_and_majority,
    an_accepted_summary_has_no_open_concern,
    numbers_are_unique_and_kept,
    one_number_runs_through_the_thread,
    an_agenda_and_its_proposals_agree,
    final_minutes_are_never_changed,
    a_task_is_urged_once_a_day,
    only_firms_under_contract_lead,
)


def broken(village: Village, memory: Memory) -> Iterator[str]:
    """Check everything; names what does not hold."""
    look_anew()
    for one in AFTER_EVERY_ACT:
        try:
            one(village, memory)
        except AssertionError as error:
            yield f"{one.__name__}: {error}"

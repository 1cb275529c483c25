"""The tables as a person reads them: every act with who, from where, when; and who sees what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harbour.domain.actors import READERS, Role
from harbour.domain.request_facts import KIND_LABELS
from harbour.domain.text import N_, Text
from harbour.domain.workflow import Guard, Transition, Workflow

# In the order of a page's columns; the public sees boards, never these things themselves.
ROLES: tuple[Role, ...] = (
    Role.RESIDENT_REP,
    Role.SECRETARY,
    Role.COMMUNITY_WORKER,
    Role.FIRM_MANAGER,
    Role.STREET_SUPERVISOR,
    Role.CLOCK,
)

WORKFLOW_LABELS: Mapping[str, str] = {
    "summary": N_("Weekly summary"),
    "concern": N_("Concern"),
    "proposal": N_("Proposal"),
    "meeting": N_("Meeting"),
    "task": N_("Task"),
    **KIND_LABELS,
}

# What narrows a role to some of its people, by workflow and relation.
ONLY: Mapping[tuple[str, str], str] = {
    ("summary", "author"): N_("only whose summary it is, or who typed it in for them"),
    ("concern", "writer"): N_("only whose summary it is, or who typed it in for them"),
    ("proposal", "author"): N_("only who put it forward"),
    ("meeting", "attendee"): N_("only those on the list of attendees"),
    ("task", "lead"): N_("only the lead"),
    ("task", "independent"): N_("never the lead, nor who reported"),
    ("task", "fit_to_send_back"): N_("the secretary, or whoever may verify"),
    **{(kind, "lead"): N_("only the lead") for kind in KIND_LABELS},
    **{(kind, "asker"): N_("only who asked") for kind in KIND_LABELS},
    ("extension", "decides"): N_("the secretary; from the second one on, the street"),
    ("return", "decides"): N_("the secretary; a second or disputed one, the street"),
    ("hold", "decides"): N_("the secretary; once proposed, the street"),
}

REACH: Mapping[tuple[str, str], str] = {
    ("summary", "known_to"): N_("Representatives see those of their own compound."),
    ("concern", "heard_by"): N_("Representatives see those of their own compound, once submitted."),
    ("proposal", "known_to"): N_(
        "Representatives and firms see those of their compounds; private matters only their author "
        "and the staff."
    ),
    ("meeting", "of_the_compound"): N_("Representatives and firms see those of their compounds."),
    ("task", "known_to"): N_(
        "Representatives see those of their compound, private matters only if they raised them; a "
        "firm sees what it leads or assists."
    ),
    **{
        (kind, "known_to"): N_(
            "Whoever sees the task sees it; and the firm that asked, though another leads by now."
        )
        for kind in KIND_LABELS
    },
}
THROUGH: Mapping[str, str] = {
    "request": N_("only as the effect of a granted request"),
    "summary": N_("only by writing the summary it stands in"),
    "concern": N_("only by taking back what was decided on its concern"),
    "calendar": N_("only as the effect of a changed working calendar"),
}
OWN: Mapping[str, str] = {"summary": N_("A draft is seen by whose it is and nobody else.")}


@dataclass(frozen=True)
class Act:
    """One row of a table in words; ``target`` is None where nothing moves."""

    name: str
    label: str
    past: str
    sources: tuple[str, ...]
    target: str | None
    by: frozenset[Role]
    only: str | None
    when: tuple[Text, ...]
    through: str | None

    @property
    def is_birth(self) -> bool:
        """Whether it makes the thing."""
        return not self.sources


@dataclass(frozen=True)
class Sight:
    """A state, and the roles that may know of things in it."""

    state: str
    label: str
    by: frozenset[Role]


def acts(workflow: Workflow[Any]) -> tuple[Act, ...]:
    """Every row of a table, in its order; states by their labels, in the order of the enum."""
    return tuple(
        Act(
            name=row.name,
            label=row.label,
            past=row.past,
            sources=tuple(str(state) for state in workflow.states if state in row.sources),
            target=row.target,
            by=row.by,
            only=_only(workflow.name, row),
            when=tuple(_sentence(guard) for guard in row.when),
            through=None if row.through is None else THROUGH.get(row.through, row.through),
        )
        for row in workflow.rows.values()
    )


def _only(kind: str, row: Transition[Any]) -> str | None:
    if row.only is None:
        return None
    return ONLY.get((kind, row.only.__name__), N_("only some of them"))


def _sentence(guard: Guard[Any]) -> Text:
    """What a guard says while it holds back, with its numbers left open."""
    return Text(guard.says, dict.fromkeys(guard.facts, "…"))


def sight(workflow: Workflow[Any]) -> tuple[Sight, ...]:
    """Who may know of things in each state."""
    seeing = READERS | {Role.CLOCK}
    return tuple(
        Sight(
            str(state),
            workflow.labels[state],
            frozenset(role for role in seeing if state in workflow.sees[role]),
        )
        for state in workflow.states
    )


def reach(workflow: Workflow[Any]) -> tuple[str, ...]:
    """What narrows the sight of a role further, in sentences."""
    said = [] if workflow.reach is None else [REACH[workflow.name, workflow.reach.__name__]]
    return (*said, *([OWN[workflow.name]] if workflow.own else ()))

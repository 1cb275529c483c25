"""docs/workflows.md and docs/permissions.md, printed from the tables of acts."""

from collections.abc import Iterable, Iterator
from typing import Any

from harbour.domain.actors import ROLE_LABELS, Role
from harbour.domain.permissions import ROLES, WORKFLOW_LABELS, Act, acts, reach, sight
from harbour.domain.text import Text
from harbour.domain.workflow import Workflow
from harbour.queries.ledger import WORKFLOWS

MADE = "<!-- Made by `flask harbour docs` from the tables in harbour/domain. Do not edit. -->"
WORKFLOWS_LEAD = (
    "Every write in the system is a row of one of these tables. A diagram shows the rows that "
    "move; the table beneath says the same in words, with the rows that stay."
)
PERMISSIONS_LEAD = (
    "Who may do what and who may see what, inside a community. What is not marked is never "
    "that role's. A community's things do not exist for the people of another."
)
YES, NO = "●", ""


def documents() -> dict[str, str]:
    """The text of each generated document, by its path inside the project."""
    return {"docs/workflows.md": workflows(), "docs/permissions.md": permissions()}


def workflows() -> str:
    """One diagram and one table of acts per workflow."""
    return _joined(
        ["# Workflows", "", MADE, "",
         WORKFLOWS_LEAD],
        *(_workflow(one) for one in WORKFLOWS.values()),
    )  # fmt: skip


def permissions() -> str:
    """Who may take which act, and who may know of what."""
    return _joined(
        ["# Permissions", "", MADE, "",
         PERMISSIONS_LEAD],
        *(_permissions(one) for one in WORKFLOWS.values()),
    )  # fmt: skip


def _workflow(workflow: Workflow[Any]) -> Iterator[str]:
    yield f"## {WORKFLOW_LABELS[workflow.name]}"
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in workflow.states:
        yield f'    state "{workflow.labels[state]}" as {state}'
    for act in acts(workflow):
        if act.target is not None:
            for source in act.sources or ("[*]",):
                yield f"    {source} --> {act.target}: {act.name}"
    yield "```"
    yield ""
    yield from _table(
        ("Act", "Button", "From", "To", "By", "Condition"),
        ((f"`{workflow.name}.{act.name}`", act.label, *_road(workflow, act), _by(act),
          _condition(act)) for act in acts(workflow)),
    )  # fmt: skip


def _road(workflow: Workflow[Any], act: Act) -> tuple[str, str]:
    sources = ", ".join(workflow.labels[state] for state in act.sources) or "–"
    return sources, "stays" if act.target is None else workflow.labels[act.target]


def _by(act: Act) -> str:
    return ", ".join(ROLE_LABELS[role] for role in ROLES if role in act.by)


def _condition(act: Act) -> str:
    said = [act.only] if act.only else []
    said += [f"refused with “{_plain(guard)}”" for guard in act.when]
    said += [act.through] if act.through else []
    return "; ".join(said)


def _plain(text: Text) -> str:
    return text.msgid % text.params if text.params else text.msgid


def _permissions(workflow: Workflow[Any]) -> Iterator[str]:
    yield f"## {WORKFLOW_LABELS[workflow.name]}"
    yield ""
    yield "Who may do it:"
    yield ""
    yield from _table(
        ("Act", *_roles(), "Condition"),
        ((f"`{workflow.name}.{act.name}`", *_marks(act.by), _condition(act))
         for act in acts(workflow)),
    )  # fmt: skip
    yield ""
    yield " ".join(("Who may see it.", *reach(workflow)))
    yield ""
    yield from _table(
        ("State", *_roles()), ((one.label, *_marks(one.by)) for one in sight(workflow))
    )


def _roles() -> tuple[str, ...]:
    return tuple(ROLE_LABELS[role] for role in ROLES)


def _marks(by: frozenset[Role]) -> tuple[str, ...]:
    return tuple(YES if role in by else NO for role in ROLES)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _line(head)
    yield _line(("---",) * len(head))
    for row in rows:
        yield _line(row)


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _joined(*parts: Iterable[str]) -> str:
    return "\n\n".join("\n".join(part) for part in parts) + "\n"

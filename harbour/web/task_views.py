"""What the pages of a task draw: criteria with their photos, the thread, the dates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import g

from harbour.domain.text import N_, Text
from harbour.queries.photos import PhotoLine
from harbour.queries.task_pages import Port, TaskPage
from harbour.queries.task_parts import Finding, ReportLine
from harbour.web import addresses
from harbour.web.photos import PhotoView, views

BEFORE, AFTER = N_("Before, photo %(n)d"), N_("Afterwards, photo %(n)d")


@dataclass(frozen=True)
class CriterionView:
    """One criterion as the macro draws it."""

    id: int
    text: str
    state: str
    answer: str
    words: str
    before: tuple[PhotoView, ...]
    after: tuple[PhotoView, ...]
    alike: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReportView:
    """One report with its general photos, and (for earlier ones) its criteria."""

    report: ReportLine
    before: tuple[PhotoView, ...]
    after: tuple[PhotoView, ...]
    criteria: tuple[CriterionView, ...] = ()


@dataclass(frozen=True)
class PortView:
    """One port of the thread as the macro draws it."""

    label: str
    state: str
    at: datetime | None
    href: str | None


def criteria(
    page: TaskPage, report: ReportLine | None, finding: Finding | None
) -> tuple[CriterionView, ...]:
    """Every criterion with what the report says of it and what was found on the spot."""
    return tuple(_criterion(page, key, text, report, finding) for key, text in page.criteria)


def _criterion(
    page: TaskPage, key: int, text: str, report: ReportLine | None, finding: Finding | None
) -> CriterionView:
    said = report.answers.get(key) if report else None
    seen = finding.met.get(key) if finding else None
    if seen is not None:
        state, answer = ("ok", N_("Seen done")) if seen else ("no", N_("Found not met"))
    elif said is not None:
        met = N_("Met, says the lead")
        state, answer = ("ok", met) if said.met else ("no", N_("Not met, says the lead"))
    else:
        state, answer = "open", N_("Not answered yet")
    after = said.after if said else ()
    return CriterionView(
        id=key,
        text=text,
        state=state,
        answer=answer,
        words=said.words if said else "",
        before=views(said.before, BEFORE) if said else (),
        after=views(after, AFTER),
        alike=_alike(page, after),
    )


def _alike(page: TaskPage, photos: Iterable[PhotoLine]) -> tuple[str, ...]:
    shown = {one.id for one in photos}
    return tuple(dict.fromkeys(one.number for one in page.alike if one.photo_id in shown))


def current(page: TaskPage) -> tuple[CriterionView, ...]:
    """The criteria as they stand: by the report that stands, and what was found since."""
    report = page.report or next(
        (r for r in reversed(page.reports) if r.withdrawn_at is None), None
    )
    finding = page.finding
    if finding is not None and report is not None and finding.at < report.at:
        finding = None
    return criteria(page, report, finding)


def report(page: TaskPage) -> ReportView | None:
    """The report that stands; its criteria are drawn apart."""
    one = page.report
    if one is None:
        return None
    return ReportView(one, views(one.before, BEFORE), views(one.after, AFTER))


def earlier(page: TaskPage) -> tuple[ReportView, ...]:
    """Reports of earlier rounds and withdrawn ones, the latest first, with what was found then."""
    found = {one.round: one for one in page.findings}
    return tuple(
        ReportView(
            one,
            views(one.before, BEFORE),
            views(one.after, AFTER),
            criteria(page, one, None if one.withdrawn_at else found.get(one.round)),
        )
        for one in reversed(page.reports)
        if one is not page.report
    )


def ports(page: TaskPage) -> tuple[PortView, ...]:
    """The thread with the addresses of what lies behind each port."""
    return tuple(
        PortView(
            port.label,
            port.state,
            port.at,
            _leads_to(port),
        )
        for port in page.ports
    )


def _leads_to(port: Port) -> str | None:
    if port.leads_to is None:
        return None
    kind, number = port.leads_to
    if kind == "concern":
        return addresses.thread(g.community.slug, number)
    return addresses.page(kind, g.community.slug, number)


def alike_sentence(numbers: Iterable[str]) -> Text:
    """What is said of a photo that looks like an earlier one."""
    return Text(N_("Look closely: a photo looks like one of task %(numbers)s."),
                {"numbers": tuple(numbers)})  # fmt: skip

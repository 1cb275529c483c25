"""The working calendar, for administrators: years and days, a year's file, what a change does."""

from datetime import date

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harbour.domain.arrangements import EARLIEST, LATEST, Arrangement, said, with_day
from harbour.domain.calendar import SATURDAY, DayKind, SpecialDay
from harbour.domain.errors import Missing, there
from harbour.domain.text import N_, Text
from harbour.forms.base import HarbourForm
from harbour.forms.calendar import EXPECTED, OFFICIAL, ORDINARY, DayForm, ImportForm, StatusForm
from harbour.queries import calendar as queries
from harbour.services import calendar
from harbour.web.access import ADMINS, open_to
from harbour.web.acting import answer
from harbour.web.administering import ANY, ASKED_AND_SENT, fill, open_street, street_id
from harbour.web.context import actor
from harbour.web.pressing import bare_form

bp = Blueprint("calendar", __name__, url_prefix="/admin/calendar")
bp.before_request(open_street)
YEAR = f"/<int(min={EARLIEST}, max={LATEST}):year>"
DRAFT = f"/drafts/<{ANY}:wanted>"
TAKEN = N_("The calendar has been changed, and every due date that follows from it.")


@bp.get("")
@open_to(ADMINS)
def listing() -> ResponseReturnValue:
    """Every year with what is known of it."""
    return render_template(
        "admin/calendar/listing.html",
        years=queries.years(g.now),
        warnings=queries.warnings(g.now),
        may_change=queries.may_change(street_id()),
    )


@bp.get(YEAR)
@open_to(ADMINS)
def show(year: int) -> ResponseReturnValue:
    """A year, month by month."""
    return render_template(
        "admin/calendar/year.html",
        page=queries.year(year),
        may_change=queries.may_change(street_id()),
    )


@bp.route(f"{YEAR}/status", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def status(year: int) -> ResponseReturnValue:
    """Say whether a year's arrangement has been published."""
    now = queries.arrangement(year)
    form = StatusForm(data={"status": OFFICIAL if now.official else EXPECTED, "source": now.source})

    def act() -> str:
        return _laid_out(Arrangement(year, form.official, form.source.data or "", now.days))

    return fill(
        form, act, Text(TITLE, {"year": year}), url_for(".show", year=year), done=None,
        template="admin/calendar/fill.html",
    )  # fmt: skip


TITLE = N_("The year %(year)d")


@bp.route("/days/<day>", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def edit_day(day: str) -> ResponseReturnValue:
    """Say what a single day is."""
    wanted = _day(day)
    year, special = queries.special_day(wanted)
    form = DayForm(
        data={
            "day_kind": str(special.kind) if special else ORDINARY,
            "day_name": special.name if special else "",
        }
    ).offer(weekend=wanted.weekday() >= SATURDAY)

    def act() -> str:
        kind = form.day_kind.data
        changed = (
            None
            if kind == ORDINARY
            else SpecialDay(wanted, DayKind(kind), form.day_name.data or "")
        )
        now = queries.arrangement(year)
        days = with_day(now.days, wanted, changed)
        return _laid_out(Arrangement(year, now.official, now.source, days))

    return fill(
        form, act, N_("One day of the calendar"), url_for(".show", year=wanted.year), done=None,
        template="admin/calendar/day.html", day=wanted, stands=said(special),
    )  # fmt: skip


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Missing from None
    if not EARLIEST <= day.year <= LATEST:
        raise Missing
    return day


@bp.route("/import", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def take_in() -> ResponseReturnValue:
    """Read the file of a year's arrangement, to be looked at first."""
    form = ImportForm(data={"status": OFFICIAL})

    def act() -> str:
        return _laid_out(Arrangement(form.year, form.official, form.source.data or "", form.days))

    return fill(
        form, act, N_("Take in a year's arrangement"), url_for(".listing"), done=None,
        template="admin/calendar/fill.html",
    )  # fmt: skip


def _laid_out(planned: Arrangement) -> str:
    """Keep it as a draft, and lead to what it would change."""
    return url_for(".preview", wanted=calendar.lay_out(actor(), planned, now=g.now))


@bp.get(DRAFT)
@open_to(ADMINS)
def preview(wanted: int) -> ResponseReturnValue:
    """What a draft would change: days, and due dates of open tasks."""
    page = request.args.get("page", 1, type=int)
    found = there(queries.preview(wanted, actor().user_id, g.now, page))

    def at(number: int) -> str | None:
        inside = 1 <= number <= found.pages
        return url_for(".preview", wanted=wanted, page=number) if inside else None

    return render_template(
        "admin/calendar/preview.html",
        page=found,
        said=said,
        form=bare_form(),
        around={"newer": at(found.page - 1), "older": at(found.page + 1)},
    )


@bp.post(f"{DRAFT}/take-over")
@open_to(ADMINS)
def take_over(wanted: int) -> ResponseReturnValue:
    """Let the draft count."""
    form = HarbourForm()

    def act() -> str:
        return url_for(".show", year=calendar.take_over(actor(), wanted, now=g.now))

    return answer(form, act, lambda: preview(wanted), TAKEN)

"""Group robots and webhooks: the secretary's page, and the administrator's for each community."""

from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harbour.domain.actors import Role
from harbour.domain.errors import Invalid, there
from harbour.domain.notices import misplaced
from harbour.domain.text import N_
from harbour.forms.base import HarbourForm
from harbour.forms.notices import NewRobotForm, RobotForm
from harbour.forms.wording import option
from harbour.queries import notices
from harbour.queries.notices import RobotsPage
from harbour.services import notices as notice_services
from harbour.services import robots as services
from harbour.web.access import ADMINS, open_to
from harbour.web.acting import answer
from harbour.web.administering import ANY, ASKED_AND_SENT, fill, open_street
from harbour.web.context import actor

bp = Blueprint("robots", __name__)
bp.before_request(open_street)
CHAIR = frozenset({Role.SECRETARY})
HERE = "/c/<community>/robots"
THERE = f"/admin/places/communities/<{ANY}:wanted>/robots"
ROBOT = f"<{ANY}:robot_id>"


def _where(wanted: int | None) -> int:
    return g.community.id if wanted is None else wanted


def _at(wanted: int | None, page: str, **more: Any) -> str:
    """An address of the secretary's pages, or of the administrator's."""
    if wanted is None:
        return url_for(f".{page}", **more)
    return url_for(f".{page}_there", wanted=wanted, **more)


def _listing(wanted: int | None) -> str:
    page = notices.robots(_where(wanted))
    return render_template(
        "notices/robots.html",
        page=page,
        at=lambda name, **more: _at(wanted, name, **more),
        form=lambda: HarbourForm(formdata=None),
        back=url_for("me.show") if wanted is None else url_for("places.community", wanted=wanted),
    )


def _offer(form: RobotForm, page: RobotsPage) -> None:
    form.compound.choices = [
        option("", N_("The whole community's")),
        *(option(key, name) for key, name in page.compounds),
    ]


def _placed(form: RobotForm) -> None:
    """Say beside the field what cannot be the platform's address."""
    hook = form.hook.data or ""
    wrong = misplaced(form.chosen_channel(), hook) if hook else None
    if wrong is not None:
        raise Invalid("hook", wrong)


def _create(wanted: int | None) -> ResponseReturnValue:
    page, form = notices.robots(_where(wanted)), NewRobotForm()
    _offer(form, page)

    def act() -> None:
        _placed(form)
        services.create(actor(), _where(wanted), form.inputs(), now=g.now)

    return fill(form, act, N_("A new group robot"), _at(wanted, "listing"), page.community,
                template="notices/robot.html")  # fmt: skip


def _rewrite(wanted: int | None, robot_id: int) -> ResponseReturnValue:
    page = notices.robots(_where(wanted))
    found = there(next((one for one in page.lines if one.id == robot_id), None))
    compound = "" if found.compound_id is None else str(found.compound_id)
    form = RobotForm(version=found.version, data={"robot_name": found.name, "compound": compound})
    form.channel_now = found.channel
    _offer(form, page)

    def act() -> None:
        _placed(form)
        services.rewrite(
            actor(), _where(wanted), robot_id, form.inputs(), version=form.version.data or 0,
            now=g.now,
        )  # fmt: skip

    return fill(form, act, N_("Change the group robot"), _at(wanted, "listing"), found.name,
                template="notices/robot.html", kept=True)  # fmt: skip


def _press(wanted: int | None, robot_id: int, what: str) -> ResponseReturnValue:
    form = HarbourForm()
    command, done = {
        "end": (services.end, N_("The robot has been taken away.")),
        "try": (services.try_out, N_("A trial is on its way. Look into the group.")),
    }[what]

    def act() -> str:
        command(actor(), _where(wanted), robot_id, now=g.now)
        return _at(wanted, "listing")

    return answer(form, act, lambda: _listing(wanted), done=done)


@bp.get(HERE)
@open_to(CHAIR)
def listing() -> ResponseReturnValue:
    """The robots of my community."""
    return _listing(None)


@bp.route(f"{HERE}/new", methods=ASKED_AND_SENT)
@open_to(CHAIR)
def create() -> ResponseReturnValue:
    """A new robot of my community."""
    return _create(None)


@bp.route(f"{HERE}/{ROBOT}/edit", methods=ASKED_AND_SENT)
@open_to(CHAIR)
def rewrite(robot_id: int) -> ResponseReturnValue:
    """Change a robot of my community."""
    return _rewrite(None, robot_id)


@bp.post(f"{HERE}/{ROBOT}/<any(try, end):action>")
@open_to(CHAIR)
def press(robot_id: int, action: str) -> ResponseReturnValue:
    """Try a robot of my community out, or take it away."""
    return _press(None, robot_id, action)


@bp.get(THERE)
@open_to(ADMINS)
def listing_there(wanted: int) -> ResponseReturnValue:
    """The robots of a community of the administrator's street."""
    return _listing(wanted)


@bp.route(f"{THERE}/new", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def create_there(wanted: int) -> ResponseReturnValue:
    """A new robot of a community."""
    return _create(wanted)


@bp.route(f"{THERE}/{ROBOT}/edit", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def rewrite_there(wanted: int, robot_id: int) -> ResponseReturnValue:
    """Change a robot of a community."""
    return _rewrite(wanted, robot_id)


@bp.post(f"{THERE}/{ROBOT}/<any(try, end):action>")
@open_to(ADMINS)
def press_there(wanted: int, robot_id: int, action: str) -> ResponseReturnValue:
    """Try a robot of a community out, or take it away."""
    return _press(wanted, robot_id, action)


@bp.get("/admin/dead-letters")
@open_to(ADMINS)
def dead_letters() -> ResponseReturnValue:
    """What could not be delivered, and why."""
    return render_template(
        "notices/dead_letters.html",
        page=notices.dead_letters(g.place.street_id, request.args.get("before")),
        form=lambda: HarbourForm(formdata=None),
    )


@bp.post(f"/admin/dead-letters/<{ANY}:delivery_id>/again")
@open_to(ADMINS)
def send_again(delivery_id: int) -> ResponseReturnValue:
    """Send what could not be delivered once more."""
    form = HarbourForm()

    def act() -> str:
        notice_services.send_again(actor(), delivery_id, now=g.now)
        return url_for(".dead_letters")

    return answer(form, act, dead_letters, done=N_("It is on its way again."))

"""What I was told, and how I want to be told."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harbour.documents.messages import sentence
from harbour.domain.text import N_
from harbour.forms.base import HarbourForm
from harbour.forms.notices import TellingForm
from harbour.queries import notices
from harbour.services import notices as services
from harbour.web.access import SIGNED_IN, open_to
from harbour.web.acting import answer
from harbour.web.addresses import of_notice
from harbour.web.context import actor

bp = Blueprint("notices", __name__, url_prefix="/me")
ID = "<int(max=2147483647):notice_id>"
MOST = 2**31 - 1


def _communities() -> set[int]:
    return {one for place in g.person.places for one in place.community_ids}


@bp.get("/notices")
@open_to(SIGNED_IN)
def listing() -> ResponseReturnValue:
    """What I was told, newest first, the unread marked."""
    page = notices.page(g.person.user_id, _communities(), request.args.get("before"))
    return render_template(
        "notices/listing.html",
        page=page,
        said=lambda one: sentence(one.says, one.facts, one.number, str(one.facts.get("title", ""))),
        address=lambda one: of_notice(one.kind, one.slug, one.number, one.subject_id),
        form=lambda: HarbourForm(formdata=None),
    )


@bp.post(f"/notices/{ID}/open")
@open_to(SIGNED_IN)
def follow(notice_id: int) -> ResponseReturnValue:
    """Take the unread mark off, and go to the thing itself."""
    one = notices.line(g.person.user_id, _communities(), notice_id)
    services.read(actor(), notice_id, now=g.now)
    return redirect(of_notice(one.kind, one.slug, one.number, one.subject_id), 303)


@bp.post("/notices/read")
@open_to(SIGNED_IN)
def read_all() -> ResponseReturnValue:
    """Take all unread marks off, up to the newest that was shown."""
    until = request.form.get("until", "")
    known = int(until) if until.isascii() and until.isdigit() and len(until) < 10 else MOST

    def act() -> str:
        services.read_all(actor(), now=g.now, until=known)
        return url_for(".listing")

    return answer(HarbourForm(), act, listing, done=None)


@bp.route("/telling", methods=("GET", "POST"))
@open_to(SIGNED_IN)
def telling() -> ResponseReturnValue:
    """Set how I want to be told: by which address, when, and when not."""
    now = notices.telling(g.person.user_id)
    form = TellingForm(
        version=now.version,
        data={
            "email": now.email,
            "digest_on": now.digest_on,
            "digest_at": now.digest_at,
            "quiet_from": now.quiet_from,
            "quiet_until": now.quiet_until,
        },
    )
    if request.method == "GET":
        return _shown(form, now)

    def act() -> str:
        services.set_telling(actor(), form.inputs(), version=form.version.data or 0, now=g.now)
        return url_for(".telling")

    return answer(form, act, lambda: _shown(form, now))


def _shown(form: HarbourForm, now: notices.TellingNow) -> str:
    return render_template(
        "notices/telling.html", form=form, now_set=now, bare=HarbourForm(formdata=None)
    )


@bp.post("/telling/try")
@open_to(SIGNED_IN)
def try_mail() -> ResponseReturnValue:
    """Send me a trial mail."""
    form = HarbourForm()

    def act() -> str:
        services.try_mail(actor(), now=g.now)
        return url_for(".telling")

    def shown() -> str:
        return _shown(TellingForm(formdata=None), notices.telling(g.person.user_id))

    return answer(form, act, shown, done=N_("A trial is on its way. Look into your mailbox."))

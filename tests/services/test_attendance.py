"""Who is there: ticked off, signed in by oneself, gone early, come as a guest."""

from harbour.services import meetings
from tests.making import Make
from tests.making import meetings as making

SAFETY = making.SAFETY


def act(make: Make, who: str, number: str, action: str, **inputs: object) -> None:
    meetings.act(make.street.actor(who), number, action, inputs, now=make.clock())

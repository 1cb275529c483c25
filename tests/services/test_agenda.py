"""The agenda by itself, moved and planned by people; what is said at the table."""

from harbour.services import meetings
from tests.making import Make
from tests.making import meetings as making

SAFETY = making.SAFETY


def act(make: Make, who: str, number: str, action: str, **inputs: object) -> None:
    meetings.act(make.street.actor(who), number, action, inputs, now=make.clock())

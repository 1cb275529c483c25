"""Supervision orders (督办单) of the street: their number, how they stand, how they ended."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from harbour.domain.text import N_, Text


class OrderOutcome(StrEnum):
    """How the street found an order to have ended."""

    CARRIED_OUT = "carried_out"
    PARTLY = "partly"
    NOT_CARRIED_OUT = "not_carried_out"


OUTCOME_LABELS: Mapping[OrderOutcome, str] = {
    OrderOutcome.CARRIED_OUT: N_("Carried out"),
    OrderOutcome.PARTLY: N_("Partly carried out"),
    OrderOutcome.NOT_CARRIED_OUT: N_("Not carried out"),
}


class OrderState(StrEnum):
    """How an order stands: computed from its reply, its outcome and the day."""

    OPEN = "open"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    CONCLUDED = "concluded"


ORDER_LABELS: Mapping[OrderState, str] = {
    OrderState.OPEN: N_("Waiting for the reply"),
    OrderState.OVERDUE: N_("Reply overdue"),
    OrderState.ANSWERED: N_("Replied"),
    OrderState.CONCLUDED: N_("Concluded"),
}


def order_number(year: int, sequence: int) -> Text:
    """The number of an order, counted per street and year."""
    return Text(N_("Supervision (%(year)d) no. %(n)d"), {"year": year, "n": sequence})


def order_state(reply: str, outcome: str | None, reply_on: date, day: date) -> OrderState:
    """How an order stands on a day; the reply is in time on the day it is due."""
    if outcome:
        return OrderState.CONCLUDED
    if reply:
        return OrderState.ANSWERED
    return OrderState.OVERDUE if day > reply_on else OrderState.OPEN

"""The scope narrows what was asked; it never widens it, on either engine."""

from sqlalchemy import select

from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.tenancy import scoped_to
from tests.making.people import account


def test_the_installations_own_lines_do_not_loosen_a_condition(app, street, clock):
    account(app, clock.now, "cgl")  # leaves a line that belongs to no community

    with scoped_to(street.communities["CH"], installation=True):
        nothing = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "what.never.happened")
        ).all()
        everything = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()

    assert nothing == []
    assert [line.action for line in everything] == ["community.create", "user.create"]

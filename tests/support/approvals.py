"""A school whose bookings are approved: who asks, who leads, what is open."""

from __future__ import annotations

from typing import Any

from lms.access import Role
from lms.accounts.models import PersonEmail
from lms.agencies.rules import Sector
from lms.booking.commands import request_place
from lms.booking.models import Approval
from lms.catalogue.models import Prerequisite
from lms.catalogue.rules import ApprovedBy
from lms.db import db, transaction
from tests.support.make import Make

MANAGER = "head@pool-hayes.example"
OWN = "m.pettifer@pool-hayes.example"


class School:
    """Marigold of a school asks for one of the places of an event."""

    def __init__(self, make: Make, approved_by: ApprovedBy, **facts: Any) -> None:
        self.make = make
        self.agency = make.agency(
            "Pool Hayes School", Sector.EDUCATION, domains=["pool-hayes.example"]
        )
        self.marigold = make.person("Marigold Pettifer", OWN, agency=self.agency)
        self.event = make.event(**{"approved_by": approved_by, "capacity": 1, **facts})

    def lead(self, name: str = "Rosa Lead", email: str = "rosa@pool-hayes.example") -> int:
        return self.make.person(name, email, agency=self.agency, role=Role.AGENCY_LEAD)

    def ask(self, person: int | None = None, event: int | None = None, **said: Any) -> int:
        said = {"line_manager_email": MANAGER, "agency_id": self.agency, "by": None, **said}
        asks = event or self.event, person or self.marigold
        return request_place(*asks, now=self.make.now, **said).booking_id


def approvals_of(booking: int) -> list[Approval]:
    """All approvals of a booking, as the database has them now."""
    db.session.rollback()
    return db.session.query(Approval).filter_by(booking_id=booking).order_by(Approval.id).all()


def open_approval(booking: int) -> int:
    """The one open approval of a booking."""
    (found,) = [each.id for each in approvals_of(booking) if each.ended_at is None]
    return found


def second_address(person: int, address: str) -> None:
    with transaction() as session:
        session.add(PersonEmail(person_id=person, address=address, is_primary=False))


def require(course: int, required: int, *, within_months: int | None = None) -> None:
    """Let one course be required before another."""
    with transaction() as session:
        row = Prerequisite(course_id=course, required_course_id=required)
        row.within_months = within_months
        session.add(row)

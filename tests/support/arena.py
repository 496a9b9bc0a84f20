"""Where acts are tried: three events that are fought over, and the people of three agencies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from lms.access import Role, Viewer
from lms.agencies.rules import Sector
from lms.booking.rules import Share, ShareKind
from lms.catalogue.rules import ApprovedBy, EventMode, ListOrder
from tests.support.acts import Scene
from tests.support.booking import set_shares
from tests.support.make import Make

SECTORS = (Sector.POLICE, Sector.HEALTH, Sector.FAITH)


class Arena:
    """People of three agencies, the first of which has a lead, and a coordinator."""

    def __init__(self, make: Make, people: int) -> None:
        self.make = make
        self.agencies = [make.agency(sector=sector) for sector in SECTORS]
        self.people = [
            (make.person(agency=self.agencies[at % 3]), self.agencies[at % 3])
            for at in range(people)
        ]
        lead = make.person(agency=self.agencies[0], role=Role.AGENCY_LEAD)
        self.lead: Viewer = make.viewer(lead)
        self.coordinator: Viewer = make.viewer(make.coordinator())

    def events(self, starts_at: datetime) -> list[int]:
        """Two dates of one course, the first with a cap and the second in the mix's order, and a
        hybrid event that needs the lead's yes."""
        make = self.make
        course = make.course()
        first = make.event(course=course, capacity=3, starts_at=starts_at, unnamed_places=2)
        second = make.event(
            course=course,
            capacity=2,
            starts_at=starts_at + timedelta(days=1),
            list_order=ListOrder.MIX,
        )
        hybrid = make.event(
            capacity=1,
            online_capacity=2,
            mode=EventMode.HYBRID,
            starts_at=starts_at + timedelta(days=2),
            approved_by=ApprovedBy.AGENCY_LEAD,
            unnamed_places=1,
        )
        cap = Share(ShareKind.CAP, 2, agency_id=self.agencies[0])
        set_shares(first, cap, now=make.now)
        return [first, second, hybrid]

    def scene(self, events: list[int], draw: Callable[[int], int]) -> Scene:
        return Scene(
            events=events,
            people=self.people,
            lead=self.lead,
            coordinator=self.coordinator,
            draw=draw,
            now=self.make.clock.now,
        )

"""What a report counts of an event that partnerships share."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms.access import Role
from lms.booking.rules import Outcome
from lms.catalogue.models import SharedWith
from lms.db import transaction
from lms.errors import Refused
from lms.reporting.attendance.queries.report import attendance_report
from lms.reporting.queries import Asked, scope_of
from lms.reporting.rules import By
from tests.support.make import Make


def test_B17_the_host_reports_the_event_and_each_area_its_people(make: Make) -> None:
    """`--partnership` is who hosts it, `--by partnership` the area that a booking recorded."""
    walsall, sandwell = make.partnership(), make.partnership("Sandwell")
    event = make.event(starts_at=make.now - timedelta(days=14))
    with transaction() as session:
        session.add(SharedWith(event_id=event, partnership_id=sandwell, places=2))
    for area in (walsall, walsall, sandwell):
        make.booking(event, area_id=area, outcome=Outcome.ATTENDED)

    def attended(partnership: str, viewer: int | None = None) -> dict[str, int]:
        seen_by = make.viewer(viewer) if viewer else None
        scope = scope_of(Asked(partnership=partnership), seen_by)
        report = attendance_report(By.PARTNERSHIP, scope, make.now)
        return {row.label: row.counts.attended for row in report.rows if row.counts.attended}

    assert attended("") == attended("Walsall") == {"Walsall": 2, "Sandwell": 1}
    assert attended("Sandwell") == {}, "it hosted nothing"
    member = make.person(role=Role.PLD_MEMBER, partnership=sandwell)
    assert attended("", member) == {}
    with pytest.raises(Refused, match="no partnership Walsall"):
        attended("Walsall", member)

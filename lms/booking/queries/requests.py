"""A request for a place as the rules look at it: one picture for the pages and for the command."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms.agencies.models import Agency
from lms.booking.queries.audience import is_for_person
from lms.booking.queries.elsewhere import other_places
from lms.booking.queries.events import EventInForce, lineage_in
from lms.booking.queries.prerequisites import unmet_by
from lms.booking.queries.sharing import area_at
from lms.booking.rules import BookingRequest, Side, beside


def request_of(
    session: Session,
    at: EventInForce,
    person_id: int,
    agency: Agency | None,
    now: datetime,
    *,
    area_id: int | None = None,
    side: Side = Side.ROOM,
    replaces_id: int | None = None,
) -> BookingRequest:
    """What is known of somebody who asks for a place; what they declare is theirs to add.

    `replaces_id` is the place that ends once this one is confirmed (B8).
    """
    return BookingRequest(
        person_id=person_id,
        agency_ids=lineage_in(at.lineages, agency.id if agency else None),
        sector=agency.sector if agency else None,
        partnership_id=area_id or area_at(at.event, agency),
        side=side,
        is_for_them=is_for_person(session, at.event, person_id, now),
        other_places=beside(other_places(session, person_id, now), replaces_id),
        unmet=unmet_by(session, at, person_id),
    )

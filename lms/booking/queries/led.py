"""What an agency lead may see and act on: the bookings that are for their agencies."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from lms.access import Permission, Viewer
from lms.agencies.queries import ids_under
from lms.booking.models import Booking


def led_by(viewer: Viewer) -> ColumnElement[bool]:
    """A condition: the booking is for an agency that the viewer leads, or for a part of it."""
    return Booking.agency_id.in_(ids_under(viewer.agencies(Permission.LEAD_AGENCY)))

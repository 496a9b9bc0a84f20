"""What booking's pages, commands and jobs read."""

from lms.booking.queries.bookings import (
    Standing,
    bookings_of_person,
    fact_in,
    find_running_offer,
    get_booking,
    get_booking_by_id,
    get_offer,
    list_bookings,
    live_booking,
    reminders_of,
    standing_in,
    standing_of,
    told_at,
)
from lms.booking.queries.changes import count_live_bookings, is_told_of
from lms.booking.queries.elsewhere import places_elsewhere
from lms.booking.queries.events import (
    EventInForce,
    event_in_force,
    events_with_someone_to_serve,
    fact_of,
    load_events,
    snapshot,
    snapshots_of,
)
from lms.booking.queries.led import led_by
from lms.booking.queries.own_calendar import OwnPlace, own_places
from lms.booking.queries.places import PlacesSummary, places_of, summary_of

__all__ = [
    "EventInForce",
    "OwnPlace",
    "PlacesSummary",
    "Standing",
    "bookings_of_person",
    "count_live_bookings",
    "event_in_force",
    "events_with_someone_to_serve",
    "fact_in",
    "fact_of",
    "find_running_offer",
    "get_booking",
    "get_booking_by_id",
    "get_offer",
    "is_told_of",
    "led_by",
    "list_bookings",
    "live_booking",
    "load_events",
    "own_places",
    "places_elsewhere",
    "places_of",
    "reminders_of",
    "snapshot",
    "snapshots_of",
    "standing_in",
    "standing_of",
    "summary_of",
    "told_at",
]

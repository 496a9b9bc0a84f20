"""A person's own bookings as a calendar to subscribe to, at an address that cannot be guessed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from lms.access import Permission, requires
from lms.accounts.queries import get_person_of_feed
from lms.booking import calendar
from lms.booking.calendar import Entry, Status
from lms.booking.messages.entries import entry_of, sessions_of
from lms.booking.queries import OwnPlace, own_places, told_at
from lms.booking.views.blueprint import blueprint
from lms.web.held_links import keys
from lms.web.pages import settings

CERTAIN = "Can’t come? Give up your place here:"
HELD = "A place is held for you, and is not yours yet. Where it stands:"


@blueprint.get("/calendar/<token>.ics")
@requires(Permission.HOLD_LINK)
def own_calendar(token: str) -> BaseResponse:
    person = get_person_of_feed(token, keys())
    entries = [entry for place in own_places(person.id) for entry in _entries(place)]
    response = Response(calendar.feed(entries), mimetype="text/calendar")
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.add_etag()
    return response.make_conditional(request)


def _entries(place: OwnPlace) -> Iterator[tuple[Entry, Status, datetime]]:
    booking, event = place.booking, place.booking.event
    status = Status.CONFIRMED if place.is_certain else Status.TENTATIVE
    says = CERTAIN if place.is_certain else HELD
    for block in sessions_of(event, booking.takes_part):
        sequence = place.sequences.get(block.id, 0)
        entry = entry_of(booking, event, block, sequence, says, settings())
        yield entry, status, told_at(booking)

"""After checking in: that it is done, and the questions before the event in one tap (E2).

Somebody who has not signed in reads the same whoever they are: it says nothing of bookings (A2).
"""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, Viewer, requires, viewer
from lms.agencies.look import show_partnership
from lms.attendance.check_in.queries import Door, get_door, standing_at
from lms.evaluation.queries import asks_at_the_door, is_asked_at_the_door
from lms.evaluation.rules import Stage
from lms.evaluation.views.blueprint import blueprint
from lms.evaluation.views.holding import address_of
from lms.web.held_links import keys
from lms.web.pages import now, see


@blueprint.get("/check-in/<code>/done")
@requires(Permission.HOLD_LINK)
def after_check_in(code: str) -> str | Response:
    door, reader = get_door(code, keys(), now()), viewer()
    show_partnership(door.partnership)
    if reader is None or "by-name" in request.args:
        return _for_anyone(door)
    return _for_oneself(door, reader)


def _for_anyone(door: Door) -> str:
    return render_template(
        "evaluation/after_check_in.html",
        door=door,
        asks=viewer() is None and asks_at_the_door(door.event_id, now()),
        is_sure="places-only" not in request.args,
    )


def _for_oneself(door: Door, reader: Viewer) -> str | Response:
    standing = standing_at(door, reader)
    booking = standing.booking
    if booking is None or standing.mark is None:
        return see(door.address)
    asks = is_asked_at_the_door(booking.id, now())
    return render_template(
        "evaluation/after_own_check_in.html",
        door=door,
        reader=reader,
        standing=standing,
        questions=address_of(booking.id, Stage.PRE) if asks else None,
    )

"""One booking: a place, a position in the line, an offer, or how it ended."""

from __future__ import annotations

from flask import render_template

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.desk.bookings import booking_page
from lms.desk.views.blueprint import blueprint
from lms.web.pages import now


@blueprint.get("/bookings/<reference>")
@requires(Permission.BE_A_PRACTITIONER)
def booking(reference: str) -> str:
    page = booking_page(reference, the_viewer(), now())
    show_partnership(page.booking.event.partnership_id)
    return render_template("desk/booking.html", page=page)

"""Booking a place for oneself: check the answers, then one button."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.accounts.commands import set_needs
from lms.agencies.look import show_partnership
from lms.booking import commands
from lms.booking.commands import AlreadyBooked
from lms.booking.forms import BookingForm, text_of
from lms.booking.queries.outlook import Outlook, own_outlook
from lms.booking.queries.programme import events_of_course
from lms.booking.rules import Rule
from lms.booking.views import wording
from lms.booking.views.blueprint import blueprint
from lms.booking.views.rows import row_of
from lms.clock import london_date
from lms.errors import Busy, Refused
from lms.web.pages import now, see


@blueprint.route("/events/<int:event_id>/book", methods=["GET", "POST"])
@requires(Permission.BE_A_PRACTITIONER)
def book(event_id: int) -> Response:
    found = own_outlook(event_id, the_viewer(), now())
    show_partnership(found.event.partnership_id)
    if found.live is not None:
        return see(f"/bookings/{found.live.reference}")
    declares = "elsewhere" in request.args and bool(found.unmet)
    if stands := found.refusals_but(Rule.B9):
        return refused(found, Refused(stands[0].sentence, way_out=stands[0].way_out))
    if found.unmet and not declares:
        return _something_comes_first(found)
    form = BookingForm(obj=found.person)
    form.prepare(found, declares=declares)
    if not (form.validate_on_submit() and form.validate_days(found, london_date(now()))):
        return _check_answers(found, form, 422 if form.has_errors else 200)
    return _ask(found, form)


def _ask(found: Outlook, form: BookingForm) -> Response:
    own = the_viewer()
    try:
        result = commands.request_place(
            found.event.id,
            own.person_id,
            job_role=found.person.job_role,
            by=own,
            now=now(),
            **form.asks_for(),
        )
    except AlreadyBooked as already:
        return see(f"/bookings/{already.reference}")
    except Busy as busy:
        form.refuse(Refused(f"{busy.sentence} {busy.way_out}"))
        return _check_answers(found, form, 503)
    except Refused as refusal:
        if refusal.field is None:
            return refused(found, refusal)
        form.refuse(refusal)
        return _check_answers(found, form, 422)
    if form.remember.data:
        set_needs(
            own.person_id,
            text_of(form, "access_needs"),
            text_of(form, "dietary_needs")
            if "dietary_needs" in form
            else found.person.dietary_needs,
            now=now(),
        )
    return see(f"/bookings/{result.reference}")


def _something_comes_first(found: Outlook) -> Response:
    """What must have been attended before, its dates, and the way for who learnt it elsewhere."""
    courses = [
        (
            each,
            [
                row_of(event)
                for event in events_of_course(each.course_id, now(), the_viewer(), now())
            ],
        )
        for each in found.unmet
    ]
    page = render_template("booking/comes_first.html", event=found.event, courses=courses)
    return make_response(page, 409)


def _check_answers(found: Outlook, form: BookingForm, status: int) -> Response:
    page = render_template(
        "booking/book.html",
        outlook=found,
        form=form,
        email=the_viewer().email,
        address=request.full_path.rstrip("?"),
        late_clause=wording.late_clause(found.lateness, now()),
    )
    return make_response(page, status)


def refused(found: Outlook, refusal: Refused) -> Response:
    """The page that names what stands in the way, and the way out."""
    page = render_template("booking/refused.html", event=found.event, refusal=refusal)
    return make_response(page, 409)

"""A place goes to another date, or to a colleague: what will happen first, then one button."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.accounts.models import Person
from lms.accounts.queries import find_person_by_address
from lms.accounts.rules import normal_address
from lms.agencies.look import show_partnership
from lms.booking import commands, queries
from lms.booking.commands import BookingResult, NewColleague
from lms.booking.forms.passing_on import HandOverForm, TransferForm
from lms.booking.models import Booking
from lms.booking.queries.handing_over import why_not_for
from lms.booking.queries.outlook import prospect_of
from lms.booking.queries.sharing import manage_page
from lms.booking.queries.transfers import dates_to_move_to
from lms.booking.rules import BookingState, CancelledBy, Rule
from lms.booking.views import wording
from lms.booking.views.blueprint import blueprint
from lms.booking.views.bookings import as_whom
from lms.booking.views.wording import Saying
from lms.errors import NotFound, Refused
from lms.web.pages import done, now, see
from lms.words import of_them

# --- To another date ------------------------------------------------------------------------


@blueprint.route("/bookings/<reference>/transfer", methods=["GET", "POST"])
@requires(Permission.BE_A_PRACTITIONER)
def transfer(reference: str) -> Response:
    booking = _booking(reference)
    if not prospect_of(booking, now()).may_be_transferred:
        return _stays(booking, "moved to another date")
    form = _transfer_form(booking)
    if form.validate_on_submit():
        try:
            return _transfer(booking, form)
        except Refused as refusal:
            form.refuse(_with_where_to_say_it(refusal))
    is_own = _is_own(booking)
    said = str if is_own else of_them
    page = render_template(
        "booking/transfer.html",
        booking=booking,
        form=form,
        is_own=is_own,
        home=manage_page(booking.event, the_viewer()),
        hints={str(each.event.id): said(each.sentence) for each in form.open_dates},
        shut=[(each.event, each.refusal.sentence) for each in form.shut_dates if each.refusal],
    )
    return make_response(page, 422 if form.has_errors else 200)


def _with_where_to_say_it(refusal: Refused) -> Refused:
    """No field here asks who the line manager is: the account does."""
    if refusal.field != "line_manager_email":
        return refusal
    sentence = refusal.sentence.removesuffix(".")
    return Refused(f"{sentence}. It is kept in the account: change it there, then come back.")


def _transfer_form(booking: Booking) -> TransferForm:
    form, is_own = TransferForm(), _is_own(booking)
    runs_it = the_viewer().can(Permission.RUN_PROGRAMME, booking.event.partnership_id)
    dates = dates_to_move_to(booking, now())
    form.prepare(dates, is_own=is_own, lifts=runs_it and not is_own)
    return form


def _transfer(booking: Booking, form: TransferForm) -> Response:
    name, is_own = booking.name, _is_own(booking)
    home = manage_page(booking.event, the_viewer())
    result = commands.transfer_booking(
        booking.id,
        int(form.to.data),
        confirm_at_once=form.wants_it_at_once,
        override_reason=form.reason,
        by=the_viewer(),
        now=now(),
    )
    done(_moved(result, "You have" if is_own else f"{name} has"))
    return see(f"/bookings/{result.reference}" if is_own else home)


def _moved(result: BookingResult, who_has: str) -> str:
    if result.state is BookingState.CONFIRMED:
        return f"{who_has} a place on the new date. The old one is free for somebody else."
    if result.state is BookingState.REQUESTED:
        return f"{who_has} asked for a place there. The old one is kept until it is approved."
    return f"{who_has} joined the list there. The place on the old date is kept until then."


# --- To a colleague -------------------------------------------------------------------------


@blueprint.route("/bookings/<reference>/hand-over", methods=["GET", "POST"])
@requires(Permission.BE_A_PRACTITIONER)
def hand_over(reference: str) -> Response:
    booking = _booking(reference)
    if not prospect_of(booking, now()).may_be_handed_over:
        return _stays(booking, "handed to a colleague")
    form = HandOverForm()
    if not form.validate_on_submit():
        return _hand_over_page("hand_over", booking, form, 422 if form.has_errors else 200)
    try:
        return _check_or_hand_over(booking, form)
    except Refused as refusal:
        if refusal.field is not None:
            form.refuse(refusal)
            return _hand_over_page("hand_over", booking, form, 422)
        return _hand_over_page("hand_over_refused", booking, form, 409, refusal)


def _check_or_hand_over(booking: Booking, form: HandOverForm) -> Response:
    address = normal_address(form.email.data or "")
    person = find_person_by_address(address)
    form.knows(person.name if person else "")
    if person is not None:
        _refuse_where_it_is_not_theirs(booking, person, address)
    is_confirmed = "confirmed" in request.form
    if not is_confirmed or form.lacks_name():
        status = 422 if form.has_errors else 200
        return _hand_over_page("hand_over_check", booking, form, status)
    is_own, home = _is_own(booking), manage_page(booking.event, the_viewer())
    new = NewColleague((form.name.data or "").strip(), address)
    commands.hand_over_booking(
        booking.id,
        to=person.id if person else new,
        by=the_viewer(),
        by_what=as_whom(booking, the_viewer()),
        now=now(),
    )
    done(f"{form.colleague} has the place now. You are both told by e-mail.")
    return see("/my-learning" if is_own else home)


def _refuse_where_it_is_not_theirs(booking: Booking, person: Person, address: str) -> None:
    """Say why not, without telling the name behind an address of another agency."""
    refusal = why_not_for(booking, person, now())
    if refusal is None:
        return
    if refusal.rule is Rule.B12:
        raise Refused(f"{address} is not known to us as an address at {booking.agency_name}.")
    raise Refused(refusal.sentence, way_out=refusal.way_out)


def _hand_over_page(
    name: str,
    booking: Booking,
    form: HandOverForm,
    status: int,
    refusal: Refused | None = None,
) -> Response:
    page = render_template(
        f"booking/{name}.html",
        booking=booking,
        form=form,
        is_own=_is_own(booking),
        refusal=refusal,
    )
    return make_response(page, status)


# --- Both -----------------------------------------------------------------------------------


def _booking(reference: str) -> Booking:
    booking = queries.get_booking(reference, the_viewer())
    if booking.person is None:
        raise NotFound
    show_partnership(booking.event.partnership_id)
    return booking


def _is_own(booking: Booking) -> bool:
    return as_whom(booking, the_viewer()) is CancelledBy.DELEGATE


def _stays(booking: Booking, done_with_it: str) -> Response:
    """The place cannot be passed on any more, or not yet: why, and what can be done."""
    said = wording.ended(booking, now()) or Saying(
        f"This place cannot be {done_with_it} now", wording.why_it_stays(booking)
    )
    page = render_template("booking/link_told.html", booking=booking, saying=said)
    return make_response(page, 409 if request.method == "POST" else 200)

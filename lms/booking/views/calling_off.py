"""Cancelling an event, or taking its date away: first what will happen, and to how many."""

from __future__ import annotations

from collections.abc import Callable

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.booking import commands
from lms.booking.forms import CallOffForm
from lms.booking.queries.event_places import EventPlaces, event_places
from lms.booking.rules import BookingState
from lms.booking.views.blueprint import blueprint
from lms.catalogue.rules import CancelReason, EventState
from lms.errors import Refused
from lms.web.pages import done, now, see
from lms.words import count


@blueprint.route("/manage/events/<int:event_id>/cancel", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def cancel_event(event_id: int) -> Response:
    return _call_off(event_id, EventState.CANCELLED, commands.cancel_event)


@blueprint.route("/manage/events/<int:event_id>/postpone", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def postpone_event(event_id: int) -> Response:
    return _call_off(event_id, EventState.POSTPONED, commands.postpone_event)


def _call_off(event_id: int, becomes: EventState, act: Callable[..., int]) -> Response:
    form = CallOffForm(data={"reason": request.args.get("reason")})
    managed = event_places(event_id, the_viewer(), now())
    show_partnership(managed.event.partnership_id)
    if managed.event.state is becomes:
        return see(f"/manage/events/{event_id}")
    if form.validate_on_submit():
        reason, note = CancelReason(form.reason.data), form.note.data or ""
        try:
            people = act(event_id, reason=reason, note=note, by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            told = f" {count(people, 'person is', 'people are').capitalize()} told."
            done(f"The event is {becomes.words}.{told if people else ''}")
            return see(f"/manage/events/{event_id}")
    return _page(managed, form, becomes)


def _page(managed: EventPlaces, form: CallOffForm, becomes: EventState) -> Response:
    states = [person.state for person in managed.live]
    waiting = states.count(BookingState.WAITING)
    page = render_template(
        "booking/cancel_event.html" if becomes is EventState.CANCELLED else "booking/postpone.html",
        managed=managed,
        form=form,
        verb="Cancel" if becomes is EventState.CANCELLED else "Postpone",
        keep="Keep it" if becomes is EventState.CANCELLED else "Keep the date",
        trainers=_trainers_told(managed),
        placed=len(states) - waiting,
        offered=states.count(BookingState.OFFERED),
        waiting=waiting,
    )
    return make_response(page, 422 if form.has_errors else 200)


def _trainers_told(managed: EventPlaces) -> list[str]:
    """Those who give it and have an address, but for who does this."""
    doer = the_viewer().person_id
    return [
        trainer.person.name
        for trainer in managed.event.trainers
        if trainer.person.emails and trainer.person_id != doer
    ]

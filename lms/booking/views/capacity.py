"""How many places an event has."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.booking import commands
from lms.booking.forms import CapacityForm
from lms.booking.queries.event_places import EventPlaces, event_places
from lms.booking.views.blueprint import blueprint
from lms.catalogue.models import Event
from lms.catalogue.rules import EventMode
from lms.errors import NotFound, Refused
from lms.web.pages import done, now, see


@blueprint.route("/manage/events/<int:event_id>/capacity", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def capacity(event_id: int) -> Response:
    managed = _managed(event_id)
    form = _capacity_form(managed.event)
    if not form.validate_on_submit():
        return _page(managed, form)
    try:
        commands.change_capacity(
            event_id,
            form.capacity.data or 0,
            online_capacity=form.online_capacity.data if "online_capacity" in form else None,
            by=the_viewer(),
            now=now(),
        )
    except Refused as refusal:
        form.refuse(refusal)
        return _page(managed, form)
    done(f"There are {form.capacity.data} places now.")
    return see(f"/manage/events/{event_id}")


def _managed(event_id: int) -> EventPlaces:
    managed = event_places(event_id, the_viewer(), now())
    if managed.places is None:
        raise NotFound
    show_partnership(managed.event.partnership_id)
    return managed


def _capacity_form(event: Event) -> CapacityForm:
    form = CapacityForm(obj=event)
    if event.mode is not EventMode.HYBRID:
        del form.online_capacity
    return form


def _page(managed: EventPlaces, form: CapacityForm) -> Response:
    page = render_template("booking/capacity.html", managed=managed, form=form)
    return make_response(page, 422 if form.has_errors else 200)

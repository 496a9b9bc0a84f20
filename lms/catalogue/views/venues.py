"""The venues that a partnership meets at."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.queries import names_to_tell_apart, partnerships_run_by
from lms.agencies.views import show_partnership
from lms.catalogue import commands, queries
from lms.catalogue.forms.venue import VenueForm, venue_data
from lms.catalogue.models import Venue
from lms.catalogue.views.blueprint import blueprint
from lms.errors import Refused
from lms.web.pages import done, now, see
from lms.words import count, sentence_case

PATH = "/manage/venues"


@blueprint.get(PATH)
@requires(Permission.RUN_PROGRAMME)
def manage_venues() -> str:
    run = partnerships_run_by(the_viewer())
    ids = [partnership.id for partnership in run]
    retired = queries.list_venues(ids, retired=True)
    shows_retired = "retired" in request.args
    venues = retired if shows_retired else queries.list_venues(ids)
    return render_template(
        "catalogue/manage_venues.html",
        venues=venues,
        held=queries.count_held_at([venue.id for venue in venues], now()),
        retired=len(retired),
        shows_retired=shows_retired,
        names=names_to_tell_apart(run),
    )


@blueprint.route(f"{PATH}/new", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def add_venue() -> str | Response:
    form = _form({})
    if form.validate_on_submit():
        try:
            commands.add_venue(form.details(), by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done(f"{form.name.data} is added. Events can be held there now.")
            return see(PATH)
    return _page(form, None)


@blueprint.route(f"{PATH}/<int:venue_id>", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def change_venue(venue_id: int) -> str | Response:
    venue = queries.get_venue(venue_id, the_viewer())
    show_partnership(venue.partnership_id)
    form = _form(venue_data(queries.venue_details(venue)))
    form.partnership.data = venue.partnership_id
    if form.validate_on_submit():
        try:
            anew = commands.change_venue(venue_id, form.details(), by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done(f"{form.name.data} is saved.{_said_anew(anew)}")
            return see(PATH)
    return _page(form, queries.get_venue(venue_id, the_viewer()))


def _said_anew(events: int) -> str:
    if not events:
        return ""
    said = sentence_case(count(events, "event to come says", "events to come say"))
    return f" {said} it anew on its page. Nobody was written to."


@blueprint.post(f"{PATH}/<int:venue_id>/retire")
@requires(Permission.RUN_PROGRAMME)
def retire_venue(venue_id: int) -> Response:
    venue = queries.get_venue(venue_id, the_viewer())
    name = venue.name
    commands.retire_venue(venue_id, by=the_viewer(), now=now())
    done(f"{name} is retired. Events that are to be held there stay there.")
    return see(PATH)


@blueprint.post(f"{PATH}/<int:venue_id>/bring-back")
@requires(Permission.RUN_PROGRAMME)
def bring_back_venue(venue_id: int) -> Response:
    name = queries.get_venue(venue_id, the_viewer()).name
    commands.bring_back_venue(venue_id, by=the_viewer(), now=now())
    done(f"Events can be held at {name} again.")
    return see(PATH)


def _form(data: dict[str, Any]) -> VenueForm:
    form = VenueForm(data=data)
    form.offer(partnerships_run_by(the_viewer()))
    return form


def _page(form: VenueForm, venue: Venue | None) -> str:
    held = queries.count_held_at([venue.id], now()).get(venue.id, 0) if venue else 0
    return render_template("catalogue/venue_form.html", form=form, venue=venue, held=held)

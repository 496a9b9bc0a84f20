"""How many places an event has, and who may have how many of them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.agencies.queries import list_agencies, list_partnerships
from lms.agencies.rules import Sector
from lms.booking import commands
from lms.booking.forms import CapacityForm, SharesForm, share_rows
from lms.booking.models import Share
from lms.booking.queries.event_places import EventPlaces, event_places, list_shares
from lms.booking.views.blueprint import blueprint
from lms.catalogue.models import Event
from lms.catalogue.rules import EventMode
from lms.clock import london_date
from lms.errors import NotFound, Refused
from lms.web.pages import done, now, see


@blueprint.route("/manage/events/<int:event_id>/capacity", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def capacity(event_id: int) -> Response:
    managed = _managed(event_id)
    form = _capacity_form(managed.event)
    shares = _shares_form(managed.event, list_shares(event_id), is_sent=False)
    if not form.validate_on_submit():
        return _page(managed, form, shares, form)
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
        return _page(managed, form, shares, form)
    done(f"There are {form.capacity.data} places now.")
    return see(f"/manage/events/{event_id}")


@blueprint.post("/manage/events/<int:event_id>/shares")
@requires(Permission.RUN_PROGRAMME)
def shares(event_id: int) -> Response:
    managed = _managed(event_id)
    sent = _shares_form(managed.event, list_shares(event_id), is_sent=True)
    if sent.add.data:
        sent.rows.append_entry({})
        sent.prepare(_groups(managed.event, list_shares(event_id)))
        return _page(managed, _capacity_form(managed.event), sent, None)
    if not sent.validate_on_submit():
        return _page(managed, _capacity_form(managed.event), sent, sent)
    commands.set_shares(event_id, sent.shares(), by=the_viewer(), now=now())
    done("Who may have how many places is saved. Whoever fits now has been placed or asked.")
    return see(f"/manage/events/{event_id}")


def _managed(event_id: int) -> EventPlaces:
    managed = event_places(event_id, the_viewer(), now())
    if managed.places is None:
        raise NotFound
    show_partnership(managed.event.partnership_id)
    return managed


def _capacity_form(event: Event) -> CapacityForm:
    form = CapacityForm(obj=event) if request.endpoint == "booking.capacity" else _filled(event)
    if event.mode is not EventMode.HYBRID:
        del form.online_capacity
    return form


def _filled(event: Event) -> CapacityForm:
    """The form as it stands in the database: what was sent belongs to the other one."""
    return CapacityForm(None, obj=event)


def _shares_form(event: Event, known: Sequence[Share], *, is_sent: bool) -> SharesForm:
    data = {"rows": share_rows(known)}
    form = SharesForm(data=data) if is_sent else SharesForm(None, data=data)
    form.prepare(_groups(event, known))
    return form


def _groups(event: Event, known: Sequence[Share]) -> list[tuple[str, str]]:
    """The groups that can have a share: sectors, agencies of the partnership, partnerships."""
    agencies = {a.id: a.name for a in list_agencies(event.partnership_id, on=london_date(now()))}
    agencies |= {share.agency.id: share.agency.name for share in known if share.agency}
    return [
        *((f"sector:{sector.value}", f"{sector.label} sector") for sector in Sector),
        *((f"agency:{agency_id}", name) for agency_id, name in agencies.items()),
        *((f"partnership:{p.id}", f"People of {p.name}") for p in list_partnerships()),
    ]


def _page(
    managed: EventPlaces,
    form: CapacityForm,
    shares: SharesForm,
    faulty: CapacityForm | SharesForm | None,
) -> Response:
    page = render_template(
        "booking/capacity.html",
        managed=managed,
        form=faulty,
        capacity_form=form,
        shares_form=shares,
    )
    return make_response(page, 422 if faulty and faulty.has_errors else 200)

"""Where a session's code leads: one tap for who has signed in, a short form for anyone else."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms.access import Permission, Viewer, requires, sign_in_address, viewer
from lms.attendance.check_in import commands
from lms.attendance.check_in.forms import CodeForm, OwnForm, WhoForm
from lms.attendance.check_in.queries import (
    Door,
    Standing,
    address_of,
    read_code,
    standing_at,
    workplaces_of,
)
from lms.attendance.check_in.rules import why_no_seat
from lms.attendance.check_in.views.codes import BASE, CHECK_IN, door_of
from lms.attendance.views.blueprint import blueprint
from lms.booking.queries.events import side_of
from lms.booking.rules import Side
from lms.errors import Refused
from lms.tokens import new_secret
from lms.web.held_links import keys
from lms.web.pages import now, see


@blueprint.route(BASE, methods=["GET", "POST"])
@requires(Permission.PUBLIC)
def enter_code() -> str | Response:
    """For a phone without a camera: the code is typed."""
    form = CodeForm()
    if form.validate_on_submit():
        code = read_code(form.code.data or "", keys())
        if code is not None:
            return see(address_of(code))
        form.refuse(Refused("Enter the code as it is shown in the room", field="code"))
    page = render_template("attendance/check_in/enter_code.html", form=form)
    return make_response(page, 422 if form.has_errors else 200)


@blueprint.get(CHECK_IN)
@requires(Permission.HOLD_LINK)
def check_in(code: str) -> Response:
    door, reader = door_of(code), viewer()
    if door.shut:
        return shut_page(door)
    if reader is None:
        return who_page(door, WhoForm(data={"once": new_secret()}))
    standing = standing_at(door, reader)
    if standing.is_here:
        return see(f"{door.address}/done")
    return _own_page(door, standing, _own_form(door, standing, reader), reader)


@blueprint.post(CHECK_IN)
@requires(Permission.HOLD_LINK)
def check_oneself_in(code: str) -> Response:
    door, reader = door_of(code), viewer()
    if reader is None:
        return see(sign_in_address())
    standing = standing_at(door, reader)
    form = _own_form(door, standing, reader)
    if not form.validate_on_submit():
        return _own_page(door, standing, form, reader)
    where = form.chosen_workplace
    try:
        commands.check_in(
            door.session_id,
            form.chosen_side,
            agency_id=where.agency_id,
            agency_typed=where.name,
            by=reader,
            now=now(),
        )
    except Refused as refusal:
        return shut_page(door) if door.shut else refused_page(door, refusal)
    return see(f"{door.address}/done")


def _own_form(door: Door, standing: Standing, reader: Viewer) -> OwnForm:
    own_side = side_of(standing.booking.mode) if standing.booking else Side.ROOM
    form = OwnForm(data={"side": own_side.value})
    form.of(is_hybrid=door.is_hybrid)
    form.offer([] if standing.has_place else workplaces_of(reader.person_id, now()))
    return form


def _own_page(door: Door, standing: Standing, form: OwnForm, reader: Viewer) -> Response:
    no_seat = None if standing.has_place else _no_seat_anywhere(door, standing)
    page = render_template(
        "attendance/check_in/own.html",
        door=door,
        form=form,
        standing=standing,
        no_seat=no_seat,
        see_the_trainer=commands.SEE_THE_TRAINER,
        reader=reader,
    )
    return make_response(page, 422 if form.has_errors else 200)


def _no_seat_anywhere(door: Door, standing: Standing) -> str | None:
    """Why somebody without a place cannot come in by the code, however they take part."""
    sides = list(Side) if door.is_hybrid else [Side.ROOM]
    reasons = [why_no_seat(standing.room, side) for side in sides]
    return reasons[0] if all(reasons) else None


def who_page(door: Door, form: WhoForm) -> Response:
    """The first of two short questions for somebody who has not signed in."""
    page = render_template(
        "attendance/check_in/who.html",
        door=door,
        form=form,
    )
    return make_response(page, 422 if form.has_errors else 200)


def shut_page(door: Door) -> Response:
    """That nobody can check in now, with when they can or whom to ask."""
    return make_response(render_template("attendance/check_in/shut.html", door=door), 200)


def refused_page(door: Door, refusal: Refused) -> Response:
    """Why somebody who has no place cannot come in by the code."""
    page = render_template("attendance/check_in/refused.html", door=door, refusal=refusal)
    return make_response(page, 409)

"""Checking in without signing in: who, then where from; the same words for everyone (A2)."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires
from lms.agencies.queries import list_agencies, suggest_agencies
from lms.attendance.check_in import commands
from lms.attendance.check_in.forms import WhereForm, WhoForm
from lms.attendance.check_in.queries import Door
from lms.attendance.check_in.rules import Answer
from lms.attendance.check_in.views.codes import CHECK_IN, door_of
from lms.attendance.check_in.views.entering import shut_page, who_page
from lms.attendance.views.blueprint import blueprint
from lms.clock import london_date
from lms.errors import Refused
from lms.tokens import new_secret
from lms.web.pages import now, see

BY_NAME = f"{CHECK_IN}/by-name"


@blueprint.get(BY_NAME)
@requires(Permission.HOLD_LINK)
def say_who(code: str) -> Response:
    """The form as it is for anyone, though somebody has signed in on this phone."""
    door = door_of(code)
    return shut_page(door) if door.shut else who_page(door, WhoForm(data={"once": new_secret()}))


@blueprint.post(BY_NAME)
@requires(Permission.HOLD_LINK)
def check_in_by_name(code: str) -> Response:
    door = door_of(code)
    if door.shut:
        return shut_page(door)
    who = WhoForm()
    address = _address_given(who)
    if address is None or "change" in request.form:
        return who_page(door, who)
    where = WhereForm()
    where.of(is_hybrid=door.is_hybrid)
    where.suggest(suggest_agencies(address, london_date(now())) if address else [])
    if "where" not in request.form:
        return _where_page(door, where)
    if not where.validate():
        return _where_page(door, where, 422)
    return _sent(door, where)


def _address_given(who: WhoForm) -> str | None:
    """The address that was typed, or '' for none; None where there is something to put right."""
    if not who.validate():
        return None
    try:
        return commands.own_address(who.email.data or "")
    except Refused as refusal:
        who.refuse(refusal)
        return None


def _sent(door: Door, where: WhereForm) -> Response:
    try:
        answer = commands.check_in_by_name(
            door.session_id, where.claim(), where.chosen_side, now=now()
        )
    except Refused:
        return shut_page(door_of(door.code))
    told = "" if answer is Answer.CHECKED_IN else "&places-only=yes"
    return see(f"{door.address}/done?by-name=yes{told}")


def _where_page(door: Door, form: WhereForm, status: int = 200) -> Response:
    page = render_template(
        "attendance/check_in/where.html",
        door=door,
        form=form,
        agencies=list_agencies(on=london_date(now())),
    )
    return make_response(page, status)

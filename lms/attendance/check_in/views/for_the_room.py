"""What the room sees: the screen with the code and a live count, and the sheet for the wall."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.attendance import queries
from lms.attendance.check_in import commands
from lms.attendance.check_in.queries import (
    code_of,
    count_at,
    next_session,
    takes_walk_ins,
)
from lms.attendance.check_in.rules import window_of
from lms.attendance.check_in.views.codes import BASE, square_of
from lms.attendance.queries import RegisterPicture
from lms.attendance.rules import SessionFact
from lms.attendance.views.blueprint import blueprint
from lms.attendance.views.shown import session_name, when_and_where
from lms.web.addresses import row_id
from lms.web.held_links import keys
from lms.web.pages import done, now, see, settings
from lms.words import written_address

OF_EVENT = "/manage/events/<int:event_id>/check-in"


class Shown:
    """One session's code as a screen or a sheet shows it."""

    def __init__(self, picture: RegisterPicture, session: SessionFact) -> None:
        self.session = session
        self.name = session_name(session, picture.sessions)
        self.when = when_and_where(picture, session)
        self.code = code_of(session.id, keys())
        self.square = square_of(self.code)
        self.window = window_of(session.starts_at)
        self.count = count_at(picture, session.id)
        self.short_address = written_address(f"{settings().base_url}{BASE}")


@blueprint.get(OF_EVENT)
@requires(Permission.TAKE_REGISTER)
def check_in_screen(event_id: int) -> str:
    """For a projector: nobody is named on it."""
    picture = _picture(event_id)
    session = _asked_for(picture) or next_session(picture.sessions, now())
    window = window_of(session.starts_at)
    return render_template(
        "attendance/check_in/screen.html",
        picture=picture,
        shown=Shown(picture, session),
        sessions=[(one, session_name(one, picture.sessions)) for one in picture.sessions],
        is_early=now() < window.opens_at,
        is_over=now() > window.closes_at or picture.closed_at is not None,
        is_live=window.opens_at <= now() <= window.closes_at,
        takes_walk_ins=takes_walk_ins(event_id),
        as_of=now(),
        address=_address(event_id),
    )


@blueprint.get(f"{OF_EVENT}/sheet")
@requires(Permission.TAKE_REGISTER)
def check_in_sheet(event_id: int) -> str:
    """For the wall: an A4 page for each session, or for the one that is asked for."""
    picture = _picture(event_id)
    asked_for = _asked_for(picture)
    return render_template(
        "attendance/check_in/sheet.html",
        picture=picture,
        sheets=[Shown(picture, one) for one in ([asked_for] if asked_for else picture.sessions)],
        address=_address(event_id),
    )


@blueprint.post(f"{OF_EVENT}/walk-ins")
@requires(Permission.TAKE_REGISTER)
def set_walk_ins(event_id: int) -> Response:
    takes = request.form.get("takes") == "yes"
    commands.set_walk_ins(event_id, takes, by=the_viewer(), now=now())
    done(
        "The code takes people without a place again."
        if takes
        else "The code takes only those who have a place. Add others on the register."
    )
    asked = request.query_string.decode("ascii", "ignore")
    return see(f"{_address(event_id)}?{asked}" if asked else _address(event_id))


def _picture(event_id: int) -> RegisterPicture:
    picture = queries.get_register(event_id, the_viewer())
    show_partnership(picture.partnership_id)
    return picture


def _asked_for(picture: RegisterPicture) -> SessionFact | None:
    wanted = request.args.get("session", type=row_id)
    return next((one for one in picture.sessions if one.id == wanted), None)


def _address(event_id: int) -> str:
    return f"/manage/events/{event_id}/check-in"

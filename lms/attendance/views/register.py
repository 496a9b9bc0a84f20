"""The registers that somebody takes, and one of them with its marks."""

from __future__ import annotations

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.attendance import commands, queries
from lms.attendance.forms import MinutesForm
from lms.attendance.rules import MarkKind
from lms.attendance.views.blueprint import REGISTER, blueprint, register_address
from lms.attendance.views.shown import MARKS, ShownRegister, when_and_where
from lms.web.addresses import row_id
from lms.web.pages import now, see


@blueprint.get("/manage/registers")
@requires(Permission.TAKE_REGISTER)
def registers() -> str:
    found = queries.list_registers(the_viewer(), now())
    return render_template("attendance/registers.html", registers=found)


@blueprint.get(REGISTER)
@requires(Permission.TAKE_REGISTER)
def register(event_id: int) -> str:
    shown = show(event_id)
    return render_template(
        "attendance/register.html",
        shown=shown,
        when=when_and_where(shown.picture, shown.session),
        marks=MARKS,
        can_correct=queries.coordinates(the_viewer(), shown.picture.partnership_id),
        minutes_of=request.args.get("minutes", type=int),
    )


def show(event_id: int) -> ShownRegister:
    """The register as this request asks for it, in its partnership's look."""
    picture = queries.get_register(event_id, the_viewer())
    show_partnership(picture.partnership_id)
    return ShownRegister(
        picture,
        now(),
        session_id=request.args.get("session", type=row_id),
        show=request.args.get("show", ""),
    )


@blueprint.post(f"{REGISTER}/<int:booking_id>/marks/<int:session_id>")
@requires(Permission.TAKE_REGISTER)
def mark(event_id: int, booking_id: int, session_id: int) -> Response:
    try:
        kind = MarkKind(request.form.get("mark", ""))
    except ValueError:
        abort(400)
    commands.mark(event_id, booking_id, session_id, kind, by=the_viewer(), now=now())
    return back_to_row(event_id, booking_id)


@blueprint.post(f"{REGISTER}/<int:booking_id>/minutes/<int:session_id>")
@requires(Permission.TAKE_REGISTER)
def minutes(event_id: int, booking_id: int, session_id: int) -> Response:
    form = MinutesForm()
    commands.set_minutes(
        event_id,
        booking_id,
        session_id,
        late=form.minutes("late"),
        early=form.minutes("early"),
        by=the_viewer(),
        now=now(),
    )
    return back_to_row(event_id, booking_id)


@blueprint.post(f"{REGISTER}/undo/<int:mark_id>")
@requires(Permission.TAKE_REGISTER)
def undo(event_id: int, mark_id: int) -> Response:
    commands.undo_mark(event_id, mark_id, by=the_viewer(), now=now())
    return see(f"{register_address(event_id)}{_query()}")


def back_to_row(event_id: int, booking_id: int) -> Response:
    """The register where it was left, at the row that was marked."""
    return see(f"{register_address(event_id)}{_query()}#name-{booking_id}")


def _query() -> str:
    asked = request.query_string.decode("ascii", "replace")
    return f"?{asked}" if asked else ""

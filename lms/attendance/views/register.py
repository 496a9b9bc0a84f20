"""The registers that somebody takes, and one of them with its marks."""

from __future__ import annotations

from flask import abort, make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.attendance import commands, queries
from lms.attendance.commands import Several
from lms.attendance.forms import MinutesForm
from lms.attendance.meetings.queries import count_unmatched
from lms.attendance.rules import MarkKind, pass_ends_at
from lms.attendance.views.blueprint import REGISTER, blueprint, register_address
from lms.attendance.views.shown import MARKS, ShownRegister, when_and_where
from lms.attendance.views.taking import is_by_pass, shut_here, taker, takes_register
from lms.web.addresses import row_id, row_id_in
from lms.web.pages import done, now, see

KEPT_UNTIL = "Lms-Kept-Until"  # in milliseconds of the epoch: read by static/register-worker.js


@blueprint.get("/manage/registers")
@requires(Permission.TAKE_REGISTER)
def registers() -> str:
    found = queries.list_registers(the_viewer(), now())
    return render_template("attendance/registers.html", registers=found)


@blueprint.get(REGISTER)
@takes_register
def register(event_id: int) -> Response:
    shown = show(event_id)
    page = render_template(
        "attendance/register.html",
        shown=shown,
        when=when_and_where(shown.picture, shown.session),
        marks=MARKS,
        can_correct=may_correct(shown),
        by_pass=is_by_pass(),
        person_id=taker().person_id,
        unmatched=count_unmatched(event_id),
        minutes_of=request.args.get("minutes", type=int),
    )
    return may_be_kept(make_response(page), shown)


def show(event_id: int) -> ShownRegister:
    """The register as this request asks for it, in its partnership's look."""
    picture = queries.get_register(event_id, taker())
    show_partnership(picture.partnership_id)
    return ShownRegister(
        picture,
        now(),
        session_id=request.args.get("session", type=row_id),
        show=request.args.get("show", ""),
    )


def may_correct(shown: ShownRegister) -> bool:
    """Whether whoever looks may correct it once closed: a coordinator who is signed in."""
    return not is_by_pass() and queries.coordinates(taker(), shown.picture.partnership_id)


def may_be_kept(response: Response, shown: ShownRegister) -> Response:
    """Let the page's own script keep a copy on the device, while the register is open that day."""
    until = pass_ends_at(shown.picture.sessions, now())
    if shown.is_open and until is not None and now() < until:
        response.headers[KEPT_UNTIL] = str(int(until.timestamp() * 1000))
    return response


@blueprint.post(f"{REGISTER}/<int:booking_id>/marks/<int:session_id>")
@takes_register
def mark(event_id: int, booking_id: int, session_id: int) -> Response:
    try:
        kind = MarkKind(request.form.get("mark", ""))
    except ValueError:
        abort(400)
    commands.mark(event_id, booking_id, session_id, kind, by=taker(), now=now())
    return back_to_row(event_id, booking_id)


@blueprint.post(f"{REGISTER}/<int:booking_id>/minutes/<int:session_id>")
@takes_register
def minutes(event_id: int, booking_id: int, session_id: int) -> Response:
    form = MinutesForm()
    commands.set_minutes(
        event_id,
        booking_id,
        session_id,
        late=form.minutes("late"),
        early=form.minutes("early"),
        by=taker(),
        now=now(),
    )
    return back_to_row(event_id, booking_id)


@blueprint.post(f"{REGISTER}/all-present/<int:session_id>")
@takes_register
def all_present(event_id: int, session_id: int) -> Response:
    """Of the names that the page showed without a mark."""
    return _mark_several(event_id, session_id, Several.PRESENT)


@blueprint.post(f"{REGISTER}/confirm/<int:session_id>")
@takes_register
def confirm_check_ins(event_id: int, session_id: int) -> Response:
    """Of the names that the page showed as checked in by phone."""
    return _mark_several(event_id, session_id, Several.CONFIRMED)


@blueprint.post(f"{REGISTER}/undo/<int:mark_id>")
@takes_register
def undo(event_id: int, mark_id: int) -> Response:
    commands.undo_mark(event_id, mark_id, by=taker(), now=now())
    return back_to_register(event_id)


@blueprint.post(f"{REGISTER}/<int:booking_id>/strike-out")
@takes_register
def strike_out(event_id: int, booking_id: int) -> Response:
    name = commands.strike_out(event_id, booking_id, by=taker(), now=now())
    done(f"{name} is off the register.")
    return back_to_register(event_id)


@blueprint.post(f"{REGISTER}/pass")
@takes_register
def keep_open(event_id: int) -> tuple[str, int]:
    """The page asks by itself for its device's pass, which `takes_register` gives."""
    queries.get_register(event_id, taker())
    return "", 204


@blueprint.post(f"{REGISTER}/shut")
@takes_register
def shut(event_id: int) -> Response:
    queries.get_register(event_id, taker())
    done("The register is shut on this device.")
    return shut_here(see("/"), event_id)


def back_to_row(event_id: int, booking_id: int) -> Response:
    """The register where it was left, at the row that was marked."""
    return see(f"{register_address(event_id)}{_query()}#name-{booking_id}")


def back_to_register(event_id: int) -> Response:
    """The register as it was looked at."""
    return see(f"{register_address(event_id)}{_query()}")


def _mark_several(event_id: int, session_id: int, what: Several) -> Response:
    commands.mark_several(event_id, session_id, _names(), what, by=taker(), now=now())
    return back_to_register(event_id)


def _names() -> frozenset[int]:
    listed = (row_id_in(text) for text in request.form.get("names", "").split(","))
    return frozenset(booking_id for booking_id in listed if booking_id is not None)


def _query() -> str:
    asked = request.query_string.decode("ascii", "replace")
    return f"?{asked}" if asked else ""

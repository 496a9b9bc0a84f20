"""Closing a register; excusing somebody; correcting a register that is closed."""

from __future__ import annotations

from flask import abort, render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.attendance import commands, queries
from lms.attendance.forms import ClosingForm, CorrectionForm, ExcuseForm, closing_form
from lms.attendance.meetings.queries import count_unmatched
from lms.attendance.views.blueprint import REGISTER, blueprint
from lms.attendance.views.register import back_to_row, show
from lms.attendance.views.shown import ShownRegister, session_name
from lms.attendance.views.taking import is_by_pass, taker, takes_register
from lms.booking.rules import Outcome
from lms.errors import Refused
from lms.web.pages import done, now, see
from lms.web.published import said_if_published
from lms.words import count


@blueprint.route(f"{REGISTER}/close", methods=["GET", "POST"])
@takes_register
def close_register(event_id: int) -> str | Response:
    shown = show(event_id)
    if not shown.may_be_closed:  # its page says since when it is closed, or from when it can be
        return see(shown.address)
    form = _closing_form(shown)
    if form.is_submitted() and (form.were_all_there() or form.validate()):
        try:
            people = commands.close_register(event_id, form.answers(), by=taker(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done(f"The register is closed with {count(people, 'name')}.")
            return see("/" if is_by_pass() else shown.address)  # with it, its pass has ended
    return render_template(
        "attendance/close_register.html",
        form=form,
        shown=shown,
        people_missing=len(shown.picture.unmarked()),
        unmatched=count_unmatched(event_id),
    )


def _closing_form(shown: ShownRegister) -> ClosingForm:
    sessions = shown.picture.sessions
    called = {
        session: session_name(session, sessions) if len(sessions) > 1 else ""
        for session in sessions
    }
    return closing_form(shown.picture.unmarked(), called)()


@blueprint.route(f"{REGISTER}/<int:booking_id>/excuse", methods=["GET", "POST"])
@takes_register
def excuse(event_id: int, booking_id: int) -> str | Response:
    shown = show(event_id)
    line = shown.picture.line(booking_id)
    form = ExcuseForm(data={"reason": line.reason if line.is_excused else ""})
    if form.validate_on_submit():
        reason = form.reason.data or ""
        commands.excuse(event_id, booking_id, reason, by=taker(), now=now())
        return back_to_row(event_id, booking_id)
    return render_template("attendance/excuse.html", form=form, shown=shown, line=line)


@blueprint.post(f"{REGISTER}/<int:booking_id>/excuse/undo")
@takes_register
def take_excuse_back(event_id: int, booking_id: int) -> Response:
    commands.excuse(event_id, booking_id, "", by=taker(), now=now())
    return back_to_row(event_id, booking_id)


@blueprint.route(f"{REGISTER}/<int:booking_id>/correct", methods=["GET", "POST"])
@requires(Permission.TAKE_REGISTER)
def correct_register(event_id: int, booking_id: int) -> str | Response:
    shown = show(event_id)
    if not queries.coordinates(the_viewer(), shown.picture.partnership_id):
        abort(404)
    line = shown.picture.line(booking_id)
    published = said_if_published(
        shown.picture.partnership_id, min(one.starts_at for one in shown.picture.sessions)
    )
    form = CorrectionForm(data={"outcome": line.outcome.value if line.outcome else None})
    if form.validate_on_submit():
        outcome, reason = Outcome(form.outcome.data), form.reason.data or ""
        commands.correct_outcome(event_id, booking_id, outcome, reason, by=the_viewer(), now=now())
        done(f"{line.name} is recorded as {outcome.words}.{published}")
        return see(shown.address)
    return render_template(
        "attendance/correct_register.html", form=form, shown=shown, line=line, published=published
    )

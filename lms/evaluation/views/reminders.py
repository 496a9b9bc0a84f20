"""Reminders of a form: stopped by the link in one of them, and asked for again (E3, E4)."""

from __future__ import annotations

from flask import Response, make_response, render_template
from werkzeug.wrappers import Response as BaseResponse

from lms.access import Permission, requires, the_viewer
from lms.evaluation import commands
from lms.evaluation.commands import NothingToSpare, NotStopped
from lms.evaluation.queries import list_stopped
from lms.evaluation.rules import LinkState, may_opt_in, may_opt_out
from lms.evaluation.views.blueprint import blueprint
from lms.evaluation.views.ending import ended, facts_of
from lms.evaluation.views.holding import address_of, held_sheet, stopping_address
from lms.web.pages import done, local_or, now, see

OF_ONE = "/evaluations/<int:booking_id>/<stage>/reminders"


@blueprint.get(OF_ONE)
@requires(Permission.HOLD_LINK)
def reminders(booking_id: int, stage: str) -> Response:
    sheet = held_sheet(booking_id, stage)
    if sheet.state is not LinkState.OPEN:
        return ended(sheet)
    facts = sheet.booking.facts
    return make_response(
        render_template(
            "evaluation/reminders.html",
            form_address=address_of(booking_id, sheet.stage),
            address=stopping_address(sheet),
            may_stop=may_opt_out(facts, sheet.stage, now()),
            is_stopped=may_opt_in(facts, sheet.stage, now()),
            **facts_of(sheet),
        )
    )


@blueprint.post(OF_ONE)
@requires(Permission.HOLD_LINK)
def stop_reminders(booking_id: int, stage: str) -> BaseResponse:
    sheet = held_sheet(booking_id, stage)
    try:
        commands.stop_reminders(booking_id, sheet.stage, now=now())
    except NothingToSpare:
        return see(stopping_address(sheet))
    done("We do not remind you of this form again.")
    return see(stopping_address(sheet))


@blueprint.post(f"{OF_ONE}/again")
@requires(Permission.HOLD_LINK)
def remind_again(booking_id: int, stage: str) -> BaseResponse:
    sheet = held_sheet(booking_id, stage)
    address = local_or(stopping_address(sheet))
    try:
        commands.remind_again(booking_id, sheet.stage, now=now())
    except NotStopped:
        return see(address)
    done("We remind you of this form again, until you answer or it closes.")
    return see(address)


@blueprint.get("/account/reminders")
@requires(Permission.BE_A_PRACTITIONER)
def stopped_reminders() -> str:
    return render_template(
        "evaluation/stopped_reminders.html",
        stopped=list_stopped(the_viewer().person_id, now()),
    )

"""The form of a stage: opened by its link, kept half-filled, sent once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from lms.access import Permission, requires
from lms.evaluation import commands
from lms.evaluation.commands import AlreadyAnswered, Incomplete, NotOpen, Opened
from lms.evaluation.forms import AnswersForm, build_form, lay_out
from lms.evaluation.queries import (
    Sheet,
    find_draft,
    manager_on_record,
)
from lms.evaluation.rules import (
    ADDRESS,
    LinkState,
    is_of_managers,
    questions_of,
)
from lms.evaluation.views import wording
from lms.evaluation.views.blueprint import blueprint
from lms.evaluation.views.ending import ended, facts_of
from lms.evaluation.views.holding import (
    address_of,
    exchange,
    held_sheet,
    opened_at,
    opening_mark,
    stopping_address,
)
from lms.web.pages import done, now, see
from lms.words import moment

Typed = Mapping[str, Sequence[str]]


@blueprint.get("/evaluations/<token>")
@requires(Permission.HOLD_LINK)
def open_link(token: str) -> BaseResponse:
    return exchange(token)


@blueprint.get("/evaluations/<int:booking_id>/<stage>")
@requires(Permission.HOLD_LINK)
def form(booking_id: int, stage: str) -> BaseResponse:
    sheet = held_sheet(booking_id, stage)
    if "reminders" in request.args:
        return see(stopping_address(sheet))
    if sheet.state is not LinkState.OPEN:
        return ended(sheet)
    typed = {**_known_beforehand(sheet), **find_draft(booking_id, sheet.stage)}
    return _page(sheet, _build(sheet, typed))


@blueprint.post("/evaluations/<int:booking_id>/<stage>")
@requires(Permission.HOLD_LINK)
def send(booking_id: int, stage: str) -> BaseResponse:
    sheet = held_sheet(booking_id, stage)
    if "keep" in request.form:
        return _keep(sheet)
    try:
        commands.answer(_opened(sheet), _posted(), now=now())
    except Incomplete as refusal:
        filled = _build(sheet, _posted())
        filled.point_out(refusal.faults)
        return _page(sheet, filled)
    except (AlreadyAnswered, NotOpen):
        return ended(held_sheet(booking_id, stage))
    return see(f"{address_of(booking_id, sheet.stage)}/answered")


@blueprint.post("/evaluations/<int:booking_id>/<stage>/draft")
@requires(Permission.HOLD_LINK)
def keep_draft(booking_id: int, stage: str) -> BaseResponse:
    """What the script sends while somebody types: nothing to show."""
    commands.keep_draft(_opened(held_sheet(booking_id, stage)), _posted(), now=now())
    return Response(status=204)


@blueprint.get("/evaluations/<int:booking_id>/<stage>/answered")
@requires(Permission.HOLD_LINK)
def answered(booking_id: int, stage: str) -> BaseResponse:
    sheet = held_sheet(booking_id, stage)
    if sheet.state is not LinkState.ANSWERED:
        return see(address_of(booking_id, sheet.stage))
    what_next = wording.what_next(sheet)
    return make_response(
        render_template("evaluation/answered.html", what_next=what_next, **facts_of(sheet))
    )


def _keep(sheet: Sheet) -> BaseResponse:
    try:
        commands.keep_draft(_opened(sheet), _posted(), now=now())
    except (AlreadyAnswered, NotOpen):
        return ended(held_sheet(sheet.booking.booking_id, sheet.stage.value))
    until = f" until {moment(sheet.window.closes_at)}" if sheet.window else ""
    done(f"What you typed is kept{until}. The same link brings you back to it.")
    return see(address_of(sheet.booking.booking_id, sheet.stage))


def _known_beforehand(sheet: Sheet) -> Typed:
    """What need not be typed again: the line manager's address. It is no consent by itself."""
    if not any(is_of_managers(question) for question in questions_of(sheet.sections)):
        return {}
    return {ADDRESS: [manager_on_record(sheet.booking.booking_id)]}


def _opened(sheet: Sheet) -> Opened:
    return Opened(sheet.booking.booking_id, sheet.stage, opened_at(sheet))


def _posted() -> Typed:
    return request.form.to_dict(flat=False)


def _build(sheet: Sheet, typed: Typed) -> AnswersForm:
    return build_form(sheet.sections, typed, opening_mark(sheet))


def _page(sheet: Sheet, filled: AnswersForm) -> Response:
    return make_response(
        render_template(
            "evaluation/form.html",
            form=filled,
            blocks=lay_out(sheet.sections, filled),
            address=address_of(sheet.booking.booking_id, sheet.stage),
            lead=wording.lead(sheet),
            heading=wording.heading(sheet),
            **facts_of(sheet),
        )
    )

"""For those who run the programme: how many answered, and who has not. Never what anybody said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from lms.access import Permission, requires, the_viewer
from lms.errors import NotFound, Refused
from lms.evaluation import commands
from lms.evaluation.commands import AlreadyAnswered, Incomplete, NotOpen, Opened
from lms.evaluation.forms import AnswersForm, build_form, lay_out
from lms.evaluation.queries import (
    EventReplies,
    Sheet,
    count_managers_asked,
    get_event_replies,
    list_events_with_replies,
    list_silent,
    read_sheet,
)
from lms.evaluation.rules import LinkState, Stage, on_paper
from lms.evaluation.views.blueprint import blueprint
from lms.evaluation.views.holding import moment_of_opening, opened_at, opening_mark
from lms.web.filters import Facet, narrow
from lms.web.pages import done, now, see

STAGES = {Stage.PRE: "Before", Stage.POST: "At the end", Stage.IMPACT: "Eight weeks after"}


@blueprint.get("/manage/evaluations")
@requires(Permission.RUN_PROGRAMME)
def list_events() -> str:
    events = list_events_with_replies(the_viewer())
    years = sorted({event.year for event in events}, reverse=True)
    by_year: Facet[EventReplies] = Facet(
        "year", "Reporting year", [(year, year) for year in years], lambda event: {event.year}
    )
    narrowed = narrow(events, [by_year], request.path, request.args)
    return render_template("evaluation/list_events.html", narrowed=narrowed, stages=STAGES)


@blueprint.get("/manage/events/<int:event_id>/evaluations")
@requires(Permission.RUN_PROGRAMME)
def show_event(event_id: int) -> str:
    event = get_event_replies(event_id, the_viewer())
    silent = list_silent(event_id, now())
    return render_template(
        "evaluation/show_event.html",
        event=event,
        groups=[(stage, [one for one in silent if one.stage is stage]) for stage in Stage],
        stages=STAGES,
        managers=count_managers_asked(event_id),
    )


@blueprint.get("/manage/events/<int:event_id>/evaluations/<int:booking_id>/<stage>")
@requires(Permission.RUN_PROGRAMME)
def key_in_paper(event_id: int, booking_id: int, stage: str) -> Response:
    sheet = _paper(event_id, booking_id, stage)
    return _page(sheet, build_form(on_paper(sheet.sections), {}, opening_mark(sheet)))


@blueprint.post("/manage/events/<int:event_id>/evaluations/<int:booking_id>/<stage>")
@requires(Permission.RUN_PROGRAMME)
def take_paper(event_id: int, booking_id: int, stage: str) -> BaseResponse:
    sheet = _paper(event_id, booking_id, stage)
    opened = Opened(booking_id, sheet.stage, opened_at(sheet))
    try:
        commands.key_in(opened, _posted(), by=the_viewer(), now=now())
    except Incomplete as refusal:
        filled = build_form(on_paper(sheet.sections), _posted(), opening_mark(sheet))
        filled.point_out(refusal.faults)
        return _page(sheet, filled)
    except (AlreadyAnswered, NotOpen):
        raise _too_late(sheet) from None
    done(f"The paper form of {sheet.booking.name} is in. It cannot be read again here.")
    return see(f"/manage/events/{event_id}/evaluations")


def _paper(event_id: int, booking_id: int, stage: str) -> Sheet:
    """The form of a booking at an event that the viewer runs, without what was typed so far."""
    get_event_replies(event_id, the_viewer())
    try:
        at = moment_of_opening(booking_id, Stage(stage))
        sheet = read_sheet(booking_id, Stage(stage), now(), at)
    except ValueError:
        raise NotFound from None
    if sheet.booking.event_id != event_id:
        raise NotFound
    if sheet.state not in {LinkState.OPEN, LinkState.CLOSED}:
        raise _too_late(sheet)
    return sheet


def _too_late(sheet: Sheet) -> Refused:
    if sheet.state is LinkState.ANSWERED:
        return Refused(
            f"{sheet.booking.name} has answered already, and the first answers stand.",
            way_out="Keep the paper apart: nothing of it was taken.",
        )
    return Refused(
        f"{sheet.booking.name} is not asked for this form as things stand.",
        way_out="Look at the register first: only those who came are asked afterwards.",
    )


def _posted() -> Mapping[str, Sequence[str]]:
    return request.form.to_dict(flat=False)


def _page(sheet: Sheet, filled: AnswersForm) -> Response:
    event_id = sheet.booking.event_id
    return make_response(
        render_template(
            "evaluation/key_in_paper.html",
            sheet=sheet,
            form=filled,
            blocks=lay_out(on_paper(sheet.sections), filled),
            stage=STAGES[sheet.stage],
            is_pre=sheet.stage is Stage.PRE,
            back=("Evaluations of this event", f"/manage/events/{event_id}/evaluations"),
        )
    )

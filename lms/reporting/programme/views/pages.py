"""The pages and files on the programme and on who waits."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.errors import Refused
from lms.reporting.freezing.noting import frozen_notes
from lms.reporting.programme.file import (
    GROUPS_OF_EVENTS,
    PROGRAMME_DEFINITIONS,
    programme_table,
    waiting_table,
)
from lms.reporting.programme.queries.events import load_programme
from lms.reporting.programme.queries.rows import waiting_report
from lms.reporting.programme.rules import ProgrammeBy
from lms.reporting.programme.views import picture as shown
from lms.reporting.views.asked import available_years, period_in_words
from lms.reporting.views.blueprint import blueprint
from lms.reporting.views.grouped import GroupedRequest, read_grouped
from lms.reporting.views.narrowing import OF_EVENTS, chips_of, panel_of
from lms.reporting.views.pages import report_file
from lms.web.pages import now

PATH = "/reports/programme"


@blueprint.get(PATH)
@requires(Permission.READ_REPORTS)
def programme() -> str | tuple[str, int]:
    try:
        asked = _asked(PATH, GROUPS_OF_EVENTS)
        picture = shown.programme_picture(asked.by, asked.scope, now())
    except Refused as refused:
        return _refused(refused), 422
    waiting = [
        (text, f"/reports/waiting.{ending}?by=course&year={asked.request.year_shown}")
        for text, ending in (("CSV", "csv"), ("Excel", "xlsx"))
    ]
    return render_template(
        "reporting/programme.html",
        asked=asked,
        period=period_in_words(asked.request),
        picture=picture,
        before=shown.before_sentence(asked.request, now()),
        chips=chips_of(asked.request, by=asked.by.value),
        all_of_it=asked.request.narrowed([]).address(by=asked.by.value),
        panel=panel_of(PATH, request.args, the_viewer(), offered_of=OF_EVENTS),
        strip_parts=asked.strip(available_years(asked.request, now())),
        definitions=PROGRAMME_DEFINITIONS,
        filled=shown.filled,
        trained=shown.trained,
        days=shown.days,
        trainers_csv=asked.address(".csv", by=ProgrammeBy.AGENCY.value),
        waiting_files=waiting,
        frozen=frozen_notes(asked.scope),
        today=now(),
    )


def _refused(refused: Refused) -> str:
    """What cannot be asked for, said by the form, with everything that was asked still in it."""
    panel = panel_of(PATH, request.args, the_viewer(), refused, OF_EVENTS)
    return render_template(
        "reporting/ask_again.html", panel=panel, path=PATH, report="the programme"
    )


@blueprint.get(f"{PATH}.<form>")
@requires(Permission.READ_REPORTS)
def programme_file(form: str) -> Response:
    asked = _asked(PATH, (*GROUPS_OF_EVENTS, ProgrammeBy.AGENCY))
    return report_file(programme_table(asked.by, load_programme(asked.scope, now())), form)


@blueprint.get("/reports/waiting.<form>")
@requires(Permission.READ_REPORTS)
def waiting_file(form: str) -> Response:
    asked = _asked("/reports/waiting", tuple(ProgrammeBy))
    return report_file(
        waiting_table(waiting_report(asked.by, load_programme(asked.scope, now()))), form
    )


def _asked(path: str, offered: tuple[ProgrammeBy, ...]) -> GroupedRequest[ProgrammeBy]:
    asked = read_grouped(path, offered, request.args, the_viewer(), now())
    show_partnership(asked.scope.partnership_ids[0])
    return asked

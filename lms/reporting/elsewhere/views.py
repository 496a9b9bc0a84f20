"""Figures that other systems hold: read by all who read reports, entered by those who may.

A coordinator enters them at /reports/elsewhere, an agency lead their agency's at
/my-agency/figures. Both are the same pages: `Door` says what differs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.agencies.queries import list_agencies, list_agencies_led_by, partnerships_run_by
from lms.clock import london_date, reporting_year
from lms.errors import NotFound, Refused
from lms.reporting.elsewhere import commands
from lms.reporting.elsewhere.forms import CorrectForm, NewFigureForm, TakeOutForm
from lms.reporting.elsewhere.queries import (
    FigureLine,
    get_figure,
    list_figures,
    partnerships_of_lead,
)
from lms.reporting.elsewhere.rules import OF_AGENCIES, Measure
from lms.reporting.freezing.queries import is_frozen
from lms.reporting.queries import Asked, scope_of
from lms.reporting.views.blueprint import blueprint
from lms.web.addresses import row_id_in
from lms.web.pages import done, now, see

YEARS_OFFERED = 5
ELSEWHERE, OF_MY_AGENCY = "/reports/elsewhere", "/my-agency/figures"


@dataclass(frozen=True)
class Door:
    """Where somebody comes in: the address, the partnership, its agencies that they may name."""

    path: str
    partnership_id: int
    start_month: int
    agencies: tuple[tuple[int, str], ...]
    others: tuple[tuple[int, str], ...]  # partnerships that could be chosen, itself among them

    @property
    def is_lead(self) -> bool:
        return self.path == OF_MY_AGENCY

    @property
    def years(self) -> list[tuple[str, str]]:
        """(calendar year of its start, label), the running one first."""
        year = reporting_year(london_date(now()), self.start_month)
        found = []
        for _ in range(YEARS_OFFERED):
            found.append((str(year.first.year), year.label))
            year = year.before
        return found

    def address(self, ending: str = "", **asked: object) -> str:
        query = {"partnership": self.partnership_id if len(self.others) > 1 else "", **asked}
        said = "&".join(f"{name}={value}" for name, value in query.items() if value)
        return f"{self.path}{ending}{'?' if said else ''}{said}"


# --- Reading ------------------------------------------------------------------------------------


@blueprint.get(ELSEWHERE)
@requires(Permission.READ_REPORTS)
def figures_from_elsewhere() -> str:
    scope = scope_of(Asked(), the_viewer())
    wanted = row_id_in(request.args.get("partnership", "")) or scope.partnership_ids[0]
    if wanted not in scope.partnership_ids:
        raise NotFound
    others = tuple(zip(scope.partnership_ids, scope.partnerships, strict=True))
    may_enter = wanted in the_viewer().partnerships(Permission.RUN_PROGRAMME)
    return _list(Door(ELSEWHERE, wanted, scope.start_month, (), others), may_enter=may_enter)


@blueprint.get(OF_MY_AGENCY)
@requires(Permission.LEAD_AGENCY)
def figures_of_my_agency() -> str:
    return _list(_lead_door(), may_enter=True)


def _list(door: Door, *, may_enter: bool) -> str:
    show_partnership(door.partnership_id)
    years = dict(door.years)
    year = request.args.get("year", "")
    if year not in years:
        year = list(years)[1]  # the last complete one
    only = [agency_id for agency_id, _ in door.agencies] if door.is_lead else None
    lines = list_figures(door.partnership_id, int(year), only)
    of = [
        (name, f"{door.path}?partnership={n}", n == door.partnership_id) for n, name in door.others
    ]
    by_year = [(label, door.address(year=n), n == year) for n, label in years.items()]
    parts = [("Of", of if len(of) > 1 else []), ("Year", by_year)]
    return render_template(
        "reporting/elsewhere.html",
        door=door,
        year=year,
        label=years[year],
        groups=_groups(lines),
        strip_parts=[(label, options) for label, options in parts if options],
        may_enter=may_enter,
    )


def _groups(lines: list[FigureLine]) -> list[tuple[Measure, list[FigureLine]]]:
    groups = [(one, [line for line in lines if line.figure.measure is one]) for one in Measure]
    return [(measure, own) for measure, own in groups if own]


# --- Entering -----------------------------------------------------------------------------------


@blueprint.route(f"{ELSEWHERE}/new", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def enter_figure() -> str | Response:
    return _enter(_coordinator_door(row_id_in(request.args.get("partnership", ""))))


@blueprint.route(f"{OF_MY_AGENCY}/new", methods=["GET", "POST"])
@requires(Permission.LEAD_AGENCY)
def enter_figure_of_my_agency() -> str | Response:
    return _enter(_lead_door())


def _enter(door: Door) -> str | Response:
    show_partnership(door.partnership_id)
    form = NewFigureForm(data={"year": request.args.get("year") or door.years[1][0]})
    form.offer(
        door.years,
        door.agencies,
        measures=OF_AGENCIES if door.is_lead else Measure,
        whole=not door.is_lead,
    )
    if form.validate_on_submit():
        try:
            subject = form.subject(door.partnership_id)
            commands.enter_figure(subject, form.entry(), by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            frozen = _if_frozen(door, subject.year)
            done(f"{subject.measure.called}: {form.value.data:,} is entered.{frozen}")
            return see(door.address(year=form.year.data))
    return render_template("reporting/enter_figure.html", form=form, door=door)


def _if_frozen(door: Door, year: int) -> str:
    """What is added where the year was published already (R6)."""
    if not is_frozen(door.partnership_id, year):
        return ""
    return " That year is frozen: its annual report shows this as a correction."


# --- Correcting ---------------------------------------------------------------------------------


@blueprint.route(f"{ELSEWHERE}/<int:figure_id>", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def correct_figure(figure_id: int) -> str | Response:
    return _correct(figure_id, _coordinator_door(_partnership_of(figure_id)))


@blueprint.route(f"{OF_MY_AGENCY}/<int:figure_id>", methods=["GET", "POST"])
@requires(Permission.LEAD_AGENCY)
def correct_figure_of_my_agency(figure_id: int) -> str | Response:
    return _correct(figure_id, _lead_door(_partnership_of(figure_id)))


def _correct(figure_id: int, door: Door) -> str | Response:
    show_partnership(door.partnership_id)
    line = FigureLine(get_figure(figure_id, the_viewer()))
    stands = {"value": line.now.value, "share": line.now.share, "source": line.now.source}
    form = CorrectForm(data=stands)
    if form.validate_on_submit():
        reason = (form.reason.data or "").strip()
        try:
            commands.correct_figure(figure_id, form.entry(), reason, by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
            line = FigureLine(get_figure(figure_id, the_viewer()))
        else:
            frozen = _if_frozen(door, line.figure.year)
            done(f"Corrected to {form.value.data:,}. The figure before it is kept.{frozen}")
            return see(door.address(year=line.figure.year))
    return _correct_page(form, TakeOutForm(), line, door)


@blueprint.post(f"{ELSEWHERE}/<int:figure_id>/take-out")
@requires(Permission.RUN_PROGRAMME)
def take_out_figure(figure_id: int) -> str | Response:
    return _take_out(figure_id, _coordinator_door(_partnership_of(figure_id)))


@blueprint.post(f"{OF_MY_AGENCY}/<int:figure_id>/take-out")
@requires(Permission.LEAD_AGENCY)
def take_out_figure_of_my_agency(figure_id: int) -> str | Response:
    return _take_out(figure_id, _lead_door(_partnership_of(figure_id)))


def _take_out(figure_id: int, door: Door) -> str | Response:
    show_partnership(door.partnership_id)
    line = FigureLine(get_figure(figure_id, the_viewer()))
    form = TakeOutForm()
    if not form.validate():
        stands = {"value": line.now.value, "share": line.now.share, "source": line.now.source}
        return _correct_page(CorrectForm(formdata=None, data=stands), form, line, door)
    year = line.figure.year
    commands.take_out_figure(
        figure_id, (form.reason.data or "").strip(), by=the_viewer(), now=now()
    )
    done("It is taken out. What stood before is kept.")
    return see(door.address(year=year))


def _correct_page(form: CorrectForm, taking_out: TakeOutForm, line: FigureLine, door: Door) -> str:
    label = reporting_year(date(line.figure.year, door.start_month, 1), door.start_month).label
    taking_out.reason.id = "reason-to-take-out"
    return render_template(
        "reporting/correct_figure.html",
        form=taking_out if taking_out.has_errors else form,
        correcting=form,
        taking_out=taking_out,
        line=line,
        label=label,
        door=door,
    )


# --- Doors --------------------------------------------------------------------------------------


def _partnership_of(figure_id: int) -> int:
    return get_figure(figure_id, the_viewer()).partnership_id


def _coordinator_door(wanted: int | None) -> Door:
    run = partnerships_run_by(the_viewer())
    chosen = next((one for one in run if wanted in (None, one.id)), None)
    if chosen is None:
        raise NotFound
    agencies = tuple((agency.id, agency.name) for agency in list_agencies(chosen.id))
    others = tuple((one.id, one.name) for one in run)
    return Door(ELSEWHERE, chosen.id, chosen.year_starts_month, agencies, others)


def _lead_door(wanted: int | None = None) -> Door:
    wanted = wanted or row_id_in(request.args.get("partnership", ""))
    places = partnerships_of_lead(the_viewer())
    found = next((place for place in places if wanted in (None, place[0])), None)
    if found is None:
        raise NotFound
    partnership_id, _, start_month = found
    agencies = tuple(
        (agency.id, agency.name)
        for agency in list_agencies_led_by(the_viewer())
        if partnership_id in {one.id for one in agency.partnerships}
    )
    others = tuple((place_id, name) for place_id, name, _ in places)
    return Door(OF_MY_AGENCY, partnership_id, start_month, agencies, others)

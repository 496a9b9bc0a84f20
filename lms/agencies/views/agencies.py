"""Agencies, as those who run the programme keep them."""

from __future__ import annotations

from datetime import date

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies import commands, queries
from lms.agencies.forms import AgencyForm, HeadcountForm, agency_data
from lms.agencies.models import Agency, Partnership
from lms.agencies.rules import Sector
from lms.agencies.views.blueprint import blueprint
from lms.clock import london_date, reporting_year
from lms.errors import Refused
from lms.tables import csv_lines
from lms.web.filters import Facet, Narrowed, narrow
from lms.web.forms import choices
from lms.web.pages import done, file_response, now, see

PATH = "/manage/agencies"
COLUMNS = (
    *("name", "sector", "parent", "partnerships", "email_domains"),
    *("opened_on", "closed_on", "successor"),
)


@blueprint.get(PATH)
@requires(Permission.RUN_PROGRAMME)
def manage_agencies() -> str:
    narrowed = _narrowed()
    return render_template(
        "agencies/manage_agencies.html",
        narrowed=narrowed,
        sectors=_by_sector(narrowed.things),
        search=request.args.get("q", ""),
        query=request.query_string.decode(),
    )


@blueprint.get(f"{PATH}.csv")
@requires(Permission.RUN_PROGRAMME)
def manage_agencies_csv() -> Response:
    rows = (
        (
            agency.name,
            agency.sector.words,
            agency.parent.name if agency.parent else "",
            [partnership.name for partnership in agency.partnerships],
            [domain.domain for domain in agency.domains],
            agency.opened_on,
            agency.closed_on,
            agency.successor.name if agency.successor else "",
        )
        for agency in _narrowed().things
    )
    lines = (line.encode() for line in csv_lines(COLUMNS, rows))
    return file_response("agencies.csv", lines, "text/csv")


def _narrowed() -> Narrowed[Agency]:
    agencies = queries.list_agencies_seen_by(the_viewer())
    wanted = request.args.get("q", "").casefold().split()
    found = [a for a in agencies if all(word in a.name.casefold() for word in wanted)]
    today = london_date(now())
    return narrow(found, _facets(agencies, today), PATH, request.args.to_dict())


def _facets(agencies: list[Agency], today: date) -> list[Facet[Agency]]:
    """Sector; and, where there is a choice, open or closed, and the partnership."""
    run = queries.partnerships_run_by(the_viewer())
    sectors = [(sector.value, sector.label) for sector in Sector]
    facets = [Facet[Agency]("sector", "Sector", sectors, lambda agency: {agency.sector.value})]
    if any(_openness(agency, today) == "closed" for agency in agencies):
        words = [("open", "Open"), ("closed", "Closed")]
        facets.append(Facet("is", "Open or closed", words, lambda a: {_openness(a, today)}))
    if len(run) > 1:
        names = [(str(partnership.id), partnership.name) for partnership in run]
        facets.append(
            Facet(
                "partnership", "Partnership", names, lambda a: {str(p.id) for p in a.partnerships}
            )
        )
    return facets


def _openness(agency: Agency, today: date) -> str:
    return "closed" if agency.closed_on and agency.closed_on <= today else "open"


def _by_sector(agencies: tuple[Agency, ...]) -> list[tuple[Sector, list[Agency]]]:
    groups = [(sector, [a for a in agencies if a.sector is sector]) for sector in Sector]
    return [(sector, own) for sector, own in groups if own]


@blueprint.route(f"{PATH}/new", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def add_agency() -> str | Response:
    form = _form({"name": request.args.get("name", "")[:200]}, None)
    if form.validate_on_submit():
        try:
            agency_id = commands.add_agency(form.details(), by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done(f"{form.name.data} is added.")
            return see(f"{PATH}/{agency_id}")
    return _form_page(form, None)


@blueprint.get(f"{PATH}/<int:agency_id>")
@requires(Permission.RUN_PROGRAMME)
def manage_agency(agency_id: int) -> str:
    return _agency_page(queries.get_agency(agency_id, the_viewer()), _headcount_form())


@blueprint.route(f"{PATH}/<int:agency_id>/change", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def change_agency(agency_id: int) -> str | Response:
    agency = queries.get_agency(agency_id, the_viewer())
    form = _form(agency_data(agency), agency)
    if form.validate_on_submit():
        run = {partnership.id for partnership in queries.partnerships_run_by(the_viewer())}
        elsewhere = {partnership.id for partnership in agency.partnerships} - run
        try:
            details = form.details(kept=elsewhere)
            commands.change_agency(agency_id, details, by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done(f"{form.name.data} is saved.")
            return see(f"{PATH}/{agency_id}")
    return _form_page(form, queries.get_agency(agency_id, the_viewer()))


@blueprint.post(f"{PATH}/<int:agency_id>/headcount")
@requires(Permission.RUN_PROGRAMME)
def set_headcount(agency_id: int) -> str | Response:
    agency = queries.get_agency(agency_id, the_viewer())
    form = _headcount_form()
    if form.validate():
        try:
            commands.set_headcount(
                agency_id,
                _run_here(agency, form.partnership.data).id,
                int(form.year.data),
                form.people.data or 0,
                by=the_viewer(),
                now=now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done(f"The headcount of {agency.name} is saved.")
            return see(f"{PATH}/{agency_id}")
    page = _agency_page(queries.get_agency(agency_id, the_viewer()), form)
    return make_response(page, 422)


def _run_here(agency: Agency, chosen: str | None) -> Partnership:
    """The partnership chosen, where it is the agency's and the viewer runs its programme."""
    run = {partnership.id for partnership in queries.partnerships_run_by(the_viewer())}
    for partnership in agency.partnerships:
        if str(partnership.id) == chosen and partnership.id in run:
            return partnership
    raise Refused("Choose a partnership", field="partnership")


def _form(data: dict[str, object], agency: Agency | None) -> AgencyForm:
    form = AgencyForm(data=data)
    others = queries.list_agencies_seen_by(the_viewer())
    form.offer(
        queries.partnerships_run_by(the_viewer()),
        [other for other in others if agency is None or other.id != agency.id],
    )
    return form


def _form_page(form: AgencyForm, agency: Agency | None) -> Response:
    page = render_template("agencies/agency_form.html", form=form, agency=agency)
    return make_response(page, 422 if form.has_errors else 200)


def _headcount_form() -> HeadcountForm:
    run = queries.partnerships_run_by(the_viewer())
    this_year = london_date(now()).year
    years = [reporting_year(date(y, 12, 31), run[0].year_starts_month) for y in _years(this_year)]
    form = HeadcountForm()
    form.partnership.choices = choices((str(p.id), p.name) for p in run)
    form.year.choices = choices((str(year.first.year), year.label) for year in years)
    return form


def _years(this_year: int) -> range:
    return range(this_year, this_year - 6, -1)


def _agency_page(agency: Agency, form: HeadcountForm) -> str:
    run = {partnership.id: partnership for partnership in queries.partnerships_run_by(the_viewer())}
    headcounts = [
        (
            run[row.partnership_id].name,
            _year_label(row.year, run[row.partnership_id]),
            row.people,
        )
        for row in queries.list_headcounts(agency.id, run)
    ]
    return render_template(
        "agencies/manage_agency.html",
        agency=agency,
        parts=queries.list_parts(agency.id),
        headcounts=headcounts,
        form=form,
        several=len(run) > 1,
    )


def _year_label(begins_in: int, partnership: Partnership) -> str:
    month = partnership.year_starts_month
    return reporting_year(date(begins_in, month, 1), month).label

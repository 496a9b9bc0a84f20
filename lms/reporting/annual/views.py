"""The annual report as a page to read and print, and as files."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.agencies.models import Partnership
from lms.agencies.queries import list_partnerships
from lms.clock import london_date, reporting_year
from lms.errors import NotFound, Refused
from lms.reporting.annual.asked import Annual, annual_report, report_of_today
from lms.reporting.annual.files import DRAWN_AS, MIMETYPES, annual_file
from lms.reporting.freezing.commands import freeze_year
from lms.reporting.freezing.forms import FreezeForm
from lms.reporting.freezing.queries import list_editions
from lms.reporting.queries import list_years
from lms.reporting.views.blueprint import blueprint
from lms.web.pages import done, file_response, now, see
from lms.words import short_day

PATH = "/reports/annual"
YEARS_SHOWN = 6


@blueprint.get(PATH)
@requires(Permission.READ_REPORTS)
def annual() -> str:
    found = _asked()
    return render_template(
        "reporting/annual.html",
        annual=found,
        report=found.document,
        drawn_as=DRAWN_AS,
        strip_parts=_strip(found),
        may_freeze=_may_freeze(found),
        today=now(),
    )


def _may_freeze(found: Annual) -> bool:
    """Whether to offer it: to who runs the programme, of a year that is over, and not as it is."""
    runs = found.partnership.id in the_viewer().partnerships(Permission.RUN_PROGRAMME)
    has_news = found.frozen is None or (
        bool(found.frozen.corrected) and found.frozen.replaced_by is None
    )
    return runs and found.is_over and has_news


@blueprint.route(f"{PATH}/freeze", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def freeze() -> str | Response:
    found = _asked()
    form = FreezeForm()
    if form.validate_on_submit():
        reason = (form.reason.data or "").strip()
        document = report_of_today(found, now())
        try:
            edition = freeze_year(
                found.partnership.id, found.year, document, reason, by=the_viewer(), now=now()
            )
        except Refused as refusal:
            form.refuse(refusal)
            found = _asked()
        else:
            again = "published anew" if edition > 1 else "frozen"
            done(f"{found.year.label} is {again}. What is corrected from now on is shown as such.")
            name = quote(found.partnership.name)
            return see(f"{PATH}?year={found.year.label}&partnership={name}")
    return render_template("reporting/freeze.html", annual=found, form=form)


@blueprint.get(f"{PATH}.<form>")
@requires(Permission.READ_REPORTS)
def annual_as_file(form: str) -> Response:
    if form not in MIMETYPES:
        raise NotFound
    found = _asked()
    made = annual_file(found, form, now())
    return file_response(found.file_name(form), made, MIMETYPES[form])


def _asked() -> Annual:
    year, partnership = request.args.get("year", ""), request.args.get("partnership", "")
    edition = request.args.get("edition", "")
    found = annual_report(year, partnership, the_viewer(), now(), edition)
    show_partnership(found.partnership.id)
    return found


def _strip(found: Annual) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    own, label = found.partnership.name, found.year.label
    read = the_viewer().partnerships(Permission.READ_REPORTS)
    many = [one for one in list_partnerships() if one.id in read] if len(read) > 1 else []
    named = f"&partnership={quote(own)}" if many else ""
    shown = _edition_shown(found)
    of_it = f"&edition={shown}" if shown else ""
    parts = [
        (
            "Of",
            [(one.name, f"{PATH}?{_same_year(one, found)}", one.name == own) for one in many],
        ),
        (
            "Year",
            [
                (year.label, f"{PATH}?year={year.label}{named}", year.label == label)
                for year in list_years(found.scope, now())[:YEARS_SHOWN]
            ],
        ),
        ("Edition", _editions(found, f"{PATH}?year={label}{named}")),
        (
            "Download",
            [
                (words, f"{PATH}.{form}?year={label}{named}{of_it}", False)
                for words, form in (("Word", "docx"), ("PDF", "pdf"), ("Web page", "html"))
            ],
        ),
    ]
    return [(name, options) for name, options in parts if options]


def _same_year(other: Partnership, found: Annual) -> str:
    """What asks for another partnership's year in which the one that is shown begins: years that
    begin in other months bear other labels, and one of the same label may be still to come."""
    year = reporting_year(found.year.first, other.year_starts_month)
    return f"partnership={quote(other.name)}&year={year.label}"


def _edition_shown(found: Annual) -> int | None:
    """The number of the edition that is shown, where another took its place."""
    frozen = found.frozen
    return frozen.edition.edition if frozen and frozen.replaced_by else None


def _editions(found: Annual, address: str) -> list[tuple[str, str, bool]]:
    """Every edition with the day on which it was published, where there are several."""
    if found.frozen is None:
        return []
    editions = list_editions(found.partnership.id, found.year.first.year)
    if len(editions) == 1:
        return []
    standing, shown = editions[-1].edition, found.frozen.edition.edition
    return [
        (
            f"{one.edition}, {_day(london_date(one.frozen_at))}",
            address if one.edition == standing else f"{address}&edition={one.edition}",
            one.edition == shown,
        )
        for one in editions
    ]


def _day(on: date) -> str:
    return f"{short_day(on)} {on.year}"

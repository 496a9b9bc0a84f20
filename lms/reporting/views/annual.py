"""The annual report as a page to read and print, and as files."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.reporting.annual.asked import Annual, annual_report
from lms.reporting.annual.files import DRAWN_AS, MIMETYPES, annual_file
from lms.reporting.queries import list_years
from lms.reporting.views.blueprint import blueprint
from lms.web.pages import file_response, now

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
        today=now(),
    )


@blueprint.get(f"{PATH}.<form>")
@requires(Permission.READ_REPORTS)
def annual_as_file(form: str) -> Response:
    found = _asked()
    made = annual_file(found, form, now())
    return file_response(found.file_name(form), made, MIMETYPES[form])


def _asked() -> Annual:
    year, partnership = request.args.get("year", ""), request.args.get("partnership", "")
    found = annual_report(year, partnership, the_viewer(), now())
    show_partnership(found.partnership.id)
    return found


def _strip(found: Annual) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    own, label = found.partnership.name, found.year.label
    many = found.scope.partnerships if len(found.scope.partnerships) > 1 else ()
    named = f"&partnership={own}" if many else ""
    parts = [
        ("Of", [(name, f"{PATH}?partnership={name}&year={label}", name == own) for name in many]),
        (
            "Year",
            [
                (year.label, f"{PATH}?year={year.label}{named}", year.label == label)
                for year in list_years(found.scope, now())[:YEARS_SHOWN]
            ],
        ),
        (
            "Download",
            [
                (words, f"{PATH}.{form}?year={label}{named}", False)
                for words, form in (("Word", "docx"), ("PDF", "pdf"), ("Page", "html"))
            ],
        ),
    ]
    return [(name, options) for name, options in parts if options]

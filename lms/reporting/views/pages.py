"""What the pages of reports have in common: what was asked for, and the answer as a file."""

from __future__ import annotations

from flask import abort, request
from werkzeug.wrappers import Response

from lms.access import the_viewer
from lms.agencies.look import show_partnership
from lms.reporting import files
from lms.reporting.views.asked import Request, read_request
from lms.web.pages import file_response, now

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def ask(path: str) -> Request:
    """What the address asks for; the page looks as the first partnership asked for."""
    asked = read_request(path, request.args, the_viewer(), now())
    show_partnership(asked.scope.partnership_ids[0])
    return asked


def report_file(table: files.Table, form: str) -> Response:
    """A report as a file; of another form there is none."""
    across = f"-and-{table.across.value}" if table.across else ""
    name = f"{table.name}-by-{table.by.value}{across}.{form}"
    if form == "csv":
        return file_response(name, files.as_csv(table), "text/csv; charset=utf-8")
    if form == "json":
        return file_response(name, files.as_json(table, now()).encode(), "application/json")
    if form != "xlsx":
        abort(404)
    return file_response(name, files.as_xlsx(table), XLSX)

"""What needs whoever runs a programme today, and what was done without them."""

from __future__ import annotations

from flask import render_template

from lms.access import Permission, requires, the_viewer
from lms.clock import london_date
from lms.desk.today import today_of
from lms.desk.today.by_itself import done_by_itself
from lms.desk.views.blueprint import blueprint
from lms.web.pages import now


@blueprint.get("/manage")
@requires(Permission.RUN_PROGRAMME)
def today() -> str:
    return render_template(
        "desk/today.html", today=today_of(the_viewer(), now()), on=london_date(now())
    )


@blueprint.get("/manage/by-itself")
@requires(Permission.RUN_PROGRAMME)
def by_itself() -> str:
    return render_template("desk/by_itself.html", page=done_by_itself(the_viewer(), now()))

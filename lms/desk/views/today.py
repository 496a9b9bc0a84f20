"""What needs whoever runs a programme today."""

from __future__ import annotations

from flask import render_template

from lms.access import Permission, requires, the_viewer
from lms.clock import london_date
from lms.desk.today import today_of
from lms.desk.views.blueprint import blueprint
from lms.web.pages import now


@blueprint.get("/manage")
@requires(Permission.RUN_PROGRAMME)
def today() -> str:
    return render_template(
        "desk/today.html", today=today_of(the_viewer(), now()), on=london_date(now())
    )

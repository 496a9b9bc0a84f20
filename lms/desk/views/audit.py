"""The audit trail, for those who run a programme."""

from __future__ import annotations

from flask import render_template, request

from lms.access import Permission, requires, the_viewer
from lms.desk import audit as queries
from lms.desk.views.blueprint import blueprint
from lms.web.pages import now


@blueprint.get(queries.PATH)
@requires(Permission.RUN_PROGRAMME)
def audit() -> str:
    listed = queries.audit_page(the_viewer(), request.args.to_dict(), now())
    return render_template("desk/audit.html", listed=listed)

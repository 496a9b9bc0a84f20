"""What machines ask: does the process live, and can it do its work?"""

from __future__ import annotations

from flask import Response, jsonify

from lms.access import Permission, requires
from lms.desk import health
from lms.desk.views.blueprint import blueprint
from lms.web.pages import now


@blueprint.get("/health/live")
@requires(Permission.PUBLIC)
def live() -> Response:
    return jsonify(status="live")


@blueprint.get("/health/ready")
@requires(Permission.PUBLIC)
def ready() -> Response:
    found = health.readiness(now())
    response = jsonify(
        status="ready" if found.is_ready else "not ready",
        database=found.database,
        schema=found.schema,
        worker=found.worker,
    )
    response.status_code = 200 if found.is_ready else 503
    return response

"""Pages of this slice, a module for each few that belong together; all on one blueprint."""

from __future__ import annotations

from flask import Flask

from lms.desk.views import health, jobs, outbox
from lms.desk.views.blueprint import blueprint

__all__ = ["blueprint", "health", "install", "jobs", "outbox"]


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)

"""Pages of this slice, a module for each few that belong together; all on one blueprint."""

from __future__ import annotations

from flask import Flask

from lms.catalogue.views import improvements, priorities, venues
from lms.catalogue.views.blueprint import blueprint

__all__ = ["blueprint", "improvements", "install", "priorities", "venues"]


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)

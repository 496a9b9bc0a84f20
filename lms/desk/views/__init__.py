"""Pages of this slice, a module for each few that belong together; all on one blueprint."""

from __future__ import annotations

from flask import Flask

from lms.desk.views import (
    agency,
    agency_acts,
    agency_booking,
    bookings,
    health,
    jobs,
    learning,
    outbox,
    people,
    today,
)
from lms.desk.views.blueprint import blueprint

__all__ = [
    "agency",
    "agency_acts",
    "agency_booking",
    "blueprint",
    "bookings",
    "health",
    "install",
    "jobs",
    "learning",
    "outbox",
    "people",
    "today",
]


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)

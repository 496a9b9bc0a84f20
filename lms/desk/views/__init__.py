"""Pages of this slice, a module for each few that belong together; all on one blueprint."""

from __future__ import annotations

from flask import Flask

from lms.desk.views import (
    addresses,
    agency,
    agency_acts,
    agency_booking,
    announcing,
    audit,
    bookings,
    health,
    jobs,
    learning,
    leavers,
    matching,
    outbox,
    people,
    today,
    wording,
)
from lms.desk.views.blueprint import blueprint

__all__ = [
    "addresses",
    "agency",
    "agency_acts",
    "agency_booking",
    "announcing",
    "audit",
    "blueprint",
    "bookings",
    "health",
    "install",
    "jobs",
    "learning",
    "leavers",
    "matching",
    "outbox",
    "people",
    "today",
    "wording",
]


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)

"""Pages of this slice, a module for each few that belong together; all on one blueprint."""

from __future__ import annotations

from flask import Flask

from lms.booking.views import (
    approvals,
    approving,
    book,
    book_in,
    bookings,
    calling_off,
    capacity,
    charges,
    copying,
    courses,
    deciding,
    demand,
    editing,
    event,
    feed,
    inviting,
    lending,
    links,
    manage_acts,
    manage_places,
    managed,
    managed_courses,
    materials,
    offers,
    our_people,
    own_calendar,
    passing_on,
    programme,
    region,
    trainers,
    whats_on,
    who_can_book,
)
from lms.booking.views.blueprint import blueprint

__all__ = [
    "approvals",
    "approving",
    "blueprint",
    "book",
    "book_in",
    "bookings",
    "calling_off",
    "capacity",
    "charges",
    "copying",
    "courses",
    "deciding",
    "demand",
    "editing",
    "event",
    "feed",
    "install",
    "inviting",
    "lending",
    "links",
    "manage_acts",
    "manage_places",
    "managed",
    "managed_courses",
    "materials",
    "offers",
    "our_people",
    "own_calendar",
    "passing_on",
    "programme",
    "region",
    "trainers",
    "whats_on",
    "who_can_book",
]


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)

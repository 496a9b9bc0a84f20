"""Pages of this slice: the reports that a sub-group reads, and their files."""

from __future__ import annotations

from flask import Flask

from lms.reporting.cohorts import views as cohort_pages
from lms.reporting.views import (
    annual,
    attendance_pages,
    bookings,
    elsewhere,
    packs,
    pages,
    programme_pages,
    reach_pages,
)
from lms.reporting.views.blueprint import blueprint

__all__ = [
    "annual",
    "attendance_pages",
    "blueprint",
    "bookings",
    "cohort_pages",
    "elsewhere",
    "install",
    "packs",
    "pages",
    "programme_pages",
    "reach_pages",
]


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)

"""Pages of this slice: the list of its reports, and what all their pages share."""

from __future__ import annotations

from flask import Flask

import lms.reporting.annual.views
import lms.reporting.attendance.views.bookings
import lms.reporting.attendance.views.pages
import lms.reporting.cohorts.views
import lms.reporting.elsewhere.views
import lms.reporting.evaluation.views.pages
import lms.reporting.impact.views.pages
import lms.reporting.packs.views
import lms.reporting.programme.views.pages
import lms.reporting.reach.views.pages
import lms.reporting.views.reports  # noqa: F401 - each module hangs its pages on the blueprint
from lms.reporting.views.blueprint import blueprint

__all__ = ["install"]


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)

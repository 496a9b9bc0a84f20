"""Reports that take long, worked out in each web process before anybody asks for them."""

from __future__ import annotations

import time

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from lms.clock import Clock
from lms.db import db
from lms.reporting.impact.queries import work_out_ahead

log = structlog.get_logger()
AGAIN_AFTER = 3600  # seconds: a month begins, or an answer is taken out


def keep_worked_out(app: Flask) -> None:
    """Work them out now and every hour; what is remembered already costs next to nothing."""
    while True:
        work_out_once(app)
        time.sleep(AGAIN_AFTER)


def work_out_once(app: Flask) -> None:
    """Work them out; where the database does not answer, whoever asks waits instead."""
    clock: Clock = app.extensions["lms.clock"]
    with app.app_context():
        try:
            work_out_ahead(clock.now())
        except SQLAlchemyError as error:
            log.warning("reports not worked out", error=str(error))
        finally:
            db.session.remove()

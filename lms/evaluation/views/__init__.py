"""Pages of this slice: forms for delegates; for coordinators, who has not answered."""

from __future__ import annotations

from flask import Flask

from lms.evaluation.views import (
    after_check_in,
    answering,
    building,
    concerns,
    managers,
    managing,
    quoting,
    reminders,
    texts,
)
from lms.evaluation.views.blueprint import blueprint

__all__ = [
    "after_check_in",
    "answering",
    "blueprint",
    "building",
    "concerns",
    "install",
    "managers",
    "managing",
    "quoting",
    "reminders",
    "texts",
]


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)

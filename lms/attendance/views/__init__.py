"""Pages of this slice: the registers, and one register with what is done on it."""

from __future__ import annotations

from flask import Flask

from lms.attendance.views import closing, register, walk_in
from lms.attendance.views.blueprint import blueprint

__all__ = ["blueprint", "closing", "install", "register", "walk_in"]


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)

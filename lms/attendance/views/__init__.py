"""Pages of this slice: the registers, and one register with what is done on it."""

from __future__ import annotations

from flask import Flask

from lms.attendance.check_in import views as check_in
from lms.attendance.views import closing, kept, meetings, register, sign_in_sheet, walk_in
from lms.attendance.views.blueprint import blueprint

__all__ = [
    "blueprint",
    "check_in",
    "closing",
    "install",
    "kept",
    "meetings",
    "register",
    "sign_in_sheet",
    "walk_in",
]


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)

"""Pages of this slice: forms for delegates; for coordinators, who has not answered."""

from __future__ import annotations

from flask import Flask

from lms.evaluation.views import answering, managing
from lms.evaluation.views.blueprint import blueprint

__all__ = ["answering", "blueprint", "install", "managing"]


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)

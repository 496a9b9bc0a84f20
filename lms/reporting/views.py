"""Pages of this slice."""

from __future__ import annotations

from flask import Blueprint, Flask

blueprint = Blueprint("reporting", __name__)


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)

"""Pages of this slice: checking a certificate; for coordinators, the certificates of an event."""

from __future__ import annotations

from flask import Flask

from lms.certificates.views import checking, managing
from lms.certificates.views.blueprint import blueprint

__all__ = ["blueprint", "checking", "install", "managing"]


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)

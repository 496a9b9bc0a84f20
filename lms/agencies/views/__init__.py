"""Pages of this slice, and the look that every page wears."""

from __future__ import annotations

from typing import Any

from flask import Flask, g

from lms.agencies.look import show_partnership, worn_look
from lms.agencies.views import agencies, brand, charging, partnership, policies
from lms.agencies.views.blueprint import blueprint

__all__ = [
    "agencies",
    "blueprint",
    "brand",
    "charging",
    "install",
    "partnership",
    "policies",
    "show_partnership",
]


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.context_processor(_the_partnership)


def _the_partnership() -> dict[str, Any]:
    """Whose look the page wears, read once a request."""
    if "partnership" not in g:
        g.partnership = worn_look()
    return {"partnership": g.partnership}

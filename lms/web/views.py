"""The pages that belong to no part of the trade: privacy, and the accessibility statement."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template

from lms.access import Permission, requires

pages = Blueprint("web", __name__)


def install(app: Flask) -> None:
    app.register_blueprint(pages)


@pages.get("/privacy")
@requires(Permission.PUBLIC)
def privacy() -> str:
    return render_template("web/privacy.html")


@pages.get("/accessibility")
@requires(Permission.PUBLIC)
def accessibility() -> str:
    return render_template("web/accessibility.html")

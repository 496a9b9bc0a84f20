"""Pages of this slice, and how every request learns who is signed in."""

from __future__ import annotations

from flask import Flask

from lms.accounts.views import (
    account,
    addresses,
    calendar,
    kept_form,
    memberships,
    sign_in,
    sign_up,
    signed_in,
    working_week,
)
from lms.accounts.views.blueprint import blueprint

__all__ = [
    "account",
    "addresses",
    "blueprint",
    "calendar",
    "install",
    "kept_form",
    "memberships",
    "sign_in",
    "sign_up",
    "working_week",
]


def install(app: Flask) -> None:
    signed_in.install(app)
    kept_form.install(app)
    app.register_blueprint(blueprint)

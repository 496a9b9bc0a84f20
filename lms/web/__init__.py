"""Page furniture: layout, forms, words, figures, error pages, headers; nothing of the trade."""

from __future__ import annotations

from flask import Flask

from lms.config import Settings
from lms.web import addresses, compression, environment, errors, security, static, views

__all__ = ["install"]


def install(app: Flask, settings: Settings) -> None:
    """Give the application its layout, forms, error pages and headers."""
    addresses.install(app)
    environment.install(app)
    security.install(app, settings)
    static.install(app)
    compression.install(app)
    errors.install(app)
    views.install(app)

"""Page furniture."""

from __future__ import annotations

from flask import Flask

from lms.config import Settings


def install(app: Flask, settings: Settings) -> None:
    """Give the application its layout, forms, error pages and headers."""

"""The blueprint that the pages of this slice hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("certificates", __name__)

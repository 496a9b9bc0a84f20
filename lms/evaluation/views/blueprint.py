"""What the pages of this slice hang on."""

from flask import Blueprint

blueprint = Blueprint("evaluation", __name__)

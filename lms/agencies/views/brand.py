"""A partnership's colours, as a style sheet that may be kept for ever."""

from __future__ import annotations

from flask import Response, redirect
from werkzeug.wrappers import Response as BaseResponse

from lms.access import Permission, requires
from lms.agencies.look import brand_css, brand_href, brand_of
from lms.agencies.queries import list_partnerships
from lms.agencies.views.blueprint import blueprint
from lms.errors import NotFound
from lms.words import slug

FOR_A_YEAR = "public, max-age=31536000, immutable"


@blueprint.get("/brand/<partnership>-<version>.css")
@requires(Permission.PUBLIC)
def brand(partnership: str, version: str) -> BaseResponse:
    found = next((p for p in list_partnerships() if slug(p.name) == partnership), None)
    if found is None:
        raise NotFound
    current = brand_href(found)
    if current and current != f"/brand/{partnership}-{version}.css":
        return redirect(current, 302)
    response = Response(brand_css(brand_of(found)), mimetype="text/css")
    response.headers["Cache-Control"] = FOR_A_YEAR
    return response

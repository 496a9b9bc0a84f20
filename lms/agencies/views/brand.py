"""A partnership's colours and its logo, under addresses that may be kept for ever."""

from __future__ import annotations

from flask import Response, redirect
from werkzeug.wrappers import Response as BaseResponse

from lms.access import Permission, requires
from lms.agencies.look import brand_css, brand_href, brand_of, logo_href
from lms.agencies.queries import list_partnerships
from lms.agencies.views.blueprint import blueprint
from lms.errors import NotFound
from lms.files import bytes_of
from lms.files.store import NotStoredError
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


@blueprint.get("/brand/<partnership>-<version>.png")
@requires(Permission.PUBLIC)
def logo(partnership: str, version: str) -> BaseResponse:
    found = next((p for p in list_partnerships() if slug(p.name) == partnership), None)
    if found is None or found.logo is None:
        raise NotFound
    if logo_href(found) != f"/brand/{partnership}-{version}.png":
        return redirect(logo_href(found), 302)
    try:
        picture = bytes_of(found.logo)
    except NotStoredError:
        raise NotFound from None
    response = Response(picture, mimetype=found.logo.content_type)
    response.headers["Cache-Control"] = FOR_A_YEAR
    return response

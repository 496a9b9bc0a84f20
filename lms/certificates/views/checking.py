"""Checking a certificate: whoever has its code reads what it says, and whether it holds.

The code is the key: without it nothing is shown, no list and no search, and no search engine is
to keep the page. Why a certificate was revoked is said to its holder alone.
"""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from lms.access import Permission, requires
from lms.agencies.look import show_partnership
from lms.certificates import printing
from lms.certificates.forms import CheckForm
from lms.certificates.queries import find_certificate, partnership_of
from lms.certificates.rules import code_as_typed
from lms.certificates.views.blueprint import blueprint
from lms.errors import Refused
from lms.evaluation.queries import after_you_can
from lms.web.pages import file_response, now, see, settings

GONE, NOT_FOUND = 410, 404
LONGEST_CODE = 60
HOW_IT_LOOKS = "Enter the code as it stands on the certificate: twelve letters and figures"


@blueprint.get("/certificates")
@requires(Permission.PUBLIC)
def check() -> str | BaseResponse:
    """Ask for a code; one that was typed leads to its page, however it was spelt."""
    typed = request.args.get("code", "").strip()[:LONGEST_CODE]
    code = code_as_typed(typed)
    if code is not None:
        return see(f"/certificates/{code}")
    form = CheckForm(data={"code": typed})
    if typed:
        form.refuse(Refused(HOW_IT_LOOKS, field="code"))
    return render_template("certificates/check.html", form=form)


@blueprint.get("/certificates/<certificate_code>")
@requires(Permission.HOLD_LINK)
def show_certificate(certificate_code: str) -> Response:
    certificate = find_certificate(certificate_code)
    if certificate is None:
        return _unindexed(_unknown(certificate_code))
    show_partnership(certificate.partnership_id)
    page = render_template(
        "certificates/show_certificate.html",
        certificate=certificate,
        days=printing.days_of(certificate),
        teaches=[after_you_can(line) for line in certificate.teaches.splitlines()],
    )
    return _unindexed(make_response(page))


@blueprint.get("/certificates/<certificate_code>.pdf")
@requires(Permission.HOLD_LINK)
def certificate_file(certificate_code: str) -> BaseResponse:
    certificate = find_certificate(certificate_code)
    if certificate is None:
        return _unindexed(_unknown(certificate_code))
    if certificate.revoked_at is not None:
        shown = show_certificate(certificate.code)
        shown.status_code = GONE
        return shown
    made = printing.certificate_pdf(
        certificate,
        partnership_of(certificate.partnership_id),
        base_url=settings().base_url,
        now=now(),
    )
    name = printing.file_name(certificate)
    return _unindexed(file_response(name, made, "application/pdf"))


def _unknown(code: str) -> Response:
    page = render_template("certificates/unknown.html", typed=code[:LONGEST_CODE])
    return make_response(page, NOT_FOUND)


def _unindexed(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response

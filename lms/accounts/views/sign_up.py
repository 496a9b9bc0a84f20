"""The first time: who somebody is. Asked once, after a code has proven their address."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response as BaseResponse

from lms.access import Permission, requires, viewer
from lms.accounts import commands
from lms.accounts.forms import PersonForm
from lms.accounts.views import signed_in
from lms.accounts.views.blueprint import blueprint
from lms.accounts.views.sign_in import attempt_of_browser
from lms.agencies.queries import list_agencies, suggest_agencies
from lms.clock import london_date
from lms.errors import Refused
from lms.web.pages import now, see


@blueprint.route("/sign-up", methods=["GET", "POST"])
@requires(Permission.SIGN_UP)
def sign_up() -> str | BaseResponse:
    attempt = attempt_of_browser()
    if viewer() is not None:
        return see("/")
    if attempt is None or not attempt.is_proven:
        return see("/sign-in")
    form = PersonForm()
    form.suggest(suggest_agencies(attempt.address, london_date(now())))
    if form.validate_on_submit():
        try:
            key = commands.sign_up(attempt.id, form.details(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            signed_in.begin(key)
            return see(attempt.next_address)
    agencies = list_agencies(on=london_date(now()))
    page = render_template("accounts/sign_up.html", form=form, attempt=attempt, agencies=agencies)
    return make_response(page, 422 if form.has_errors else 200)

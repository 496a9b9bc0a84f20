"""A person's own record."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.accounts import commands
from lms.accounts.forms import DetailsForm, NeedsForm
from lms.accounts.queries import get_person, list_memberships, memberships_on
from lms.accounts.views.blueprint import blueprint
from lms.clock import london_date
from lms.errors import Refused
from lms.web.pages import done, local_or, now, see


@blueprint.get("/account")
@requires(Permission.BE_A_PRACTITIONER)
def account() -> str:
    own = the_viewer().person_id
    today = london_date(now())
    return render_template(
        "accounts/account.html",
        person=get_person(own),
        current=memberships_on(own, today),
        runs_programme=the_viewer().can(Permission.RUN_PROGRAMME),
        past=[m for m in list_memberships(own) if m.ended_on and m.ended_on <= today],
    )


@blueprint.route("/account/details", methods=["GET", "POST"])
@requires(Permission.BE_A_PRACTITIONER)
def account_details() -> Response:
    own = the_viewer()
    form = DetailsForm(obj=get_person(own.person_id))
    if form.validate_on_submit():
        try:
            commands.change_person(own.person_id, form.details(), by=own, now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done("Your details are changed.")
            return see(local_or("/account"))
    page = render_template("accounts/account_details.html", form=form, next=local_or("/account"))
    return make_response(page, 422 if form.has_errors else 200)


@blueprint.route("/account/needs", methods=["GET", "POST"])
@requires(Permission.BE_A_PRACTITIONER)
def account_needs() -> Response:
    person = get_person(the_viewer().person_id)
    form = NeedsForm(obj=person)
    if form.validate_on_submit():
        commands.set_needs(
            person.id, form.access_needs.data or "", form.dietary_needs.data or "", now=now()
        )
        done("Your needs are kept as you wrote them.")
        return see("/account")
    page = render_template("accounts/account_needs.html", form=form, person=person)
    return make_response(page, 422 if form.has_errors else 200)


@blueprint.post("/account/needs/delete")
@requires(Permission.BE_A_PRACTITIONER)
def delete_needs() -> Response:
    commands.set_needs(the_viewer().person_id, "", "", now=now())
    done("What you need at events is deleted from your account.")
    return see("/account")

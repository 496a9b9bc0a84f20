"""A person's own record."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response as BaseResponse

from lms.access import Permission, requires, the_viewer
from lms.accounts import commands
from lms.accounts.forms import ANOTHER, AgencyFields, NeedsForm, PersonForm
from lms.accounts.models import Membership, Person
from lms.accounts.queries import get_person, list_memberships, memberships_on
from lms.accounts.views.blueprint import blueprint
from lms.agencies.models import Agency
from lms.agencies.queries import list_agencies, suggest_agencies
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
        past=[m for m in list_memberships(own) if m.ended_on and m.ended_on <= today],
    )


@blueprint.route("/account/details", methods=["GET", "POST"])
@requires(Permission.BE_A_PRACTITIONER)
def account_details() -> str | BaseResponse:
    own = the_viewer()
    person = get_person(own.person_id)
    current = memberships_on(person.id, london_date(now()))
    form = PersonForm(data=_known(person, current))
    form.suggest(_suggested(own.email, current))
    if form.validate_on_submit():
        try:
            commands.change_person(person.id, form.details(), by=own, now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done("Your details are changed.")
            return see(local_or("/account"))
    agencies = list_agencies(on=london_date(now()))
    page = render_template(
        "accounts/account_details.html", form=form, agencies=agencies, next=local_or("/account")
    )
    return make_response(page, 422 if form.has_errors else 200)


def _known(person: Person, current: list[Membership]) -> dict[str, str]:
    known = {
        "name": person.name,
        "job_role": person.job_role,
        "line_manager_email": person.line_manager_email or "",
    }
    if current and current[0].agency_id:
        known["agency"] = str(current[0].agency_id)
    elif current:
        known |= {"agency": ANOTHER, "other_agency": current[0].agency_typed}
    return known


def _suggested(email: str, current: list[Membership]) -> list[Agency]:
    """Where they work now, and what their address speaks for."""
    own = [membership.agency for membership in current if membership.agency]
    suggested = suggest_agencies(email, london_date(now()))
    return list({agency.id: agency for agency in [*own, *suggested]}.values())


@blueprint.route("/account/agencies/add", methods=["GET", "POST"])
@requires(Permission.BE_A_PRACTITIONER)
def add_own_agency() -> str | BaseResponse:
    own = the_viewer()
    today = london_date(now())
    form = AgencyFields()
    there = {membership.agency_id for membership in memberships_on(own.person_id, today)}
    form.suggest(a for a in suggest_agencies(own.email, today) if a.id not in there)
    if form.validate_on_submit():
        commands.add_membership(
            own.person_id,
            agency_id=form.agency_id,
            agency_typed=form.agency_typed,
            by=own,
            now=now(),
        )
        done("The agency is added. You choose between them when you book.")
        return see("/account")
    page = render_template(
        "accounts/add_own_agency.html", form=form, agencies=list_agencies(on=today)
    )
    return make_response(page, 422 if form.has_errors else 200)


@blueprint.post("/account/agencies/<int:membership_id>/end")
@requires(Permission.BE_A_PRACTITIONER)
def end_own_agency(membership_id: int) -> BaseResponse:
    own = the_viewer()
    commands.end_membership(own.person_id, membership_id, by=own, now=now())
    done("You no longer book for that agency. Past bookings keep it.")
    return see("/account")


@blueprint.route("/account/needs", methods=["GET", "POST"])
@requires(Permission.BE_A_PRACTITIONER)
def account_needs() -> str | BaseResponse:
    person = get_person(the_viewer().person_id)
    form = NeedsForm(obj=person)
    if form.validate_on_submit():
        commands.set_needs(
            person.id, form.access_needs.data or "", form.dietary_needs.data or "", now=now()
        )
        done("Your needs are kept as you wrote them.")
        return see("/account")
    page = render_template("accounts/account_needs.html", form=form)
    return make_response(page, 422 if form.has_errors else 200)

"""Where one works: moved to another agency, one more, one fewer."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.accounts import commands
from lms.accounts.forms import AgencyFields, MoveForm
from lms.accounts.models import Membership
from lms.accounts.queries import get_person, memberships_on
from lms.accounts.views.blueprint import blueprint
from lms.agencies.models import Agency
from lms.agencies.queries import list_agencies, suggest_agencies
from lms.clock import london_date
from lms.errors import Refused
from lms.web.pages import done, local_or, now, see

PATH = "/account/agencies"


@blueprint.route(f"{PATH}/move", methods=["GET", "POST"])
@requires(Permission.BE_A_PRACTITIONER)
def move_agency() -> Response:
    current = _current()
    form = MoveForm(data={"on": london_date(now())})
    form.offer(current)
    form.suggest(_suggested(current))
    if form.validate_on_submit():
        try:
            _move(form)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done("Your agency is changed. Bookings that you have made keep the one before.")
            return see(local_or("/account"))
    page = render_template(
        "accounts/move_agency.html",
        form=form,
        current=current,
        agencies=list_agencies(on=london_date(now())),
        next=local_or("/account"),
    )
    return make_response(page, 422 if form.has_errors else 200)


def _move(form: MoveForm) -> None:
    own = the_viewer()
    commands.move_agency(
        own.person_id,
        leaves=form.leaves_id,
        agency_id=form.agency_id,
        agency_typed=form.agency_typed,
        on=form.on.data,
        by=own,
        now=now(),
    )


def _current() -> list[Membership]:
    return memberships_on(the_viewer().person_id, london_date(now()))


def _suggested(current: list[Membership]) -> list[Agency]:
    """What one's addresses speak for, but for where one works."""
    today = london_date(now())
    there = {membership.agency_id for membership in current}
    addresses = [email.address for email in get_person(the_viewer().person_id).emails]
    found = {agency.id: agency for email in addresses for agency in suggest_agencies(email, today)}
    return [agency for agency in found.values() if agency.id not in there]


@blueprint.route(f"{PATH}/add", methods=["GET", "POST"])
@requires(Permission.BE_A_PRACTITIONER)
def add_own_agency() -> Response:
    own = the_viewer()
    form = AgencyFields()
    form.suggest(_suggested(_current()))
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
    agencies = list_agencies(on=london_date(now()))
    page = render_template("accounts/add_own_agency.html", form=form, agencies=agencies)
    return make_response(page, 422 if form.has_errors else 200)


@blueprint.post(f"{PATH}/<int:membership_id>/end")
@requires(Permission.BE_A_PRACTITIONER)
def end_own_agency(membership_id: int) -> Response:
    own = the_viewer()
    commands.end_membership(own.person_id, membership_id, by=own, now=now())
    done(
        "You no longer book for that agency. Your bookings stay: give up in My learning what you "
        "cannot come to."
    )
    return see("/account")

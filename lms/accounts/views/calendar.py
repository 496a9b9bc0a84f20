"""The address of one's own calendar feed, and how calendar programs take it."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.accounts import commands
from lms.accounts.queries import feed_path, get_person
from lms.accounts.views.blueprint import blueprint
from lms.web.held_links import keys
from lms.web.pages import done, see, settings

PATH = "/account/calendar"


@blueprint.get(PATH)
@requires(Permission.BE_A_PRACTITIONER)
def account_calendar() -> str:
    path = feed_path(get_person(the_viewer().person_id), keys())
    address = f"{settings().base_url}{path}"
    return render_template(
        "accounts/account_calendar.html",
        address=address,
        opens_here=f"webcal:{address.partition(':')[2]}",
    )


@blueprint.post(f"{PATH}/new-address")
@requires(Permission.BE_A_PRACTITIONER)
def renew_feed_address() -> Response:
    commands.renew_feed_address(the_viewer().person_id)
    done("Your calendar has a new address. The old one has stopped.")
    return see(PATH)

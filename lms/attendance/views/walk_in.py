"""Writing down somebody who came without a place."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from lms.agencies.queries import list_agencies
from lms.attendance import commands
from lms.attendance.forms import WalkInForm
from lms.attendance.views.blueprint import REGISTER, blueprint
from lms.attendance.views.register import back_to_row, show
from lms.attendance.views.taking import taker, takes_register
from lms.errors import Refused
from lms.tokens import new_secret
from lms.web.pages import now


@blueprint.route(f"{REGISTER}/walk-in", methods=["GET", "POST"])
@takes_register
def walk_in(event_id: int) -> str | Response:
    shown = show(event_id)
    form = WalkInForm()
    if not form.once.data:
        form.once.data = new_secret()
    if form.validate_on_submit():
        try:
            booking_id = commands.add_walk_in(
                event_id, shown.session.id, form.walk_in(), by=taker(), now=now()
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return back_to_row(event_id, booking_id)
    agencies = list_agencies(shown.picture.partnership_id)
    return render_template(
        "attendance/walk_in.html",
        form=form,
        shown=shown,
        agencies=agencies,
        person_id=taker().person_id,
    )

"""When one is in: what Today looks ahead to."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.accounts import commands
from lms.accounts.forms import AwayForm, WeekdaysForm
from lms.accounts.queries import time_away_of, working_week_of
from lms.accounts.views.blueprint import blueprint
from lms.clock import london_date
from lms.errors import Refused
from lms.web.pages import done, now, see

PATH = "/account/working-days"


@blueprint.route(PATH, methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def working_days() -> Response:
    own = the_viewer().person_id
    form = WeekdaysForm(data={"weekdays": [str(n) for n in working_week_of(own).weekdays]})
    if form.validate_on_submit():
        commands.set_weekdays(own, map(int, form.weekdays.data or ()))
        done("Your days are kept. Today says what falls due before you are back.")
        return see(PATH)
    return _page(form, AwayForm(formdata=None))


@blueprint.post(f"{PATH}/away")
@requires(Permission.RUN_PROGRAMME)
def mark_away() -> Response:
    form = AwayForm()
    if form.validate_on_submit():
        try:
            commands.mark_away(the_viewer().person_id, *form.days(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done("You are marked away. What falls due by then stands first on Today.")
            return see(PATH)
    own = working_week_of(the_viewer().person_id)
    weekdays = [str(n) for n in own.weekdays]
    return _page(WeekdaysForm(formdata=None, data={"weekdays": weekdays}), form)


@blueprint.post(f"{PATH}/away/<int:away_id>/remove")
@requires(Permission.RUN_PROGRAMME)
def unmark_away(away_id: int) -> Response:
    commands.unmark_away(the_viewer().person_id, away_id)
    done("You are no longer marked away on those days.")
    return see(PATH)


def _page(form: WeekdaysForm, away_form: AwayForm) -> Response:
    page = render_template(
        "accounts/working_days.html",
        form=away_form if away_form.has_errors else form,
        weekdays_form=form,
        away_form=away_form,
        away=time_away_of(the_viewer().person_id, london_date(now())),
    )
    return make_response(page, 422 if form.has_errors or away_form.has_errors else 200)

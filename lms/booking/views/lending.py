"""Trainers whom another partnership lends to an event: the ledger counts their days."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.agencies.queries import list_partnerships
from lms.booking import commands
from lms.booking.forms.lending import LendingForm
from lms.booking.views.blueprint import blueprint
from lms.catalogue.models import Event
from lms.catalogue.queries import get_event, trainers_of
from lms.clock import london_date
from lms.web.pages import done, now, see


@blueprint.route("/manage/events/<int:event_id>/lent-trainers", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def lend_trainers(event_id: int) -> Response:
    event = get_event(event_id, the_viewer())
    show_partnership(event.partnership_id)
    form = _form(event)
    if form.validate_on_submit():
        commands.lend_trainers(event_id, form.lenders(), by=the_viewer(), now=now())
        done("Who lends the trainers is saved.")
        return see(f"/manage/events/{event_id}/lent-trainers")
    page = render_template("booking/lent_trainers.html", event=event, form=form)
    return make_response(page, 422 if form.has_errors else 200)


def _form(event: Event) -> LendingForm:
    host = event.partnership_id
    rows = [
        {"person": trainer.person_id, "lender": str(trainer.lent_by_id or host)}
        for trainer in event.trainers
    ]
    form = LendingForm(data={"rows": rows})
    partnerships = list_partnerships()
    others = [partnership for partnership in partnerships if partnership.id != host]
    on = london_date(now())
    form.offer(event, partnerships, [(p, each) for p in others for each in trainers_of([p.id], on)])
    return form

"""Telling those whom an event by invitation is for."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.booking import commands
from lms.booking.queries.inviting import guests_to_tell
from lms.booking.rules import may_invite
from lms.booking.views.blueprint import blueprint
from lms.catalogue.queries import get_event
from lms.web.pages import done, now, see
from lms.words import count, sentence_case


@blueprint.get("/manage/events/<int:event_id>/invite")
@requires(Permission.RUN_PROGRAMME)
def show_invited(event_id: int) -> str:
    event = get_event(event_id, the_viewer())
    show_partnership(event.partnership_id)
    return render_template(
        "booking/invite.html",
        event=event,
        guests=guests_to_tell(event, now()),
        may_invite=may_invite(event.state, event.starts_at, now()),
    )


@blueprint.post("/manage/events/<int:event_id>/invite")
@requires(Permission.RUN_PROGRAMME)
def tell_invited(event_id: int) -> Response:
    event = get_event(event_id, the_viewer())
    told = commands.tell_invited(event.id, by=the_viewer(), now=now())
    done(f"{sentence_case(count(told, 'person is', 'people are'))} told by e-mail.")
    return see(f"/manage/events/{event_id}")

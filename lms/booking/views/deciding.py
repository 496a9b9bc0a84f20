"""An event that has fewer people than it needs goes ahead all the same."""

from __future__ import annotations

from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.booking import commands
from lms.booking.views.blueprint import blueprint
from lms.catalogue.queries import get_event
from lms.web.pages import done, now, see


@blueprint.post("/manage/events/<int:event_id>/go-ahead")
@requires(Permission.RUN_PROGRAMME)
def go_ahead(event_id: int) -> Response:
    title = get_event(event_id, the_viewer()).title
    commands.go_ahead(event_id, by=the_viewer(), now=now())
    done(f"{title} goes ahead, however few come. Its page says so.")
    return see(f"/manage/events/{event_id}")

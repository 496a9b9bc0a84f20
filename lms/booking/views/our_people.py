"""An event of another partnership in which one's own has a part: one's own people there (B17)."""

from __future__ import annotations

from flask import render_template

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.booking.queries.sharing import OurPeople, Part, our_people
from lms.booking.rules import LIVE
from lms.booking.views.blueprint import blueprint
from lms.catalogue.rules import EventState
from lms.web.pages import now
from lms.words import count, number, short_day


@blueprint.get("/manage/events/<int:event_id>/our-people")
@requires(Permission.RUN_PROGRAMME)
def show_our_people(event_id: int) -> str:
    found = our_people(event_id, the_viewer(), now())
    event = found.event
    show_partnership(event.partnership_id)
    live = [person for person in found.people if person.state in LIVE]
    is_over = event.ends_at is not None and event.ends_at <= now()
    return render_template(
        "booking/our_people.html",
        event=event,
        sentences=[_of_part(part) for part in found.parts],
        people=found.people,
        total=len(live),
        is_open=event.state is EventState.PUBLISHED and not is_over,
        names=_names(found),
    )


def _names(found: OurPeople) -> str:
    return " and ".join(part.partnership for part in found.parts)


def _of_part(part: Part) -> str:
    """'Sandwell has 4 places until 5 February: three are taken.'"""
    until = f" until {short_day(part.release_on)}" if part.release_on else ""
    taken = f"{number(part.taken)} {'is' if part.taken == 1 else 'are'} taken"
    return f"{part.partnership} has {count(part.places, 'place')}{until}: {taken}."

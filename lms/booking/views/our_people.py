"""An event of another partnership in which one's own has a part: one's own people there (B17)."""

from __future__ import annotations

from datetime import date

from flask import render_template

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.booking.queries.sharing import OurPeople, Part, our_people
from lms.booking.rules import LIVE
from lms.booking.views.blueprint import blueprint
from lms.catalogue.rules import EventState
from lms.clock import london_date
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
        sentences=[_of_part(part, london_date(now())) for part in found.parts],
        people=found.people,
        total=len(live),
        is_open=event.state is EventState.PUBLISHED and not is_over,
        names=_names(found),
    )


def _names(found: OurPeople) -> str:
    return " and ".join(part.partnership for part in found.parts)


def _of_part(part: Part, today: date) -> str:
    """'Sandwell has four places until 5 February: three are taken.'"""
    taken = f"{number(part.taken)} {'is' if part.taken == 1 else 'are'} taken"
    if part.release_on is None:
        return f"{part.partnership} has {count(part.places, 'place')}: {taken}."
    until = f"{count(part.places, 'place')} until {short_day(part.release_on)}"
    if part.release_on > today:
        return f"{part.partnership} has {until}: {taken}."
    rest = "what was not used is free for all"
    return f"{part.partnership} had {until}: {taken}, and {rest}."

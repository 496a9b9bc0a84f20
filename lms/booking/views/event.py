"""An event's own page, as a delegate sees it."""

from __future__ import annotations

from typing import Any

from flask import render_template

from lms.access import Permission, Viewer, requires, viewer
from lms.agencies.views import show_partnership
from lms.booking.queries.event_page import EventPage, event_page
from lms.booking.queries.materials import materials_shown
from lms.booking.queries.outlook import claim_of, sector_of
from lms.booking.rules import BookingState, Side
from lms.booking.views import decision_words
from lms.booking.views import event_words as say
from lms.booking.views.blueprint import blueprint
from lms.booking.views.wording import late_clause
from lms.catalogue.rules import EventState
from lms.web.pages import now


@blueprint.get("/events/<int:event_id>")
@requires(Permission.PUBLIC)
def show_event(event_id: int) -> str:
    page = event_page(event_id, viewer(), now())
    show_partnership(page.event.partnership)
    return render_template("booking/show_event.html", **facts_of(page))


def facts_of(page: EventPage) -> dict[str, Any]:
    """All that the page shows, worded; the preview of a draft shows the same."""
    event, course = page.event, page.event.course
    seen_by = viewer()
    way = say.way_in(page, claim_of(event, page.seen, seen_by, now()), now())
    other = say.other_date(page.others)
    about = say.paragraphs(event.aims or (course.aims if course else ""))
    has_place = page.own is not None and page.own.state is BookingState.CONFIRMED
    is_on = event.state not in (EventState.CANCELLED, EventState.POSTPONED)
    finding, sectors = say.who_is_coming(page, now())
    return {
        "event": event,
        "course": course,
        "places": page.places,
        "outcomes": page.outcomes,
        "prerequisites": page.prerequisites,
        "approval": say.APPROVED_BY[event.approved_by],
        "caption_parts": say.caption_of(event),
        "dates": say.dates_of(event.sessions),
        "where": say.where_words(event),
        "access": say.paragraphs(event.venue_access),
        "for_whom": say.FOR_WHOM[event.remit],
        "run_by": say.run_by(page),
        "shared_by": say.shared_by(page),
        "cost": say.cost(event.price),
        "runs": decision_words.to_delegates(event, page.places.confirmed, now()),
        "late_clause": _late_clause(page, seen_by) if is_on else "",
        "places_parts": say.places_parts(page, now()),
        "order_in_force": "" if page.seen.is_over(now()) else say.order_in_force(page),
        "way": way,
        "other": other,
        "other_words": say.other_date_words(other) if other else None,
        "lead_text": about[0] if about else "",
        "about": about[1:],
        "audience": say.paragraphs(event.audience or (course.audience if course else "")),
        "is_over": page.seen.is_over(now()),
        "coming": finding,
        "sectors": sectors,
        "is_on": is_on,
        "follow_up": say.follow_up(page, now()) if is_on else [],
        "if_you_wait": say.if_you_wait(page.seen.policy.offer_hours) if way.kind == "wait" else [],
        "materials": materials_shown(event, seen_by, now(), has_place=has_place),
        "joining_link": event.joining_link if has_place and _is_online(page) else "",
        "instructions": say.paragraphs(event.joining_instructions) if has_place else [],
        "runs_it": seen_by is not None
        and seen_by.can(Permission.RUN_PROGRAMME, event.partnership_id),
    }


def _late_clause(page: EventPage, seen_by: Viewer | None) -> str:
    """Until when this viewer could give a place up, and what it may cost after that (B11)."""
    if not page.seen.sessions or page.seen.starts_at <= now():
        return ""
    sector = sector_of(seen_by, page.event, now()) if page.figures.differs_by_sector else None
    lateness = page.figures.lateness(page.event, page.seen.sessions, sector, now())
    return late_clause(lateness, now())


def _is_online(page: EventPage) -> bool:
    """Whether the viewer takes part online: of a hybrid event, if they chose so."""
    return not page.places.parts or (page.own is not None and page.own.side is Side.ONLINE)

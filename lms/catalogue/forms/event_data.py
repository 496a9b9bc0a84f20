"""An event, and a course to be made into one, as the form of an event begins with them."""

from __future__ import annotations

from typing import Any

from lms.catalogue.forms.rows import outcome_rows, session_rows
from lms.catalogue.models import Course
from lms.catalogue.rules import EventDetails, EventKind
from lms.clock import london

AS_ITS_KIND = "as its kind"


def event_data(details: EventDetails) -> dict[str, Any]:
    """An event as its form begins."""
    closes = london(details.closes_at) if details.closes_at else None
    return {
        "partnership": details.partnership_id,
        "kind": details.kind.value,
        "course": str(details.course_id or ""),
        "title": details.title,
        "sessions": session_rows(details.sessions),
        "mode": details.mode.value,
        "trainers": list(details.trainer_ids),
        "capacity": details.capacity,
        "online_capacity": details.online_capacity,
        "closes_on": closes.date() if closes else None,
        "closes_time": closes.time() if closes else None,
        "price": details.price,
        "cost": details.cost,
        "minimum_places": details.minimum_places or None,
        "decide_on": details.decide_on,
        "known_venue": str(details.venue_id or ""),
        "follow_up": AS_ITS_KIND if details.stages is None else details.stages,
        "level": str(details.level or ""),
        "remit": details.remit.value,
        "outcomes": outcome_rows(details.outcomes),
        "priorities": list(details.priority_ids),
        "themes": list(details.theme_ids),
        **{name: getattr(details, name) for name in _AS_TYPED},
        "venue": "" if details.venue_id else details.venue,
    }


_AS_TYPED = (
    *("venue_access", "joining_link", "joining_instructions", "provider"),
    *("aims", "audience"),
)


def course_as_event(course: Course) -> dict[str, Any]:
    """A new event of a course, as its form begins."""
    return {
        "partnership": course.partnership_id,
        "kind": EventKind.COURSE.value,
        "course": str(course.id),
        "follow_up": AS_ITS_KIND,
        "priorities": [priority.id for priority in course.priorities],
        "themes": [theme.id for theme in course.themes],
    }

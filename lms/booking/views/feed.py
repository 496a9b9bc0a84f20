"""The programme as a calendar to subscribe to: never a joining link, cancelled events as such."""

from __future__ import annotations

from datetime import timedelta

from flask import Response
from icalendar import Calendar, Event

from lms.access import Permission, requires
from lms.booking.queries.programme import ListedEvent, events_in_feed
from lms.booking.rules.facts import Period
from lms.booking.views.blueprint import blueprint
from lms.booking.views.rows import where
from lms.catalogue.rules import EventState
from lms.web.pages import now, settings

KEPT_DAYS = timedelta(days=60)  # how long a calendar still hears of what is over
PRODUCT = "-//Training and learning//Programme//EN"


@blueprint.get("/events.ics")
@requires(Permission.PUBLIC)
def show_feed() -> Response:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Safeguarding training")
    for event in events_in_feed(now() - KEPT_DAYS, now()):
        for place, period in enumerate(event.sessions):
            calendar.add_component(_entry(event, place, period))
    return Response(calendar.to_ical(), mimetype="text/calendar")


def _entry(event: ListedEvent, place: int, period: Period) -> Event:
    entry = Event()
    base_url = settings().base_url
    host = base_url.partition("://")[2].partition(":")[0]
    entry.add("uid", f"event-{event.id}-{place + 1}@{host}")
    entry.add("dtstamp", event.told_at or event.starts_at)
    entry.add("dtstart", period[0])
    entry.add("dtend", period[1])
    entry.add("summary", _summary(event, place))
    entry.add("location", where(event) or "Online")
    entry.add("url", f"{base_url}/events/{event.id}")
    entry.add("status", "CANCELLED" if event.state is EventState.CANCELLED else "CONFIRMED")
    return entry


def _summary(event: ListedEvent, place: int) -> str:
    title = f"Cancelled: {event.title}" if event.state is EventState.CANCELLED else event.title
    days = len(event.sessions)
    return f"{title} (day {place + 1} of {days})" if days > 1 else title

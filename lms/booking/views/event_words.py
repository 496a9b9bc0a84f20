"""What an event's page says, in words: facts in, sentences out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from lms.agencies.rules import PolicyKey, policy_at
from lms.booking.queries import standing_in
from lms.booking.queries.event_page import EventPage, OtherDate
from lms.booking.queries.places import PlacesSummary
from lms.booking.rules import (
    BookingRequest,
    BookingState,
    EventSnapshot,
    Place,
    Side,
    joining,
    may_book,
    place_for,
    position_of,
    unfilled_reserved,
    why_waiting,
)
from lms.booking.views.rows import where_of
from lms.catalogue.models import Event, EventSession
from lms.catalogue.rules import (
    ApprovedBy,
    EventKind,
    EventState,
    ListOrder,
    Remit,
    Stage,
    stages_in_force,
    stages_with_questions,
)
from lms.clock import london_date
from lms.web.words import counted, hours_in_words
from lms.words import (
    count,
    day,
    day_and_year,
    days_or_weeks,
    listed,
    ordinal,
    pounds,
    sentence_case,
    short_day,
    span,
    working_time,
)

WHOLE_DAY_MINUTES = 300
HALF_DAY_MINUTES = 150
FOR_WHOM = {
    Remit.CHILDREN: "People working with children",
    Remit.ADULTS: "People working with adults",
    Remit.WHOLE_FAMILY: "People working with children, adults or whole families",
}
APPROVED_BY = {
    ApprovedBy.NOBODY: "",
    ApprovedBy.LINE_MANAGER: "Your line manager approves your booking, by a link that we e‑mail.",
    ApprovedBy.AGENCY_LEAD: "Your agency’s lead approves your booking.",
}
FOLLOW_UP = {
    Stage.PRE: ("Before: under a minute", "How confident you are today."),
    Stage.POST: ("At the end: two minutes", "How it went, and what you will do."),
    Stage.IMPACT: ("{later} later: one page", "We ask about what you said you would do."),
}


@dataclass(frozen=True)
class When:
    """A line of the dates: the day stands out, the times follow."""

    day: str
    times: str


@dataclass(frozen=True)
class Way:
    """What this viewer can do here: `kind` is book, wait, mine, none, or preview."""

    kind: str
    sentence: str = ""
    href: str = ""


def caption_of(event: Event) -> list[str]:
    """'Level 2', 'One day', 'Children'; no length of an event without a date."""
    level = f"Level {event.level}" if event.level is not None else event.kind.label
    is_plain = event.level is None and event.kind is EventKind.COURSE
    parts = ["" if is_plain else level, _length(event.sessions), event.remit.label]
    return [part for part in parts if part]


def _length(sessions: Sequence[EventSession]) -> str:
    days = {london_date(session.starts_at) for session in sessions}
    if not days:
        return ""
    if len(days) > 1:
        return sentence_case(count(len(days), "day"))
    seconds = sum((s.ends_at - s.starts_at).total_seconds() for s in sessions)
    minutes = round(seconds / 60)
    if minutes >= WHOLE_DAY_MINUTES:
        return "One day"
    return "Half a day" if minutes >= HALF_DAY_MINUTES else hours_in_words(minutes)


def dates_of(sessions: Iterable[EventSession]) -> list[When]:
    """Each session's day and times, in order."""
    return [
        When(day_and_year(london_date(s.starts_at)), span(s.starts_at, s.ends_at)) for s in sessions
    ]


def where_words(event: Event) -> str:
    """Where it is held; an online event says so."""
    return where_of(event.mode, event.venue)


def run_by(page: EventPage) -> str:
    """'Juniper Oakes and Tamsin Quillfeather', with the provider where there is one."""
    names = listed(list(page.trainers)) if page.trainers else ""
    return ", ".join(part for part in (names, page.event.provider) if part)


def shared_by(page: EventPage) -> str:
    """'Walsall, Dudley and Sandwell' where the event is shared, else nothing."""
    if not page.shared_with:
        return ""
    return listed([page.event.partnership.name, *page.shared_with])


def cost(price: Decimal | None) -> str:
    """'Free', '£45', '£45.50'."""
    return pounds(round(price * 100)) if price else "Free"


# --- Places ---------------------------------------------------------------------------------


class PlacesPart(NamedTuple):
    """The places of an event, or of one side of a hybrid one, in words beside their picture."""

    places: PlacesSummary
    sentence: str
    detail: str


def places_parts(page: EventPage, now: datetime) -> list[PlacesPart]:
    """The places of the room and online apart where there are both, else all of them."""
    is_over = page.seen.is_over(now)
    return [
        PlacesPart(
            places := page.places.parts[part] if part else page.places,
            _part_sentence(places, part, is_over=is_over),
            "" if is_over else _part_detail(places, side, now),
        )
        for part, side in page.seen.parts().items()
    ]


def _part_sentence(places: PlacesSummary, part: Side | None, *, is_over: bool) -> str:
    """'2 of 30 places left', 'Online: full. 5 people are waiting'; once over, who had one."""
    where = f"{sentence_case(part.where)}: " if part else ""
    said = _how_full(places, is_over=is_over)
    return f"{where}{said[0].lower() if part else said[0]}{said[1:]}"


def _how_full(places: PlacesSummary, *, is_over: bool) -> str:
    if is_over:
        return f"{places.confirmed} of {counted(places.capacity, 'place')} were taken"
    if not places.is_full:
        return f"{places.free} of {counted(places.capacity, 'place')} left"
    if not places.waiting:
        return "Full"
    verb = "is" if places.waiting == 1 else "are"
    return f"Full. {counted(places.waiting, 'person', 'people')} {verb} waiting"


def _part_detail(places: PlacesSummary, side: EventSnapshot, now: datetime) -> str:
    """'25 confirmed, 2 offered, 3 held for the voluntary sector until 25 January'."""
    if not (places.offered or places.requested or places.reserved):
        return ""
    parts = [f"{places.confirmed} confirmed"]
    parts += [f"{places.offered} offered"] if places.offered else []
    parts += [f"{places.requested} asked for"] if places.requested else []
    parts += [
        f"{n} held for {share.name}"
        + (f" until {short_day(share.ends_on)}" if share.ends_on else "")
        for share, n in unfilled_reserved(side, now).items()
        if n
    ]
    return ", ".join(parts)


def order_in_force(page: EventPage) -> str:
    """By which order those who wait have their turn, where some do or it is not the usual (B7)."""
    if page.seen.order is ListOrder.MIX:
        return "Agencies with the fewest places go first"
    return "First come, first served" if page.places.waiting else ""


def way_in(page: EventPage, request: BookingRequest, now: datetime) -> Way:
    """What a viewer can do about this event, by the rules that will decide it."""
    if page.own is not None and page.own_reference is not None:
        return Way("mine", _own_standing(page, now), f"/bookings/{page.own_reference}")
    if page.seen.state is EventState.PUBLISHED and page.seen.is_over(now):
        return Way("none", "This event has taken place.")
    refusals = may_book(page.seen, request, now)
    if refusals:
        return Way("none", f"{refusals[0].sentence}.")
    lines = [
        _would_stand(page.seen, replace(request, side=part or request.side), part, now)
        for part in page.seen.parts()
    ]
    if not all(lines):
        return Way("book")
    return Way("wait", f"You would be {', or '.join(lines)}.")


def _would_stand(
    seen: EventSnapshot, request: BookingRequest, part: Side | None, now: datetime
) -> str:
    """'third in line online: all 8 places are taken'; nothing where there is a place."""
    if isinstance(place_for(seen, request, now), Place):
        return ""
    joined, fact = joining(seen, request)
    where = f" {part.where}" if part else ""
    line = ordinal(position_of(joined, fact))
    return f"{line} in line{where}: {why_waiting(joined, fact, now).sentence}"


def _own_standing(page: EventPage, now: datetime) -> str:
    own = page.own
    if own is None:
        return ""
    if own.state is BookingState.WAITING:
        return f"You are waiting. {standing_in(page.seen, own.id, now).sentence}."
    return OWN_STATE[own.state]


OWN_STATE = {
    BookingState.CONFIRMED: "You have a place.",
    BookingState.OFFERED: "You have an offer of a place. Accept it before it ends.",
    BookingState.REQUESTED: "You have asked for a place. It waits for approval.",
}


def other_date(others: Sequence[OtherDate]) -> OtherDate | None:
    """The nearest other date with a place left, else the nearest."""
    with_places = [other for other in others if other.places.free]
    return next(iter(with_places or others), None)


def other_date_words(other: OtherDate) -> tuple[str, str]:
    """('Thursday 11 March', 'has 14 places left')."""
    places = other.places
    left = f"has {counted(places.free, 'place')} left" if places.free else "is full too"
    return day(london_date(other.starts_at)), left


# --- People and what follows ----------------------------------------------------------------


def who_is_coming(page: EventPage, now: datetime) -> tuple[str, list[tuple[str, int]]]:
    """The finding and a row for each sector, largest first; nothing while nobody comes."""
    confirmed = [fact for fact in page.seen.held if fact.state is BookingState.CONFIRMED]
    if not confirmed:
        return "", []
    by_sector = Counter(f.sector.label if f.sector else "Not known yet" for f in confirmed)
    agencies = {fact.agency_ids[0] for fact in confirmed if fact.agency_ids}
    people = counted(len(confirmed), "person", "people")
    where_from = f" from {count(len(agencies), 'agency', 'agencies')}" if agencies else ""
    rows = sorted(by_sector.items(), key=lambda row: (-row[1], row[0]))
    return f"{people}{where_from}{'' if page.seen.is_over(now) else ' so far'}", rows


def follow_up(page: EventPage, now: datetime) -> list[tuple[str, str]]:
    """How it is followed up: a step for each stage in force that has something to ask (E1)."""
    held_on = london_date(page.event.starts_at or now)
    days = policy_at(page.figures.policies, PolicyKey.IMPACT_DAYS, held_on)
    later = sentence_case(days_or_weeks(days))
    in_force = stages_in_force(page.event.kind, page.event.stages)
    stages = stages_with_questions(in_force, has_outcomes=bool(page.outcomes))
    steps = [FOLLOW_UP[stage] for stage in Stage if stage in stages]
    return [(heading.format(later=later), text) for heading, text in steps]


def if_you_wait(offer_hours: int) -> list[tuple[str, str]]:
    """What waiting means (B5, B6)."""
    held = working_time(offer_hours)
    offer = f"We e‑mail you an offer and hold the place for {held}."
    last = "We ask everyone waiting at once. The first to say yes has the place."
    return [
        ("You keep your position", "You can see it at any time in My learning."),
        ("A place comes free", f"{offer} You accept or turn it down from the e‑mail."),
        (f"In the last {held}", last),
    ]


def paragraphs(text: str) -> list[str]:
    """Plain text as paragraphs: an empty line ends one."""
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]

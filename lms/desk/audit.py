"""The audit trail as sentences: who did what, when, to which record (P3).

A viewer reads what concerns their partnerships: what was done there, to people whom they know, and
to agencies that they see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from lms.access import Permission, Viewer
from lms.accounts.models import Person, RoleGrant
from lms.agencies.models import Agency, Partnership
from lms.audit import AuditEntry
from lms.booking.models import Booking
from lms.booking.queries.known import is_known_to
from lms.catalogue.models import Event
from lms.clock import london_date
from lms.db import db
from lms.records.queries.pairs import ids_of_one
from lms.web.addresses import row_id_in
from lms.web.filters import Chip, Group, Narrowed, address
from lms.web.long_lists import (
    Page,
    Period,
    counted_group,
    page_asked,
    period_asked,
    periods_offered,
)
from lms.words import sentence_case

PATH = "/manage/audit"
A_PAGE = 50
MOST_OPTIONS = 12
NAMES = ("about", "by", "act", "when", "q")
SYSTEM = "0"  # in the query: what nobody did
Entry = AuditEntry


# --- What may be read --------------------------------------------------------------------------


def _is_readable(viewer: Viewer) -> ColumnElement[bool]:
    """A condition: the entry concerns what the viewer runs."""
    own = viewer.partnerships(Permission.RUN_PROGRAMME)
    staff = select(RoleGrant.person_id).where(RoleGrant.partnership_id.in_(own))
    known = select(Person.id).where(is_known_to(viewer))
    agencies = select(Agency.id).where(Agency.partnerships.any(Partnership.id.in_(own)))
    of_none = Entry.object_id.is_(None) & or_(
        Entry.by_person_id.is_(None), Entry.by_person_id.in_(staff)
    )
    concerns = or_(
        (Entry.object_kind == "person") & Entry.object_id.in_(known),
        (Entry.object_kind == "agency") & Entry.object_id.in_(agencies),
        of_none,
    )
    return or_(Entry.partnership_id.in_(own), Entry.partnership_id.is_(None) & concerns)


# --- One page of it ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One act. `href` leads to its record, where that has a page."""

    at: datetime
    who: str
    who_href: str | None
    sentence: str
    reason: str | None
    href: str | None


@dataclass(frozen=True)
class Day:
    on: date
    lines: list[Line]


@dataclass(frozen=True)
class AuditPage:
    """A page of the trail, the newest first, and the ways to narrow it."""

    narrowed: Narrowed[Line]
    days: list[Day]
    about: str
    page: Page


def audit_page(viewer: Viewer, query: Mapping[str, str], now: datetime) -> AuditPage:
    """What the query asks for, of what the viewer may read; constant statements."""
    conditions = _conditions(query, now)
    kept = {name: query[name] for name in NAMES if query.get(name) and name in conditions}
    chosen = {name: conditions[name] for name in kept}
    readable = _is_readable(viewer)
    found = _count(readable, *chosen.values())
    page = Page(PATH, kept, page_asked(query), A_PAGE, found)
    rows = db.session.scalars(
        select(Entry)
        .where(readable, *chosen.values())
        .order_by(Entry.id.desc())
        .limit(page.size)
        .offset(page.offset)
    ).all()
    lines = _lines(list(rows))
    # of what has no act that the viewer may read, not even the name is theirs to know
    has_acts = "about" in chosen and _count(readable, chosen["about"])
    about = _name_of(kept["about"]) if has_acts else ""
    return AuditPage(
        narrowed=_narrowed(readable, chosen, kept, now, lines, about),
        days=_by_day(lines),
        about=about,
        page=page,
    )


def _count(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count(Entry.id)).where(*conditions)) or 0


# --- Narrowing ---------------------------------------------------------------------------------


def _conditions(query: Mapping[str, str], now: datetime) -> dict[str, ColumnElement[bool]]:
    """A condition for each part of the query that can be read; what cannot is left out."""
    found: dict[str, ColumnElement[bool]] = {}
    about = _about(query.get("about", ""))
    if about is not None:
        found["about"] = about
    by = row_id_in(query.get("by"))
    if by is not None:
        found["by"] = Entry.by_person_id.in_(ids_of_one(by))
    elif query.get("by") == SYSTEM:
        found["by"] = Entry.by_person_id.is_(None)
    if query.get("act"):
        found["act"] = Entry.act == query["act"]
    period = period_asked(query.get("when"), now)
    if period is not None:
        found["when"] = _within(period)
    words = query.get("q", "").split()
    if words:
        found["q"] = and_(*(_says(word) for word in words))
    return found


def _says(word: str) -> ColumnElement[bool]:
    return or_(
        Entry.sentence.icontains(word, autoescape=True),
        Entry.by_name.icontains(word, autoescape=True),
    )


def _about(written: str) -> ColumnElement[bool] | None:
    """'event-3' and 'person-12' are of their bookings too."""
    kind, _, number = written.partition("-")
    row_id = row_id_in(number)
    if not kind or not row_id:
        return None
    if kind == "event":
        bookings: Select[int] = select(Booking.id).where(Booking.event_id == row_id)
        return _is_of("event", [row_id]) | _is_of("booking", bookings)
    if kind == "person":
        ids = ids_of_one(row_id)
        return _is_of("person", ids) | _is_of(
            "booking", select(Booking.id).where(Booking.person_id.in_(ids))
        )
    return _is_of(kind, [row_id])


def _is_of(kind: str, ids: list[int] | Select[int]) -> ColumnElement[bool]:
    return (Entry.object_kind == kind) & Entry.object_id.in_(ids)


def _within(period: Period) -> ColumnElement[bool]:
    since = Entry.at >= period.since
    return since & (Entry.at < period.until) if period.until else since


def _narrowed(
    readable: ColumnElement[bool],
    chosen: Mapping[str, ColumnElement[bool]],
    kept: Mapping[str, str],
    now: datetime,
    lines: list[Line],
    about: str,
) -> Narrowed[Line]:
    total = _count(readable)

    def others(name: str) -> list[ColumnElement[bool]]:
        return [readable, *(condition for other, condition in chosen.items() if other != name)]

    groups = (
        _when_group(others("when"), kept, now),
        counted_group("Who", "by", _by_whom(others("by")), PATH, kept, most=MOST_OPTIONS),
        counted_group(
            "What was done", "act", _by_act(others("act")), PATH, kept, most=MOST_OPTIONS
        ),
    )
    period = period_asked(kept.get("when"), now)
    texts = {"about": about or "One record", "when": period.text if period else ""}
    for group, name in zip(groups[1:], ("by", "act"), strict=True):
        texts[name] = next((o.text for o in group.options if o.is_chosen), kept.get(name, ""))
    chips = tuple(
        Chip(texts.get(name) or f"“{kept[name]}”", address(PATH, kept, **{name: None}))
        for name in kept
    )
    return Narrowed(tuple(lines), groups, chips, PATH, total)


def _when_group(
    conditions: list[ColumnElement[bool]], kept: Mapping[str, str], now: datetime
) -> Group:
    offered = periods_offered(now)
    counted = [func.count().filter(_within(period)) for _, period in offered]
    everything, *counts = db.session.execute(
        select(func.count(), *counted).select_from(Entry).where(*conditions)
    ).one()
    values = [
        (name, period.text, many) for (name, period), many in zip(offered, counts, strict=True)
    ]
    return counted_group("When", "when", values, PATH, kept, everything=everything)


def _by_whom(conditions: list[ColumnElement[bool]]) -> list[tuple[str, str, int]]:
    rows = db.session.execute(
        select(Entry.by_person_id, func.max(Entry.by_name), func.count())
        .where(*conditions)
        .group_by(Entry.by_person_id)
        .order_by(func.count().desc(), Entry.by_person_id)
    )
    return [(str(by or SYSTEM), sentence_case(name), many) for by, name, many in rows]


def _by_act(conditions: list[ColumnElement[bool]]) -> list[tuple[str, str, int]]:
    rows = db.session.execute(
        select(Entry.act, func.count())
        .where(*conditions)
        .group_by(Entry.act)
        .order_by(func.count().desc(), Entry.act)
    )
    return [(act, sentence_case(act), many) for act, many in rows]


# --- Lines -------------------------------------------------------------------------------------


def _lines(rows: list[AuditEntry]) -> list[Line]:
    events = _events_of({row.object_id for row in rows if row.object_kind == "booking"})
    return [
        Line(
            at=row.at,
            who=sentence_case(row.by_name),
            who_href=f"/manage/people/{row.by_person_id}" if row.by_person_id else None,
            sentence=_ended(row.sentence),
            reason=row.reason,
            href=_href(row, events),
        )
        for row in rows
    ]


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "”")) else f"{sentence}."


PAGES = {
    "event": "/manage/events/{}",
    "person": "/manage/people/{}",
    "agency": "/manage/agencies/{}",
    "course": "/manage/courses/{}",
    "message": "/manage/messages/{}",
}


def _href(row: AuditEntry, events: Mapping[int, int]) -> str | None:
    if row.object_id is None:
        return None
    if row.object_kind == "booking":
        event_id = events.get(row.object_id)
        return f"/manage/events/{event_id}" if event_id else None
    pattern = PAGES.get(row.object_kind)
    return pattern.format(row.object_id) if pattern else None


def _events_of(booking_ids: set[int | None]) -> dict[int, int]:
    rows = db.session.execute(
        select(Booking.id, Booking.event_id).where(Booking.id.in_(booking_ids))
    )
    return dict(rows.all())


def _by_day(lines: list[Line]) -> list[Day]:
    days: list[Day] = []
    for line in lines:
        on = london_date(line.at)
        if not days or days[-1].on != on:
            days.append(Day(on, []))
        days[-1].lines.append(line)
    return days


def _name_of(about: str) -> str:
    """What a trail is about: an event's title, a person's name, or the kind of thing."""
    kind, _, number = about.partition("-")
    row_id = row_id_in(number)
    if not row_id:
        return ""
    column = {"event": Event.title, "person": Person.name, "agency": Agency.name}.get(kind)
    if column is None:
        return sentence_case(f"{kind} {row_id}")
    return db.session.scalar(select(column).where(column.class_.id == row_id)) or ""

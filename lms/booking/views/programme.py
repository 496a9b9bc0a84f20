"""The programme on paper: as a page to print, and as a file for the newsletter.

What is by invitation stands in neither: a newsletter goes to everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from flask import Response, render_template, request

from lms import pdf
from lms.access import Permission, requires
from lms.agencies.look import printed_look, show_partnership, worn_partnership
from lms.agencies.models import Partnership
from lms.agencies.queries import find_partnership_by_name
from lms.booking.queries.programme import ListedEvent, closed_to_booking, events_from
from lms.booking.views.blueprint import blueprint
from lms.booking.views.event_words import FOR_WHOM
from lms.booking.views.rows import Row, row_of, where_of
from lms.booking.views.whats_on import narrowed_by, query_of_address, start_of_today
from lms.clock import london_date
from lms.errors import NotFound
from lms.web.filters import Narrowed, address
from lms.web.pages import file_response, now, settings
from lms.web.words import counted, day, day_and_year, month_and_year
from lms.words import slug, written_address

PATH = "/programme"
VIEW = frozenset({"view", "month"})


@dataclass(frozen=True)
class Entry:
    """An event in the programme: what, when, where, for whom, how to book."""

    title: str
    on: str
    times: str
    about: str
    where: str
    places: str
    href: str
    address: str  # as it is typed from paper


@dataclass(frozen=True)
class Sheet:
    """The programme in words."""

    title: str
    chosen: tuple[str, ...]
    months: tuple[tuple[str, tuple[Entry, ...]], ...]
    site: str
    as_of: str


@blueprint.get(PATH)
@requires(Permission.PUBLIC)
def programme() -> str:
    narrowed, query = _narrowed()
    return render_template(
        "booking/programme.html",
        sheet=_sheet(narrowed),
        narrowed=narrowed,
        pdf_href=address(f"{PATH}.pdf", query),
        list_href=address("/events", query),
        today=london_date(now()),
    )


@blueprint.get(f"{PATH}.pdf")
@requires(Permission.PUBLIC)
def programme_pdf() -> Response:
    narrowed, _ = _narrowed()
    sheet, partnership = _sheet(narrowed), worn_partnership()
    if partnership is None:
        raise NotFound
    facts = {
        "look": printed_look(partnership),
        "sheet": asdict(sheet),
        "base": settings().base_url,
        "contact": _contact(partnership),
    }
    made = pdf.render("booking/programme", facts, made_at=now())
    return file_response(f"{slug(sheet.title)}.pdf", made, "application/pdf")


def _narrowed() -> tuple[Narrowed[ListedEvent], dict[str, str]]:
    """The events that the address asks for, on the paper of the partnership that it names."""
    query = {name: said for name, said in query_of_address().items() if name not in VIEW}
    named = find_partnership_by_name(request.args.get("partnership", ""))
    if named is not None:
        show_partnership(named.id)
    events = events_from(start_of_today(), None, now())
    return narrowed_by(events, query, PATH), query


def _contact(partnership: Partnership) -> str:
    """Whom to ask: 'Questions: Idris Larkspur, training@wsp.example, 01632 960 417'."""
    parts = (partnership.contact_name, partnership.contact_email, partnership.contact_phone)
    return f"Questions: {', '.join(part for part in parts if part)}"


# --- In words ---------------------------------------------------------------------------------


def _sheet(narrowed: Narrowed[ListedEvent]) -> Sheet:
    events = narrowed.things
    months = [
        (month_and_year(first), tuple(entry for _, entry in of_month))
        for first, of_month in groupby(_entries(events), lambda pair: pair[0].month)
    ]
    return Sheet(
        title=_title([heading for heading, _ in months]),
        chosen=tuple(chip.text for chip in narrowed.chips),
        months=tuple(months),
        site=written_address(settings().base_url),
        as_of=day_and_year(london_date(now())),
    )


def _title(months: Sequence[str]) -> str:
    """'Programme, January to March 2027'."""
    if not months:
        return "Programme"
    first, last = months[0], months[-1]
    if first == last:
        return f"Programme, {first}"
    is_one_year = first[-4:] == last[-4:]
    return f"Programme, {first[:-5] if is_one_year else first} to {last}"


def _entries(events: Sequence[ListedEvent]) -> list[tuple[Row, Entry]]:
    tells_partnership = len({event.partnership for event in events}) > 1
    rows = [row_of(event) for event in events]
    closed = closed_to_booking(events, now())
    return [
        (
            row,
            _entry(
                event,
                row,
                tells_partnership=tells_partnership,
                places="Booking has closed" if event.id in closed else _places(row),
            ),
        )
        for event, row in zip(events, rows, strict=True)
    ]


def _entry(event: ListedEvent, row: Row, *, tells_partnership: bool, places: str) -> Entry:
    level = f"Level {event.level}" if event.level else ""
    partnership = event.partnership if tells_partnership else ""
    return Entry(
        title=event.title,
        on=day(row.on),
        times=row.times,
        about=" · ".join(part for part in (level, FOR_WHOM[event.remit], partnership) if part),
        where=where_of(event.mode, event.venue),
        places=places,
        href=row.href,
        address=written_address(f"{settings().base_url}{row.href}"),
    )


def _places(row: Row) -> str:
    if row.left:
        return f"{counted(row.left, 'place')} left"
    return f"Full, {counted(row.waiting, 'person', 'people')} waiting" if row.waiting else "Full"

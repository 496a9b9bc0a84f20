"""The same event on other days: copied once, or repeated in a rhythm."""

from __future__ import annotations

from typing import NamedTuple

from flask import render_template
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.queries import list_agencies, list_partnerships
from lms.agencies.views import show_partnership
from lms.booking import commands
from lms.booking.commands import Copies
from lms.booking.forms.copying import CopyForm, SeriesForm, copy_data, series_data
from lms.booking.queries.planning import what_to_look_at
from lms.booking.queries.who_can_book import terms_of
from lms.booking.rules import WhoCanBook
from lms.booking.views import terms_words
from lms.booking.views.blueprint import blueprint
from lms.booking.views.event_words import cost
from lms.booking.views.rows import where_of
from lms.catalogue.models import Event
from lms.catalogue.queries import details_of, get_event, list_materials
from lms.catalogue.rules import (
    EventDetails,
    Occurrence,
    copied,
    days_of,
    publishing_faults,
    series,
    sessions_from,
)
from lms.clock import london, london_date
from lms.errors import Refused
from lms.web import checking
from lms.web.pages import done, now, see
from lms.words import count, day_and_year, listed, sentence_case, short_day

PATH = "/manage/events"
PUBLISHED = "published"
NEVER_FREE = (
    "Each of these dates, or a later day of it, is a bank holiday. Copy the event instead, and say "
    "each day"
)


class Date(NamedTuple):
    """A day of a series, as it is shown before it is made."""

    on: str
    stepped_over: str
    warnings: list[str]


# --- Once -----------------------------------------------------------------------------------


@blueprint.route(f"{PATH}/<int:event_id>/copy", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def copy_event(event_id: int) -> str | Response:
    event = get_event(event_id, the_viewer())
    show_partnership(event.partnership_id)
    details = details_of(event)
    form = CopyForm(data=copy_data(details.sessions))
    form.prepare(_distances(details))
    if _is_sound(form):
        try:
            made = commands.copy_event(
                event_id, [form.days()], key=form.key.data or "", by=the_viewer(), now=now()
            )
        except Refused as refusal:
            form.refuse(refusal)
            event = get_event(event_id, the_viewer())
        else:
            done(_said("The draft is made. Nobody else sees it yet.", made))
            return see(f"{PATH}/{made.event_ids[0]}/preview")
    return render_template(
        "booking/copy_event.html", form=form, event=event, taken_over=_taken_over(event)
    )


def _distances(details: EventDetails) -> list[int]:
    """The day of each session, counted from the first."""
    days = [london(block.starts_at).date() for block in details.sessions]
    return [(on - days[0]).days for on in days]


def _is_sound(form: CopyForm) -> bool:
    if form.add_session.data or not form.validate_on_submit():
        return False
    return not form.has_faults(now())


def _said(sentence: str, made: Copies) -> str:
    return " ".join([sentence, *made.left_out])


def _taken_over(event: Event) -> list[tuple[str, str]]:
    """What a copy takes over, in short."""
    terms = terms_of(event)
    agencies = {agency.id: agency.name for agency in list_agencies()}
    partners = {partnership.id: partnership.name for partnership in list_partnerships()}
    minimum = sentence_case(count(event.minimum_places, "person", "people"))
    said = terms_words.facts_said(terms, agencies, partners)
    usual = terms_words.facts_said(WhoCanBook(), {}, {})
    return [
        ("Where", where_of(event.mode, event.venue) or "Not said"),
        ("Trainers", listed([t.person.name for t in event.trainers]) or "None named"),
        ("Places", _places(event)),
        ("Needed to run", minimum if event.minimum_places else "No minimum"),
        ("Price", cost(event.price)),
        ("Materials", sentence_case(count(len(list_materials({"event_id": event.id})), "file"))),
        *([fact for fact in said if fact not in usual] or [("Who can book", "Anyone, at once")]),
    ]


def _places(event: Event) -> str:
    online = f" in the room, {event.online_capacity} online" if event.online_capacity else ""
    return f"{event.capacity}{online}"


# --- In a rhythm ----------------------------------------------------------------------------


@blueprint.route(f"{PATH}/<int:event_id>/series", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def repeat_event(event_id: int) -> str | Response:
    event = get_event(event_id, the_viewer())
    show_partnership(event.partnership_id)
    details = details_of(event)
    form = SeriesForm(data=series_data(details.sessions, london_date(now())))
    if not details.sessions or checking.goes_back() or not form.validate_on_submit():
        return _series_page(form, event)
    if form.has_faults(london_date(now())):
        return _series_page(form, event)
    days = days_of(details.sessions)
    dates = series(*form.asked(), days)
    if sum(date.holiday is None for date in dates) < form.asked()[2]:
        form.refuse(Refused(NEVER_FREE, field="first_on"))
        return _series_page(form, event)
    if not checking.confirmed():
        return _check(event, details, dates)
    try:
        return _make(event, details, dates, form)
    except Refused as refusal:
        form.refuse(refusal)
        return _series_page(form, get_event(event_id, the_viewer()))


def _series_page(form: SeriesForm, event: Event) -> str:
    return render_template("booking/series.html", form=form, event=event)


def _check(event: Event, details: EventDetails, dates: list[Occurrence]) -> str:
    made = [date for date in dates if date.holiday is None]
    first = copied(details, sessions_from(details.sessions, made[0].on))
    missing = [fault.sentence for fault in publishing_faults(first, now())]
    verbs = [(f"Make {count(len(made), 'draft')}", "drafts", "primary")]
    if not missing:
        verbs.append((f"Publish {_all(len(made))} at once", PUBLISHED, "secondary"))
    return render_template(
        "booking/check_series.html",
        event=event,
        dates=[_shown(date, details) for date in dates],
        made=len(made),
        missing=missing,
        told=[trainer.person.name for trainer in event.trainers if trainer.person.emails],
        sent=checking.sent(),
        verbs=verbs,
    )


def _all(events: int) -> str:
    return "it" if events == 1 else f"all {count(events, 'event')}"


def _shown(date: Occurrence, details: EventDetails) -> Date:
    if date.holiday is not None:
        is_first = date.holiday == date.on
        what = "a bank holiday" if is_first else f"{short_day(date.holiday)} is a bank holiday"
        return Date(day_and_year(date.on), what, [])
    planned = copied(details, sessions_from(details.sessions, date.on))
    return Date(day_and_year(date.on), "", what_to_look_at(planned, None, the_viewer()))


def _make(
    event: Event, details: EventDetails, dates: list[Occurrence], form: SeriesForm
) -> Response:
    days = [sessions_from(details.sessions, date.on) for date in dates if date.holiday is None]
    publishes = checking.confirmed() == PUBLISHED
    title = event.title
    made = commands.copy_event(
        *(event.id, days),
        key=form.key.data or "",
        by=the_viewer(),
        now=now(),
        publishes=publishes,
    )
    events = sentence_case(count(len(made.event_ids), "event of", "events of"))
    are = "is" if len(made.event_ids) == 1 else "are"
    what = "published" if publishes else "made, as drafts that nobody else sees yet"
    done(_said(f"{events} {title} {are} {what}.", made))
    return see(PATH if publishes else f"{PATH}?show=drafts")

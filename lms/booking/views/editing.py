"""Planning an event, changing it while it is a draft and after, seeing it first, publishing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.queries import partnerships_run_by
from lms.agencies.views import show_partnership
from lms.booking import commands as booking
from lms.booking.queries.changes import count_hindered, count_live_bookings, is_told_of
from lms.booking.queries.event_page import event_page
from lms.booking.queries.planning import said_of_trainers, what_to_look_at
from lms.booking.rules import closing_at
from lms.booking.views.blueprint import blueprint
from lms.booking.views.changes import trainers_told, what_changes
from lms.booking.views.event import facts_of
from lms.booking.views.event_words import Way
from lms.catalogue import commands, queries
from lms.catalogue.forms.event import EventForm, Offered
from lms.catalogue.forms.event_data import course_as_event, event_data
from lms.catalogue.models import Course, Event
from lms.catalogue.queries import Choice
from lms.catalogue.rules import EventDetails, EventState, publishing_faults
from lms.clock import london_date
from lms.errors import DomainError, Refused
from lms.web import checking
from lms.web.addresses import row_id
from lms.web.pages import done, now, see
from lms.web.words import counted
from lms.words import count, sentence_case

PATH = "/manage/events"
BOOKING_CLOSED = "Booking has closed already."
FOR_ALL = "It stands under What is on, and places can be booked."
FOR_ALL_BUT_CLOSED = (
    "It stands under What is on. Booking has closed already: book people in yourself, or set a "
    "later last day for booking."
)
FOR_THE_INVITED = "Only those invited see it: tell them of it below."


@blueprint.route(f"{PATH}/new", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def plan_event() -> str | Response:
    if copied := request.args.get("from", type=row_id):
        return see(f"{PATH}/{queries.get_event(copied, the_viewer()).id}/copy")
    form = _form(_to_begin_with(), None)
    details = _details(form, None)
    if details is not None:
        try:
            event_id = commands.draft_event(details, by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done("The draft is saved. Nobody else sees it yet.")
            return see(f"{PATH}/{event_id}/preview")
    return _page(form, None)


@blueprint.route(f"{PATH}/<int:event_id>/edit", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def edit_event(event_id: int) -> str | Response:
    event = queries.get_event(event_id, the_viewer())
    show_partnership(event.partnership_id)
    before = queries.details_of(event)
    form = _form(event_data(before), event)
    details = _details(form, before)
    if details is None:
        return _page(form, event)
    try:
        return _save(event, before, details)
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(form, queries.get_event(event_id, the_viewer()))


def _save(event: Event, before: EventDetails, details: EventDetails) -> str | Response:
    event_id = event.id
    if event.state is EventState.DRAFT:
        commands.change_draft(event_id, details, by=the_viewer(), now=now())
        done("The draft is saved.")
        return see(f"{PATH}/{event_id}/preview")
    if not checking.confirmed():
        return _check(event, before, details)
    told = booking.change_event(event_id, details, by=the_viewer(), now=now())
    done(f"The event is changed. {_told(told)}")
    return see(f"{PATH}/{event_id}")


def _told(people: int) -> str:
    if not people:
        return "Nobody needed to be told."
    return f"{sentence_case(count(people, 'person is', 'people are'))} told of it by e‑mail."


def _check(event: Event, before: EventDetails, details: EventDetails) -> str:
    """Before a change of a published event is saved: what changes, and who is told of it."""
    if event.state not in (EventState.PUBLISHED, EventState.POSTPONED):
        raise Refused(f"{event.title} is {event.state.words}, and can no longer be changed.")
    for fault in publishing_faults(details, now(), event.state):
        raise Refused(fault.sentence, field=fault.field)
    is_told = is_told_of(event, details)
    people = count_live_bookings(event.id) if is_told else 0
    changes = what_changes(before, details)
    verb = f"Save and tell {counted(people, 'person', 'people')}" if people else "Save the change"
    return render_template(
        "booking/check_change.html",
        event=event,
        heading="Check who will be told",
        people=people,
        is_told=is_told,
        trainers_told=trainers_told(event, details, is_moved=is_told, by=the_viewer()),
        warnings=what_to_look_at(details, event.id, the_viewer()),
        hindered=count_hindered(event, details, now()) if is_told else 0,
        is_dated_again=event.state is EventState.POSTPONED and bool(details.sessions),
        changes=changes,
        cuts_places=_cuts_places(before, details),
        address=f"{PATH}/{event.id}/edit",
        sent=checking.sent(),
        verbs=[(verb, "yes", "primary")],
    )


def _cuts_places(before: EventDetails, after: EventDetails) -> bool:
    online = after.online_capacity or 0, before.online_capacity or 0
    return after.capacity < before.capacity or online[0] < online[1]


# --- Drafts ---------------------------------------------------------------------------------


@blueprint.get(f"{PATH}/<int:event_id>/preview")
@requires(Permission.RUN_PROGRAMME)
def preview_event(event_id: int) -> str:
    event = queries.get_event(event_id, the_viewer())
    show_partnership(event.partnership_id)
    page = event_page(event_id, the_viewer(), now())
    details = queries.details_of(event)
    missing = publishing_faults(details, now(), event.state)
    facts = facts_of(page)
    is_draft = event.state is EventState.DRAFT
    is_closed = is_draft and not missing and closing_at(page.seen) <= now()
    if is_draft:
        facts["way"] = Way("none", BOOKING_CLOSED) if is_closed else Way("preview")
    return render_template(
        "booking/preview_event.html",
        missing=[fault.sentence for fault in missing],
        is_closed=is_closed,
        warnings=what_to_look_at(details, event_id, the_viewer()),
        told=[trainer.person.name for trainer in event.trainers if trainer.person.emails],
        **facts,
    )


@blueprint.post(f"{PATH}/<int:event_id>/publish")
@requires(Permission.RUN_PROGRAMME)
def publish_event(event_id: int) -> Response:
    event = queries.get_event(event_id, the_viewer())
    title, is_by_invitation = event.title, event.is_by_invitation
    booking.publish_event(event_id, by=the_viewer(), now=now())
    done(f"{title} is published. {_said_of(event_id, is_by_invitation)}")
    return see(f"{PATH}/{event_id}")


def _said_of(event_id: int, is_by_invitation: bool) -> str:
    """Who sees an event that is published now, and whether places can be booked."""
    if is_by_invitation:
        return FOR_THE_INVITED
    page = event_page(event_id, the_viewer(), now())
    return FOR_ALL_BUT_CLOSED if closing_at(page.seen) <= now() else FOR_ALL


@blueprint.post(f"{PATH}/<int:event_id>/discard")
@requires(Permission.RUN_PROGRAMME)
def discard_event(event_id: int) -> Response:
    title = queries.get_event(event_id, the_viewer()).title
    commands.discard_draft(event_id, by=the_viewer(), now=now())
    done(f"The draft of {title} is thrown away.")
    return see(f"{PATH}?show=drafts")


# --- The form -------------------------------------------------------------------------------


def _to_begin_with() -> dict[str, Any]:
    """An empty form, or one of a course."""
    if course_id := request.args.get("course", type=row_id):
        return course_as_event(queries.get_course(course_id, the_viewer()))
    return {}


def _form(data: dict[str, Any], event: Event | None) -> EventForm:
    form = EventForm(data=data)
    run = partnerships_run_by(the_viewer())
    ids = [partnership.id for partnership in run]
    on = london_date(now())
    named = [trainer.person_id for trainer in event.trainers] if event else []
    priorities = queries.list_priorities(ids, on)
    form.offer(
        Offered(
            run,
            _courses(ids, event),
            _trainers(form, queries.trainers_of(ids, on, named)),
            [*priorities, *_ended(event, priorities)],
            queries.list_themes(ids),
            queries.list_venues(ids, event.venue_id if event else None),
        )
    )
    return form


def _trainers(form: EventForm, trainers: list[Choice]) -> list[Choice]:
    """By surname, but those first who can give the course."""
    givers = _givers(form)
    return sorted(trainers, key=lambda trainer: trainer.id not in givers)


def _givers(form: EventForm) -> frozenset[int]:
    try:
        return queries.who_can_give(row_id(form.course.data or ""))
    except ValueError:
        return frozenset()


def _page(form: EventForm, event: Event | None) -> str:
    """The form, with what is known of each trainer on the days that are typed."""
    said = said_of_trainers(
        form.trainer_ids,
        _givers(form),
        form.periods(),
        event.id if event else None,
        the_viewer(),
    )
    hints = {str(person_id): words for person_id, words in said.items() if words}
    return render_template("booking/event_form.html", form=form, event=event, hints=hints)


def _courses(partnership_ids: Sequence[int], event: Event | None) -> list[Choice]:
    """Courses that are taught, and the event's own where that is retired by now."""
    choices = queries.course_choices(partnership_ids)
    own = event.course if event else None
    if own is not None and own.id not in {choice.id for choice in choices}:
        choices.append(Choice(own.id, own.title))
    return choices


def _ended(event: Event | None, offered: Sequence[Any]) -> list[Any]:
    known = {priority.id for priority in offered}
    return [p for p in event.priorities if p.id not in known] if event else []


def _details(form: EventForm, before: EventDetails | None) -> EventDetails | None:
    """What was sent, where it was sent to be saved and can be."""
    if form.asks_for_rows or checking.goes_back() or not form.validate_on_submit():
        return None
    course = _course(form)
    details = form.details(course, before)
    return None if form.has_faults(details, course, before) else details


def _course(form: EventForm) -> Course | None:
    course_id = form.course_id()
    return queries.get_course(course_id, the_viewer()) if course_id else None

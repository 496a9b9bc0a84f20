"""An event's places, for those who run it."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, render_template, request

from lms.access import Permission, requires, the_viewer
from lms.accounts.queries import addresses_of, bounced_among
from lms.agencies.look import show_partnership
from lms.booking import commands
from lms.booking.queries.approvals import asked_at_event
from lms.booking.queries.calendar_answers import answered_at
from lms.booking.queries.event_places import EventPlaces, ListedPerson, event_places
from lms.booking.rules import LIVE, BookingState, may_call_off, may_postpone
from lms.booking.views import decision_words, places_words
from lms.booking.views.blueprint import blueprint
from lms.clock import london
from lms.tables import Value, csv_lines
from lms.web.filters import address
from lms.web.pages import file_response, now, settings

HEADER = (
    *("name", "email", "agency", "job_role", "state", "position", "reference", "booked_at"),
    "mode",
)
GONE = "ended"
Choice = tuple[str, str, bool]


@blueprint.get("/manage/events/<int:event_id>")
@requires(Permission.RUN_PROGRAMME)
def manage_places(event_id: int) -> str:
    managed = event_places(event_id, the_viewer(), now())
    show_partnership(managed.event.partnership_id)
    chosen = request.args.get("state", "")
    shown = _chosen(managed, chosen)
    is_over = managed.snapshot is not None and managed.snapshot.is_over(now())
    return render_template(
        "booking/manage_places.html",
        managed=managed,
        shown=shown,
        total=max(len(shown), len(managed.live)),
        choices=_choices(managed, chosen),
        is_over=is_over,
        may_postpone=managed.snapshot is not None and may_postpone(managed.snapshot, now()),
        may_call_off=may_call_off(person.booking.outcome for person in managed.live),
        sentence=places_words.of_places(managed, is_over=is_over),
        decision=decision_words.to_those_who_decide(managed.event, _confirmed(managed), now()),
        is_in_doubt=decision_words.is_in_doubt(managed.event, _confirmed(managed), now()),
        money=places_words.of_money(managed.event),
        pictures=places_words.pictures(managed),
        asked=[] if is_over else asked_at_event(event_id, now()),
        answers=answered_at(event_id, settings().host),
        bounced=bounced_among(p.booking.person_id for p in shown if p.booking.person_id),
        viewer_id=the_viewer().person_id,
        next_words="" if is_over else places_words.of_line(managed),
    )


def _confirmed(managed: EventPlaces) -> int:
    return managed.places.confirmed if managed.places else 0


def _chosen(managed: EventPlaces, state: str) -> list[ListedPerson]:
    if state == GONE:
        return [person for person in managed.people if person.state not in LIVE]
    return [person for person in managed.live if state in ("", person.state.value)]


def _choices(managed: EventPlaces, chosen: str) -> list[Choice]:
    """The ways to narrow the list, each with its count; what is empty is not offered."""
    path = f"/manage/events/{managed.event.id}"
    requested, offered = BookingState.REQUESTED, BookingState.OFFERED
    states = (BookingState.CONFIRMED, requested, offered, BookingState.WAITING)
    counted = [(state.label, state.value, managed.counts.get(state, 0)) for state in states]
    counted.append(("Ended", GONE, len(managed.people) - len(managed.live)))
    return [("All", path, not chosen)] + [
        (f"{label} {count}", address(path, {}, state=value) + "#people", value == chosen)
        for label, value, count in counted
        if count
    ]


@blueprint.post("/manage/events/<int:event_id>/people.csv")
@requires(Permission.RUN_PROGRAMME)
def people_file(event_id: int) -> Response:
    managed = event_places(event_id, the_viewer(), now())
    lines = csv_lines(HEADER, list(_file_rows(managed)))
    commands.record_file_of_people(event_id, by=the_viewer(), now=now())
    name = f"{managed.event.reference}-people.csv"
    return file_response(name, "".join(lines).encode(), "text/csv; charset=utf-8")


def _file_rows(managed: EventPlaces) -> Iterator[tuple[Value, ...]]:
    """A row for each; the addresses of a partner's people are the partner's to know (B17)."""
    partners = {part.partnership_id for part in managed.event.shared_with}
    ids = [p.booking.person_id for p in managed.people if p.booking.area_id not in partners]
    addresses = addresses_of([each for each in ids if each is not None])
    for person in managed.people:
        booking = person.booking
        yield (
            booking.name,
            addresses.get(booking.person_id or 0, ""),
            booking.agency_name,
            booking.job_role,
            booking.state.words,
            person.position,
            booking.reference,
            f"{london(booking.requested_at):%Y-%m-%dT%H:%M}",
            booking.takes_part.words,
        )

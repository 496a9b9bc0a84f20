"""My agency, as a lead reads it: what is to come, what was done, who its people are; the files."""

from __future__ import annotations

from collections.abc import Iterable

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.accounts.queries import primary_address
from lms.agencies.look import show_partnership
from lms.booking.rules import CAME, BookingState, Outcome
from lms.desk import agency as queries
from lms.desk import agency_people as people_queries
from lms.desk.agency import Led
from lms.desk.agency_people import Done
from lms.desk.commands import note_agency_file
from lms.desk.views.blueprint import blueprint
from lms.tables import Value, csv_lines, xlsx_pieces
from lms.web.filters import Facet, address, narrow
from lms.web.pages import file_response, now
from lms.words import sentence_case

PATH = "/my-agency"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_DONE = 50
BOOKING_COLUMNS = (
    *("reference", "event_reference", "event_title", "starts_at", "name", "email", "agency"),
    *("job_role", "state", "outcome", "reason", "minutes", "requested_at", "booked_by"),
)
COUNTED = (
    *("confirmed", "offered", "requested", "waiting", "to_be_named"),
    *("attended", "part_attended", "did_not_attend", "excused", "cancelled"),
    *("moved", "handed_over"),
)
RESULTS = [
    *[(outcome.words, outcome.label) for outcome in Outcome],
    (people_queries.NOT_RECORDED, "Not recorded yet"),
    *[
        (state.words, state.label)
        for state in (BookingState.CANCELLED, BookingState.DECLINED, BookingState.LAPSED)
    ],
    ("moved", "Moved"),
    ("handed over", "Handed over"),
]

RESULT = Facet[Done]("result", "Result", RESULTS, lambda one: (one.result,))
STANDING = Facet[queries.LedEvent](
    "state",
    "Show",
    [
        (BookingState.CONFIRMED.value, "With a place"),
        (BookingState.OFFERED.value, "Offered one"),
        (BookingState.REQUESTED.value, "Awaiting approval"),
        (BookingState.WAITING.value, "Waiting"),
        ("unnamed", "To be named"),
    ],
    lambda one: one.standings,
)


@blueprint.get(PATH)
@requires(Permission.LEAD_AGENCY)
def my_agency() -> str:
    led = _led()
    coming = queries.coming_of(led, the_viewer(), now())
    return render_template(
        "desk/agency/coming.html",
        led=led,
        agencies=_agency_links(led, PATH),
        coming=coming,
        found=narrow(coming.booked, [STANDING], PATH, request.args.to_dict()),
        refreshers=people_queries.refreshers_due(led, now()),
    )


@blueprint.get(f"{PATH}/past")
@requires(Permission.LEAD_AGENCY)
def agency_past() -> str:
    led = _led()
    years = people_queries.years_of(led, now())
    asked = request.args.get("year", years[0].label)
    year = next((each for each in years if each.label == asked), None)
    path, query = f"{PATH}/past", request.args.to_dict()
    found = narrow(people_queries.done_of(led, now(), year=year), [RESULT], path, query)
    shows_all = "show" in request.args
    return render_template(
        "desk/agency/past.html",
        led=led,
        agencies=_agency_links(led, path),
        years=[
            *[(y.label, address(path, query, year=y.label, show=None), y == year) for y in years],
            ("All", address(path, query, year="all", show=None), year is None),
        ],
        found=found,
        shown=found.things if shows_all else found.things[:MOST_DONE],
        href_all=address(path, query, show="all"),
        minutes=sum(one.minutes for one in found.things),
        came=sum(one.booking.outcome in CAME for one in found.things),
        missed=sum(one.booking.outcome is Outcome.DID_NOT_ATTEND for one in found.things),
    )


@blueprint.get(f"{PATH}/people")
@requires(Permission.LEAD_AGENCY)
def agency_people() -> str:
    led = _led()
    text = request.args.get("q", "").strip()[:100]
    limit = None if request.args.get("show") == "all" else people_queries.MOST_SHOWN
    return render_template(
        "desk/agency/people.html",
        led=led,
        agencies=_agency_links(led, f"{PATH}/people"),
        text=text,
        page=people_queries.colleagues_of(led, text, now(), limit=limit),
        href_all=address(f"{PATH}/people", request.args.to_dict(), show="all"),
    )


@blueprint.get(f"{PATH}/people/<int:person_id>")
@requires(Permission.LEAD_AGENCY)
def agency_person(person_id: int) -> str:
    led = queries.led_of(the_viewer())
    person = people_queries.colleague_of(person_id, led, now())
    done = people_queries.done_of(led, now(), person_id=person_id)
    return render_template(
        "desk/agency/person.html",
        person=person,
        led=led,
        today=now().date(),
        coming=people_queries.bookings_to_come(led, now(), person_id),
        done=done,
        minutes=sum(one.minutes for one in done),
        refreshers=people_queries.refreshers_due(led, now(), person_id),
    )


@blueprint.get(f"{PATH}/events/<int:event_id>")
@requires(Permission.LEAD_AGENCY)
def agency_event(event_id: int) -> str:
    found = queries.event_of(event_id, the_viewer(), now())
    show_partnership(found.event.partnership_id)
    several = len(queries.led_of(the_viewer()).agencies) > 1
    return render_template("desk/agency/event.html", led=found, acts=_acts_on, several=several)


def _acts_on(line: queries.Line) -> list[tuple[str, str]]:
    """What a lead can do to a colleague's booking: the verb, and the end of its address."""
    waits = line.booking.state is BookingState.WAITING
    acts = [
        (line.may_be_handed_over, "Hand over", "hand-over"),
        (line.may_be_moved, "Move", "move"),
        (line.may_be_cancelled, "Take off the list" if waits else "Cancel", "cancel"),
    ]
    return [(verb, ending) for may, verb, ending in acts if may]


def _led() -> Led:
    return queries.led_of(the_viewer(), request.args.get("agency", ""))


def _agency_links(led: Led, path: str) -> list[tuple[str, str, bool]]:
    """The agencies that can be chosen among, where there are several."""
    if len(led.agencies) < 2:
        return []
    query = {name: text for name, text in request.args.items() if name != "show"}
    all_of_them = ("All", address(path, query, agency=None), led.chosen is None)
    return [
        all_of_them,
        *[(a.name, address(path, query, agency=str(a.id)), led.chosen == a) for a in led.agencies],
    ]


# --- Files ----------------------------------------------------------------------------------


@blueprint.post(f"{PATH}/bookings.<form>")
@requires(Permission.LEAD_AGENCY)
def agency_bookings_file(form: str) -> Response:
    led = queries.led_of(the_viewer())
    bookings = people_queries.all_bookings(led)
    minutes = people_queries.minutes_there(bookings)
    rows: list[tuple[Value, ...]] = [
        (
            booking.reference,
            booking.event.reference,
            booking.event.title,
            booking.event.starts_at,
            booking.name,
            primary_address(booking.person) if booking.person else "",
            booking.agency_name,
            booking.job_role,
            booking.standing,
            booking.outcome.words if booking.outcome else "",
            booking.outcome_reason,
            minutes.get(booking.id),
            booking.requested_at,
            booking.booked_by.name if booking.booked_by else "",
        )
        for booking in bookings
    ]
    answer = _file("my-agency-bookings", form, BOOKING_COLUMNS, rows)
    note_agency_file(len(rows), [a.name for a in led.tops], by=the_viewer(), now=now())
    return answer


@blueprint.get(f"{PATH}/counts.<form>")
@requires(Permission.LEAD_AGENCY)
def agency_counts_file(form: str) -> Response:
    rows: list[tuple[Value, ...]] = [
        (event.reference, event.title, event.starts_at, *(counts[word] for word in COUNTED))
        for event, counts in people_queries.counts_by_event(queries.led_of(the_viewer()))
    ]
    columns = ("event_reference", "event_title", "starts_at", *COUNTED)
    return _file("my-agency-counts", form, columns, rows)


def _file(
    name: str, form: str, columns: tuple[str, ...], rows: Iterable[tuple[Value, ...]]
) -> Response:
    if form == "csv":
        lines = [line.encode() for line in csv_lines(columns, rows)]
        return file_response(f"{name}.csv", b"".join(lines), "text/csv; charset=utf-8")
    if form != "xlsx":
        abort(404)
    sheet = sentence_case(name.replace("-", " "))
    return file_response(f"{name}.xlsx", xlsx_pieces(columns, rows, sheet=sheet), XLSX)

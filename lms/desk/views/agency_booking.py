"""A lead books several colleagues at once, or holds places whose names are to follow (B13)."""

from __future__ import annotations

from collections.abc import Sequence

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies.look import show_partnership
from lms.booking import commands
from lms.booking.commands import GroupRefused, GroupResult, Hindrance, TooFewPlaces
from lms.booking.rules import BookingState, GroupChoice
from lms.desk import agency as queries
from lms.desk.agency import LedEvent, led_of
from lms.desk.agency_forms import GroupForm, HoldForm
from lms.desk.agency_people import People, people_to_book
from lms.desk.views.blueprint import blueprint
from lms.errors import Busy, NotFound, Refused
from lms.web.pages import done, now, see
from lms.words import count, sentence_case

PATH = "/my-agency/events/<int:event_id>"


@blueprint.route(f"{PATH}/book", methods=["GET", "POST"])
@requires(Permission.LEAD_AGENCY)
def book_colleagues(event_id: int) -> Response:
    found = queries.event_of(event_id, the_viewer(), now())
    show_partnership(found.event.partnership_id)
    form = GroupForm()
    people = people_to_book(found, led_of(the_viewer()), form.ticked, _looked_for(), now())
    form.offer(led_of(the_viewer()).to_choose, people.shown, found.event.mode)
    if "find" in request.form or not form.validate_on_submit():
        return _page(found, form, people, (), 422 if form.has_errors else 200)
    return _book(found, form, people)


def _looked_for() -> str:
    return request.form.get("q", request.args.get("q", "")).strip()[:100]


def _book(found: LedEvent, form: GroupForm, people: People) -> Response:
    try:
        result = commands.request_places(
            found.event.id,
            form.members(_Agencies(people.agency_of)),
            choice=GroupChoice(form.choice.data),
            mode=form.kind,
            by=the_viewer(),
            now=now(),
        )
    except TooFewPlaces as few:
        form.form_errors.append(few.sentence)
        form.choice.data = GroupChoice.OTHERS_WAIT.value
        return _page(found, form, people, few.hindrances, 409, is_short=True)
    except GroupRefused as refused:
        form.form_errors.append(refused.sentence)
        form.leave_out(refused.hindrances)
        return _page(found, form, people, refused.hindrances, 409)
    except Busy as busy:
        form.refuse(Refused(f"{busy.sentence} {busy.way_out}"))
        return _page(found, form, people, (), 503)
    except Refused as refusal:
        form.refuse(refusal)
        return _page(found, form, people, (), 422 if refusal.field else 409)
    done(_what_was_done(result))
    return see(f"/my-agency/events/{found.event.id}")


class _Agencies(dict[int, int]):
    """The agency of each of the lead's people; anybody else's number is no address of ours."""

    def __missing__(self, person_id: int) -> int:
        raise NotFound


BECAME = {
    BookingState.CONFIRMED: ("colleague has a place", "colleagues have a place"),
    BookingState.REQUESTED: ("waits for approval", "wait for approval"),
    BookingState.WAITING: ("is on the waiting list", "are on the waiting list"),
}


def _what_was_done(result: GroupResult) -> str:
    states = [one.state for one in result.booked]
    parts = [
        count(states.count(state), *words) for state, words in BECAME.items() if state in states
    ]
    if result.left_out:
        names = ", ".join(each.name for each in result.left_out)
        parts.append(f"there was no place for {names}")
    return sentence_case("; ".join(parts)) + ". Those booked are told by e-mail."


def _page(
    found: LedEvent,
    form: GroupForm,
    people: People,
    hindrances: Sequence[Hindrance],
    status: int,
    *,
    is_short: bool = False,
) -> Response:
    page = render_template(
        "desk/agency/book.html",
        led=found,
        form=form,
        people=people,
        text=_looked_for(),
        hindrances=hindrances,
        is_short=is_short,
        left=len(form.people.data or []) + len((form.others.data or "").splitlines()),
    )
    return make_response(page, status)


# --- Places without a name ----------------------------------------------------------------------


@blueprint.route(f"{PATH}/hold", methods=["GET", "POST"])
@requires(Permission.LEAD_AGENCY)
def hold_places(event_id: int) -> Response:
    found = queries.event_of(event_id, the_viewer(), now())
    show_partnership(found.event.partnership_id)
    form = HoldForm()
    form.offer_agencies(led_of(the_viewer()).to_choose)
    if form.validate_on_submit():
        try:
            held = commands.hold_places(
                event_id, form.agency_id(), form.places.data or 0, by=the_viewer(), now=now()
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done(f"{sentence_case(count(len(held), 'place is', 'places are'))} held for you.")
            return see(f"/my-agency/events/{event_id}")
    page = render_template("desk/agency/hold.html", led=found, form=form)
    return make_response(page, 422 if form.has_errors else 200)

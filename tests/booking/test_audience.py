"""Whom an event is for, and that it is hidden from everybody else (B1)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.access import Role
from lms.accounts.models import Person, PersonEmail
from lms.booking.commands import cancel_event, tell_invited
from lms.booking.messages.inviting import is_still_invited
from lms.booking.queries.audience import audience_of, is_meant_for, somebody
from lms.booking.rules import Audience, Somebody, is_for
from lms.catalogue.models import Event, Invitee
from lms.catalogue.rules import CancelReason, EventState
from lms.clock import london_date
from lms.db import db, transaction
from lms.errors import Refused
from lms.messaging.rules import MessageFacts
from tests.support.booking import ask, messages, state_of
from tests.support.browser import Browser
from tests.support.make import Make

TITLE = "A day for Pool Hayes"
PLACES = ("/", "/events", "/events?q=hayes", "/events?view=month", "/events.csv", "/events.ics")

numbers = st.frozensets(st.integers(1, 6))
addresses = st.frozensets(st.sampled_from(["a@x.example", "b@x.example", "c@x.example"]))


def test_b1_an_event_is_for_everyone_unless_it_is_by_invitation() -> None:
    assert is_for(Audience(), Somebody())
    assert not is_for(Audience(is_by_invitation=True), Somebody(frozenset({1})))


def test_b1_whoever_invites_an_agency_invites_its_teams() -> None:
    school_trust = Audience(is_by_invitation=True, agency_ids=frozenset({1}))
    assert is_for(school_trust, Somebody(agency_ids=frozenset({7, 1})))
    team = Audience(is_by_invitation=True, agency_ids=frozenset({7}))
    assert not is_for(team, Somebody(agency_ids=frozenset({1})))


@given(numbers, addresses, numbers, addresses)
def test_b1_nobody_is_invited_by_less_than_an_agency_or_an_address_of_theirs(
    agencies: frozenset[int], invited: frozenset[str], own: frozenset[int], known_as: frozenset[str]
) -> None:
    audience = Audience(is_by_invitation=True, agency_ids=agencies, addresses=invited)
    expected = bool(agencies & own or invited & known_as)
    assert is_for(audience, Somebody(own, known_as)) is expected


def by_invitation(
    make: Make, *, agencies: Iterable[int] = (), to: Iterable[str] = (), **facts: object
) -> int:
    event = make.event(TITLE, **{"is_by_invitation": True, **facts})  # type: ignore[arg-type]
    with transaction() as session:
        session.add_all(Invitee(event_id=event, agency_id=agency) for agency in agencies)
        session.add_all(Invitee(event_id=event, address=address) for address in to)
    return event


def test_the_condition_for_lists_says_what_the_rule_says(make: Make) -> None:
    """Every event beside every person: agencies two deep, two at once, left, and addresses."""
    trust = make.agency("Trust")
    school = make.agency("School", parent_id=trust)
    team = make.agency("Team", parent_id=school)
    other = make.agency("Other")
    people = [make.person(agency=agency) for agency in (trust, school, team, other)]
    known_by_two = make.person("Known Twice", "first@x.example", agency=other)
    with transaction() as session:
        session.add(PersonEmail(person_id=known_by_two, address="a@x.example", is_primary=False))
    people.append(known_by_two)
    events = [make.event()]
    for agencies, to in (
        *(((), ()), ((trust,), ()), ((school,), ()), ((team, other), ())),
        *(((), ("a@x.example",)), ((), ("b@x.example",)), ((team,), ("first@x.example",))),
    ):
        events.append(by_invitation(make, agencies=agencies, to=to))
    on = london_date(make.now)
    for person in people:
        shown = set(db.session.scalars(select(Event.id).where(is_meant_for(person, on))))
        found = somebody(db.session(), person, on)
        rows = {event: db.session.get_one(Event, event) for event in events}
        assert shown == {event for event, row in rows.items() if is_for(audience_of(row), found)}


@pytest.fixture
def school(make: Make) -> int:
    return make.agency("Pool Hayes Primary School")


@pytest.fixture
def event(make: Make, school: int) -> int:
    course = make.course("Neglect")
    return by_invitation(make, agencies=[school], course=course)


@pytest.mark.parametrize("address", [*PLACES, "/courses", "/courses/neglect"])
def test_it_is_hidden_from_visitors_and_from_those_not_invited(
    browser: Browser, make: Make, event: int, address: str
) -> None:
    assert TITLE not in browser.get(address).response.get_data(as_text=True)
    browser.sign_in(make.person(agency=make.agency("Elsewhere")))
    page = browser.get(address).response.get_data(as_text=True)
    assert TITLE not in page
    assert f"/events/{event}" not in page


def test_its_own_pages_are_not_there_for_others(browser: Browser, make: Make, event: int) -> None:
    browser.get(f"/events/{event}", status=404)
    browser.sign_in(make.person())
    for address in (f"/events/{event}", f"/events/{event}/book"):
        assert TITLE not in browser.get(address, status=404).text


def test_a_visitor_who_follows_the_link_is_told_as_little_as_of_what_never_was(
    browser: Browser, event: int
) -> None:
    hidden, missing = (browser.get(f"/events/{at}", status=404) for at in (event, 999))
    assert hidden.html.replace(f"%2F{event}", "%2F999") == missing.html
    assert hidden.link("Sign in to see yours") == f"/sign-in?next=%2Fevents%2F{event}"


def test_those_invited_see_it_everywhere_but_in_the_feed(
    browser: Browser, make: Make, event: int, school: int
) -> None:
    browser.sign_in(make.person(agency=make.agency("Year six", parent_id=school)))
    for address in ("/", "/events?view=month", "/courses/neglect"):
        assert f"/events/{event}" in browser.get(address).html
    assert "By invitation" in browser.get("/events").text
    assert browser.get(f"/events/{event}").h1 == TITLE
    browser.get(f"/events/{event}/book")
    assert TITLE not in browser.get("/events.ics").response.get_data(as_text=True)


def test_an_invited_address_is_enough(browser: Browser, make: Make) -> None:
    event = by_invitation(make, to=["marigold@home.example"])
    browser.sign_in(make.person("Marigold Pettifer", "marigold@home.example"))
    browser.get(f"/events/{event}")


def test_those_who_give_run_or_lead_it_see_it(browser: Browser, make: Make, school: int) -> None:
    trainer, lead = make.person(role=Role.TRAINER), make.person(agency=school)
    team = make.agency("Year six", parent_id=school)
    boss = make.person(agency=school, role=Role.AGENCY_LEAD)
    event = by_invitation(make, agencies=[team], trainers=[trainer])
    for person in (trainer, make.coordinator(), boss):
        browser.sign_in(person)
        browser.get(f"/events/{event}")
    browser.sign_in(lead)
    browser.get(f"/events/{event}", status=404)


def test_b1_who_is_not_invited_is_refused_and_a_coordinator_may_lift_it(
    make: Make, event: int, school: int
) -> None:
    assert state_of(ask(make, event, school)) == "confirmed"
    other = make.agency("Elsewhere")
    with pytest.raises(Refused, match="by invitation"):
        ask(make, event, other)
    staff = make.viewer(make.coordinator())
    lifted = ask(make, event, other, by=staff, override_reason="She stands in for the head")
    assert state_of(lifted) == "confirmed"


def test_a_cancelled_date_leads_nobody_to_one_by_invitation(
    browser: Browser, make: Make, event: int
) -> None:
    """The mail offers the next date of the course that everyone can book."""
    course = db.session.get_one(Event, event).course_id
    off = make.event("Neglect", course=course)
    make.booking(off)
    cancel_event(off, reason=CancelReason.VENUE, by=None, now=make.now)
    assert TITLE not in messages("event-cancelled")[0].body
    assert TITLE not in browser.get(f"/events/{off}").text


# --- Telling those invited --------------------------------------------------------------------


def test_each_of_those_invited_is_told_once(browser: Browser, make: Make, school: int) -> None:
    """People of the agency and its teams, and addresses; not who has booked, nor anyone twice."""
    team = make.agency("Year six", parent_id=school)
    make.person("Marigold Pettifer", "m.pettifer@pool-hayes.example", agency=school)
    make.person("Tom Thorne", "tom@pool-hayes.example", agency=team)
    booked = make.person(agency=school)
    make.person("Una Usher", agency=make.agency("Elsewhere"))
    event = by_invitation(make, agencies=[school], to=["governor@home.example"])
    make.booking(event, booked)
    browser.sign_in(make.coordinator())
    page = browser.get(f"/manage/events/{event}/invite")
    assert "goes to 3 people" in page.text
    browser.submit(page, form="Tell 3 people")
    told = [message.to_address for message in messages("event-invitation")]
    assert told == [
        *("m.pettifer@pool-hayes.example", "tom@pool-hayes.example", "governor@home.example")
    ]
    late = make.person("Lena Late", "lena@pool-hayes.example", agency=school)
    page = browser.submit(browser.get(f"/manage/events/{event}/invite"), form="Tell 1 person")
    assert "One person is told by e-mail." in page.text
    assert [m.person_id for m in messages("event-invitation")][-1] == late


def test_an_invitation_that_is_taken_back_or_taken_up_is_not_sent(make: Make, school: int) -> None:
    for name in ("stays", "books", "leaves"):
        make.person(name.title(), f"{name}@pool-hayes.example", agency=school)
    event = by_invitation(make, agencies=[school])
    assert tell_invited(event, by=None, now=make.now) == 3
    stays, books, leaves = sorted(
        messages("event-invitation"), key=lambda m: "sbl".index(m.to_address[0])
    )
    make.booking(event, books.person_id)
    with transaction() as session:
        [membership] = session.get_one(Person, leaves.person_id).memberships
        membership.ended_on = london_date(make.now)
    true = [
        is_still_invited(MessageFacts("", event, message.to_address, make.now), make.now)
        for message in (stays, books, leaves)
    ]
    assert true == [True, False, False]


def test_nobody_is_invited_to_what_nobody_can_book(make: Make, school: int) -> None:
    draft = by_invitation(make, agencies=[school], state=EventState.DRAFT)
    with pytest.raises(Refused, match="not published"):
        tell_invited(draft, by=None, now=make.now)

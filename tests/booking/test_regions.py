"""An event that several partnerships share (B17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.access import Role
from lms.agencies.models import Agency, Partnership
from lms.booking.commands import Member, fill_places, hold_places, request_places
from lms.booking.models import Booking
from lms.booking.queries.events import snapshot
from lms.booking.queries.places import places_of
from lms.booking.rules import (
    BookingState,
    Given,
    GroupChoice,
    Outcome,
    ShareKind,
    area_booked_for,
    ledger,
    shares_of_allocation,
    trainer_days,
)
from lms.catalogue.models import Event, EventTrainer, SharedWith
from lms.catalogue.rules import EventState
from lms.clock import FixedClock, at_london, london_date
from lms.db import db, transaction
from tests.architecture.conftest import permitted
from tests.support.booking import ask, booking, state_of, states
from tests.support.browser import BASE_URL, Browser
from tests.support.make import Make
from tests.support.sign_in import open_session
from tests.support.walk import make_world


def test_b17_an_allocation_is_a_cap_and_a_reservation_until_its_release() -> None:
    """Rule B17, said in shares, so that B3 and B5 need no rule of their own for it."""
    day = date(2027, 2, 1)
    cap, reservation = shares_of_allocation(7, "Sandwell", 4, day)
    assert (cap.kind, reservation.kind) == (ShareKind.CAP, ShareKind.RESERVATION)
    for share in (cap, reservation):
        assert (share.partnership_id, share.places, share.ends_on) == (7, 4, day)


def share(event: int, partnership: int, places: int, release_on: date | None = None) -> None:
    with transaction() as session:
        session.add(
            SharedWith(
                event_id=event, partnership_id=partnership, places=places, release_on=release_on
            )
        )


@dataclass(frozen=True)
class Region:
    """Walsall's event of four places, two of them Sandwell's; an agency in each."""

    event: int
    walsall: int
    sandwell: int
    wards: int
    streets: int

    def ask_for(self, make: Make, agency: int) -> str:
        area = self.sandwell if agency == self.streets else self.walsall
        return state_of(ask(make, self.event, agency, area_id=area))


@pytest.fixture
def region(make: Make) -> Region:
    walsall, sandwell = make.partnership("Walsall"), make.partnership("Sandwell")
    event = make.event(capacity=4)
    share(event, sandwell, 2, london_date(make.now) + timedelta(days=10))
    wards = make.agency("Wards", partnership=walsall)
    return Region(event, walsall, sandwell, wards, make.agency("Streets", partnership=sandwell))


def test_b17_each_partnership_has_its_own_places(make: Make, region: Region) -> None:
    asked = [region.ask_for(make, region.wards) for _ in range(3)]
    assert asked == ["confirmed", "confirmed", "waiting"]
    asked = [region.ask_for(make, region.streets) for _ in range(3)]
    assert asked == ["confirmed", "confirmed", "waiting"]


def test_b17_what_a_partnership_has_not_used_is_free_for_all_on_the_day(
    make: Make, region: Region, clock: FixedClock
) -> None:
    for _ in range(3):
        region.ask_for(make, region.wards)
    region.ask_for(make, region.streets)
    assert states(region.event) == ["confirmed", "confirmed", "waiting", "confirmed"]
    release = at_london(london_date(make.now) + timedelta(days=10), time())
    assert fill_places(region.event, release - timedelta(minutes=1)) == 0
    assert fill_places(region.event, release) == 1
    assert states(region.event) == ["confirmed", "confirmed", "offered", "confirmed"]
    clock.set(release)
    late = ask(make, region.event, region.streets, area_id=region.sandwell)
    assert late.state.value == "waiting", "the cap has gone, but all four places are taken"
    assert "all 4 places are taken" in (late.why or "").lower()


def test_b17_who_waits_is_told_of_the_partnerships_places(make: Make, region: Region) -> None:
    for _ in range(2):
        region.ask_for(make, region.streets)
    result = ask(make, region.event, region.streets, area_id=region.sandwell)
    assert "your partnership has its 2 places until" in (result.why or "")
    assert booking(result.booking_id).area_id == region.sandwell


def test_lists_count_an_allocation_as_taken(make: Make, region: Region, browser: Browser) -> None:
    assert places_of(db.session(), [region.event], make.now)[region.event].free == 2
    assert len(snapshot(db.session(), region.event, make.now).shares) == 2
    assert "2 held for Sandwell until" in browser.get(f"/events/{region.event}").text


def test_a_shared_event_is_found_under_each_of_its_partnerships(
    make: Make, region: Region, browser: Browser
) -> None:
    make.event("A day of Sandwell", partnership=region.sandwell)
    make.event("A day of Walsall")
    link = f"/events/{region.event}"
    for name, other in (("Walsall", "A day of Sandwell"), ("Sandwell", "A day of Walsall")):
        page = browser.get(f"/events?partnership={name}")
        assert link in page.html
        assert other not in page.text


# --- A partnership that has a part ------------------------------------------------------------


@dataclass(frozen=True)
class People:
    """One of each partnership at the shared event; `idris` coordinates Walsall, `sana` Sandwell."""

    idris: int
    sana: int
    ours: str
    theirs: str


@pytest.fixture
def people(make: Make, region: Region) -> People:
    theirs = make.booking(
        region.event, make.person("Wanda Ward", agency=region.wards), access_needs="A hearing loop"
    )
    ours = make.booking(
        region.event,
        make.person("Stella Street", agency=region.streets),
        area_id=region.sandwell,
        access_needs="Large print",
    )
    return People(
        make.coordinator(partnership=region.walsall),
        make.coordinator("Sana Sandwell", agency=region.streets, partnership=region.sandwell),
        booking(ours).reference,
        booking(theirs).reference,
    )


def test_b17_each_partnership_sees_its_own_people(
    browser: Browser, region: Region, people: People, clock: FixedClock
) -> None:
    browser.sign_in(people.sana)
    page = browser.get(f"/manage/events/{region.event}/our-people")
    assert "Sandwell has two places until" in page.text
    assert "one is taken" in page.text
    assert "Stella Street" in page.text
    for hidden in ("Wanda Ward", "Wards", people.theirs, "hearing loop", "Large print"):
        assert hidden not in page.html
    assert browser.get(f"/bookings/{people.ours}").h1 == "Stella Street"
    browser.get(f"/bookings/{people.theirs}", status=404)
    browser.get(f"/bookings/{people.theirs}/cancel", status=404)
    assert page.address in browser.get("/manage/events").html
    clock.advance(timedelta(days=10))
    browser.sign_in(people.sana)
    after = browser.get(page.address)
    assert "one is taken, and what was not used is free for all" in after.text


def test_b17_the_host_sees_all_that_the_register_needs(
    browser: Browser, region: Region, people: People
) -> None:
    browser.sign_in(people.idris)
    page = browser.get(f"/manage/events/{region.event}").text
    assert "Stella Street" in page
    assert "held back and at most 2" in page
    assert "Not matched to an agency" not in page
    browser.get(f"/manage/events/{region.event}/our-people", status=404)


HOSTS_ONLY = ("", "/who-can-book", "/edit", "/capacity", "/register", "/messages", "/cancel")


def test_a_part_in_one_event_opens_nothing_else(
    browser: Browser, make: Make, region: Region, people: People
) -> None:
    unshared = make.event("Walsall alone")
    browser.sign_in(people.sana)
    for path in HOSTS_ONLY:
        browser.get(f"/manage/events/{region.event}{path}", status=404)
    for path in (*HOSTS_ONLY, "/our-people", "/book"):
        browser.get(f"/manage/events/{unshared}{path}", status=404)
    for act in ("place", "priority"):
        browser.get(f"/manage/bookings/{people.ours}/{act}", status=404)
    offered = browser.get(f"/manage/events/{region.event}/book/new").html
    assert "Streets" in offered and "Wards" not in offered
    stranger = make.person("Wilma Wards", agency=region.wards)
    browser.get(f"/manage/events/{region.event}/book/{stranger}", status=404)


ACTS_ON_BOOKINGS = {
    "/bookings/{}/cancel": {"why": "Ill"},
    "/bookings/{}/transfer": {"to": "1"},
    "/bookings/{}/hand-over": {"email": "a@b.example", "name": "A B", "confirmed": "y"},
    "/bookings/{}/switch": {"side": "online"},
    "/manage/bookings/{}/place": {"reason": "Asked"},
    "/manage/bookings/{}/priority": {"priority": "5", "reason": "Asked"},
    "/manage/bookings/{}/take-back": {"reason": "Asked"},
}
ACTS_ON_EVENT = (
    "cancel",
    "postpone",
    "capacity",
    "who-can-book",
    "lent-trainers",
    "edit",
    "invite",
)


def test_b17_no_post_of_a_partner_reaches_what_is_the_hosts(
    browser: Browser, region: Region, people: People
) -> None:
    browser.app.config["WTF_CSRF_ENABLED"] = False  # the view is to refuse, not the form
    browser.sign_in(people.sana)
    for address, sent in ACTS_ON_BOOKINGS.items():
        browser.post(address.format(people.theirs), sent, status=404)
    for act in (*ACTS_ON_EVENT, "people.csv"):
        browser.post(f"/manage/events/{region.event}/{act}", {"reason": "other"}, status=404)
    assert states(region.event) == ["confirmed", "confirmed"]
    event = db.session.get_one(Event, region.event)
    assert (event.state, event.capacity) == (EventState.PUBLISHED, 4)


def test_a_partnership_books_its_own_people_in_and_takes_them_off(
    browser: Browser, make: Make, region: Region, people: People
) -> None:
    serves_both = make.agency("Police", partnership=region.walsall)
    with transaction() as session:
        agency = session.get_one(Agency, serves_both)
        agency.partnerships.append(session.get_one(Partnership, region.sandwell))
    officer = make.person("Percy Police", agency=serves_both)
    browser.sign_in(people.sana)
    browser.submit(browser.get(f"/manage/events/{region.event}/book/{officer}"), form="Book Percy")
    made = db.session.query(Booking).filter_by(person_id=officer).one()
    assert (made.area_id, made.state.value) == (region.sandwell, "confirmed")
    page = browser.get(f"/bookings/{made.reference}/cancel")
    page = browser.submit(page, {"why": "Ill"}, form="What happens then")
    assert page.address == f"/manage/events/{region.event}/our-people"
    assert booking(made.id).state.value == "cancelled"


def test_a_partnership_lifts_no_rule_of_the_host(
    browser: Browser, make: Make, region: Region, people: People
) -> None:
    make.booking(region.event, area_id=region.sandwell)
    late = make.person("Lena Late", agency=region.streets)
    browser.sign_in(people.sana)
    page = browser.get(f"/manage/events/{region.event}/book/{late}")
    assert "Give a place all the same" not in page.text
    fields = {**page.form("waiting list"), "override": "y", "override_reason": "We need her"}
    browser.post(f"/manage/events/{region.event}/book/{late}", fields, status=404)
    browser.submit(page, form="waiting list")
    assert states(region.event)[-1] == "waiting"


# --- The ledger -------------------------------------------------------------------------------


def test_b17_an_account_sets_off_what_came_back() -> None:
    there, back = ledger([Given(1, 2, 4, 3), Given(1, 2, 2, 5), Given(2, 1, 1, 1, 1.5)])
    assert (there.places, there.used, there.unused) == (6, 8, 1)
    assert (there.balance_of_places, there.balance_of_days) == (7, -1.5)
    assert (back.balance_of_places, back.balance_of_days) == (-7, 1.5)


@given(
    st.lists(
        st.builds(
            Given,
            st.integers(1, 3),
            st.integers(4, 6),
            st.integers(0, 9),
            st.integers(0, 9),
            st.integers(0, 9).map(lambda halves: halves / 2),
        )
    )
)
def test_b17_balances_cancel_out(gifts: list[Given]) -> None:
    accounts = {(each.giver_id, each.taker_id): each for each in ledger(gifts)}
    for (giver, taker), account in accounts.items():
        back = accounts[taker, giver]
        assert account.balance_of_places + back.balance_of_places == 0
        assert account.balance_of_days + back.balance_of_days == 0
    assert sum(account.used for account in accounts.values()) == sum(each.used for each in gifts)


def test_a_trainers_day_of_four_hours_or_less_is_half_a_day() -> None:
    nine = datetime(2027, 2, 8, 9, tzinfo=UTC)
    hours = timedelta(hours=1)
    assert trainer_days([(nine, nine + 4 * hours)]) == 0.5
    assert trainer_days([(nine, nine + 3 * hours), (nine + 4 * hours, nine + 6 * hours)]) == 1
    assert trainer_days([(nine, nine + 7 * hours), (nine + 24 * hours, nine + 27 * hours)]) == 1.5


def test_the_ledger_of_a_reporting_year(
    browser: Browser, make: Make, region: Region, people: People
) -> None:
    make.booking(region.event, area_id=region.sandwell, outcome=Outcome.DID_NOT_ATTEND)
    make.booking(region.event, area_id=region.sandwell, state=BookingState.WAITING)
    trainer = make.person("Tina Trainer", role=Role.TRAINER, partnership=region.sandwell)
    with transaction() as session:
        session.add(
            EventTrainer(event_id=region.event, person_id=trainer, lent_by_id=region.sandwell)
        )
    off = make.event("Off", state=EventState.CANCELLED)
    share(off, region.sandwell, 9)
    for person in (people.idris, people.sana):
        browser.sign_in(person)
        page = browser.get("/manage/region?year=2026-27")
        assert "Sandwell to Walsall 0 0 0 1 −1 +1" in page.text
        assert "Walsall to Sandwell 2 1 1 0 +1 −1" in page.text
        file = browser.get(page.link("Download as CSV")).response.get_data(as_text=True)
        assert file.splitlines()[1:] == [
            "2026-27,Sandwell,Walsall,0,0,0,1,-1,1",
            "2026-27,Walsall,Sandwell,2,1,1,0,1,-1",
        ]
    browser.sign_in(make.coordinator("Dora", partnership=make.partnership("Dudley")))
    assert "Nothing was given" in browser.get("/manage/region").text


def test_a_trainer_is_lent_and_stays_so_when_the_event_is_changed(
    browser: Browser, make: Make, region: Region, people: People
) -> None:
    theirs = make.person("Tina Trainer", role=Role.TRAINER, partnership=region.sandwell)
    browser.sign_in(people.idris)
    address = f"/manage/events/{region.event}/lent-trainers"
    browser.submit(browser.get(address), {"add": f"{theirs}-{region.sandwell}"})
    page = browser.get(address)
    assert "Whose trainer is Tina Trainer?" in page.text
    assert "Run by Tina Trainer" in browser.get(f"/events/{region.event}").text
    assert "Sandwell to Walsall 0 0 0 1" in browser.get("/manage/region").text
    edit = browser.submit(
        browser.get(f"/manage/events/{region.event}/edit"), {"venue": "Elsewhere"}
    )
    browser.submit(edit)
    [row] = db.session.query(EventTrainer).filter_by(event_id=region.event)
    assert row.lent_by_id == region.sandwell
    browser.submit(page, {"rows-0-lender": str(region.walsall)})
    db.session.rollback()
    [row] = db.session.query(EventTrainer).filter_by(event_id=region.event)
    assert row.lent_by_id is None
    dudley = make.partnership("Dudley")
    browser.submit(page, {"add": f"{people.sana}-{dudley}"}, status=422)


# --- The matrix, for one whose partnership has a part -----------------------------------------

OF_A_PART = frozenset(
    {
        "/manage/events/<int:event_id>/our-people",
        "/manage/events/<int:event_id>/book",
        "/manage/events/<int:event_id>/book/new",
    }
)


def test_a_coordinator_with_a_part_is_answered_like_one_from_elsewhere_but_there(
    app: Flask, clock: FixedClock
) -> None:
    """Every address of an event, a booking, a person, an agency of the host's: 404."""
    world = make_world(app, clock)
    dudley = Make(clock).partnership("Dudley")
    share(world.values["event_id"], dudley, 1)
    client = app.test_client()
    open_session(client, world.people["elsewhere"])
    wrong = {}
    for (rule, method), row in permitted().items():
        if method != "GET" or row["elsewhere"] != "404":
            continue
        answer = client.get(next(world.addresses(rule)), base_url=BASE_URL)
        if answer.status_code != (200 if rule in OF_A_PART else 404):
            wrong[rule] = answer.status_code
    assert wrong == {}


@pytest.mark.parametrize(
    ("partners", "served", "area"),
    [
        ({7}, (), 1),
        ({7}, (1, 7), 1),
        ({7}, (7,), 7),
        ({7}, (5, 7), 7),
        (set(), (5, 6), 5),
    ],
)
def test_b17_an_agency_counts_for_an_area_that_it_serves(
    partners: set[int], served: tuple[int, ...], area: int
) -> None:
    assert area_booked_for(1, partners, served) == area


def test_b13_b17_a_lead_fills_their_own_partnerships_places(make: Make, region: Region) -> None:
    """What a lead books or holds is of the allocation, and their coordinator sees it."""
    with transaction() as session:
        session.get_one(Event, region.event).unnamed_places = 1
    role = Role.AGENCY_LEAD
    by = make.viewer(make.person("Leander Osei", agency=region.streets, role=role))
    [colleague] = make.people(1, agency=region.streets)
    members = [Member(colleague, region.streets)]
    group = request_places(
        region.event, members, choice=GroupChoice.ALL_OR_NOBODY, by=by, now=make.now
    )
    [held] = hold_places(region.event, region.streets, 1, by=by, now=make.now)
    booked = [group.booked[0].booking_id, held]
    assert [booking(each).area_id for each in booked] == [region.sandwell, region.sandwell]

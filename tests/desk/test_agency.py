"""My agency: a lead sees and books their own people, and nobody else's."""

from __future__ import annotations

import pytest

from lms.access import Role
from lms.agencies.rules import Sector
from lms.audit import AuditEntry
from lms.booking.commands import hold_places, postpone_event
from lms.booking.jobs import see_to_unnamed
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Origin, Outcome
from lms.catalogue.rules import CancelReason
from lms.clock import FixedClock
from lms.db import db
from tests.support.booking import ask, booking, states
from tests.support.browser import Browser, Page
from tests.support.make import Make
from tests.support.snapshots import at

NEEDS = "needs-quillwort"


class Scene:
    """A trust with a team under it, a lead of the trust, a school, an event of six places."""

    def __init__(self, make: Make, browser: Browser) -> None:
        self.make, self.browser = make, browser
        self.trust = make.agency("Walsall Healthcare", Sector.HEALTH, domains=["wht.example"])
        self.team = make.agency("Health Visiting", Sector.HEALTH, parent_id=self.trust)
        self.school = make.agency("Pool Hayes Primary School", Sector.EDUCATION)
        self.lead = make.person(
            "Leander Osei", "lead@wht.example", agency=self.trust, role=Role.AGENCY_LEAD
        )
        self.ada = make.person("Ada Quillfeather", "ada@wht.example", agency=self.trust)
        self.bram = make.person("Bram Oake", "bram@wht.example", agency=self.team)
        self.sol = make.person("Sol Ebdon", "sol@school.example", agency=self.school)
        self.event = make.event(capacity=6, course=make.course(), unnamed_places=5)
        self.address = f"/my-agency/events/{self.event}"
        browser.sign_in(self.lead)

    def reference(self, booking_id: int) -> str:
        return booking(booking_id).reference


@pytest.fixture
def scene(make: Make, browser: Browser) -> Scene:
    return Scene(make, browser)


def test_B13_a_lead_holds_five_names_three_and_two_lapse_to_the_waiting_list(
    scene: Scene, browser: Browser, clock: FixedClock
) -> None:
    assert "My agency" in browser.get("/").text
    page = browser.get(browser.get("/my-agency").link("Book colleagues"))
    assert "6 more places for you" in page.text

    held = browser.submit(browser.get(f"{scene.address}/hold"), {"places": "5"}, form="Hold")
    assert "Five places are held for you." in held.text
    assert "Say who comes before Monday 1 February at 5pm" in held.text
    ask(scene.make, scene.event, scene.school, scene.sol)
    waits = ask(scene.make, scene.event, scene.school, confirm_at_once=True)
    ask(scene.make, scene.event, scene.school)

    for whom in ({"person": str(scene.ada)}, {"person": str(scene.bram)}, WREN):
        page = browser.get(browser.get(scene.address).link("Name it"))
        named = browser.submit(page, whom, form="Give them the place")
        assert "The place has a name now." in named.text
    assert all(name in named.text for name in ("Ada Quillfeather", "Bram Oake", "Wren Abara"))

    clock.set(at("2027-02-01 17:00"))
    see_to_unnamed(clock.now())
    browser.sign_in(scene.lead)
    page = browser.get(scene.address)
    assert "3 colleagues" in page.text
    assert "to be named" not in page.text
    assert booking(waits.booking_id).state is BookingState.CONFIRMED
    assert states(scene.event).count("lapsed") == 2


WREN = {"name": "Wren Abara", "email": "wren@wht.example"}


def test_B13_a_held_place_is_given_back(scene: Scene, browser: Browser) -> None:
    browser.submit(browser.get(f"{scene.address}/hold"), {"places": "1"}, form="Hold")
    page = browser.submit(browser.get(scene.address), form="Give it back")
    assert "given back" in page.text
    assert states(scene.event) == ["cancelled"]


def test_B13_a_group_is_booked_and_one_who_clashes_is_named(scene: Scene, browser: Browser) -> None:
    elsewhere = scene.make.event("Early Help")
    ask(scene.make, elsewhere, scene.trust, scene.ada)
    page = browser.get(f"{scene.address}/book")
    everyone = {
        "people": [str(scene.ada), str(scene.bram)],
        "others": "Wren Abara, wren@wht.example\nSol, sol@school.example",
    }
    asks = browser.submit(page, everyone, form="Book them", status=409)
    assert "Two people of four cannot be booked, so nobody is booked yet." in asks.text
    assert "Ada Quillfeather. They have a place at Early Help at the same time" in asks.text
    assert "Sol. They are not known as a colleague at your agency" in asks.text
    assert states(scene.event) == []

    booked = browser.submit(asks, form="Book them")
    assert "Two colleagues have a place." in booked.text
    rows = db.session.query(Booking).filter_by(event_id=scene.event).order_by(Booking.id).all()
    assert [(row.name, row.agency_id) for row in rows] == [
        ("Bram Oake", scene.team),
        ("Wren Abara", scene.trust),
    ]


def test_B13_where_not_all_fit_nobody_is_booked_until_the_lead_says_so(
    scene: Scene, browser: Browser
) -> None:
    for _ in range(5):
        ask(scene.make, scene.event, scene.school)
    everyone = {"people": [str(scene.ada), str(scene.bram)]}
    page = browser.get(f"{scene.address}/book")
    asks = browser.submit(page, everyone, form="Book them", status=409)
    assert "There is one place for the 2 of them, so nobody is booked." in asks.text
    booked = browser.submit(asks, {**everyone, "choice": "others_wait"}, form="Book them")
    assert "One colleague has a place; one is on the waiting list." in booked.text
    assert "First in line: all 6 places are taken" in booked.text


def test_what_is_typed_wrongly_is_kept_and_said(scene: Scene, browser: Browser) -> None:
    page = browser.get(f"{scene.address}/book")
    wrong = browser.submit(page, {"others": "Wren without address"}, form="Book them", status=422)
    assert "Write a name, a comma and an e-mail address, not: Wren without address" in wrong.text
    assert "Wren without address" in wrong.form("Book them")["others"]
    nobody = browser.submit(page, form="Book them", status=422)
    assert "Choose at least one colleague" in nobody.text


def test_B12_a_lead_hands_a_place_over_and_cancels(scene: Scene, browser: Browser) -> None:
    place = ask(scene.make, scene.event, scene.trust, scene.ada)
    page = browser.get(browser.get(scene.address).link("Hand over"))
    wrong = browser.submit(
        page, {"name": "Sol", "email": "sol@school.example"}, form="Hand the place", status=422
    )
    assert "They are not known as a colleague" in wrong.text
    done = browser.submit(page, {"person": str(scene.bram)}, form="Hand the place")
    assert "The place is handed over." in done.text
    assert booking(place.booking_id).state is BookingState.CANCELLED
    assert "Handed over To Bram Oake" in done.text
    assert "1 colleague" in done.text

    asks = browser.get(browser.get(scene.address).link("Cancel"))
    assert "Bram Oake loses the place." in asks.text
    browser.submit(asks, {"why": "Off sick."}, form="Cancel and tell")
    assert states(scene.event) == ["cancelled", "cancelled"]


def test_B15_of_a_postponed_event_a_place_can_be_given_up_and_nothing_else(
    scene: Scene, browser: Browser
) -> None:
    ask(scene.make, scene.event, scene.trust, scene.ada)
    postpone_event(scene.event, reason=CancelReason.VENUE, by=None, now=scene.make.now)
    page = browser.get(scene.address)
    assert "Hand over" not in page.text
    asks = browser.get(page.link("Cancel"))
    assert "hand the place over" not in asks.text
    browser.submit(asks, form="Cancel and tell")
    assert states(scene.event) == ["cancelled"]


def test_B8_a_lead_moves_a_colleague_to_another_date(scene: Scene, browser: Browser) -> None:
    place = ask(scene.make, scene.event, scene.trust, scene.ada)
    course = booking(place.booking_id).event.course_id
    later = scene.make.event(course=course, starts_at=at("2027-03-01 09:30"))
    page = browser.get(browser.get(scene.address).link("Move"))
    done = browser.submit(page, {"to": str(later)}, form="Move Ada")
    assert "Ada Quillfeather is moved." in done.text
    assert states(later) == ["confirmed"]
    [moved] = db.session.query(Booking).filter_by(event_id=later)
    assert moved.origin is Origin.AGENCY_LEAD
    assert "Moved To Monday 1 March" in done.text
    assert "Moved To Monday 1 March" in browser.get("/my-agency/past?year=all").text
    counts = browser.get("/my-agency/counts.csv").response.get_data(as_text=True).splitlines()
    assert dict(zip(*(line.split(",") for line in counts[:2]), strict=True))["moved"] == "1"


def test_what_was_attended_and_missed_with_its_reason(
    scene: Scene, browser: Browser, clock: FixedClock
) -> None:
    past = {"starts_at": at("2026-11-02 09:30"), "hours": 7}
    event = scene.make.event(
        "Early Help", **past, course=scene.make.course("Early Help", refresher_months=4)
    )
    came = {"outcome": Outcome.ATTENDED, "access_needs": NEEDS, "dietary_needs": NEEDS}
    excused = {"outcome": Outcome.EXCUSED, "outcome_reason": "Called to court"}
    scene.make.booking(event, scene.ada, **came)
    scene.make.booking(event, scene.bram, **excused)
    scene.make.booking(event, scene.sol, outcome=Outcome.ATTENDED)

    page = browser.get("/my-agency/past")
    assert all(text in page.text for text in ("Ada Quillfeather", "Called to court", "7 hours"))
    assert "Sol Ebdon" not in page.text
    narrowed = browser.get(page.link("Excused"))
    assert "1 of 1 shown." in narrowed.text
    person = browser.get(f"/my-agency/people/{scene.ada}")
    assert "Refreshers due By 2 March 2027" in person.text.replace("Early Help ", "")
    assert "1 refresher due" in browser.get("/my-agency").text
    assert NEEDS not in page.html + person.html


def test_P1_P3_the_file_of_people_is_audited_and_holds_no_needs(
    scene: Scene, browser: Browser
) -> None:
    ask(scene.make, scene.event, scene.trust, scene.ada, access_needs=NEEDS)
    ask(scene.make, scene.event, scene.school, scene.sol)
    page = browser.get("/my-agency")
    for kind in ("csv", "xlsx"):
        browser.submit(page, form=f"/my-agency/bookings.{kind}")
    assert db.session.query(AuditEntry).filter_by(act="take bookings file").count() == 2
    file = browser.submit(page, form="/my-agency/bookings.csv").response.get_data(as_text=True)
    assert "Ada Quillfeather" in file
    assert "Sol Ebdon" not in file
    assert NEEDS not in file
    counts = browser.get("/my-agency/counts.csv").response.get_data(as_text=True)
    assert "Ada" not in counts
    assert counts.splitlines()[1].split(",")[3] == "1"
    browser.get("/my-agency/counts.pdf", status=404)


def test_another_agencys_anything_is_not_there(scene: Scene, browser: Browser) -> None:
    """Every identifier of every address is swapped for one of another agency."""
    place = ask(scene.make, scene.event, scene.school, scene.sol)
    scene.browser.get("/my-agency")
    theirs = scene.make.viewer(
        scene.make.person("Ed Head", agency=scene.school, role=Role.AGENCY_LEAD)
    )
    [held] = hold_places(scene.event, scene.school, 1, by=theirs, now=scene.make.now)
    secret = scene.make.event("A day for one school", is_by_invitation=True)
    for reference in (scene.reference(place.booking_id), scene.reference(held)):
        for verb in ("name", "hand-over", "move", "cancel"):
            browser.get(f"/my-agency/bookings/{reference}/{verb}", status=404)
            browser.post(f"/my-agency/bookings/{reference}/{verb}", token(browser), status=404)
        browser.post(f"/my-agency/bookings/{reference}/give-back", token(browser), status=404)
    browser.get(f"/my-agency/people/{scene.sol}", status=404)
    browser.get(f"/my-agency?agency={scene.school}", status=404)
    for page in ("", "/book", "/hold"):
        browser.get(f"/my-agency/events/{secret}{page}", status=404)
    form = browser.get(f"{scene.address}/book")
    browser.submit(form, {"people": [str(scene.sol)]}, form="Book them", status=404)
    hold = browser.get(f"{scene.address}/hold")
    other = {"places": "1", "agency": str(scene.school)}
    browser.submit(hold, other, form="Hold", status=404)
    new = {"others": "New One, new@wht.example", "agency": str(scene.school)}
    browser.submit(form, new, form="Book them", status=404)
    own = ask(scene.make, scene.event, scene.trust, scene.ada)
    page = browser.get(f"/my-agency/bookings/{scene.reference(own.booking_id)}/hand-over")
    swapped = browser.submit(page, {"person": str(scene.sol)}, form="Hand the place", status=422)
    assert "Choose a colleague" in swapped.text
    assert "Sol Ebdon" not in swapped.text
    assert "Sol Ebdon" not in browser.get(scene.address).text


def token(browser: Browser) -> dict[str, str]:
    page: Page = browser.get("/my-agency")
    return {"csrf_token": page.form("CSV")["csrf_token"]}


def test_a_lead_of_a_part_sees_the_part_alone(scene: Scene, browser: Browser) -> None:
    ask(scene.make, scene.event, scene.trust, scene.ada)
    ask(scene.make, scene.event, scene.team, scene.bram)
    lead_of_team = scene.make.person("Thea Part", agency=scene.team, role=Role.AGENCY_LEAD)
    assert "Ada Quillfeather" in browser.get("/my-agency").text
    browser.sign_in(lead_of_team)
    page = browser.get("/my-agency")
    assert "Bram Oake" in page.text
    assert "Ada Quillfeather" not in page.text
    browser.get(f"/my-agency/people/{scene.ada}", status=404)


@pytest.mark.parametrize("number", ["²", "9" * 10, "9" * 20, "9" * 5000, "-1"])
def test_a_number_that_is_nobodys_breaks_nothing(
    scene: Scene, browser: Browser, number: str
) -> None:
    """No row has it, whether a database or Python could hold it or not."""
    browser.get(f"/my-agency?agency={number}", status=404)
    browser.submit(
        browser.get(f"{scene.address}/book"), {"people": number}, form="Book", status=422
    )
    known = browser.get("/my-agency/approvals")
    browser.submit(known, {"remove": number}, status=422)
    assert states(scene.event) == []


def test_B2_B13_one_who_was_booked_meanwhile_is_named_and_nothing_typed_is_lost(
    scene: Scene, browser: Browser
) -> None:
    page = browser.get(f"{scene.address}/book")
    ask(scene.make, scene.event, scene.trust, scene.ada)
    chosen = {"people": [str(scene.ada), str(scene.bram)]}
    refused = browser.submit(page, chosen, form="Book", status=409)
    assert "One person of two cannot be booked" in refused.text
    booked = browser.submit(refused, form="Book")
    assert "One colleague has a place" in booked.text
    assert states(scene.event) == ["confirmed", "confirmed"]

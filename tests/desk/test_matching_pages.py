"""Agency names to match: nearest ones proposed, several spellings at once, taken back again."""

from __future__ import annotations

import pytest

from lms.agencies.models import Agency, Partnership
from lms.agencies.rules import Sector
from lms.booking.commands import match_agency_name, unmatch_agency_name
from lms.booking.models import Booking
from lms.db import db, transaction
from tests.support.booking import faults
from tests.support.browser import Browser
from tests.support.make import Make


@pytest.fixture
def typed(make: Make) -> dict[str, int]:
    """A booking for each of four names that people typed."""
    event = make.event()
    names = ("Walsal Healthcare", "Healthcare Walsall", "walsal  healthcare", "The Moon")
    return {
        name: make.booking(event, agency_id=None, sector=None, agency_typed=name) for name in names
    }


def agencies() -> list[int | None]:
    db.session.rollback()
    return [row.agency_id for row in db.session.query(Booking).order_by(Booking.id)]


def test_R1_several_spellings_are_matched_at_once_and_taken_back(
    browser: Browser, make: Make, typed: dict[str, int]
) -> None:
    trust = make.agency("Walsall Healthcare NHS Trust")
    make.agency("Street Teams")
    browser.sign_in(make.coordinator())
    page = browser.get("/manage/people/unmatched/match?name=Walsal+Healthcare")
    assert "Walsall Healthcare NHS Trust, Health" in page.text
    assert "2 bookings are live" in page.text
    assert "The Moon" not in page.text
    page = browser.submit(page, {"agency": "other", "other": ""}, form="Match", status=422)
    assert "Choose the agency that is meant" in page.text
    page = browser.submit(page, {"agency": str(trust), "same": "Healthcare Walsall"}, form="Match")
    assert "matched to Walsall Healthcare NHS Trust for everyone" in page.text
    assert agencies() == [trust, trust, trust, None]
    page = browser.submit(page, form="Undo")
    assert "matched to nothing again" in page.text
    assert agencies() == [None] * 4
    browser.get("/manage/people/unmatched/match?name=Nobody+typed+it", status=404)


def test_R1_a_match_is_taken_back_by_those_whose_people_bear_the_name_alone(
    browser: Browser, make: Make, typed: dict[str, int]
) -> None:
    trust = make.agency("Walsall Healthcare NHS Trust")
    match_agency_name("The Moon", trust, by=None, now=make.now)
    elsewhere = make.partnership("Elsewhere")
    with transaction() as session:  # an agency of both
        shared = session.get_one(Agency, trust)
        shared.partnerships.append(session.get_one(Partnership, elsewhere))
    other = make.coordinator(partnership=elsewhere, agency=make.agency(partnership=elsewhere))
    browser.sign_in(other)
    token = browser.get("/manage/people/new").form("Add this person")["csrf_token"]
    undo = f"/manage/people/unmatched/undo?name=The+Moon&agency={trust}"
    browser.post(undo, {"csrf_token": token}, status=404)
    assert agencies()[3] == trust


def test_a_name_becomes_a_new_agency(browser: Browser, make: Make, typed: dict[str, int]) -> None:
    browser.sign_in(make.coordinator())
    page = browser.get("/manage/people/unmatched/match?name=The+Moon")
    fields = {"agency": "new", "new_name": "The Moon Trust", "sector": "faith"}
    browser.submit(page, {**fields, "new_name": " "}, form="Match", status=422)
    unsaid = browser.submit(page, {**fields, "sector": ""}, form="Match", status=422)
    assert "Choose its sector" in unsaid.text
    assert page.form("Match")["sector"] == "", "a sector that nobody chose is in every report"
    browser.submit(page, fields, form="Match")
    made = db.session.query(Agency).filter_by(name="The Moon Trust").one()
    assert (made.sector, [p.id for p in made.partnerships]) == (Sector.FAITH, [make.partnership()])
    assert agencies()[3] == made.id


def test_a_match_taken_back_leaves_every_event_in_order(make: Make) -> None:
    bread = make.agency("Bread Club")
    event = make.event(capacity=2)
    held = make.booking(event, agency_id=bread, agency_typed="Bred Club")
    chosen = make.booking(event, agency_id=bread)
    assert unmatch_agency_name(["bred club"], bread, by=None, now=make.now) == 1
    assert agencies() == [None, bread], (held, chosen)
    assert faults(make.now) == []

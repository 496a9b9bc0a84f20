"""Agencies and partnerships through their pages."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from lms.access import Role
from lms.agencies import queries
from lms.agencies.commands import AgencyDetails, change_agency
from lms.agencies.models import Partnership
from lms.agencies.rules import PolicyKey, Sector
from lms.audit import AuditEntry
from lms.clock import FixedClock
from lms.db import db
from tests.support.browser import Browser
from tests.support.make import Make

PLUM = {"brand": "#5a2f63", "dark": "#3a1a42", "tint": "#f0e6f2", "line": "#d6bfdb"}


@pytest.fixture
def coordinator(browser: Browser, make: Make) -> int:
    person = make.coordinator(agency=make.agency("Walsall Council", Sector.LOCAL_AUTHORITY))
    browser.sign_in(person)
    return person


def test_agencies_are_listed_by_sector_and_narrowed_by_links(
    browser: Browser, make: Make, coordinator: int
) -> None:
    make.agency("Pool Hayes Academy", Sector.EDUCATION, domains=["pool-hayes.example"])
    make.agency("Closed College", Sector.EDUCATION, closed_on=date(2020, 1, 1))
    make.agency("Elsewhere", partnership=make.partnership("Sandwell"))
    page = browser.get("/manage/agencies")
    assert "3 agencies" in page.text
    assert "Elsewhere" not in page.text
    page = browser.get(page.link("Education"))
    assert "Walsall Council" not in page.text
    page = browser.get("/manage/agencies?q=pool+academy")
    assert "Pool Hayes Academy" in page.text
    assert "Closed College" not in page.text
    assert "No agency matches." in browser.get("/manage/agencies?q=zzz").text


def test_the_list_comes_as_a_file_that_can_be_taken_in_again(
    browser: Browser, make: Make, coordinator: int
) -> None:
    council = queries.find_agency_by_name("Walsall Council")
    assert council is not None
    make.agency("Early Help", Sector.LOCAL_AUTHORITY, parent_id=council.id, domains=["a.example"])
    answer = browser.get("/manage/agencies.csv?q=early").response
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.get_data(as_text=True).splitlines() == [
        "name,sector,parent,partnerships,email_domains,opened_on,closed_on,successor",
        "Early Help,local authority,Walsall Council,Walsall,a.example,,,",
    ]


def test_an_agency_is_added_changed_and_counted(browser: Browser, coordinator: int) -> None:
    page = browser.get("/manage/agencies/new")
    page = browser.submit(page, {"name": " "}, status=422)
    assert "Enter the agency’s name" in page.text
    assert "Choose its sector" in page.text
    told = {
        "name": "Street Teams",
        "sector": "voluntary_and_community",
        "domains": "street.example",
    }
    page = browser.submit(page, told)
    assert page.h1 == "Street Teams"
    assert "Street Teams is added." in page.text
    page = browser.submit(page, {"people": "12"}, form="Save the headcount")
    assert "2026-27" in page.text
    page = browser.submit(page, {"people": "many"}, form="Save the headcount", status=422)
    odd = {"people": "1", "year": "next"}
    page = browser.submit(page, odd, form="Save the headcount", status=422)
    change = browser.get(page.link("Change the agency"))
    assert change.form("Save the agency")["domains"] == "street.example"
    page = browser.submit(change, {"name": "Walsall  COUNCIL"}, status=422)
    assert "There is an agency called Walsall Council already" in page.text
    page = browser.submit(
        change, {"closed_on-day": "1", "closed_on-month": "4", "closed_on-year": "2027"}
    )
    assert "Thursday 1 April 2027" in page.text


def test_another_partnerships_agency_is_not_there(
    browser: Browser, make: Make, coordinator: int
) -> None:
    elsewhere = make.agency("Elsewhere", partnership=make.partnership("Sandwell"))
    for address in (f"/manage/agencies/{elsewhere}", f"/manage/agencies/{elsewhere}/change"):
        browser.get(address, status=404)
    browser.get("/manage/partnership?partnership=999", status=404)


def test_a_shared_agency_stays_in_partnerships_that_the_coordinator_does_not_run(
    browser: Browser, make: Make, coordinator: int
) -> None:
    police = make.agency("Police", Sector.POLICE)
    sandwell = make.partnership("Sandwell")
    row = queries.find_agency_by_name("Police")
    assert row is not None
    both = frozenset({make.partnership(), sandwell})
    change_agency(police, AgencyDetails("Police", Sector.POLICE, both), by=None, now=make.now)
    browser.submit(
        browser.get(f"/manage/agencies/{police}/change"), {"name": "West Midlands Police"}
    )
    (row,) = queries.list_agencies(sandwell)
    assert row.name == "West Midlands Police"
    assert len(row.partnerships) == 2


@pytest.mark.parametrize("role", [None, Role.TRAINER, Role.PLD_MEMBER])
def test_only_those_who_run_the_programme_keep_agencies(
    browser: Browser, make: Make, role: Role | None
) -> None:
    browser.sign_in(make.person(role=role))
    for address in ("/manage/agencies", "/manage/agencies/new", "/manage/partnership"):
        browser.get(address, status=404)


def test_a_partnership_changes_its_name_contact_and_colours(
    browser: Browser, make: Make, coordinator: int
) -> None:
    page = browser.get("/manage/partnership")
    pale = browser.submit(page, {**PLUM, "brand": "#d080e0", "title": "Typed"}, status=422)
    assert "Choose a darker colour: its contrast with white is" in pale.text
    assert pale.form("Save")["title"] == "Typed"
    page = browser.submit(page, {**PLUM, "title": "Walsall Children First", "contact_name": ""})
    assert "Walsall Children First" in page.text
    style = page.document.find("link", href=lambda href: href and href.startswith("/brand/"))
    assert style is not None
    answer = browser.get(str(style["href"])).response
    assert "--brand: #5a2f63;" in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize(
    "typed",
    ["training", "training@wsp", "a@wsp.example, b@wsp.example", "a b@wsp.example", "é@x.uk"],
)
def test_an_address_that_no_mail_server_takes_would_stop_every_e_mail_and_is_refused(
    browser: Browser, coordinator: int, typed: str
) -> None:
    browser.sign_in(coordinator)
    page = browser.get("/manage/partnership")
    page = browser.submit(page, {"contact_email": typed}, form="Save", status=422)
    assert "Enter an e-mail address, such as training@wsp.org.uk: answers" in page.text
    assert page.form("Save")["contact_email"] == typed
    db.session.rollback()
    assert db.session.query(Partnership).one().contact_email == "training@wsp.example"


def test_a_style_sheet_of_colours_that_were_leads_to_those_that_are(
    browser: Browser, make: Make
) -> None:
    make.partnership("Walsall & District", brand="#5a2f63")
    answer = browser.get("/brand/walsall-district-00000000.css", status=302, follow=False)
    assert answer.headers["Location"].startswith("/brand/walsall-district-")
    browser.get("/brand/nowhere-00000000.css", status=404)


def test_a_policy_is_set_from_a_date(
    browser: Browser, make: Make, clock: FixedClock, coordinator: int
) -> None:
    page = browser.get("/manage/partnership/policies/impact_days")
    assert page.form("Set it")["value"] == "56"
    assert "What came of it is asked eight weeks after the last session." in page.text
    told = {"value": "70"}
    nothing = {f"holds_from-{part}": "" for part in ("day", "month", "year")}
    page = browser.submit(page, {**told, **nothing}, status=422)
    assert "Enter the date from which it holds, such as 1 4 2027" in page.text
    when = {"holds_from-day": "1", "holds_from-month": "4", "holds_from-year": "2027"}
    page = browser.submit(page, {**told, **when, "value": "7"}, status=422)
    assert "Enter a number from 14 to 365" in page.text
    page = browser.submit(page, {**told, **when})
    assert "From Thursday 1 April 2027: What came of it is asked 10 weeks after" in page.text
    walsall = make.partnership()
    assert queries.policy_of(walsall, PolicyKey.IMPACT_DAYS, date(2027, 4, 1)) == 70


def test_policies_are_sentences_asked_for_as_what_they_are(
    browser: Browser, make: Make, clock: FixedClock, coordinator: int
) -> None:
    here = "/manage/partnership/policies"
    page = browser.get(here)
    for sentence in (
        "Bookings close at 5pm, one working day before.",
        "Those are working days.",
        "An offered place is held for two working days.",
        "A certificate is issued once the evaluation at the end is answered or waived.",
        "Invitations to evaluate before and after leave at 9am.",
        "“Can you still come?” goes seven days before the first session, at 9am.",
    ):
        assert sentence in page.text
    page = browser.get(f"{here}/evaluation_hour")
    assert page.form("Set it")["hour"] == "9"
    page = browser.submit(page, {"hour": "14"})
    assert "From Monday 18 January 2027: Invitations to evaluate" in page.text
    assert "leave at 2pm. " in page.text
    assert "At first: Invitations to evaluate before and after leave at 9am." in page.text
    page = browser.submit(browser.get(f"{here}/certificate_needs_post"), {"choice": "0"})
    assert "A certificate is issued when the register is closed, answered or not." in page.text
    page = browser.get(f"{here}/part_share")
    later = {"holds_from-day": "1", "holds_from-month": "4", "holds_from-year": "2027"}
    refused = browser.submit(page, {**later, "value": "90"}, status=422)
    assert "From Thursday 1 April 2027 this would not fit: part attended" in refused.text
    page = browser.submit(page, {**later, "value": "30"})
    page = browser.submit(page, form="Take that back")
    assert "That is taken back." in page.text
    assert "30% of the time" not in page.text
    browser.post(f"{here}/part_share/withdraw", {}, status=400)
    browser.get(f"{here}/no_such_policy", status=404)
    said = [entry.sentence for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)][-1]
    assert said.startswith("took back what was to hold from Thursday 1 April 2027 on: Somebody")


def test_a_page_wears_the_look_of_the_viewers_partnership(
    app: Flask, browser: Browser, make: Make
) -> None:
    make.partnership("Walsall")
    dudley = make.partnership("Dudley", contact_phone="01632 960 999")
    assert "Walsall Safeguarding Partnership" in browser.get("/sign-in").text
    browser.sign_in(make.person(role=Role.PLD_MEMBER, partnership=dudley))
    page = browser.get("/account")
    assert "Dudley Safeguarding Partnership" in page.text
    assert "01632 960 999" in page.text
    assert db.session.query(Partnership).count() == 2


def test_B11_terms_are_set_by_sector_from_a_date_and_all_stay_on_record(
    browser: Browser, make: Make, coordinator: int
) -> None:
    page = browser.get("/manage/partnership/charging")
    assert "Nothing is charged." in page.text
    said = {"holds_from-day": "1", "holds_from-month": "1", "holds_from-year": "2027"}
    faulty = browser.submit(
        page, {**said, "days": "7", "price": "rates"}, form="Set the terms", status=422
    )
    assert "Enter what a full day costs, such as 90" in faulty.text
    rates = {"price": "rates", "half_day": "50", "full_day": "90"}
    faulty = browser.submit(
        faulty, {**rates, "days": "7", "half_day": "95"}, form="Set the terms", status=422
    )
    assert "Enter how many days before, and choose which days they are" in faulty.text
    working = {**rates, "days": "3", "day_kind": "working"}
    page = browser.submit(faulty, working, form="Set the terms")
    in_force = page.document.find("tbody").get_text(" ", strip=True)
    assert in_force == (
        "Every sector without terms of its own Friday 1 January 2027"
        " 5pm, three working days before £50 a half day, £90 a full day"
    )
    free = {**said, "sector": "faith", "price": "nothing"}
    page = browser.submit(page, free, form="Set the terms")
    later = {**said, **rates, "holds_from-month": "6", "full_day": "100"}
    page = browser.submit(page, later, form="Set the terms")
    assert "Before, and to come" in page.text
    kept = queries.list_charging_terms(make.partnership())
    assert [(terms.full_day_pence, terms.sector) for terms in kept] == [
        (10000, None),
        (9000, None),
        (0, Sector.FAITH),
    ]

"""People at the desk: who is seen by whom, put right, given roles; names that match nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lms.access import Role
from lms.accounts import queries
from lms.accounts.commands import PersonDetails, add_person
from lms.accounts.models import Membership, Person
from lms.agencies.rules import Sector
from lms.audit import AuditEntry
from lms.booking.models import Booking
from lms.clock import FixedClock, london_date
from lms.db import db, transaction
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.trail import said_of

NEEDS = {"access_needs": "A hearing loop for Ada", "dietary_needs": "No nuts for Ada"}


@pytest.fixture
def coordinator(browser: Browser, make: Make) -> int:
    person = make.coordinator()
    browser.sign_in(person)
    return person


def test_people_are_found_by_name_and_address_in_order_of_surname(
    browser: Browser, make: Make, coordinator: int
) -> None:
    school = make.agency("Pool Hayes Academy")
    for name in ("Zoë Adams", "Ada Zimmer", "Mary Ann Bell"):
        make.person(name, f"{name.split()[0].lower()}@x.example", agency=school)
    page = browser.get("/manage/people?q=x.example")
    found = [str(h2.get_text()) for h2 in page.document.select("main li h2")]
    assert found == ["Zoë Adams", "Mary Ann Bell", "Ada Zimmer"]
    assert "Pool Hayes Academy" in page.text
    assert "3 of 3 people shown" in page.text
    assert "Nobody matches: qqq." in browser.get("/manage/people?q=qqq").text
    assert "0 of" not in browser.get("/manage/people?q=%25").text


def test_only_people_of_ones_own_partnership_are_seen(
    browser: Browser, make: Make, coordinator: int
) -> None:
    elsewhere = make.agency("Elsewhere", partnership=make.partnership("Sandwell"))
    stranger = make.person("Stella Stranger", agency=elsewhere)
    booked = make.person("Bo Booked", agency=elsewhere)
    make.booking(make.event(), booked)
    page = browser.get("/manage/people")
    assert "Stella" not in page.text
    assert "Bo Booked" in page.text
    for path in ("", "/change"):
        browser.get(f"/manage/people/{stranger}{path}", status=404)
    assert "Disguised Compliance" in browser.get(f"/manage/people/{booked}").text


def test_P1_needs_are_never_on_pages_about_people(
    browser: Browser, make: Make, coordinator: int
) -> None:
    ada = make.person("Ada Lovelace", **NEEDS)
    for address in ("/manage/people", f"/manage/people/{ada}", f"/manage/people/{ada}/change"):
        page = browser.get(address)
        assert "Ada" in page.text
        assert "hearing loop" not in page.html
        assert "nuts" not in page.html


@pytest.mark.parametrize("role", [None, Role.TRAINER, Role.PLD_MEMBER, Role.AGENCY_LEAD])
def test_others_do_not_see_people(browser: Browser, make: Make, role: Role | None) -> None:
    person = make.person(role=role)
    browser.sign_in(person)
    for path in ("", "/new", "/unmatched", f"/{person}"):
        browser.get(f"/manage/people{path}", status=404)


def test_a_person_is_added_and_put_right(
    browser: Browser, make: Make, coordinator: int, clock: FixedClock
) -> None:
    old, new = make.agency("Old Agency"), make.agency("New Agency")
    page = browser.get("/manage/people/new")
    page = browser.submit(page, {"name": "Ida B", "email": "Ida@x.example"}, status=422)
    assert "Choose their agency" in page.text
    page = browser.submit(page, {"agency": str(old)})
    assert page.h1 == "Ida B"
    ida = queries.find_person_by_address("ida@x.example")
    assert ida is not None
    again = browser.submit(
        browser.get("/manage/people/new"),
        {"name": "Ida", "email": "ida@x.example", "agency": str(old)},
        status=422,
    )
    assert "ida@x.example belongs to somebody who is here already" in again.text
    clock.advance(timedelta(days=3))
    browser.sign_in(coordinator)
    page = browser.get(f"/manage/people/{ida.id}/change")
    page = browser.submit(page, {"name": "Ida Bell", "agency": str(new), "job_role": "Nurse"})
    assert "New Agency" in page.text
    today = london_date(clock.now())
    assert [m.agency_id for m in queries.memberships_on(ida.id, today)] == [new]
    assert [m.ended_on for m in queries.list_memberships(ida.id)] == [None, today]
    assert [entry.act for entry in said_of("person", ida.id)] == ["add person", "change person"]


def test_a_file_of_people_is_asked_for_by_a_button_and_noted(
    browser: Browser, make: Make, coordinator: int
) -> None:
    make.person("Ada Lovelace", "ada@x.example", agency=make.agency("Police"), **NEEDS)
    browser.get("/manage/people.csv", status=405)
    page = browser.get("/manage/people?q=ada")
    answer = browser.submit(page, form="Download").response
    assert answer.get_data(as_text=True).splitlines() == [
        "email,name,agency,job_role,line_manager_email,phone",
        "ada@x.example,Ada Lovelace,Police,Family support worker,,",
    ]
    entry = db.session.query(AuditEntry).filter_by(act="take people file").one()
    assert entry.sentence == "took a file of one person matching “ada”"
    assert entry.by_person_id == coordinator


def test_an_administrator_gives_and_ends_roles(
    browser: Browser, make: Make, clock: FixedClock
) -> None:
    browser.sign_in(make.person(role=Role.ADMINISTRATOR))
    sandwell = make.partnership("Sandwell")
    ada = make.person("Ada Lovelace")
    page = browser.get(f"/manage/people/{ada}")
    told = {"role": "trainer", "partnership": str(sandwell)}
    page = browser.submit(page, told, form="Give the role", status=422)
    assert "Choose one from the list" in page.text
    page = browser.submit(page, {"partnership": str(make.partnership())}, form="Give the role")
    assert "Trainer · Walsall" in page.text
    today = london_date(clock.now())
    assert [grant.role for grant in queries.grants_on(ada, today)] == [Role.TRAINER]
    page = browser.submit(page, form="End")
    assert queries.grants_on(ada, today) == ()
    assert "Monday 18 January 2027" in page.text


def test_a_coordinator_gives_no_roles(browser: Browser, make: Make, coordinator: int) -> None:
    trainer = make.person(role=Role.TRAINER)
    page = browser.get(f"/manage/people/{trainer}")
    assert "Give a role" not in page.text
    token = browser.get("/manage/people/new").form("Add this person")["csrf_token"]
    (grant,) = queries.list_role_grants(trainer)
    for path in ("roles", f"roles/{grant.id}/end"):
        browser.post(f"/manage/people/{trainer}/{path}", {"csrf_token": token}, status=404)


def test_an_administrator_of_one_partnership_ends_no_role_of_another(
    browser: Browser, make: Make
) -> None:
    browser.sign_in(make.person(role=Role.ADMINISTRATOR))
    sandwell = make.partnership("Sandwell")
    trainer = make.person(role=Role.TRAINER, partnership=sandwell)
    page = browser.get(f"/manage/people/{trainer}")
    assert "Trainer · Sandwell" in page.text
    (grant,) = queries.list_role_grants(trainer)
    token = page.form("Give the role")["csrf_token"]
    address = f"/manage/people/{trainer}/roles/{grant.id}/end"
    browser.post(address, {"csrf_token": token}, status=404)


def test_R1_a_name_is_matched_once_for_people_and_bookings(
    app: Flask, browser: Browser, make: Make, coordinator: int, clock: FixedClock
) -> None:
    bread = make.agency("Walsall Bread Club", Sector.VOLUNTARY_AND_COMMUNITY)
    people = [
        add_person(
            PersonDetails(f"Person {n}", f"p{n}@x.example", agency_typed=typed),
            by=None,
            now=clock.now(),
        )
        for n, typed in enumerate(("Walsall bread clubb", "walsall  Bread Clubb", "The Moon"))
    ]
    booking = make.booking(
        make.event(), people[0], agency_id=None, sector=None, agency_typed="Walsall bread clubb"
    )
    assert "2 agency names to match" in browser.get("/manage/people").text
    page = browser.get("/manage/people/unmatched")
    assert "2 people, 1 booking" in page.text
    page = browser.submit(page, {"agency": ""}, form="Walsall bread clubb", status=422)
    assert "Choose the agency that is meant" in page.text
    suggested = browser.get("/manage/people/unmatched")
    page = browser.post(
        "/manage/people/unmatched",
        {
            "csrf_token": suggested.form("Walsall bread clubb")["csrf_token"],
            "name": "Walsall bread clubb",
            "agency": str(bread),
        },
    )
    assert "The Moon" in page.text
    matched = db.session.get_one(Booking, booking)
    assert (matched.agency_id, matched.sector) == (bread, Sector.VOLUNTARY_AND_COMMUNITY)
    today = london_date(clock.now())
    for person in people[:2]:
        assert [m.agency_id for m in queries.memberships_on(person, today)] == [bread]
    assert db.session.query(Membership).filter_by(agency_id=None).count() == 1


def test_a_name_is_matched_only_to_an_agency_that_one_sees(
    browser: Browser, make: Make, coordinator: int, clock: FixedClock
) -> None:
    elsewhere = make.agency("Elsewhere", partnership=make.partnership("Sandwell"))
    details = PersonDetails("A", "a@x.example", agency_typed="Else where")
    add_person(details, by=None, now=clock.now())
    page = browser.get("/manage/people/unmatched")
    browser.submit(page, {"agency": str(elsewhere)}, status=404)
    assert db.session.query(Membership).filter_by(agency_id=None).count() == 1


def test_R1_a_coordinator_matches_the_names_that_people_of_theirs_typed(
    browser: Browser, make: Make, coordinator: int
) -> None:
    """Not those in another partnership's bookings; one match fills in both all the same."""
    sandwell = make.partnership("Sandwell")
    theirs = make.event(partnership=sandwell)
    agency = make.agency("Bread Club")
    for typed in ("Moon Club", "bread club"):
        stranger = make.person(f"Stranger of {typed}", agency=make.agency(partnership=sandwell))
        with transaction() as session:
            [membership] = session.get_one(Person, stranger).memberships
            membership.agency_id, membership.agency_typed = None, typed
        make.booking(theirs, stranger, agency_id=None, agency_typed=typed)
    own = make.booking(make.event(), make.person(), agency_id=None, agency_typed="Bread Club")
    page = browser.get("/manage/people/unmatched")
    assert "Moon Club" not in page.text
    assert "1 booking" in page.text
    assert "Stranger" not in browser.get("/manage/people").text
    token = page.form("Bread Club")["csrf_token"]
    for typed, status in (("Moon Club", 404), ("Bread Club", 200)):
        fields = {"csrf_token": token, "name": typed, "agency": str(agency)}
        browser.post("/manage/people/unmatched", fields, status=status)
    matched = db.session.query(Booking).filter_by(agency_id=agency).count()
    assert matched == 2, f"{own} and the one in Sandwell"
    assert db.session.query(Booking).filter_by(agency_typed="Moon Club", agency_id=None).count()


def test_people_are_found_by_whatever_is_known_of_them_and_narrowed_by_links(
    browser: Browser, make: Make, coordinator: int
) -> None:
    school = make.agency("Sacré-Cœur Academy")
    zoe = make.person("Zoë O’Neill", "z@x.example", agency=school, job_role="Head of Year")
    make.person("Bo Left", agency=school, role=Role.TRAINER)
    with transaction() as session:
        left = session.query(Person).filter_by(name="Bo Left").one()
        left.memberships[0].ended_on = london_date(make.now)
    booking = db.session.get_one(Booking, make.booking(make.event(), zoe)).reference

    def found(query: str) -> list[str]:
        page = browser.get(f"/manage/people?{query}")
        return [str(h2.get_text()) for h2 in page.document.select("main ul.rows h2")]

    for text in ("zoe oneill", "ZOË", "O'NEILL z@x", "head year", booking.lower()):
        assert found(f"q={text}") == ["Zoë O’Neill"], text
    assert found("q=sacre") == ["Bo Left", "Zoë O’Neill"]
    assert found(f"q=zoe&agency={school}") == ["Zoë O’Neill"]
    assert found("role=trainer") == ["Bo Left"]
    assert found("is=left") == ["Bo Left"]
    assert found("is=left&role=coordinator") == []
    assert len(found("role=nonsense&agency=x&is=y&page=-1")) == 3
    page = browser.get("/manage/people?role=trainer")
    assert "Remove: Trainer" in page.text
    answer = browser.submit(page, form="Download").response
    assert len(answer.get_data(as_text=True).splitlines()) == 2
    entry = db.session.query(AuditEntry).filter_by(act="take people file").one()
    assert entry.sentence == "took a file of one person matching “trainer”"


def test_the_only_coordinator_does_not_end_their_own_role(
    browser: Browser, make: Make, clock: FixedClock
) -> None:
    own = make.person("Wilf Harker", role=Role.ADMINISTRATOR)
    browser.sign_in(own)
    page = browser.get(f"/manage/people/{own}")
    page = browser.submit(page, form="End", status=409)
    assert "You are the only administrator there" in page.text
    other = make.person(role=Role.ADMINISTRATOR)
    page = browser.get(f"/manage/people/{other}")
    fields = {"role": "administrator", "partnership": str(make.partnership())}
    page = browser.submit(page, fields, form="Give the role", status=422)
    assert "They hold this role in that time already" in page.text
    days = {"ends_on-day": "1", "ends_on-month": "1", "ends_on-year": "2027"}
    fields["role"] = "trainer"
    page = browser.submit(page, {**fields, **days}, form="Give the role", status=422)
    assert "Enter a day after the one on which it begins" in page.text
    days = {"starts_on-day": "1", "starts_on-month": "2", "starts_on-year": "2027"}
    page = browser.submit(browser.get(f"/manage/people/{other}"), {**fields, **days}, form="Give")
    assert "To come: from Monday 1 February 2027" in page.text
    browser.submit(browser.get(f"/manage/people/{own}"), form="End")
    assert queries.grants_on(own, london_date(clock.now())) == ()


def test_who_booked_here_and_works_elsewhere_is_said_to_have_left_there_by_nobody_here(
    browser: Browser, make: Make
) -> None:
    elsewhere = make.partnership("Elsewhere")
    theirs = make.agency("Their council", partnership=elsewhere)
    lead = make.person("Leander Osei", agency=theirs, role=Role.AGENCY_LEAD)
    make.booking(make.event(), lead)
    [membership] = queries.list_memberships(lead)
    browser.sign_in(make.coordinator())
    page = browser.get(f"/manage/people/{lead}")
    assert "Their council" in page.text and "Has left" not in page.text
    token = browser.get("/manage/people/new").form("Add this person")["csrf_token"]
    left = f"/manage/people/{lead}/left/{membership.id}"
    browser.get(left, status=404)
    browser.post(left, {"csrf_token": token, "bookings": "cancel"}, status=404)
    assert queries.list_memberships(lead)[0].ended_on is None


def test_somebody_has_left_and_their_bookings_are_asked_about(
    browser: Browser, make: Make, clock: FixedClock
) -> None:
    agency = make.agency("Street Teams")
    lead = make.person("Leander Osei", agency=agency, role=Role.AGENCY_LEAD)
    colleague = make.person("Ida Bell", agency=agency, role=Role.AGENCY_LEAD)
    event = make.event(capacity=1)
    booking = make.booking(event, colleague)
    [membership] = queries.list_memberships(colleague)
    address = f"/my-agency/people/{colleague}/left/{membership.id}"
    browser.sign_in(lead)
    assert "Nobody has left within a year" in browser.get("/my-agency/leavers").text
    page = browser.get(f"/my-agency/people/{colleague}")
    assert "Has left" in page.text
    page = browser.get(address)
    assert "1 booking to come, made for Street Teams" in page.text.replace("One", "1")
    assert "lead it no longer" in page.text
    page = browser.submit(page, form="They have left", status=422)
    assert "Choose what becomes of their bookings" in page.text
    page = browser.submit(page, {"bookings": "cancel"}, form="They have left")
    assert "One booking is cancelled, and they are told." in page.text
    assert "Ida Bell" in page.text
    assert db.session.get_one(Booking, booking).state.value == "cancelled"
    assert queries.grants_on(colleague, london_date(clock.now())) == ()
    browser.get(address, status=404)

    browser.sign_in(make.coordinator())
    [own] = queries.list_memberships(lead)
    made = make.booking(make.event(), lead)
    page = browser.get(f"/manage/people/{lead}/left/{own.id}")
    browser.submit(page, {"bookings": "keep"}, form="They have left")
    assert db.session.get_one(Booking, made).state.value == "confirmed"
    said = [entry.sentence for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert "said that Leander Osei has left Street Teams" in said


def test_nobody_is_moved_from_an_agency_of_another_partnership(
    browser: Browser, make: Make
) -> None:
    sandwell = make.partnership("Sandwell")
    elsewhere = make.agency("Sandwell Homes", partnership=sandwell)
    own = make.agency("Street Teams")
    guest = make.person("Gale Guest", agency=elsewhere)
    make.booking(make.event(), guest)
    browser.sign_in(make.coordinator())
    form = browser.get(f"/manage/people/{guest}/change")
    page = browser.submit(form, {"agency": str(own)}, form="Save", status=422)
    assert "works for Sandwell Homes, which is not of your partnership" in page.text
    [membership] = db.session.get_one(Person, guest).memberships
    assert (membership.agency_id, membership.ended_on) == (elsewhere, None)
    browser.submit(form, {"name": "Gale Guests"}, form="Save")
    assert db.session.get_one(Person, guest).name == "Gale Guests"

"""A full day's register does not sign the trainer out, and what keeps it open opens nothing else.

An open register stays usable on its device until the event's end + 2 hours, for that register
alone; signing out, a change of role and closing it end that (docs/security.md).
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.access import Role
from lms.accounts.commands import end_role, make_sign_in_link
from lms.accounts.models import RoleGrant
from lms.attendance.commands import close_register
from lms.attendance.models import Mark, RegisterPass
from lms.attendance.rules import MarkKind, MarkSource, pass_ends_at
from lms.clock import FixedClock
from lms.db import db
from lms.tokens import fingerprint
from tests.attendance.test_rules_register import AFTERNOON, MORNING
from tests.support.browser import BASE_URL, Browser
from tests.support.door import DAY, Door
from tests.support.make import Make
from tests.support.snapshots import at

IDLE = timedelta(minutes=61)
ENDS = DAY + timedelta(hours=7)


@pytest.fixture
def door(make: Make, clock: FixedClock) -> Door:
    return Door(make, clock)


@pytest.fixture
def ada(door: Door) -> int:
    return door.book("Ada Pettifer")


@pytest.fixture
def tablet(door: Door, ada: int, browser: Browser) -> Browser:
    """On which the trainer has opened the register, and tapped once."""
    del ada
    browser.sign_in(door.trainer)
    page = browser.get(address(door))
    browser.submit(page, {"mark": "late"}, form="Ada Pettifer")
    return browser


def address(door: Door) -> str:
    return f"/manage/events/{door.event}/register"


def passes() -> int:
    return db.session.scalar(select(func.count()).select_from(RegisterPass)) or 0


def is_shut(browser: Browser, door: Door) -> bool:
    answer = browser.get(address(door), status=303, follow=False)
    return "/sign-in?next=" in answer.headers["Location"]


def test_a_pass_lasts_two_hours_longer_than_the_day_s_last_session() -> None:
    next_day = at("2027-02-09 09:30")
    assert pass_ends_at((MORNING, AFTERNOON), at("2027-02-08 09:00")) == at("2027-02-08 17:30")
    assert pass_ends_at((MORNING, AFTERNOON), next_day) is None


def test_the_register_goes_on_after_the_sign_in_ran_out(
    door: Door, ada: int, tablet: Browser, clock: FixedClock
) -> None:
    clock.set(DAY + IDLE)
    page = tablet.get(address(door))
    assert "You are signed out, but this register stays open on this device" in page.text
    assert "until Monday 8 February at 6:30pm" in page.text
    page = tablet.submit(page, {"mark": "present"}, form="/marks/")
    assert "Ada Pettifer is marked present." in page.text
    kept = door.picture.line(ada).marks[door.session()]
    assert kept.kind is MarkKind.PRESENT
    assert door.picture.last_act is not None
    assert passes() == 1  # a pass makes no further pass
    clock.set(ENDS + timedelta(minutes=119))
    closing = tablet.get(f"{address(door)}/close")
    clock.set(ENDS + timedelta(hours=2))
    assert is_shut(tablet, door)
    tablet.submit(closing, form="Close the register", status=303, follow=False)
    assert door.picture.closed_at is None


def test_it_opens_nothing_else(
    door: Door, ada: int, tablet: Browser, clock: FixedClock, make: Make
) -> None:
    other = make.event("Another event", starts_at=DAY, trainers=[door.trainer])
    theirs = make.booking(other)
    clock.set(DAY + IDLE)
    held = [c for c in tablet.client._cookies.values() if c.key == "register"]
    assert [(c.path, c.http_only, c.same_site) for c in held] == [(address(door), True, "Lax")]
    for closed in (
        "/manage/registers",
        f"/manage/events/{other}/register",
        f"/manage/events/{door.event}/register/sheet",
        f"/manage/events/{door.event}/register/needs",
        f"{address(door)}/{ada}/correct",
        f"/manage/events/{door.event}/check-in",
        "/my-learning",
        "/account",
    ):
        page = tablet.get(closed, follow=False, status=tablet_status(tablet, closed))
        assert page.status == 404 or "/sign-in?next=" in page.headers["Location"], closed
    # the key itself, sent along by hand to another register, or for another's name
    tablet.client.set_cookie("register", held[0].value, path="/", domain="127.0.0.1")
    elsewhere = tablet.get(f"/manage/events/{other}/register", follow=False, status=303)
    assert "/sign-in" in elsewhere.headers["Location"]
    mark = f"{address(door)}/{theirs}/marks/{door.session()}"
    page = tablet.get(address(door))
    sent = {"mark": "present", "csrf_token": page.form("Ada")["csrf_token"]}
    assert tablet.client.post(mark, data=sent, base_url=BASE_URL).status_code == 404


def tablet_status(tablet: Browser, path: str) -> int:
    return tablet.client.get(path, base_url=BASE_URL).status_code


def test_signing_out_ends_it_also_when_the_sign_in_had_run_out(
    door: Door, tablet: Browser, clock: FixedClock
) -> None:
    clock.set(DAY + IDLE)
    token = tablet.get(address(door)).form("Ada")["csrf_token"]
    tablet.client.post("/sign-out", data={"csrf_token": token}, base_url=BASE_URL)
    assert is_shut(tablet, door)


def test_signing_in_anew_on_the_device_ends_what_outlasted_the_first(
    door: Door, tablet: Browser, clock: FixedClock, make: Make
) -> None:
    clock.set(DAY + IDLE)
    secret = make_sign_in_link(make.person("Olive Other"), now=DAY + IDLE)
    tablet.submit(tablet.get(f"/sign-in/{secret}"), form="Sign in")
    tablet.submit(tablet.get("/account"), form="Sign out")
    assert is_shut(tablet, door)


def test_a_page_that_keeps_itself_fresh_keeps_nobody_signed_in(
    door: Door, browser: Browser, clock: FixedClock
) -> None:
    browser.sign_in(door.trainer)
    for minutes in (20, 40, 60):
        clock.set(DAY + timedelta(minutes=minutes))
        by_itself = {"Lms-Background": "yes"}
        browser.client.get(address(door), headers=by_itself, base_url=BASE_URL)
    assert is_shut(browser, door)


def test_a_change_of_role_ends_it(door: Door, tablet: Browser, clock: FixedClock) -> None:
    grant = db.session.scalars(select(RoleGrant.id).where(RoleGrant.role == Role.TRAINER)).one()
    end_role(grant, by=None, now=DAY)
    assert is_shut(tablet, door)


def test_closing_the_register_ends_it(door: Door, tablet: Browser, clock: FixedClock) -> None:
    close_register(door.event, by=door.by, now=DAY)
    clock.set(DAY + IDLE)
    assert is_shut(tablet, door)


def test_it_can_be_shut_on_the_device_itself(
    door: Door, tablet: Browser, clock: FixedClock
) -> None:
    clock.set(DAY + IDLE)
    page = tablet.submit(tablet.get(address(door)), form="Shut it on this device")
    assert "The register is shut on this device." in page.text
    assert passes() == 0
    assert is_shut(tablet, door)


def test_the_database_holds_a_fingerprint_and_a_page_asks_for_the_pass_by_itself(
    door: Door, ada: int, browser: Browser
) -> None:
    browser.sign_in(door.trainer)
    token = browser.get(address(door)).form("Ada")["csrf_token"]
    assert passes() == 0  # looking gives nothing
    sent = {"csrf_token": token}
    for _ in range(2):
        answer = browser.client.post(f"{address(door)}/pass", data=sent, base_url=BASE_URL)
        assert answer.status_code == 204
    row = db.session.scalars(select(RegisterPass)).one()
    held = next(c for c in browser.client._cookies.values() if c.key == "register")
    assert row.fingerprint == fingerprint(held.value)
    assert row.person_id == door.trainer


def test_who_marks_by_pass_is_still_named(
    door: Door, ada: int, tablet: Browser, clock: FixedClock
) -> None:
    clock.set(DAY + IDLE)
    tablet.submit(tablet.get(address(door)), {"mark": "absent"}, form="/marks/")
    last = db.session.scalars(select(Mark).order_by(Mark.id.desc())).first()
    assert last is not None
    assert (last.made_by_person_id, last.source) == (door.trainer, MarkSource.TRAINER)

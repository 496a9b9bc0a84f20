"""How long a session lasts, what ends it, and what is kept of a form sent too late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lms.access import Grant, Role
from lms.accounts.commands import (
    ask_for_code,
    end_role,
    forget_kept_forms,
    forget_sign_ins,
    grant_role,
    make_sign_in_link,
    note_seen,
)
from lms.accounts.models import KeptForm, SignInAttempt, SignInLink, SignInSession
from lms.accounts.queries import find_signed_in, grants_on, memberships_on
from lms.clock import FixedClock, london_date
from lms.db import db, transaction
from lms.tokens import fingerprint
from tests.support.browser import BASE_URL, Browser
from tests.support.make import Make

MINUTE = timedelta(minutes=1)


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/account").h1 == "Your account"


@pytest.mark.parametrize(
    ("role", "minutes"),
    [(None, 60), (Role.TRAINER, 60), (Role.COORDINATOR, 30), (Role.ADMINISTRATOR, 30)],
)
def test_a_session_ends_when_idle(
    browser: Browser, make: Make, clock: FixedClock, role: Role | None, minutes: int
) -> None:
    browser.sign_in(make.person(role=role))
    clock.advance(minutes * MINUTE - timedelta(seconds=1))
    assert is_signed_in(browser)
    clock.advance(minutes * MINUTE)
    assert not is_signed_in(browser)


def test_a_session_in_use_ends_after_twelve_hours(
    browser: Browser, make: Make, clock: FixedClock
) -> None:
    browser.sign_in(make.person())
    for _ in range(14):
        clock.advance(50 * MINUTE)
        assert is_signed_in(browser)
    clock.advance(20 * MINUTE)
    assert not is_signed_in(browser)


def test_last_seen_is_written_at_most_once_a_minute(
    browser: Browser, make: Make, clock: FixedClock
) -> None:
    browser.sign_in(make.person())
    began = clock.now()

    def seen() -> timedelta:
        browser.get("/account")
        return db.session.query(SignInSession).one().last_seen_at - began

    clock.advance(timedelta(seconds=59))
    assert seen() == timedelta()
    clock.advance(timedelta(seconds=1))
    assert seen() == MINUTE


def test_last_seen_is_skipped_while_somebody_writes(
    app: Flask, make: Make, browser: Browser, clock: FixedClock
) -> None:
    browser.sign_in(make.person())
    with browser.client.session_transaction(base_url=BASE_URL) as cookie:
        key = cookie["_user_id"]
    clock.advance(MINUTE)
    with transaction() as session:
        session.query(SignInSession).update({"last_seen_at": SignInSession.last_seen_at})
        with app.app_context():
            note_seen(key, now=clock.now())
    assert db.session.query(SignInSession).one().last_seen_at == clock.now() - MINUTE
    note_seen(key, now=clock.now())
    assert db.session.query(SignInSession).one().last_seen_at == clock.now()


def test_a_change_of_role_ends_the_persons_sessions(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    person, other = make.person(), make.person()
    browsers = [Browser(app), Browser(app)]
    for browser, who in zip(browsers, (person, other), strict=True):
        browser.sign_in(who)
    walsall = make.partnership()
    grant = grant_role(person, Role.TRAINER, partnership_id=walsall, by=None, now=clock.now())
    assert [is_signed_in(browser) for browser in browsers] == [False, True]
    browsers[0].sign_in(person)
    end_role(grant, by=None, now=clock.now())
    assert not is_signed_in(browsers[0])


def test_the_viewer_has_todays_roles_and_agencies_in_one_statement(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    walsall, dudley = make.partnership(), make.partnership("Dudley")
    person = make.person("Ida B", role=Role.COORDINATOR)
    today = london_date(clock.now())
    for partnership, starts, ends in (
        (dudley, today, None),
        (walsall, today - timedelta(days=9), today),
        (walsall, today + timedelta(days=1), None),
    ):
        grant_role(
            person,
            Role.TRAINER,
            partnership_id=partnership,
            starts_on=starts,
            ends_on=ends,
            by=None,
            now=clock.now(),
        )
    browser = Browser(app)
    browser.sign_in(person)
    with browser.client.session_transaction(base_url=BASE_URL) as cookie:
        key = cookie["_user_id"]
    found = find_signed_in(key, clock.now())
    assert found is not None
    assert found.viewer.name == "Ida B"
    assert found.viewer.grants == (
        Grant(Role.COORDINATOR, walsall),
        Grant(Role.TRAINER, dudley),
    )
    assert found.viewer.grants == grants_on(person, today)
    assert found.viewer.agency_ids == tuple(m.agency_id for m in memberships_on(person, today))
    assert find_signed_in("another key", clock.now()) is None


def test_a_form_sent_after_an_idle_sign_out_comes_back_with_its_fields(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    person = make.person("Ida B")
    browser = Browser(app)
    browser.sign_in(person)
    page = browser.get("/account/needs")
    clock.advance(60 * MINUTE)
    typed = {"access_needs": "A ramp, & quiet <room>", "dietary_needs": "Vegan"}
    page = browser.submit(page, typed, form="Keep these")
    assert page.h1 == "Sign in"
    kept = page.form("Send me a code")["next"]
    assert kept == f"/account/kept/{db.session.query(KeptForm).one().id}"
    stranger = Browser(app)
    stranger.sign_in(make.person())
    stranger.get(kept, status=404)
    browser.sign_in(person)
    page = browser.get(kept)
    assert page.h1 == "You were signed out before this was sent"
    page = browser.submit(page, form="Send it again")
    assert page.address == "/account"
    assert "A ramp, & quiet <room>" in page.text
    clock.advance(61 * MINUTE)
    browser.sign_in(person)
    browser.get(kept, status=404)
    assert forget_kept_forms(clock.now()) == 1
    assert db.session.query(KeptForm).count() == 0


def test_a_form_of_one_who_never_was_signed_in_is_not_kept(browser: Browser, make: Make) -> None:
    make.partnership()
    page = browser.get("/sign-in")
    with browser.client.session_transaction(base_url=BASE_URL) as cookie:
        cookie["_user_id"] = "made up"
    fields = {"csrf_token": page.form("code")["csrf_token"], "access_needs": "x"}
    answer = browser.post("/account/needs", fields, status=303, follow=False)
    assert answer.headers["Location"] == "/sign-in?next=%2Faccount%2Fneeds"
    assert db.session.query(KeptForm).count() == 0


def test_what_ended_a_day_ago_is_forgotten(app: Flask, make: Make, clock: FixedClock) -> None:
    person = make.person()
    for hours in (0, 30):
        clock.advance(timedelta(hours=hours))
        ask_for_code(
            "a@b.example", browser_key="x", network_address="::1", next_address="/", now=clock.now()
        )
        make_sign_in_link(person, now=clock.now())
        with transaction() as session:
            session.add(
                SignInSession(
                    person_id=person,
                    fingerprint=fingerprint(str(hours)),
                    created_at=clock.now(),
                    last_seen_at=clock.now(),
                )
            )
    clock.advance(timedelta(hours=20))
    assert forget_sign_ins(clock.now()) == 3
    for kind in (SignInAttempt, SignInLink, SignInSession):
        assert db.session.query(kind).count() == 1

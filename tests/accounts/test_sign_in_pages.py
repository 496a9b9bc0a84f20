"""Signing in through the pages, as a person does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lms.access import Role
from lms.accounts.commands import make_sign_in_link
from lms.accounts.models import SignInAttempt
from lms.clock import FixedClock
from lms.db import db
from lms.messaging.models import Message
from tests.accounts.conftest import CodeSent, newest_attempt, right_code, wrong_code
from tests.support.browser import BASE_URL, Browser, Page
from tests.support.mail import KeptMail
from tests.support.make import Make

CHECK_YOUR_EMAIL = "Check your e\N{NON-BREAKING HYPHEN}mail"
ADDRESS = "m.pettifer@pool-hayes.example"


@pytest.fixture
def marigold(make: Make) -> int:
    return make.person("Marigold Pettifer", ADDRESS)


def ask(browser: Browser, address: str = ADDRESS, after: str = "/sign-in") -> Page:
    return browser.submit(browser.get(after), {"email": address}, form="Send me a code")


def test_a_known_person_signs_in_with_the_code_from_the_e_mail(
    browser: Browser, marigold: int, code_sent: CodeSent
) -> None:
    page = ask(browser, f"  {ADDRESS.upper()} ", "/sign-in?next=/account")
    assert page.h1 == CHECK_YOUR_EMAIL
    code = code_sent(ADDRESS)
    page = browser.submit(page, {"code": f" {code[:3]} {code[3:]} "}, form="Six-digit code")
    assert page.response.request.path == "/account"
    assert "Marigold Pettifer" in page.text


def test_the_outbox_holds_no_code(browser: Browser, marigold: int, mailer: KeptMail) -> None:
    ask(browser)
    message = db.session.query(Message).one()
    assert right_code(newest_attempt().id) not in f"{message.body}{message.subject}{message.key}"
    assert message.is_urgent


def test_known_and_unknown_addresses_get_the_same_answer_and_the_same_e_mail(
    app: Flask, make: Make, marigold: int, mailer: KeptMail, code_sent: CodeSent
) -> None:
    seen = []
    for address in (ADDRESS, "nobody@nowhere.example"):
        page = ask(Browser(app), address)
        code = code_sent(address)
        mail = mailer.to(address)[-1]
        said = mail.get_content().replace(code, "CODE").replace(address, "ADDRESS")
        seen.append((page.status, page.text.replace(address, "ADDRESS"), mail["Subject"], said))
    assert seen[0] == seen[1]


def test_a_new_person_signs_up_once_and_the_agency_is_suggested(
    browser: Browser, make: Make, code_sent: CodeSent
) -> None:
    school = make.agency("Pool Hayes Academy", domains=["pool-hayes.example"])
    page = ask(browser)
    page = browser.submit(page, {"code": code_sent(ADDRESS)}, form="Six-digit code")
    assert page.h1 == "Tell us who you are"
    assert "Pool Hayes Academy" in page.text
    page = browser.submit(page, {"name": "Marigold Pettifer"}, status=422)
    assert "Enter your job role, such as health visitor" in page.text
    assert "Choose your agency" in page.text
    assert page.form("Save")["name"] == "Marigold Pettifer"
    told = {"agency": str(school), "job_role": "Teacher", "line_manager_email": ADDRESS}
    page = browser.submit(page, told, status=422)
    assert "Enter your manager’s own address: this one is yours" in page.text
    manager = {"line_manager_email": "head@pool-hayes.example"}
    browser.submit(page, manager, follow=False, status=303)
    account = browser.get("/account")
    assert "Pool Hayes Academy" in account.text
    assert "head@pool-hayes.example" in account.text


def test_an_unknown_agency_is_kept_as_typed(
    browser: Browser, make: Make, code_sent: CodeSent
) -> None:
    make.partnership()
    page = ask(browser, "x@new.example")
    page = browser.submit(page, {"code": code_sent("x@new.example")}, form="Six-digit code")
    told = {"name": "Ann Other", "job_role": "Volunteer", "other_agency": " Bread  Club "}
    browser.submit(page, told, follow=False, status=303)
    assert "Bread Club (not matched yet" in browser.get("/account").text


def test_a_code_works_only_in_the_browser_that_asked(
    app: Flask, browser: Browser, marigold: int, code_sent: CodeSent
) -> None:
    ask(browser)
    code = code_sent(ADDRESS)
    other = Browser(app)
    assert other.get("/sign-in/code").address == "/sign-in"
    page = ask(other, "someone@else.example")
    page = other.submit(page, {"code": code}, form="Six-digit code", status=422)
    assert "four tries left" in page.text


def test_five_wrong_codes_end_it(browser: Browser, marigold: int) -> None:
    page = ask(browser)
    attempt = newest_attempt().id
    for left in ("four tries", "three tries", "two tries", "one try"):
        page = browser.submit(page, {"code": wrong_code(attempt)}, form="Six-digit", status=422)
        assert f"{left} left" in page.text
    page = browser.submit(page, {"code": wrong_code(attempt)}, form="Six-digit", status=422)
    assert "works no longer" in page.text
    page = browser.submit(page, {"code": right_code(attempt)}, form="Six-digit", status=422)
    assert "works no longer" in page.text


def test_a_code_ends_after_ten_minutes_and_works_once(
    app: Flask, browser: Browser, marigold: int, clock: FixedClock
) -> None:
    page = ask(browser)
    attempt = newest_attempt().id
    clock.advance(timedelta(minutes=10))
    browser.submit(page, {"code": right_code(attempt)}, form="Six-digit", status=422)
    page = ask(browser)
    attempt = newest_attempt().id
    clock.advance(timedelta(minutes=9, seconds=59))
    browser.submit(page, {"code": right_code(attempt)}, form="Six-digit", follow=False, status=303)
    again = browser.client.post("/sign-in/code", data={"code": right_code(attempt)})
    assert again.status_code in {303, 400}


def test_five_codes_an_hour_go_to_one_address(app: Flask, make: Make, clock: FixedClock) -> None:
    make.partnership()
    for _ in range(5):
        ask(Browser(app))
        clock.advance(timedelta(minutes=1))
    page = browser_refused(app, ADDRESS)
    assert "Five codes have gone to this address within an hour" in page.text
    assert "after 11am" in page.text
    clock.advance(timedelta(minutes=55))
    assert ask(Browser(app)).h1 == CHECK_YOUR_EMAIL


def browser_refused(app: Flask, address: str) -> Page:
    browser = Browser(app)
    return browser.submit(
        browser.get("/sign-in"), {"email": address}, form="Send me a code", status=429
    )


def test_thirty_codes_an_hour_go_to_one_network_address(app: Flask, make: Make) -> None:
    make.partnership()
    browser = Browser(app)
    page = browser.get("/sign-in")
    for number in range(30):
        browser.submit(
            page, {"email": f"a{number}@b.example"}, form="code", follow=False, status=303
        )
    assert "from your network" in browser_refused(app, "one.more@b.example").text
    assert db.session.query(SignInAttempt).count() == 30


NO_ADDRESSES = ["", "marigold", "a@b", "a b@c.example", "a@c.example\nBcc: x@y.z"]


@pytest.mark.parametrize("typed", NO_ADDRESSES)
def test_what_is_no_address_is_said_at_its_field(make: Make, browser: Browser, typed: str) -> None:
    make.partnership()
    page = browser.submit(browser.get("/sign-in"), {"email": typed}, form="code", status=422)
    assert "One thing to put right" in page.text
    assert db.session.query(SignInAttempt).count() == 0


def test_a_printed_link_signs_in_once_by_a_button(
    app: Flask, browser: Browser, marigold: int, clock: FixedClock
) -> None:
    secret = make_sign_in_link(marigold, now=clock.now())
    page, other = browser.get(f"/sign-in/{secret}"), Browser(app)
    opened_by_other = other.get(f"/sign-in/{secret}")
    assert browser.get("/account").h1 == "Sign in"
    browser.submit(page, form="Sign in", follow=False, status=303)
    assert browser.get("/account").h1 == "Your account"
    Browser(app).get(f"/sign-in/{secret}", status=410)
    other.submit(opened_by_other, form="Sign in", status=410)


@pytest.mark.parametrize(
    ("role", "begins"),
    [
        (Role.COORDINATOR, "/manage"),
        (Role.TRAINER, "/manage/registers"),
        (Role.PLD_MEMBER, "/reports"),
        (Role.AGENCY_LEAD, "/my-agency"),
    ],
)
def test_who_signs_in_begins_where_their_role_has_its_work(
    browser: Browser, make: Make, clock: FixedClock, role: Role, begins: str
) -> None:
    person = make.person(role=role)
    page = browser.get(f"/sign-in/{make_sign_in_link(person, now=clock.now())}")
    assert browser.submit(page, form="Sign in").address == begins


def test_a_printed_link_ends_after_a_day(
    browser: Browser, marigold: int, clock: FixedClock
) -> None:
    secret = make_sign_in_link(marigold, now=clock.now())
    clock.advance(timedelta(hours=24))
    page = browser.get(f"/sign-in/{secret}", status=410)
    assert "Sign in with a code" in page.text


def test_signing_out_ends_the_session_in_the_database(
    app: Flask, browser: Browser, marigold: int
) -> None:
    browser.sign_in(marigold)
    stolen = Browser(app)
    with browser.client.session_transaction(base_url=BASE_URL) as cookie:
        key = cookie["_user_id"]
    with stolen.client.session_transaction(base_url=BASE_URL) as cookie:
        cookie["_user_id"] = key
    page = browser.get("/account")
    assert stolen.get("/account").h1 == "Your account"
    browser.submit(page, form="Sign out", follow=False, status=303)
    assert stolen.get("/account").h1 == "Sign in"


def test_the_session_key_is_new_at_each_sign_in(
    app: Flask, browser: Browser, marigold: int, clock: FixedClock
) -> None:
    with browser.client.session_transaction(base_url=BASE_URL) as cookie:
        cookie["_user_id"] = "planted"
        cookie["anything"] = "planted"
    secret = make_sign_in_link(marigold, now=clock.now())
    browser.submit(browser.get(f"/sign-in/{secret}"), form="Sign in", follow=False, status=303)
    with browser.client.session_transaction(base_url=BASE_URL) as cookie:
        assert cookie["_user_id"] != "planted"
        assert "anything" not in cookie

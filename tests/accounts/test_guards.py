"""What guards signing in: tries under a race, local addresses only, cookies, headers, CSRF."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms import create_app
from lms.accounts import rules
from lms.accounts.commands import Tried, ask_for_code, try_code
from lms.clock import FixedClock
from lms.config import load_settings
from lms.db import db
from lms.errors import Busy, Refused
from lms.web.pages import is_local_address
from tests.accounts.conftest import newest_attempt, right_code, wrong_code
from tests.support.browser import BASE_URL, Browser
from tests.support.databases import SECRET
from tests.support.mail import KeptMail
from tests.support.make import Make

NOW = datetime(2027, 1, 18, 10, tzinfo=UTC)


def test_twenty_wrong_codes_at_once_are_never_more_than_five_tries(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    make.partnership()
    ask_for_code("a@b.example", browser_key="k", network_address="::1", next_address="/", now=NOW)
    attempt = newest_attempt().id
    typed = wrong_code(attempt)
    db.session.rollback()

    def one_try(_: int) -> Tried:
        with app.app_context():
            for _attempt in range(5):
                try:
                    keys = app.extensions["lms.keys"]
                    return try_code(attempt, typed, keys=keys, now=clock.now()).outcome
                except Busy:
                    continue
            raise AssertionError("too busy five times over")

    with ThreadPoolExecutor(20) as threads:
        outcomes = list(threads.map(one_try, range(20)))
    assert outcomes.count(Tried.WRONG) == 4
    assert outcomes.count(Tried.ENDED) == 16
    assert newest_attempt().tries == 5
    with app.app_context():
        last = try_code(
            attempt, right_code(attempt), keys=app.extensions["lms.keys"], now=clock.now()
        )
    assert last.outcome is Tried.ENDED


def test_twenty_requests_at_once_send_five_codes_to_one_address(app: Flask, make: Make) -> None:
    make.partnership()
    db.session.rollback()

    def ask(number: int) -> bool:
        with app.app_context():
            for _attempt in range(5):
                try:
                    refused = ask_for_code(
                        "a@b.example",
                        browser_key=str(number),
                        network_address="::1",
                        next_address="/",
                        now=NOW,
                    )
                except Busy:
                    continue
                return refused is None
            raise AssertionError("too busy five times over")

    with ThreadPoolExecutor(20) as threads:
        assert sum(threads.map(ask, range(20))) == 5


LEADS_ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "evil.example",
    "",
]


@pytest.mark.parametrize("wanted", LEADS_ELSEWHERE)
def test_signing_in_leads_only_to_addresses_of_this_service(
    browser: Browser, make: Make, wanted: str
) -> None:
    make.person("Ada", "a@b.example")
    page = browser.get("/sign-in", follow=False)
    fields = {"email": "a@b.example", "next": wanted}
    page = browser.submit(page, fields, form="Send me a code")
    code = right_code(newest_attempt().id)
    answer = browser.submit(page, {"code": code}, form="Six-digit", status=303, follow=False)
    assert answer.headers["Location"] == "/"


@given(st.text(max_size=30) | st.from_regex(r"[/\\]{1,3}[a-z.:@]{1,9}", fullmatch=True))
def test_whatever_passes_for_local_has_no_host(address: str) -> None:
    if is_local_address(address):
        assert address.startswith("/")
        assert not address.startswith(("//", "/\\"))
        assert address.isprintable()


POSTS = ("/sign-in", "/sign-in/code", "/sign-in/x", "/sign-out", "/sign-up", "/account/details")


@pytest.mark.parametrize("address", POSTS)
def test_a_change_without_the_forms_protection_is_refused(
    browser: Browser, make: Make, address: str
) -> None:
    browser.sign_in(make.person())
    assert browser.post(address, {"email": "a@b.example"}, status=400).h1


@pytest.mark.parametrize("address", ["/account", "/account/details", "/account/needs"])
def test_personal_pages_are_kept_out_of_caches_and_ask_for_sign_in(
    browser: Browser, make: Make, address: str
) -> None:
    answer = browser.get(address, status=303, follow=False)
    assert answer.headers["Location"].startswith("/sign-in?next=")
    browser.sign_in(make.person())
    page = browser.get(address)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Frame-Options"] == "DENY"


def test_the_cookie_is_bound_to_this_host_where_it_is_https(
    database: str, clock: FixedClock
) -> None:
    settings = load_settings(
        database_url=database, secret_key=SECRET, base_url="https://training.example"
    )
    app = create_app(settings, clock=clock, mailer=KeptMail())
    try:
        client = app.test_client()
        answer = client.get("/sign-in", base_url="https://training.example")
        (cookie,) = answer.headers.getlist("Set-Cookie")
        assert cookie.startswith("__Host-lms=")
        for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert f"; {flag}" in cookie
        assert "Domain" not in cookie
    finally:
        with app.app_context():
            db.engine.dispose()


def test_codes_are_counted_for_the_network_address_that_trusted_proxies_name(
    database: str, clock: FixedClock
) -> None:
    settings = load_settings(
        database_url=database, secret_key=SECRET, trusted_proxies=1, mail_url="file:///nowhere"
    )
    app = create_app(settings, clock=clock, mailer=KeptMail())
    client = app.test_client()
    client.environ_base["HTTP_X_FORWARDED_FOR"] = "6.6.6.6, 192.0.2.7"
    with app.app_context():
        browser = Browser(app)
        browser.client = client
        asked = {"email": "a@b.example"}
        browser.submit(browser.get("/sign-in"), asked, form="code", status=303, follow=False)
        assert newest_attempt().network_address == "192.0.2.7"
        db.session.remove()
        db.engine.dispose()


def test_the_cookie_over_http_is_hidden_from_scripts_too(browser: Browser, make: Make) -> None:
    make.partnership()
    answer = browser.client.get("/sign-in", base_url=BASE_URL)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("lms=")
    assert "; HttpOnly" in cookie


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" M.Pettifer@School.Example ", "m.pettifer@school.example"),
        ("o'hara+x@a-b.example", "o'hara+x@a-b.example"),
    ],
)
def test_an_address_is_kept_without_spaces_and_capitals(written: str, kept: str) -> None:
    assert rules.normal_address(written) == kept


NO_ADDRESSES = [
    *("", "@", "a@", "@b.example", "a@b", "a@@b.example", "a b@c.example", "a@b..example"),
    *("a@-b.example", ".a@b.example", "a..b@c.example", "é@b.example", "a@b.example,c@d.example"),
    f"{'a' * 250}@b.example",
]


@pytest.mark.parametrize("written", NO_ADDRESSES)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(Refused, match="Enter an e-mail address"):
        rules.normal_address(written)


@given(st.lists(st.integers(0, 120), max_size=12), st.integers(0, 200))
def test_never_more_than_five_codes_within_any_hour(minutes: list[int], at: int) -> None:
    asked = [NOW + timedelta(minutes=minute) for minute in minutes if minute <= at]
    now = NOW + timedelta(minutes=at)
    too_many = rules.limit_reached(asked, [], now)
    recent = [moment for moment in asked if moment > now - timedelta(hours=1)]
    assert (too_many is not None) == (len(recent) >= 5)
    if too_many:
        assert too_many.until > now
        assert rules.limit_reached(asked, [], too_many.until) is None


def test_lists_are_ordered_by_surname() -> None:
    names = ["Zoë Adams", "Ada  Zimmer", "Cher", "Mary Ann Bell"]
    assert sorted(names, key=rules.sort_name) == [
        "Zoë Adams",
        "Mary Ann Bell",
        "Cher",
        "Ada  Zimmer",
    ]


@pytest.mark.parametrize("typed", ["123456", " 123 456 ", "123-456", "Your code: 123456."])
def test_a_code_may_be_pasted_with_what_stands_around_it(typed: str) -> None:
    assert rules.written_code(typed) == "123456"

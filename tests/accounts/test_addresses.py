"""Several addresses for one person: proven, chosen, removed; and nobody else's."""

from __future__ import annotations

import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from lms.accounts import queries
from lms.accounts.models import Person, PersonEmail, SignInAttempt
from lms.accounts.rules import is_shared_mailbox
from lms.audit import AuditEntry
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.messaging.sender import send_due
from tests.accounts.conftest import CodeSent, newest_attempt, right_code
from tests.support.browser import Browser, Page
from tests.support.mail import KeptMail, must_read_as
from tests.support.make import Make

SNAPSHOTS = Path(__file__).parent / "mail_snapshots"
NEW = "ida@home.example"
REFUSED = "it is shared, or stands in another account"


@pytest.fixture
def ida(browser: Browser, make: Make) -> int:
    person = make.person("Ida B", "ida@x.example")
    browser.sign_in(person)
    return person


def ask(browser: Browser, address: str) -> Page:
    return browser.submit(browser.get("/account/addresses"), {"email": address}, form="Send a code")


def addresses(person: int) -> list[tuple[str, bool]]:
    db.session.rollback()
    return [(email.address, email.is_primary) for email in queries.get_person(person).emails]


def add(browser: Browser, address: str, code_sent: CodeSent) -> Page:
    return browser.submit(ask(browser, address), {"code": code_sent(address)})


def as_prose(mail: EmailMessage) -> str:
    body = re.sub(r"^( +)\d{6}$", r"\1[six digits]", str(mail.get_content()), flags=re.MULTILINE)
    return f"To: {mail['To']}\nSubject: {mail['Subject']}\n\n{body.strip()}\n"


def test_an_address_is_added_once_its_code_is_typed(
    browser: Browser, ida: int, code_sent: CodeSent, mailer: KeptMail, clock: FixedClock
) -> None:
    page = ask(browser, f" {NEW.upper()} ")
    assert addresses(ida) == [("ida@x.example", True)]
    code = code_sent(NEW)
    wrong = browser.submit(page, {"code": "000000" if code != "000000" else "1"}, status=422)
    assert "four tries left" in wrong.text
    page = browser.submit(wrong, {"code": code})
    assert f"{NEW} is added." in page.text
    assert addresses(ida) == [("ida@x.example", True), (NEW, False)]
    send_due(clock.now())
    [told] = mailer.to("ida@x.example")
    must_read_as(SNAPSHOTS / "addresses_changed.txt", as_prose(told))
    must_read_as(SNAPSHOTS / "address_code.txt", as_prose(mailer.to(NEW)[-1]))
    assert (
        db.session.query(AuditEntry).one().sentence
        == f"changed their addresses: an address was added, {NEW}"
    )


def test_B10_an_address_of_ones_own_is_no_longer_that_of_the_manager(
    browser: Browser, ida: int, code_sent: CodeSent
) -> None:
    with transaction() as session:
        session.get_one(Person, ida).line_manager_email = NEW
    add(browser, NEW, code_sent)
    assert queries.get_person(ida).line_manager_email is None


def test_each_address_signs_in(app: Flask, browser: Browser, ida: int, code_sent: CodeSent) -> None:
    add(browser, NEW, code_sent)
    other = Browser(app)
    page = other.submit(other.get("/sign-in"), {"email": NEW})
    other.submit(page, {"code": code_sent(NEW)})
    assert "Ida B" in other.get("/account").text


def test_a_code_to_add_an_address_signs_nobody_in(
    app: Flask, browser: Browser, make: Make, ida: int
) -> None:
    """Nor does one to sign in add an address, nor one asked for by somebody else."""
    ask(browser, NEW)
    adding = newest_attempt()
    keys = app.extensions["lms.keys"]
    assert keys.digits("add-address", str(adding.id)) != right_code(adding.id)
    page = browser.get("/account/addresses/code")
    browser.submit(page, {"code": right_code(adding.id)}, status=422)
    browser.sign_in(make.person("Somebody Else"))
    assert browser.get("/account/addresses/code").h1 == "Your e‑mail addresses"
    assert addresses(ida) == [("ida@x.example", True)]


@pytest.mark.parametrize("address", ["otto@x.example", "office@x.example", "training@wsp.example"])
def test_anothers_address_and_a_shared_mailbox_are_refused_alike(
    browser: Browser, make: Make, ida: int, code_sent: CodeSent, address: str
) -> None:
    """The same page and the same e-mail until a code has proven it, and then one sentence."""
    make.person("Otto", "otto@x.example")
    page = ask(browser, address)
    assert page.h1 == "Check that e‑mail"
    page = browser.submit(page, {"code": code_sent(address)}, status=422)
    assert REFUSED in page.text
    assert addresses(ida) == [("ida@x.example", True)]


def test_what_sounds_shared() -> None:
    shared = ("office@a.uk", "Info@a.uk".lower(), "school-office@a.uk", "training+x@a.uk")
    assert all(map(is_shared_mailbox, shared))
    assert not any(map(is_shared_mailbox, ("ida@a.uk", "officer.smith@a.uk", "i.training@a.uk")))


def test_the_old_primary_is_told_and_other_devices_are_signed_out(
    app: Flask,
    browser: Browser,
    ida: int,
    code_sent: CodeSent,
    mailer: KeptMail,
    clock: FixedClock,
) -> None:
    elsewhere = Browser(app)
    elsewhere.sign_in(ida)
    page = browser.submit(add(browser, NEW, code_sent), form="Write to this one")
    assert f"We write to {NEW} from now on." in page.text
    assert addresses(ida) == [(NEW, True), ("ida@x.example", False)]
    send_due(clock.now())
    assert "another address is written to" in mailer.to("ida@x.example")[-1]["Subject"]
    assert elsewhere.get("/account").h1 == "Sign in"
    assert browser.get("/account").h1 == "Your account"
    page = browser.submit(browser.get("/account/addresses"), form="Remove")
    assert "ida@x.example is removed" in page.text
    assert addresses(ida) == [(NEW, True)]


def test_the_one_written_to_is_not_removed_and_anothers_is_not_there(
    browser: Browser, make: Make, ida: int
) -> None:
    [own] = queries.get_person(ida).emails
    [theirs] = queries.get_person(make.person()).emails
    token = browser.get("/account").form("Sign out")
    own_id, their_id = own.id, theirs.id
    page = browser.post(f"/account/addresses/{own_id}/remove", token, status=409)
    assert "We write to ida@x.example: choose another for that first." in page.text
    for act in ("primary", "remove"):
        browser.post(f"/account/addresses/{their_id}/{act}", token, status=404)
    assert db.session.query(PersonEmail).count() == 2


def test_codes_for_addresses_are_counted_with_those_for_signing_in(
    browser: Browser, ida: int
) -> None:
    for _ in range(5):
        ask(browser, NEW)
    page = browser.submit(
        browser.get("/account/addresses"), {"email": NEW}, form="Send a code", status=429
    )
    assert re.search("Five codes have gone to this address", page.text)
    assert db.session.query(SignInAttempt).count() == 5

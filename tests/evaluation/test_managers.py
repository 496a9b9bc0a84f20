"""E8: a line manager is asked one question with consent, and what they say is kept of no one."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.agencies.models import AgencyDomain
from lms.agencies.rules import Sector
from lms.audit import AuditEntry
from lms.booking.models import Booking
from lms.booking.rules import Outcome
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.evaluation.commands import NotAsked, ask_managers_due, corroborate
from lms.evaluation.models import Answer, Corroboration, CorroborationRequest
from lms.evaluation.queries import count_managers_asked
from lms.evaluation.rules import RequestFacts, RequestState, Seen, due_to_manager, request_state
from lms.messaging.models import Message
from lms.messaging.sender import send_due
from tests.evaluation.conftest import Delegate, came, close_register
from tests.support.browser import Browser, Page
from tests.support.mail import KeptMail, must_read_as
from tests.support.make import Make
from tests.support.snapshots import at

SNAPSHOTS = Path(__file__).parent / "mail_snapshots"
HESTER = "hester.vale@pool-hayes.example"
SINCE = at("2027-04-05 10:20")  # a Monday
DAY = timedelta(days=1)


def facts(consented: str = "2027-04-05 10:20", **more: bool) -> RequestFacts:
    withdrawn, answered = more.pop("withdrawn", False), more.pop("answered", False)
    return RequestFacts(at(consented), withdrawn, answered, asked_at=at(consented))


# --- The rule -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("consented", "when", "due"),
    [
        ("2027-04-05 10:20", "2027-04-05 10:20", 0),
        ("2027-04-05 22:10", "2027-04-06 08:59", None),
        ("2027-04-05 22:10", "2027-04-06 09:00", 0),
        ("2027-04-06 07:00", "2027-04-06 09:00", 0),
        ("2027-04-10 11:00", "2027-04-11 11:00", None),  # a Saturday
        ("2027-04-10 11:00", "2027-04-12 09:00", 0),
        ("2027-04-05 10:20", "2027-04-12 08:59", 0),
        ("2027-04-05 10:20", "2027-04-12 09:00", 1),
        ("2027-04-26 10:20", "2027-05-03 12:00", 0),  # the reminder waits for the bank holiday
        ("2027-04-26 10:20", "2027-05-04 09:00", 1),
        ("2027-04-05 10:20", "2027-05-03 10:19", 1),
        ("2027-04-05 10:20", "2027-05-03 10:20", None),
    ],
)
def test_E8_asked_in_working_hours_reminded_once_closed_after_28_days(
    consented: str, when: str, due: int | None
) -> None:
    assert due_to_manager(facts(consented), at(when)) == due


def test_E8_whatever_ends_it_stops_the_mail_and_closes_the_link() -> None:
    on = at("2027-04-06 10:00")
    for how, state in (("withdrawn", "withdrawn"), ("answered", "answered")):
        ended = facts(**{how: True})
        assert due_to_manager(ended, on) is None
        assert request_state(ended, on) is RequestState(state)
    never_came = RequestFacts(SINCE, is_withdrawn=False, is_answered=False, is_asked=False)
    assert due_to_manager(never_came, on) is None
    assert request_state(facts(), SINCE + 28 * DAY) is RequestState.CLOSED


# --- Consent on the form --------------------------------------------------------------------


@pytest.fixture
def due(delegate: Delegate, clock: FixedClock) -> Delegate:
    """Eight weeks after, at an agency whose domain is known."""
    came(delegate.booking)
    close_register(delegate.event, at("2027-02-08 17:00"))
    with transaction() as session:
        booking = session.get_one(Booking, delegate.booking)
        booking.line_manager_email = HESTER
        booking.sector = Sector.EDUCATION
        domain = AgencyDomain(agency_id=booking.agency_id, domain="pool-hayes.example")
        session.add(domain)
    clock.set(SINCE)
    return delegate


def consent(browser: Browser, delegate: Delegate, address: str | None = None) -> Page:
    fields = {**delegate.confidence(5, 4), "manager_consent": "yes"}
    if address is not None:
        fields["manager_address"] = address
    return browser.submit(browser.get(delegate.link("impact")), fields)


def requests() -> list[CorroborationRequest]:
    db.session.rollback()
    return list(db.session.scalars(select(CorroborationRequest).order_by(CorroborationRequest.id)))


def link_to(delegate: Delegate, request_id: int) -> str:
    keys = delegate.app.extensions["lms.keys"]
    return f"/corroborations/{keys.token('corroboration', str(request_id))}"


def test_E8_the_address_is_prefilled_and_only_a_yes_is_consent(
    due: Delegate, browser: Browser
) -> None:
    page = browser.get(due.link("impact"))
    assert page.form("Send my answers")["manager_address"] == HESTER
    assert "nothing that you have answered here" in page.text
    assert "an answer already given cannot be taken out" in page.text
    browser.submit(page, due.confidence(5, 4))
    assert requests() == []
    assert not db.session.scalars(select(Answer).filter(Answer.question.like("manager%"))).all()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("m.pettifer+boss@pool-hayes.example", "This is your own address"),
        ("hester@gmail.example", "Enter one that ends in @pool-hayes.example, or choose No"),
        ("", "Enter your line manager’s e-mail, or choose No"),
        ("hester", "Enter an e-mail address"),
    ],
)
def test_E8_an_address_is_checked_as_an_approver_s_and_nothing_typed_is_lost(
    due: Delegate, browser: Browser, address: str, said: str
) -> None:
    page = consent(browser, due, address)
    assert said in page.text
    assert page.form("Send my answers")["manager_address"] == address
    assert requests() == []


def test_E8_without_a_known_agency_nobody_is_asked_for(due: Delegate, browser: Browser) -> None:
    with transaction() as session:
        session.get_one(Booking, due.booking).agency_id = None
    assert "line manager" not in browser.get(due.link("impact")).text


def test_E8_E9_consent_on_paper_is_keyed_in_with_the_address_and_withdrawn_by_the_delegate(
    due: Delegate, browser: Browser, make: Make, mailer: KeptMail
) -> None:
    browser.sign_in(make.coordinator())
    paper = browser.get(f"/manage/events/{due.event}/evaluations/{due.booking}/impact")
    assert paper.form("Key in this form")["manager_address"] == "", "only what is on the paper"
    assert "Yes only where the delegate wrote so on the paper" in paper.text
    fields = {**due.confidence(5, 4), "manager_consent": "yes"}
    own = {**fields, "manager_address": "m.pettifer@pool-hayes.example"}
    wrong = browser.submit(paper, own, form="Key in this form")
    assert "This is your own address" in wrong.text, "the rule of the delegate's own form"
    assert requests() == []
    kept = {**fields, "manager_address": HESTER}
    browser.submit(wrong, kept, form="Key in this form")
    [request] = requests()
    assert (request.booking_id, request.address) == (due.booking, HESTER)
    entry = db.session.scalars(select(AuditEntry).filter_by(act="key in evaluation")).one()
    assert entry.sentence.endswith("with consent to ask the line manager")
    assert HESTER not in entry.sentence
    assert ask_managers_due(SINCE) == 1
    browser.sign_in(due.person)
    learning = browser.get("/my-learning")
    page = browser.get(learning.link("May we quote you?"))
    page = browser.get(page.link("See what is asked, or withdraw"))
    browser.submit(page, {}, form="Do not ask my line manager")
    send_due(SINCE)
    assert mailer.sent == []


# --- From the mail to the answer ------------------------------------------------------------


def test_E8_one_mail_one_reminder_one_tap_and_nothing_leads_back(
    due: Delegate, browser: Browser, clock: FixedClock, mailer: KeptMail
) -> None:
    page = consent(browser, due)
    assert page.h1 == "Your answers are in"
    [request] = requests()
    assert (request.address, request.is_answered) == (HESTER, False)
    for when, name in ((SINCE, "corroboration"), (SINCE + 7 * DAY, "corroboration_reminder")):
        assert ask_managers_due(when) == 1
        assert ask_managers_due(when) == 0
        send_due(when)
        body = str(mailer.sent[-1].get_content())
        link = link_to(due, request.id)
        assert link in body
        heads = f"To: {mailer.sent[-1]['To']}\nSubject: {mailer.sent[-1]['Subject']}\n\n"
        if db.session.get_bind().dialect.name == "sqlite":
            must_read_as(
                SNAPSHOTS / f"{name}.txt",
                heads + body.replace(link, "/corroborations/[their link]"),
            )
    assert ask_managers_due(SINCE + 20 * DAY) == 0
    clock.set(SINCE + 8 * DAY)
    answered = browser.get(link, status=303, follow=False)
    assert f"Path=/corroborations/{request.id};" in answered.headers["Set-Cookie"]
    page = browser.get(link)
    assert page.h1 == "Have you seen Marigold Pettifer use what they learnt?"
    assert "ask the questions that test" in page.text
    thanks = browser.submit(page, {"seen": "in_practice"}, form="Yes, I have seen it")
    assert thanks.h1 == "Thank you"
    [request] = requests()
    assert (request.is_answered, request.address) == (True, "")
    [kept] = db.session.scalars(select(Corroboration))
    assert (kept.event_id, kept.sector, kept.seen) == (
        due.event,
        Sector.EDUCATION,
        Seen.IN_PRACTICE,
    )
    assert kept.answered_on == date(2027, 4, 1), "no day that stands beside another"
    again = browser.submit(page, {"seen": "not_seen"}, status=410)
    assert again.h1 == "This has been answered"
    assert count_managers_asked(due.event) == (1, 1)
    columns = set(Corroboration.__table__.columns.keys())
    assert columns == {"id", "event_id", "sector", "seen", "answered_on"}


@pytest.mark.parametrize("days_off", [3, 20])
def test_E8_a_scheduler_that_was_off_asks_once_and_reminds_a_week_after_it_asked(
    due: Delegate, browser: Browser, mailer: KeptMail, days_off: int
) -> None:
    consent(browser, due)
    back = SINCE + days_off * DAY
    sent = len(mailer.sent)
    for hours in range(0, 9 * 24, 12):
        now = back + timedelta(hours=hours)
        ask_managers_due(now)
        send_due(now)
        told = [str(one.get_content()) for one in mailer.sent[sent:] if HESTER in str(one["To"])]
        assert "remind you once" in told[0], "the first is no reminder"
        is_reminded = days_off < 20 and now >= at(f"{back + 7 * DAY:%Y-%m-%d} 09:00")
        assert len(told) == 1 + is_reminded, now


def test_E8_withdrawn_consent_stops_the_mail_and_closes_the_link(
    due: Delegate, browser: Browser, clock: FixedClock, mailer: KeptMail
) -> None:
    consent(browser, due)
    [request] = requests()
    ask_managers_due(SINCE)
    ended = browser.get(due.link("impact"), status=410)
    page = browser.get(ended.link("See what is asked, or withdraw"))
    assert HESTER in page.text
    page = browser.submit(page, {}, form="Do not ask my line manager")
    assert page.h1 == "We do not ask your line manager"
    assert "See what is asked" not in browser.get(due.link("impact"), status=410).text
    send_due(SINCE)
    assert mailer.sent == []
    assert browser.get(link_to(due, request.id), status=410).h1 == (
        "This question is no longer asked"
    )
    with pytest.raises(NotAsked):
        corroborate(request.id, Seen.NOT_SEEN, now=SINCE)
    assert requests()[0].address == ""
    assert ask_managers_due(SINCE + 7 * DAY) == 0


def test_E8_a_corrected_register_and_a_foreign_browser_close_it_too(
    due: Delegate, browser: Browser
) -> None:
    consent(browser, due)
    [request] = requests()
    assert "opens from the link" in browser.get(f"/corroborations/{request.id}", status=410).text
    browser.get(f"/corroborations/{request.id}.nonsense", status=404)
    browser.get(f"{due.address('post')}/manager", status=410)
    page = browser.get(link_to(due, request.id))
    browser.post(
        page.address, {"seen": "very_much", **page.form("Yes, I have seen it")}, status=422
    )
    came(due.booking, Outcome.DID_NOT_ATTEND)
    assert ask_managers_due(SINCE) == 0
    browser.get(link_to(due, request.id), status=410)
    assert db.session.scalars(select(Message)).all() == []

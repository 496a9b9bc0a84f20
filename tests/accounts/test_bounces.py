"""Addresses from which mail comes back: marked, shown, put right, and good again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms.access import Role
from lms.accounts.commands import correct_address, end_role, grant_role, note_bounced_addresses
from lms.accounts.models import PersonEmail, RoleGrant, SignInSession
from lms.accounts.rules import has_bounced
from lms.audit import AuditEntry
from lms.booking.commands import request_place
from lms.clock import FixedClock, london_date
from lms.db import db, transaction
from lms.errors import Refused
from lms.jobs import run_all
from lms.messaging.models import Message
from lms.messaging.rules import MessageState
from lms.messaging.transports import RecipientRefusedError
from tests.support.browser import Browser
from tests.support.mail import KeptMail
from tests.support.make import Make
from tests.support.snapshots import at

GONE = RecipientRefusedError("The mail server said 550 no such mailbox")


def test_nothing_since_says_otherwise() -> None:
    refused = at("2027-01-18 10:00")
    assert has_bounced(refused, None, None)
    assert has_bounced(refused, at("2027-01-17 10:00"), at("2026-01-01"))
    assert not has_bounced(refused, at("2027-01-18 10:01"), None)
    assert not has_bounced(refused, None, at("2027-01-18 10:01"))


class Marigold:
    """Somebody with a place, whose address is wrong."""

    def __init__(self, make: Make, mailer: KeptMail, clock: FixedClock, **facts: object) -> None:
        self.mailer, self.clock = mailer, clock
        clock.advance(timedelta(minutes=1))  # proven a minute ago
        self.id = make.person("Marigold Pettifer", "marigold@agency.example", **facts)  # type: ignore[arg-type]
        self.event = make.event("Neglect")
        mailer.fault = GONE
        clock.advance(timedelta(minutes=1))
        request_place(self.event, self.id, agency_id=None, by=None, now=clock.now())
        run_all(clock.now())
        mailer.fault = None
        note_bounced_addresses(clock.now())

    @property
    def email(self) -> PersonEmail:
        db.session.rollback()
        return db.session.query(PersonEmail).filter_by(person_id=self.id).one()


@pytest.fixture
def marigold(make: Make, mailer: KeptMail, clock: FixedClock) -> Marigold:
    return Marigold(make, mailer, clock)


def test_it_is_marked_once_and_good_again_when_mail_has_stayed_away_for_a_day(
    marigold: Marigold, make: Make, clock: FixedClock
) -> None:
    assert marigold.email.bounced_at == clock.now()
    assert "550 no such mailbox" in marigold.email.bounced_because
    assert note_bounced_addresses(clock.now()) == 0
    clock.advance(timedelta(hours=1))
    other = make.event("Briefing", starts_at=clock.now() + timedelta(days=40))
    request_place(other, marigold.id, agency_id=None, by=None, now=clock.now())
    run_all(clock.now())
    assert marigold.email.bounced_at is not None  # it may still come back
    clock.advance(timedelta(days=1))
    assert note_bounced_addresses(clock.now()) == 1
    assert marigold.email.bounced_at is None
    assert note_bounced_addresses(clock.now()) == 0


def test_a_coordinator_sees_it_rings_up_and_puts_it_right(
    browser: Browser, marigold: Marigold, make: Make, clock: FixedClock
) -> None:
    browser.sign_in(make.coordinator())
    assert "Mail comes back" in browser.get(f"/manage/events/{marigold.event}").text
    assert "mail comes back" in browser.get("/manage/people?q=marigold").text
    page = browser.get(f"/manage/people/{marigold.id}")
    page = browser.get(page.link("Put it right"))
    assert "One message did not reach them" in page.text
    shared = browser.submit(page, {"email": "office@agency.example"}, form="Put it", status=422)
    assert "Several people read that one." in shared.text
    page = browser.submit(page, {"email": "m.pettifer@agency.example"}, form="Put it right")
    assert "One message is on the way there again." in page.text
    run_all(clock.now())
    assert len(marigold.mailer.to("m.pettifer@agency.example")) == 1
    assert marigold.email.bounced_at is None
    said = [entry.sentence for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert said[0] == (
        "put Marigold Pettifer’s address right: m.pettifer@agency.example in the place of"
        " marigold@agency.example"
    )
    page = browser.get(f"/manage/people/{marigold.id}/address")
    browser.submit(page, {"email": "x@agency.example"}, form="Put it right")  # never proven


def test_an_address_that_is_right_is_not_marked_by_the_same_mail_again(
    browser: Browser, marigold: Marigold, make: Make, clock: FixedClock
) -> None:
    browser.sign_in(make.coordinator())
    page = browser.get(f"/manage/people/{marigold.id}/address")
    browser.submit(page, form="The address is right")
    assert marigold.email.bounced_at is None
    assert note_bounced_addresses(clock.now()) == 0
    failed = db.session.query(Message).filter_by(state=MessageState.FAILED).one()
    assert failed.settled_at is not None


def test_nobody_takes_over_an_address_that_works_or_one_with_power(
    marigold: Marigold, make: Make, clock: FixedClock
) -> None:
    coordinator = make.coordinator()
    by, email = make.viewer(coordinator), marigold.email
    with transaction() as session:
        session.add(
            SignInSession(
                person_id=marigold.id,
                fingerprint="1",
                created_at=clock.now(),
                last_seen_at=clock.now(),
            )
        )
    fine = make.person("Ada Quill")
    works = db.session.query(PersonEmail.id).filter_by(person_id=fine).scalar()
    with pytest.raises(Refused, match="only they can change it"):
        correct_address(fine, works, "mine@evil.example", by=by, now=clock.now())
    own = db.session.query(PersonEmail).filter_by(person_id=coordinator).one()
    with transaction() as session:
        session.get_one(PersonEmail, own.id).bounced_at = clock.now()
    with pytest.raises(Refused, match="ask an administrator"):
        correct_address(coordinator, own.id, "mine@evil.example", by=by, now=clock.now())
    administrator = make.viewer(make.person(role=Role.ADMINISTRATOR))
    correct_address(coordinator, own.id, "new@wsp.example", by=administrator, now=clock.now())
    grant_role(
        marigold.id,
        Role.COORDINATOR,
        partnership_id=make.partnership(),
        starts_on=london_date(clock.now()) + timedelta(days=7),
        by=None,
        now=clock.now(),
    )
    with pytest.raises(Refused, match="ask an administrator"):  # of a role to come too
        correct_address(marigold.id, email.id, "mine@evil.example", by=by, now=clock.now())
    end_role(
        db.session.query(RoleGrant.id).filter_by(person_id=marigold.id).scalar(),
        by=None,
        now=clock.now(),
    )
    with pytest.raises(Refused, match="belongs to somebody"):
        taken = "new@wsp.example"
        correct_address(marigold.id, email.id, taken, by=by, now=clock.now())
    new = "m.pettifer@agency.example"
    correct_address(marigold.id, email.id, new, by=by, now=clock.now())
    assert db.session.query(SignInSession).filter_by(fingerprint="1").one().ended_at == clock.now()

"""Did practice change? Answered by those who were there, and read by those who must know.

In a real browser: a delegate answers at the end on a phone, by the keyboard alone; eight weeks
later her own words stand before her; her line manager answers in one tap; and a member of the
sub-group reads what came of it, and never meets a name.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from lms.access import Role
from lms.agencies.rules import Sector
from lms.attendance.commands import close_register
from lms.attendance.queries import sessions_of
from lms.attendance.rules import MarkKind
from lms.booking.commands import request_place
from lms.catalogue.rules import Stage
from lms.clock import FixedClock
from lms.db import db
from lms.evaluation.commands import Opened, answer
from lms.evaluation.models import Corroboration
from lms.evaluation.queries import read_sheet
from lms.evaluation.rules import Question, QuestionKind, Seen, questions_of
from lms.reporting.impact.rules import Dimension
from tests.conftest import sqlite_template
from tests.journeys.people import MINUTE, Someone, World, link_in
from tests.support.browser import BASE_URL
from tests.support.browser import Browser as Client
from tests.support.chromium import axe_faults, carry_cookies, looks_wrong, scrolls_sideways, serving
from tests.support.databases import build_app
from tests.support.mail import KeptMail
from tests.support.make import Make
from tests.support.snapshots import at
from tests.support.typist import Typist

COURSE = "Disguised Compliance"
OUTCOMES = (
    "recognise when a family seems to cooperate and nothing changes",
    "ask the questions that test what you have been told",
    "record apart what you saw, were told and checked",
    "use the escalation policy when a plan is not working",
)
PROMISE = "Ask to see the child’s bedroom at every home visit and write down what I saw"
PHONE = {"width": 320, "height": 640}
TWO_MINUTES = 120
OTHERS = ("Hector Bramblewick", "Odette Quillfeather", "Ignatius Thistledown", "Perpetua Snodgrass")
OTHERS += ("Barnaby Crumpetson", "Wilhelmina Oxenfree", "Thaddeus Marrowby")
HERS = "m.pettifer@pool-hayes.example"
MANAGER = "g.greengrass@pool-hayes.example"
NAMES = ("Marigold", "Pettifer", "Greengrass", *(part for name in OTHERS for part in name.split()))
PATIENCE = 10_000
SENT = "Your answers are in"


@pytest.fixture
def february() -> FixedClock:
    return FixedClock(at("2027-01-18 10:00"))


@pytest.fixture
def served(february: FixedClock) -> Iterator[tuple[World, str]]:
    """The application on SQLite, served as a browser asks for it."""
    url, mailer = sqlite_template().fresh(), KeptMail()
    app = build_app(url, clock=february, mailer=mailer)
    with app.app_context(), serving(app) as base:
        yield World(app, february, mailer), base
        db.session.remove()
        db.engine.dispose()
    sqlite_template().discard(url)


class Story:
    """One event, eight people who come, and the devices of those who are told of."""

    def __init__(self, world: World, base: str, chromium: Browser) -> None:
        self.world, self.base, self.chromium = world, base, chromium
        self.make = make = Make(world.clock)
        self.coordinator = make.viewer(make.coordinator(email="idris@wsp.example"))
        school = make.agency("Pool Hayes", Sector.EDUCATION, domains=["pool-hayes.example"])
        trust = make.agency("Walsall Healthcare", Sector.HEALTH)
        council = make.agency("Walsall Council", Sector.LOCAL_AUTHORITY)
        self.member = make.person("Rosalind Yarrow", role=Role.PLD_MEMBER, agency=council)
        course = make.course(COURSE, outcomes=OUTCOMES)
        self.event = make.event(COURSE, starts_at=at("2027-02-08 09:30"), course=course)
        people = {make.person("Marigold Pettifer", HERS, agency=school): school}
        people |= {make.person(name, agency=trust): trust for name in OTHERS}
        self.bookings = [self._book(person, agency) for person, agency in people.items()]
        self.marigold = Someone(world, "Marigold Pettifer", HERS)
        self.manager = Someone(world, "Gwendolyn Greengrass", MANAGER)

    def _book(self, person: int, agency: int) -> int:
        now = self.world.now
        result = request_place(self.event, person, agency_id=agency, by=None, now=now)
        return result.booking_id

    def device(self, size: Mapping[str, int]) -> BrowserContext:
        context = self.chromium.new_context(viewport=size)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        return context

    def come_to(self, moment: str) -> None:
        self.world.clock.set(at(moment))
        self.world.tick()

    def follow(self, someone: Someone, path: str) -> Page:
        """Open the link of the newest e-mail on a phone on which nobody is signed in."""
        page = self.device(PHONE).new_page()
        page.goto(self.base + link_in(someone.inbox[-1], path))
        return page

    # --- What the others do, without a browser ----------------------------------------------------

    def others_answer(self, stage: Stage, reply: Callable[[Question, int], str | None]) -> None:
        for number, booking in enumerate(self.bookings[1:]):
            questions = questions_of(read_sheet(booking, stage, self.world.now).sections)
            db.session.rollback()
            said = {one.key: [text] for one in questions if (text := reply(one, number))}
            answer(Opened(booking, stage, self.world.now), said, now=self.world.now)

    def close_the_register(self) -> None:
        [session] = sessions_of(db.session(), self.event)
        present = {(booking, session.id): MarkKind.PRESENT for booking in self.bookings}
        db.session.rollback()
        close_register(self.event, present, by=self.coordinator, now=self.world.now)


def usual(stage: Stage) -> Callable[[Question, int], str | None]:
    """What somebody would say: more sure at the end than before, a little less later."""
    sure = {Stage.PRE: 2, Stage.POST: 4, Stage.IMPACT: 3}[stage]

    def reply(question: Question, number: int) -> str | None:
        if question.kind is QuestionKind.SCALE:
            return str(sure + (number + len(question.key)) % 2)
        if question.key == "commitment_1":
            return "Ring the school before I write the plan"
        return question.options[0].key if question.options else None

    return reply


def test_E5_E6_E8_R4_from_the_end_of_an_event_to_what_the_sub_group_reads(
    served: tuple[World, str], chromium: Browser
) -> None:
    story = Story(*served, chromium)
    story.come_to("2027-02-05 09:00")
    she_says_how_sure_she_is_before(story)
    story.others_answer(Stage.PRE, usual(Stage.PRE))

    story.come_to("2027-02-08 16:30")
    she_answers_at_the_end_in_under_two_minutes(story)
    story.others_answer(Stage.POST, usual(Stage.POST))
    story.world.clock.advance(5 * MINUTE)
    story.close_the_register()

    story.come_to("2027-04-05 09:00")
    she_meets_her_own_words(story)
    story.others_answer(Stage.IMPACT, usual(Stage.IMPACT))

    story.world.clock.advance(MINUTE)
    story.world.tick()
    her_manager_answers_in_one_tap(story)

    story.world.clock.set(at("2027-07-02 10:00"))  # the quarter's answers count from 1 July
    a_member_reads_what_changed(story)
    no_page_and_no_file_has_a_name(story)


def she_says_how_sure_she_is_before(story: Story) -> None:
    page = story.follow(story.marigold, "/evaluations")
    hands = Typist(page)
    for _ in OUTCOMES:
        hands.rate(2)
    hands.send()
    expect(page.locator("h1")).to_have_text(SENT)
    assert axe_faults(page) == []
    page.context.close()


def she_answers_at_the_end_in_under_two_minutes(story: Story) -> None:
    """By the keyboard alone: all that is asked, one commitment, no remarks."""
    page = story.follow(story.marigold, "/evaluations")
    assert axe_faults(page) == []
    assert not scrolls_sideways(page)
    hands = Typist(page)
    for value in (4, 4, 3, 4):
        hands.rate(value)
    hands.write("One thing you will do", PROMISE)
    for value in (5, 5, 3):
        hands.rate(value)
    hands.choose("May we quote you?", "with my job role")
    hands.send()
    expect(page.locator("h1")).to_have_text(SENT)
    assert looks_wrong(page) == []
    assert hands.seconds < TWO_MINUTES, hands
    page.context.close()


def she_meets_her_own_words(story: Story) -> None:
    page = story.follow(story.marigold, "/evaluations")
    expect(page.locator("blockquote")).to_contain_text(f"“{PROMISE}”")
    assert axe_faults(page) == []
    assert not scrolls_sideways(page)
    hands = Typist(page)
    hands.choose("Did you?", "Done")
    for _ in OUTCOMES:
        hands.rate(4)
    hands.choose("May we ask whether", "Yes")
    hands.write("Your line manager’s e-mail", MANAGER)
    hands.send()
    expect(page.locator("h1")).to_have_text(SENT)
    assert looks_wrong(page) == []
    page.context.close()


def her_manager_answers_in_one_tap(story: Story) -> None:
    page = story.follow(story.manager, "/corroborations")
    assert looks_wrong(page, PHONE["width"]) == []
    page.get_by_role("button", name="Yes, I have seen it").press("Enter")
    expect(page.locator("h1")).to_have_text("Thank you")
    assert axe_faults(page) == []
    page.context.close()
    db.session.rollback()
    assert db.session.scalars(select(Corroboration.seen)).all() == [Seen.IN_PRACTICE]
    db.session.rollback()


# --- The sub-group --------------------------------------------------------------------------------


def signed_in(app: Flask, person: int) -> Client:
    client = Client(app)
    client.sign_in(person)
    return client


def a_member_reads_what_changed(story: Story) -> None:
    """The year, one course of it, one event of that, and a file: by following links."""
    context = story.device({"width": 1280, "height": 900})
    carry_cookies(signed_in(story.world.app, story.member).client, context)
    page = context.new_page()
    page.goto(f"{story.base}/reports/impact?year=2026-27")
    expect(page.locator("h1")).to_have_text("Impact")
    expect(page.locator("main")).to_contain_text("8 of 8")
    assert looks_wrong(page) == []
    page.get_by_role("link", name=COURSE).first.click()
    expect(page.locator("main")).to_contain_text("Recognise when a family")
    assert looks_wrong(page) == []
    page.get_by_role("link", name="8 February 2027").first.click()
    expect(page.locator("h1")).to_have_text("Impact")
    assert axe_faults(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    context.close()


def no_page_and_no_file_has_a_name(story: Story) -> None:
    """Whatever the report's pages lead to: drill-downs, files, and all else that is linked."""
    client = signed_in(story.world.app, story.member)
    start = "/reports/impact?year=2026-27"
    seen, waiting = {start}, [start]
    while waiting:
        address = waiting.pop()
        told = client.client.get(address, base_url=BASE_URL, follow_redirects=True)
        assert told.status_code == 200, address
        text = words_of(told.data)
        assert [name for name in NAMES if name in text] == [], address
        if address.startswith("/reports/impact?"):
            fresh = {link for link in links_on(text, address) if link not in seen}
            seen |= fresh
            waiting += sorted(fresh)
    drilled = [address for address in seen if address.startswith("/reports/impact?")]
    files = [address for address in seen if address.startswith("/reports/impact.")]
    assert len(drilled) > len(Dimension)
    assert len(files) > len(drilled)


def words_of(content: bytes) -> str:
    """A workbook's as they stand in its parts."""
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return " ".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


def links_on(html: str, address: str) -> Iterator[str]:
    """What a member can go on to within the product, what stays the same left out."""
    for link in BeautifulSoup(html, "html.parser").find_all("a", href=True):
        target = urljoin(f"{BASE_URL}{address}", str(link["href"])).partition("#")[0]
        parts = urlsplit(target)
        if target.startswith(BASE_URL) and not parts.path.startswith(("/static", "/sign-out")):
            yield parts.path + (f"?{parts.query}" if parts.query else "")

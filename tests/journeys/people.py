"""People as a journey knows them: each with a browser and an inbox of their own, nothing else."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.message import EmailMessage

from flask import Flask

from lms.clock import FixedClock
from lms.jobs import run_all
from tests.support.browser import BASE_URL, Browser, Page
from tests.support.mail import KeptMail
from tests.support.snapshots import at

MINUTE = timedelta(minutes=1)
SIX_DIGITS = re.compile(r"^\s*(\d{3} ?\d{3})\s*$", re.MULTILINE)


class World:
    """The application with its clock, its worker and everything that it ever sent."""

    def __init__(self, app: Flask, clock: FixedClock, mailer: KeptMail) -> None:
        self.app, self.clock, self.mailer = app, clock, mailer

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def tick(self) -> list[tuple[str, str]]:
        """Let the worker do what is due now; what left: to whom, and under which subject."""
        before = len(self.mailer.sent)
        outcome = run_all(self.now)
        assert not outcome.faults
        return sorted((address_of(sent), said(sent)) for sent in self.mailer.sent[before:])

    def come_to(self, moment: str) -> list[tuple[str, str]]:
        """Tick a minute before that London time, when nothing may leave, and then at it."""
        self.clock.set(at(moment) - MINUTE)
        assert self.tick() == [], f"a minute before {moment}"
        self.clock.set(at(moment))
        return self.tick()


class Someone:
    """A person with an address, a browser in which they sign in, and their e-mails."""

    def __init__(self, world: World, name: str, address: str) -> None:
        self.world, self.name, self.address = world, name, address
        self.browser = Browser(world.app)
        self.anywhere = Browser(world.app)

    @property
    def inbox(self) -> list[EmailMessage]:
        return [sent for sent in self.world.mailer.sent if address_of(sent) == self.address]

    @property
    def subjects(self) -> list[str]:
        """What the inbox lists, sign-in codes apart."""
        return [said(sent) for sent in self.inbox if "sign-in code" not in said(sent)]

    def sign_in(self, *, on_the_way_to: str = "/my-learning") -> Page:
        """Sign in with the code from the e-mail; the page that comes after."""
        page = self.browser.get(on_the_way_to)
        page = self.browser.submit(page, {"email": self.address}, form="Send me a code")
        self.world.tick()
        code = SIX_DIGITS.search(text_of(self.inbox[-1]))
        assert code is not None
        return self.browser.submit(page, {"code": code[1]}, form="Six-digit code")

    def follow(self, path: str, *, status: int = 200) -> Page:
        """Open the first link under `path` of the newest e-mail, `anywhere`: not signed in."""
        self.anywhere = Browser(self.world.app)
        return self.anywhere.get(link_in(self.inbox[-1], path), status=status)


def link_in(sent: EmailMessage, path: str) -> str:
    """The address of the first link that begins with `path`."""
    found = re.search(rf"{re.escape(BASE_URL)}({path}/\S+)", text_of(sent))
    assert found is not None, f"no {path} link in {said(sent)!r}"
    return found[1]


def text_of(sent: EmailMessage) -> str:
    body = sent.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def said(sent: EmailMessage) -> str:
    return str(sent["Subject"])


def address_of(sent: EmailMessage) -> str:
    """The one address that an e-mail went to."""
    (to,) = sent["To"].addresses
    return str(to.addr_spec)

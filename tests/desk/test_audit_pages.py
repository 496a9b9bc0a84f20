"""The audit trail, read as sentences by those whom it concerns."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms import audit
from lms.access import Role
from lms.audit import AuditEntry, NeverChanged
from lms.booking.commands import cancel_booking
from lms.booking.rules import CancelledBy
from lms.db import db, transaction
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.statements import count_statements


def act(make: Make, sentence: str, by: int | None = None, days: int = 0, **facts: object) -> None:
    viewer = make.viewer(by) if by else None
    given = {"about": ("people file", None), "act": "take people file", **facts}
    with transaction() as session:
        audit.record(session, sentence=sentence, by=viewer, now=make.now - timedelta(days), **given)  # type: ignore[arg-type]


def test_P3_what_was_done_is_read_as_sentences_and_narrowed_by_links(
    browser: Browser, make: Make
) -> None:
    idris = make.coordinator()
    ada = make.person("Ada Lovelace")
    event = make.event("Neglect")
    booking = make.booking(event, ada)
    cancel_booking(
        booking,
        by=make.viewer(idris),
        by_what=CancelledBy.COORDINATOR,
        why="She rang",
        now=make.now,
    )
    act(make, "took a file of one person", idris)
    act(make, "changed Ada Lovelace", idris, 9, about=("person", ada), act="change person")
    act(make, "imported 3 agencies from a.csv", days=40, act="import agencies")
    browser.sign_in(idris)
    page = browser.get("/manage/audit")
    assert "Idris Larkspur cancelled the booking of Ada Lovelace at Neglect." in page.text
    assert "The reason: She rang" in page.text
    assert "The system imported 3 agencies from a.csv." in page.text
    assert "4 of 4 acts shown" in page.text

    def found(query: str) -> int:
        text = browser.get(f"/manage/audit?{query}").text
        return 0 if "Nothing like that" in text else int(text.split(" acts shown")[0].split()[-1])

    assert found(f"about=event-{event}") == 1
    assert found(f"about=person-{ada}") == 2
    assert (found(f"by={idris}"), found("by=0")) == (3, 1)
    assert (found("act=change+person"), found("q=LOVELACE")) == (1, 2)
    assert (found("when=today"), found("when=month"), found("when=2027-01-09")) == (2, 3, 1)
    assert found("when=2027-01-99&by=x&about=person-x&page=x") == 4
    assert found("q=nothing-like-it") == 0
    chips = browser.get(f"/manage/audit?about=event-{event}&by={idris}")
    assert "Who did what: Neglect" in chips.h1
    assert "Who did what at this event" in browser.get(f"/manage/events/{event}").text


def test_nobody_reads_what_was_done_elsewhere(browser: Browser, make: Make) -> None:
    sandwell = make.partnership("Sandwell")
    theirs = make.coordinator("Stella Stranger", partnership=sandwell)
    stranger = make.person("Sid", agency=make.agency(partnership=sandwell))
    act(make, "did something", theirs, partnership_id=sandwell)
    act(make, "changed Sid", theirs, about=("person", stranger))
    act(make, "took a file of 900 people", theirs)
    browser.sign_in(make.coordinator())
    page = browser.get("/manage/audit")
    assert "Nothing has been done yet." in page.text
    assert "Sid" not in browser.get(f"/manage/audit?about=person-{stranger}&by={theirs}").text
    browser.sign_in(make.person(role=Role.TRAINER))
    browser.get("/manage/audit", status=404)


def test_the_page_asks_the_same_of_the_database_however_long_the_trail(
    browser: Browser, make: Make
) -> None:
    idris = make.coordinator()
    browser.sign_in(idris)
    act(make, "took a file of one person", idris)
    with count_statements() as few:
        browser.get("/manage/audit")
    event = make.event()
    for number in range(60):
        booking = make.booking(event)
        act(
            make,
            f"did {number}",
            idris,
            about=("booking", booking),
            partnership_id=make.partnership(),
        )
    with count_statements() as many:
        page = browser.get("/manage/audit")
    assert many.number == few.number, many.texts
    assert "50 of 61 acts shown" in page.text
    assert "11 of 61 acts shown" in browser.get("/manage/audit?page=2").text


def test_an_entry_is_never_rewritten(make: Make) -> None:
    act(make, "took a file of one person")
    for change in ("rewrite", "delete"):
        with pytest.raises(NeverChanged), transaction() as session:
            entry = session.query(AuditEntry).one()
            if change == "delete":
                session.delete(entry)
            else:
                entry.sentence = "did nothing"
    assert db.session.query(AuditEntry).one().sentence == "took a file of one person"

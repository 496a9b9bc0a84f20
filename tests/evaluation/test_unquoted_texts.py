"""Texts that may not be quoted: read once, by no name, lest a concern is missed (E10)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lms.access import Role
from lms.audit import AuditEntry
from lms.clock import FixedClock
from lms.db import db
from lms.errors import NotFound, Refused
from lms.evaluation.commands import add_question, put_in_force
from lms.evaluation.commands.statements import (
    collect_texts,
    release_text,
    set_quote_consent,
    tick_off_text,
)
from lms.evaluation.queries import Scope
from lms.evaluation.queries.statements import (
    count_texts,
    count_unquoted,
    get_text,
    list_texts,
    list_unquoted,
    released_statements,
)
from lms.evaluation.rules import (
    Measure,
    QuestionKind,
    QuoteConsent,
    Stage,
    StatementState,
    own_words,
)
from tests.evaluation.conftest import Delegate, came, close_register
from tests.evaluation.test_statements import NOW, said
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.snapshots import at

SAID = "One of the fathers said that he would not let her leave"


@pytest.fixture
def unquoted(delegate: Delegate, make: Make, clock: FixedClock) -> Delegate:
    """Marigold wrote two texts; at post she left consent open, at impact nobody asks again."""
    came(delegate.booking)
    close_register(delegate.event, at("2027-02-08 16:45"))
    said(delegate.booking, Stage.POST, delegate, "2027-02-08 17:00", comment=[SAID])
    clock.set(at("2027-02-09 10:00"))
    collect_texts(clock.now())
    return delegate


def test_E10_it_is_read_by_no_name_and_the_safeguarding_route_is_open(
    unquoted: Delegate, make: Make, browser: Browser
) -> None:
    idris = make.coordinator()
    browser.sign_in(idris)
    today = browser.get("/manage")
    assert "Read one comment that nobody may quote" in today.text
    page = browser.get("/manage/statements")
    page = browser.get(page.link("Not for quoting (1)"))
    page = browser.get(page.link("Read the first"))
    assert SAID in page.text
    assert "Not for quoting" in page.text
    for hidden in ("Marigold", "Release it", "Disguised Compliance"):
        assert hidden not in page.html
    assert "An event with few answers" in page.text
    read = browser.submit(page, {}, form="I have read it")
    assert "You have read all of it" in read.text
    assert "comment that nobody" not in browser.get("/manage").text
    page = browser.submit(read, {}, form="Undo")
    page = browser.submit(page, {}, form="Send it to the safeguarding lead")
    assert "sent to the safeguarding lead" in page.text
    lead = make.person("Tamsin Quill", role=Role.SAFEGUARDING_LEAD)
    browser.sign_in(lead)
    listed = browser.get("/manage/concerns")
    assert SAID in browser.get(listed.link("Disguised Compliance")).text
    entries = db.session.scalars(select(AuditEntry).filter_by(act="read_text")).all()
    assert "Disguised" not in "".join(entry.sentence for entry in entries)
    db.session.rollback()
    assert released_statements([make.partnership()]) == []


def test_R4_enough_answers_and_the_event_is_named_so_that_one_can_learn_from_it(
    unquoted: Delegate, make: Make
) -> None:
    viewer = make.viewer(make.coordinator())
    [text] = list_unquoted(viewer)
    assert (text.title, text.course_title, text.held_on) == ("", "", None)
    for number in range(4):
        booking = make.booking(unquoted.event, make.person(f"Delegate {number}"))
        came(booking)
        said(booking, Stage.POST, unquoted, "2027-02-08 17:00")
    db.session.rollback()
    [text] = list_unquoted(viewer)
    assert text.title


def test_E10_nobody_releases_it_and_agreed_to_later_it_is_read_anew(
    unquoted: Delegate, make: Make
) -> None:
    viewer = make.viewer(make.coordinator())
    [text] = list_unquoted(viewer)
    with pytest.raises(Refused, match="does not wish to be quoted"):
        release_text(text.id, SAID, [], by=viewer, now=NOW)
    tick_off_text(text.id, by=viewer, now=NOW)
    assert count_unquoted(viewer) == 0
    assert get_text(text.id, viewer).original == "", "read, it is out of view"
    db.session.rollback()
    other = make.viewer(make.person(role=Role.COORDINATOR, partnership=make.partnership("Dudley")))
    with pytest.raises(NotFound):
        get_text(text.id, other)
    set_quote_consent(unquoted.booking, QuoteConsent.WITHOUT_NAME, now=NOW)
    assert [one.words for one in list_texts(viewer, StatementState.WAITING)] == [SAID]
    with pytest.raises(Refused, match="agrees to be quoted now"):
        tick_off_text(text.id, by=viewer, now=NOW)
    db.session.rollback()
    set_quote_consent(unquoted.booking, QuoteConsent.NO, now=NOW)
    assert count_texts(viewer)[StatementState.WAITING] == 0
    assert [one.id for one in list_unquoted(viewer)] == [text.id], "unread, it is not lost"


def test_E10_what_was_written_before_the_event_is_read_anew_once_its_writer_agrees_at_the_end(
    delegate: Delegate, make: Make, clock: FixedClock
) -> None:
    by = make.viewer(make.coordinator())
    partnership = make.partnership()
    db.session.rollback()
    scope = Scope(partnership, Stage.PRE)
    words = own_words(QuestionKind.SHORT_TEXT, "What do you hope for?", Measure.LEARNING)
    question = add_question(scope, words, by=by, now=clock.now())
    put_in_force(scope, by=by, now=clock.now())
    hopes = {f"own_{question}": ["To dare to ask"]}
    said(delegate.booking, Stage.PRE, delegate, "2027-02-05 10:00", **hopes)
    collect_texts(NOW)
    [text] = list_unquoted(by)
    tick_off_text(text.id, by=by, now=NOW)
    came(delegate.booking)
    agrees = {"quote_consent": ["without_name"]}
    said(delegate.booking, Stage.POST, delegate, "2027-02-08 17:00", **agrees)
    assert [one.words for one in list_texts(by, StatementState.WAITING)] == ["To dare to ask"]

"""Two act on one text at once; and what was sent to a safeguarding lead stays unquoted."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from lms.access import Role
from lms.db import db
from lms.errors import Refused
from lms.evaluation.commands import statements
from lms.evaluation.commands.concerns import send_to_lead
from lms.evaluation.commands.statements import (
    hold_back_text,
    read_text_again,
    release_text,
    set_quote_consent,
    tick_off_text,
)
from lms.evaluation.queries.statements import get_text, list_texts, list_unquoted
from lms.evaluation.rules import QuoteConsent, StatementState
from tests.evaluation.conftest import Delegate
from tests.evaluation.test_statements import NOW, SAID, find, quoted, texts  # noqa: F401
from tests.support.browser import Browser
from tests.support.make import Make

YES, NO = QuoteConsent.WITHOUT_NAME, QuoteConsent.NO


def test_E10_a_text_at_risk_is_quoted_nowhere_whatever_undo_is_pressed_afterwards(
    texts: Delegate,  # noqa: F811
    make: Make,
) -> None:
    viewer = make.viewer(make.coordinator())
    make.person(role=Role.SAFEGUARDING_LEAD)
    one = find(SAID, viewer)
    hold_back_text(one, by=viewer, now=NOW)
    send_to_lead(one, by=viewer, now=NOW)
    with pytest.raises(Refused):
        read_text_again(one, by=viewer, now=NOW)
    set_quote_consent(texts.booking, NO, now=NOW)
    set_quote_consent(texts.booking, YES, now=NOW)
    with pytest.raises(Refused):
        release_text(one, SAID, [], by=viewer, now=NOW)
    assert quoted(make) == []
    lead_only = get_text(one, viewer)
    assert lead_only.state is StatementState.HELD_BACK
    assert one not in {each.id for each in list_texts(viewer, StatementState.WAITING)}


def test_E10_what_is_sent_on_offers_no_button_to_read_it_again(
    texts: Delegate,  # noqa: F811
    make: Make,
    browser: Browser,
) -> None:
    idris = make.coordinator()
    one = find(SAID, make.viewer(idris))
    send_to_lead(one, by=make.viewer(idris), now=NOW)
    browser.sign_in(idris)
    page = browser.get(f"/manage/statements/{one}")
    assert "Sent to the safeguarding lead" in page.text
    assert "Read it again" not in page.text


@pytest.mark.parametrize("theme", ["9" * 20, "-1", "no number"])
def test_E10_a_theme_that_no_row_can_have_is_refused_and_nothing_typed_is_lost(
    texts: Delegate,  # noqa: F811
    make: Make,
    browser: Browser,
    theme: str,
) -> None:
    idris = make.coordinator()
    one = find(SAID, make.viewer(idris))
    browser.sign_in(idris)
    page = browser.get(f"/manage/statements/{one}")
    typed = {**page.form("Release it"), "words": "told me […]", "themes": theme}
    refused = browser.post(page.address, typed, status=422)
    assert "told me […]" in refused.html
    assert quoted(make) == []


# --- At the same moment ---------------------------------------------------------------------


def meanwhile(app: Flask, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> Thread:
    """Let somebody else do `act` after a text was read and before it is decided on.

    Goes on once that is done, or is seen to wait for a lock.
    """

    def other() -> None:
        with app.app_context():
            act()
            db.session.remove()

    thread = Thread(target=other)
    decide = statements.state_after

    def decide_later(*given: Any, **more: Any) -> StatementState:
        thread.start()
        with db.engine.connect() as onlooker:
            while thread.is_alive() and not onlooker.scalar(text(WAITS)):
                onlooker.rollback()
        return decide(*given, **more)

    monkeypatch.setattr(statements, "state_after", decide_later)
    return thread


WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_E10_withdrawn_while_it_is_being_released_it_is_neither_quoted_nor_released_by_a_new_yes(
    app: Flask,
    texts: Delegate,  # noqa: F811
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    viewer = make.viewer(make.coordinator())
    one = find(SAID, viewer)
    booking = texts.booking
    other = meanwhile(app, monkeypatch, lambda: set_quote_consent(booking, NO, now=NOW))
    release_text(one, SAID, [], by=viewer, now=NOW)
    other.join()
    assert quoted(make) == []
    set_quote_consent(booking, YES, now=NOW)
    assert quoted(make) == []
    assert find(SAID, viewer) == one


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_E10_agreed_to_while_it_is_ticked_off_it_is_in_one_of_the_lists(
    app: Flask,
    texts: Delegate,  # noqa: F811
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    viewer = make.viewer(make.coordinator())
    set_quote_consent(texts.booking, NO, now=NOW)
    one = next(each.id for each in list_unquoted(viewer) if each.words == SAID)
    booking = texts.booking
    other = meanwhile(app, monkeypatch, lambda: set_quote_consent(booking, YES, now=NOW))
    tick_off_text(one, by=viewer, now=NOW)
    other.join()
    assert find(SAID, viewer) == one

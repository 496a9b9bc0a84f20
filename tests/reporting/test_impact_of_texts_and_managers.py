"""What stands beside the figures of impact: quotes, gone with their writer's consent; managers."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select

from lms.access import Role
from lms.agencies.rules import Sector
from lms.booking.models import Booking
from lms.booking.rules import Outcome
from lms.db import db, transaction
from lms.evaluation.commands.statements import set_quote_consent, take_back_quote
from lms.evaluation.models import Corroboration
from lms.evaluation.rules import QuoteConsent, Seen, StatementState
from tests.reporting.test_impact_page import BEGAN, Year, read, year
from tests.support.browser import BASE_URL, Browser
from tests.support.make import Make

__all__ = ["year"]
WORDS, OTHERS = "They rang the school before the meeting", "More time for the case"
QUERIES = {
    "/reports": ("?year=2025-26", "?year=2025-26&by=event"),
    "/manage/statements": ("", "?show=released"),
    "/courses": ("",),
    "/my-learning": ("",),
}
FORMS = ("csv", "json", "xlsx", "docx", "html")
RELEASED = datetime(2025, 12, 1, 9, tzinfo=UTC)


def holds(content: bytes, words: str) -> bool:
    """Whether a page or file has the words, also one that is packed."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return any(words.encode() in packed.read(name) for name in packed.namelist())
    return words.encode() in content


def addresses(app: Flask, statement: int) -> Iterator[str]:
    """Every page and file on which a quote could stand."""
    known = {"statement_id": statement, "slug": "neglect"}
    for rule in app.url_map.iter_rules():
        queries = next((QUERIES[start] for start in QUERIES if rule.rule.startswith(start)), ())
        if "GET" not in (rule.methods or ()) or not queries:
            continue
        for form in FORMS if "form" in rule.arguments else ("",):
            values = {name: known.get(name, 1) for name in rule.arguments} | {"form": form}
            with app.test_request_context():
                path = rule.build(values, append_unknown=False)
            if path and not path[1].endswith(".pdf"):
                yield from (path[1] + query for query in queries)


def test_E10_a_quote_is_gone_from_every_page_file_and_list_the_moment_it_is_taken_back(
    app: Flask, year: Year, browser: Browser, make: Make
) -> None:
    year.answers(year.police, 6)
    booking = db.session.scalars(select(Booking.id).order_by(Booking.id)).first() or 0
    db.session.rollback()
    released = {"state": StatementState.RELEASED, "decided_at": RELEASED}
    statement = make.statement(booking, "One", "difference", words=WORDS, **released)
    make.statement(booking, "Two", "comment", words=OTHERS, **released)
    browser.sign_in(make.person("Idris", role=Role.COORDINATOR))

    def quoted_at(paths: Iterable[str], words: str) -> set[str]:
        pages = {path: browser.client.get(path, base_url=BASE_URL).get_data() for path in paths}
        return {path for path, content in pages.items() if holds(content, words)}

    found = quoted_at(addresses(app, statement), WORDS)
    both = {"/reports/impact?year=2025-26", "/manage/statements?show=released"}
    assert both <= found, found
    assert f"/manage/statements/{statement}" in found
    take_back_quote(booking, statement, now=RELEASED)
    assert quoted_at(found, WORDS) == set()
    assert both <= quoted_at(found, OTHERS), "this one alone was taken back"
    set_quote_consent(booking, QuoteConsent.NO, now=RELEASED)
    assert quoted_at(found, OTHERS) == set()


def test_E8_R4_the_one_manager_of_an_event_with_one_delegate_is_read_from_no_table(
    year: Year, browser: Browser, make: Make
) -> None:
    """Six said something of the course: five at one event and one at another. Only the six show."""
    year.answers(year.police, 6)
    alone = make.event("Neglect", starts_at=BEGAN.replace(day=22), course=year.course)
    make.booking(alone, make.person("Only One"), outcome=Outcome.ATTENDED)
    with transaction() as session:
        for event, seen in ((year.event, Seen.IN_PRACTICE), (alone, Seen.NOT_SEEN)):
            for _ in range(5 if event == year.event else 1):
                session.add(
                    Corroboration(
                        event_id=event,
                        sector=Sector.POLICE,
                        seen=seen,
                        answered_on=BEGAN.date().replace(month=11, day=1),
                    )
                )
    for by, expected in (("event", {"Total": "6"}), ("course", {"Neglect": "6", "Total": "6"})):
        rows = csv.DictReader(io.StringIO(read(browser, f"/reports/impact.csv?by={by}")))
        told = {row[by]: row["managers"] for row in rows if row["outcome"] == "all"}
        assert {label: figure for label, figure in told.items() if figure} == expected, by

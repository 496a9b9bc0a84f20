"""The annual report with what people type into the names and texts that it is made of."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import docx
import pytest

from lms.access import Role
from lms.accounts.models import RoleGrant
from lms.clock import FixedClock
from lms.db import transaction
from lms.reporting.annual.document import (
    Head,
    Paragraph,
    Quotation,
    Quotations,
    Row,
    Section,
    Table,
)
from lms.reporting.annual.paper import annual_pdf
from lms.reporting.annual.word import annual_docx
from tests.reporting.test_annual import EVERY_BLOCK, LAST_YEAR, LOOK, MADE_AT
from tests.support.browser import Browser
from tests.support.make import Make

ODD = "Neg\x01le\x0bct \ufffe<b>&amp; #panic() $x$\x00"


@pytest.mark.parametrize("where", ["a text", "the partnership"])
def test_what_XML_cannot_hold_is_left_out_and_markup_stays_as_typed(where: str) -> None:
    odd = Section(
        "odd",
        ODD,
        (
            Paragraph(ODD, "finding"),
            Table(ODD, (Head(ODD, is_numeric=False),), (Row((ODD,)),), ODD),
            Quotations((Quotation(ODD, ODD),)),
        ),
    )
    whole = replace(EVERY_BLOCK, title=ODD, lead=ODD, sections=(*EVERY_BLOCK.sections, odd))
    of_text = where == "a text"
    document, look = (whole, LOOK) if of_text else (EVERY_BLOCK, {**LOOK, "title": ODD})
    word = docx.Document(io.BytesIO(annual_docx(document, look, made_at=MADE_AT)))
    title = next(p for p in word.paragraphs if p.style and p.style.name == "Title")
    shown = title.text if of_text else word.core_properties.author
    assert shown == "Neglect <b>&amp; #panic() $x$"
    assert annual_pdf(document, look, made_at=MADE_AT).startswith(b"%PDF")


def test_every_link_of_the_report_leads_on_where_the_partnership_has_an_ampersand(
    make: Make, browser: Browser
) -> None:
    other = make.partnership("Wednesfield & Pelsall")
    make.event("Neglect", starts_at=LAST_YEAR, partnership=other)
    both = make.coordinator()
    with transaction() as session:
        grant = {"person_id": both, "partnership_id": other, "starts_on": date(2026, 1, 1)}
        session.add(RoleGrant(role=Role.COORDINATOR, **grant))
    browser.sign_in(both)
    page = browser.get(browser.get("/reports/annual?year=2025-26").link("Wednesfield"))
    assert "Wednesfield & Pelsall" in page.text
    for words in ("2025-26", "PDF"):
        assert "Wednesfield%20%26%20Pelsall" in page.link(words)
        browser.get(page.link(words))
    frozen = browser.submit(browser.get(page.link("Freeze 2025-26")), form="Freeze 2025-26")
    assert "is frozen" in frozen.text
    assert "Wednesfield & Pelsall" in frozen.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("month", "label"), [(1, "2026"), (10, "2025-26")])
def test_the_link_to_another_partnership_asks_for_a_year_that_it_has(
    make: Make, browser: Browser, clock: FixedClock, month: int, label: str
) -> None:
    clock.set(datetime(2026, 5, 4, 9, tzinfo=UTC))
    other = make.partnership("Wednesfield", year_starts_month=month)
    reader = make.person(role=Role.PLD_MEMBER)
    with transaction() as session:
        grant = {"person_id": reader, "partnership_id": other, "starts_on": date(2026, 1, 1)}
        session.add(RoleGrant(role=Role.PLD_MEMBER, **grant))
    browser.sign_in(reader)
    page = browser.get("/reports/annual?year=2026-27&partnership=Walsall")
    page = browser.get(page.link("Wednesfield"))
    assert page.h1 == f"Training and learning {label}"
    assert browser.get(page.link("Walsall")).status == 200

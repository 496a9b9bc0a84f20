"""The record of learning as a PDF: what a professional register asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lms import pdf
from lms.accounts.models import Person
from lms.accounts.queries import memberships_on
from lms.agencies.look import printed_look
from lms.agencies.models import Partnership
from lms.agencies.queries import default_partnership
from lms.booking.rules import Outcome
from lms.certificates.queries import certificates_in_force
from lms.clock import london_date
from lms.desk.attended import Attended, YearOfLearning, record_of
from lms.errors import NotFound
from lms.web.words import hours_figure, hours_in_words, short_day, short_day_and_year
from lms.words import day_and_year


def record_pdf(person: Person, *, base_url: str, now: datetime) -> bytes:
    """All that somebody attended by closed registers, year by year, on their partnership's paper.

    Each line has the code of its certificate, where one is in force. Raises NotFound where there
    is no partnership yet.
    """
    years, today = record_of(person.id, now), london_date(now)
    bookings = [line.booking.id for year in years for line in year.attended]
    codes = {i: certificate.code for i, certificate in certificates_in_force(bookings).items()}
    works = [
        m.agency.name if m.agency else m.agency_typed for m in memberships_on(person.id, today)
    ]
    facts = {
        "look": printed_look(_partnership_of(years)),
        "title": f"Record of learning: {person.name}",
        "name": person.name,
        "about": [*filter(None, [person.job_role, *works])],
        "today": day_and_year(today),
        "years": [_year(year, codes) for year in years],
        "year_runs": _year_runs(years[0]) if years else "",
        "has_codes": bool(codes),
        "address": f"{base_url}/certificates",
    }
    return pdf.render("desk/learning_record", facts, made_at=now)


def _partnership_of(years: list[YearOfLearning]) -> Partnership:
    """Where the person last was, as for their reporting year; else the first one made."""
    if years:
        return years[0].attended[-1].event.partnership
    found = default_partnership()
    if found is None:
        raise NotFound
    return found


def _year(year: YearOfLearning, codes: dict[int, str]) -> dict[str, Any]:
    return {
        "label": year.year.label,
        "hours": hours_in_words(year.minutes),
        "total": hours_figure(year.minutes),
        "lines": [_line(line, codes.get(line.booking.id, "")) for line in year.attended],
    }


def _line(line: Attended, code: str) -> dict[str, str]:
    return {
        "date": short_day_and_year(line.held_on),
        "title": line.event.title,
        "held_by": line.event.partnership.title,
        "part": "part attended" if line.booking.outcome is Outcome.PART_ATTENDED else "",
        "level": str(line.event.level) if line.event.level else "none",
        "hours": hours_figure(line.minutes),
        "code": code,
    }


def _year_runs(year: YearOfLearning) -> str:
    return f"{short_day(year.year.first)} to {short_day(year.year.last)}"

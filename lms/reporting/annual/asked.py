"""What the page and the command line ask for: a year of one partnership, as its document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lms.access import Viewer
from lms.agencies.models import Partnership
from lms.clock import ReportingYear
from lms.reporting.annual.document import Document
from lms.reporting.annual.facts import annual_facts, year_asked
from lms.reporting.annual.writing import annual_document
from lms.reporting.queries import Asked, Scope, scope_of


@dataclass(frozen=True)
class Annual:
    """The report of a year, ready to be set."""

    partnership: Partnership
    year: ReportingYear
    scope: Scope
    document: Document

    def file_name(self, form: str) -> str:
        """'training-and-learning-2025-26.docx'."""
        return f"training-and-learning-{self.year.label}.{form}"


def annual_report(year: str, partnership: str, viewer: Viewer | None, now: datetime) -> Annual:
    """The report that is asked for; of the last complete year where none is named.

    Raises Refused for a year that has not begun, or a partnership that cannot be.
    """
    scope = scope_of(Asked(year=year, partnership=partnership), viewer)
    of = year_asked(year, scope, now)
    facts = annual_facts(scope, of, now)
    return Annual(facts.partnership, of, scope, annual_document(facts))

"""What the page and the command line ask for: a year of one partnership, as its document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lms.access import Viewer
from lms.agencies.models import Partnership
from lms.clock import ReportingYear
from lms.db import db
from lms.errors import NotFound
from lms.reporting.annual.corrected import with_corrections
from lms.reporting.annual.document import Document
from lms.reporting.annual.facts import annual_facts, year_asked
from lms.reporting.annual.writing import annual_document
from lms.reporting.freezing.queries import Frozen, find_edition, find_frozen
from lms.reporting.queries import Asked, Scope, scope_of
from lms.web.addresses import row_id_in


@dataclass(frozen=True)
class Annual:
    """The report of a year, ready to be set."""

    partnership: Partnership
    year: ReportingYear
    scope: Scope
    document: Document
    frozen: Frozen | None = None
    is_over: bool = True

    def file_name(self, form: str) -> str:
        """'training-and-learning-2025-26.docx'."""
        is_earlier = self.frozen is not None and self.frozen.replaced_by is not None
        edition = f"-edition-{self.frozen.edition.edition}" if self.frozen and is_earlier else ""
        return f"training-and-learning-{self.year.label}{edition}.{form}"


def annual_report(
    year: str, partnership: str, viewer: Viewer | None, now: datetime, edition: str = ""
) -> Annual:
    """The report that is asked for; of the last complete year where none is named.

    One that is frozen reads as it was published, with what was corrected since; an earlier
    `edition` too, with what the next one changed.

    Raises Refused for a year that has not begun, or a partnership that cannot be; NotFound for an
    edition that there is not.
    """
    scope = scope_of(Asked(year=year, partnership=partnership), viewer)
    of = year_asked(year, scope, now)
    partnership_id = scope.partnership_ids[0]
    row = db.session.get_one(Partnership, partnership_id)
    frozen = _asked_edition(row, of, edition, now) if edition else find_frozen(row, of, now)
    if frozen is not None:
        return Annual(row, of, scope, with_corrections(frozen), frozen)
    facts = annual_facts(scope, of, now)
    return Annual(row, of, scope, annual_document(facts), is_over=not facts.is_running)


def _asked_edition(
    partnership: Partnership, year: ReportingYear, edition: str, now: datetime
) -> Frozen:
    number = row_id_in(edition)
    found = find_edition(partnership, year, number, now) if number else None
    if found is None:
        raise NotFound("There is no such edition of that year's report.")
    return found


def report_of_today(found: Annual, now: datetime) -> Document:
    """The report as the rows have it now, whatever was published."""
    return annual_document(annual_facts(found.scope, found.year, now))

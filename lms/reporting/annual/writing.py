"""The annual report as a document: which sections there are, and in which order."""

from __future__ import annotations

from lms.reporting.annual.attended import attendance_section
from lms.reporting.annual.changed import impact_section, improvements_section, quotes_section
from lms.reporting.annual.document import Document, Section
from lms.reporting.annual.facts import AnnualFacts
from lms.reporting.annual.figures import highlights_section, since_section
from lms.reporting.annual.programme import courses_section, priorities_section
from lms.reporting.annual.reached import reach_section
from lms.reporting.annual.told import cannot_section, counted_section, elsewhere_section
from lms.words import count, number, sentence_case

SECTIONS = (
    highlights_section,
    attendance_section,
    courses_section,
    priorities_section,
    reach_section,
    impact_section,
    quotes_section,
    improvements_section,
    since_section,
    elsewhere_section,
    cannot_section,
    counted_section,
)


def annual_document(facts: AnnualFacts) -> Document:
    """The report. A section that has nothing to say is left out."""
    made: list[Section] = [found for write in SECTIONS if (found := write(facts)) is not None]
    first, last = facts.year.first, facts.year.last
    so_far = f", as of {facts.today.day} {facts.today:%B %Y}" if facts.is_running else ""
    return Document(
        title=f"Training and learning {facts.year.label}",
        caption=f"{first:%B %Y} to {last:%B %Y}{so_far}",
        lead=lead(facts),
        made_on=f"{facts.today.day} {facts.today:%B %Y}",
        sections=tuple(made),
    )


def lead(facts: AnnualFacts) -> str:
    """The year in two or three sentences."""
    events = facts.events
    if not events.planned:
        return f"{facts.partnership.title} planned no training events in {facts.year.label}."
    ran = "ran all of them" if events.run == events.planned else f"ran {number(events.run)}"
    opening = f"{facts.partnership.title} planned {count(events.planned, 'event')} and {ran}."
    from_where = sum(row.counts.attended > 0 for row in facts.agencies.rows if row.sector)
    if not facts.attended:
        return f"{opening} Nobody attended."
    agencies = f", from {number(from_where)} agencies" if from_where > 1 else ""
    people = facts.agencies.total.people
    came = f"They were attended {facts.attended:,} times, by {people:,} different people{agencies}."
    return sentence_case(f"{opening} {came}")

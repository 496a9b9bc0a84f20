"""Figures that other systems hold: what they may be of, and how they are said.

Entered for a reporting year, for the whole partnership or for one agency, and shown as entered,
with who and when. They are never added to the partnership's own figures. A figure of the whole
and figures of agencies stand beside each other: the whole is taken where it is known.

Source: docs/decisions/0056.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lms.clock import reporting_year
from lms.errors import Refused
from lms.words import Word

MOST = 10_000_000
WHOLE = 100


class Measure(Word):
    """What is counted elsewhere."""

    E_LEARNING = "e_learning"
    VIDEOS = "videos"
    VIEWS = "views"
    OWN_TRAINING = "own_training"

    @property
    def called(self) -> str:
        """As it stands in a list and on the form."""
        return TITLES[self]


TITLES = {
    Measure.E_LEARNING: "E-learning modules completed",
    Measure.VIDEOS: "Videos or webinars added",
    Measure.VIEWS: "Views of video recordings",
    Measure.OWN_TRAINING: "Training that an agency gave its own staff",
}
OF_AGENCIES = (Measure.E_LEARNING, Measure.OWN_TRAINING)
"""What can be of one agency; the others are of the partnership."""


@dataclass(frozen=True)
class Subject:
    """What a figure is of; `agency_id` None: the whole partnership."""

    partnership_id: int
    year: int
    measure: Measure
    agency_id: int | None = None
    course: str = ""


@dataclass(frozen=True)
class Entry:
    """A figure as entered; `share` is the per cent of the agency's staff, where it is known."""

    value: int
    share: int | None = None
    source: str = ""


def refuse_subject(subject: Subject, start_month: int, today: date) -> None:
    """Raises Refused, naming the field, where there can be no such figure."""
    if date(subject.year, start_month, 1) > today:
        label = reporting_year(date(subject.year, start_month, 1), start_month).label
        raise Refused(f"{label} has not begun: choose a year that has", field="year")
    is_own = subject.measure is Measure.OWN_TRAINING
    if is_own and subject.agency_id is None:
        raise Refused("Choose the agency that gave it", field="agency")
    if subject.agency_id is not None and subject.measure not in OF_AGENCIES:
        raise Refused(
            "Videos and their views are of the whole partnership: choose no agency", field="agency"
        )
    if is_own and not subject.course:
        raise Refused("Enter the name of the course", field="course")
    if subject.course and not is_own:
        raise Refused(
            "Leave the course empty: only training of an agency’s own staff has one",
            field="course",
        )


def refuse_entry(entry: Entry, measure: Measure) -> None:
    """Raises Refused, naming the field, where no such figure can be."""
    if not 0 <= entry.value <= MOST:
        raise Refused(f"Enter a number from 0 to {MOST:,}", field="value")
    if entry.share is None:
        return
    if measure is not Measure.OWN_TRAINING:
        raise Refused(
            "Leave the per cent empty: only training of an agency’s own staff has one",
            field="share",
        )
    if not 0 <= entry.share <= WHOLE:
        raise Refused("Enter a per cent from 0 to 100", field="share")


@dataclass(frozen=True)
class Known:
    """A figure of one year that stands, for the whole (`agency` empty) or one agency."""

    measure: Measure
    value: int
    agency: str = ""
    course: str = ""
    share: int | None = None


@dataclass(frozen=True)
class YearFigure:
    """A measure of the year; `agencies`: of how many it is the sum, 0 where it is of the whole."""

    value: int
    agencies: int = 0


def figure_of_year(measure: Measure, known: Iterable[Known]) -> YearFigure | None:
    """The whole where it was entered, else the sum of the agencies'; None: nobody entered any.

    The two are never added, since the whole holds the agencies.
    """
    own = [one for one in known if one.measure is measure]
    whole = next((one for one in own if not one.agency), None)
    if whole is not None:
        return YearFigure(whole.value)
    if not own:
        return None
    return YearFigure(sum(one.value for one in own), len({one.agency for one in own}))

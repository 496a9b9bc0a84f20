"""What went wrong: mail that did not arrive, jobs that failed or are silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lms.access import Viewer
from lms.attendance.meetings.queries import UnmatchedNames, list_unmatched
from lms.clock import london_date
from lms.desk.today.notes import Note
from lms.jobs import job_reports
from lms.messaging.queries import FailedAddress, failures
from lms.words import count, day, moment, number, sentence_case

MOST_SHOWN = 5


@dataclass(frozen=True)
class Wrong:
    """The first few, and how many there are."""

    notes: list[Note]
    in_all: int


def what_went_wrong(viewer: Viewer, now: datetime) -> Wrong:
    """Jobs first: where they stand still, mail does too."""
    jobs = list(_jobs(now))
    failed = [*map(_failed, failures(viewer)), *map(_unmatched, list_unmatched(viewer))]
    return Wrong([*jobs, *failed[:MOST_SHOWN]], len(jobs) + len(failed))


def _unmatched(event: UnmatchedNames) -> Note:
    names, match = ("name", "matches") if event.names == 1 else ("names", "match")
    held = f", {day(london_date(event.starts_at))}" if event.starts_at else ""
    return Note(
        f"{sentence_case(number(event.names))} {names} in a meeting’s file {match} nobody",
        f"{event.title}{held}.",
        "Match them",
        f"/manage/events/{event.event_id}/register/files",
    )


def _failed(address: FailedAddress) -> Note:
    is_one = address.messages == 1
    said = sentence_case(count(address.messages, "message"))
    happened = "came back" if address.was_refused else "could not be sent"
    return Note(
        f"{said} to {address.name} {happened}",
        f"“{address.newest.subject}”." if is_one else f"The newest: “{address.newest.subject}”.",
        "See the message",
        f"/manage/messages/{address.newest.id}",
    )


def _jobs(now: datetime) -> Iterator[Note]:
    for report in job_reports(now):
        what = report.job.describes or report.job.name
        if report.is_silent:
            last = f"Last on {moment(report.last_at)}." if report.last_at else "It has never run."
            yield Note(f"Nothing runs: {what}", last, "See what runs", "/manage/jobs")
        elif report.failed_in_a_week:
            times = count(report.failed_in_a_week, "time")
            yield Note(
                f"Failed: {what}", f"{sentence_case(times)} in a week.", "See why", "/manage/jobs"
            )

"""What falls due in this slice: packs, and noticing what was corrected in a frozen year."""

from __future__ import annotations

from datetime import timedelta

from lms.jobs import Job
from lms.reporting.freezing.commands import note_corrections
from lms.reporting.packs.commands import send_packs

JOBS: tuple[Job, ...] = (
    Job(
        "frozen years",
        note_corrections,
        every=timedelta(hours=1),
        describes="Notices which figures of a frozen year have been corrected, and when",
    ),
    Job(
        "packs",
        send_packs,
        every=timedelta(minutes=15),
        describes="Sends PLD members their quarter and agency leads their month: a link, once each",
    ),
)

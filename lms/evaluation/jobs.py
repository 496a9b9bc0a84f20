"""What falls due in this slice."""

from __future__ import annotations

from lms.evaluation.commands import ask_all_due, ask_managers_due
from lms.evaluation.commands.concerns import tell_leads
from lms.evaluation.commands.statements import collect_texts
from lms.jobs import Job

JOBS: tuple[Job, ...] = (
    Job(
        "evaluations",
        ask_all_due,
        describes="Asks delegates before, at the end and eight weeks after, and reminds them.",
    ),
    Job(
        "corroborations",
        ask_managers_due,
        describes="Asks line managers one question, where the delegate agreed, and reminds once.",
    ),
    Job(
        "texts",
        collect_texts,
        describes="Gathers what delegates wrote in their own words, to be read.",
    ),
    Job(
        "concerns",
        tell_leads,
        describes="Tells safeguarding leads of a text that shows somebody at risk.",
    ),
)

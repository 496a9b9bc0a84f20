"""Reads of this slice: who has a certificate, who waits for what, what a code stands for."""

from lms.certificates.queries.issued import (
    certificates_in_force,
    find_certificate,
    lines_of_person,
    partnership_of,
)
from lms.certificates.queries.standings import (
    EventCertificates,
    Line,
    certificates_within,
    events_with_due,
    get_event_certificates,
    list_lines,
)
from lms.certificates.queries.waiting import (
    ProposedRevocation,
    WaiverDecision,
    list_proposed_revocations,
    list_waiver_decisions,
)

__all__ = [
    "EventCertificates",
    "Line",
    "ProposedRevocation",
    "WaiverDecision",
    "certificates_in_force",
    "certificates_within",
    "events_with_due",
    "find_certificate",
    "get_event_certificates",
    "lines_of_person",
    "list_lines",
    "list_proposed_revocations",
    "list_waiver_decisions",
    "partnership_of",
]

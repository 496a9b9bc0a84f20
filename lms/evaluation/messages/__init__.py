"""What this slice tells people."""

from lms.evaluation.messages import to_delegates, to_leads, to_managers
from lms.messaging.rules import StillTrue

PURPOSES: dict[str, StillTrue] = {
    **to_delegates.PURPOSES,
    **to_managers.PURPOSES,
    **to_leads.PURPOSES,
}
KINDS = (*to_delegates.KINDS, *to_managers.KINDS, *to_leads.KINDS)

__all__ = ["KINDS", "PURPOSES"]

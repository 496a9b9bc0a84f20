"""B6: how an offer or an invitation ended, and the words of the ledger for it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lms.words import moment


class Ended(StrEnum):
    """How an offer or an invitation ended."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    REFUSED = "refused"  # by the mail server
    WITHDRAWN = "withdrawn"  # the booking ended, or was confirmed, otherwise
    TAKEN_BACK = "taken_back"  # by a coordinator
    TAKEN = "taken"  # an invitation: somebody else was faster


SENTENCES = {
    Ended.ACCEPTED: "Accepted on {at}",
    Ended.DECLINED: "Turned down on {at}",
    Ended.LAPSED: "Ran out on {at}, without an answer",
    Ended.REFUSED: "Not delivered, and passed on, on {at}",
    Ended.WITHDRAWN: "Fell away on {at}: the booking ended, or went on, otherwise",
    Ended.TAKEN_BACK: "Taken back on {at}",
    Ended.TAKEN: "Somebody else was first, on {at}",
}


@dataclass(frozen=True)
class OfferFact:
    """An offer as the ledger sees it; `holds_place` False: an invitation to be the first.

    `why` is the reason of a coordinator who took it back.
    """

    made_at: datetime
    ends_at: datetime
    holds_place: bool
    ended_at: datetime | None = None
    ended_how: Ended | None = None
    why: str = ""

    @property
    def what(self) -> str:
        """What was offered."""
        return "A place, held" if self.holds_place else "The first to accept has it"


def what_became_of(offer: OfferFact) -> str:
    """'Turned down on Tuesday 19 January at 9am', 'Runs until Wednesday 20 January at 10am'."""
    if offer.ended_at is None or offer.ended_how is None:
        return f"Runs until {moment(offer.ends_at)}"
    at = min(offer.ended_at, offer.ends_at) if offer.ended_how is Ended.LAPSED else offer.ended_at
    said = SENTENCES[offer.ended_how].format(at=moment(at))
    return f"{said}. The reason: {offer.why}" if offer.why else said

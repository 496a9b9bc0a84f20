"""Who can book an event, in words: what is so, what changes, and what that does to whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lms.booking.commands import Following
from lms.booking.rules import Share, ShareKind, Side, WhoCanBook
from lms.booking.views.changes import Change
from lms.catalogue.rules import ApprovedBy, ListOrder
from lms.words import count, listed, moment, sentence_case, short_day

ORDERS = {
    ListOrder.FIRST_COME: "first come, first served",
    ListOrder.MIX: "mix, so the agency with the fewest places comes first",
}
APPROVERS = {
    ApprovedBy.NOBODY: "nobody",
    ApprovedBy.LINE_MANAGER: "their line manager",
    ApprovedBy.AGENCY_LEAD: "their agency’s lead",
}
FACTS = (
    "Booking opens",
    "Who goes first",
    "Who approves a booking",
    "Whom it is for",
    "Places that one agency may hold without names",
    "Who may have how many",
    "Shared with",
)
MOST_NAMED = 12


def what_changes(
    before: WhoCanBook, after: WhoCanBook, agencies: dict[int, str], partners: dict[int, str]
) -> list[Change]:
    """Each fact that differs, as it is and as it will be."""
    both = (_facts(terms, agencies, partners) for terms in (before, after))
    return [
        Change(what, one, other)
        for what, one, other in zip(FACTS, *both, strict=True)
        if one != other
    ]


def facts_said(
    terms: WhoCanBook, agencies: dict[int, str], partners: dict[int, str]
) -> list[tuple[str, str]]:
    """What an event says of who can book it, each fact with its words."""
    said = _facts(terms, agencies, partners)
    return [(what, sentence_case(words)) for what, words in zip(FACTS, said, strict=True)]


def _facts(
    terms: WhoCanBook, agencies: dict[int, str], partners: dict[int, str]
) -> tuple[str, ...]:
    shared = [
        f"{partners.get(part.partnership_id, '')}: {count(part.places, 'place')}"
        + (f" until {short_day(part.release_on)}" if part.release_on else "")
        for part in terms.allocations
    ]
    return (
        moment(terms.opens_at) if terms.opens_at else "at once",
        ORDERS[terms.order],
        APPROVERS[terms.approved_by],
        _for_whom(terms, agencies),
        str(terms.unnamed_places),
        sentence_case("; ".join(map(share_in_words, terms.shares))) or "No limits",
        "; ".join(shared) or "nobody",
    )


def _for_whom(terms: WhoCanBook, agencies: dict[int, str]) -> str:
    if not terms.is_by_invitation:
        return "anyone"
    invited = [agencies.get(agency_id, "") for agency_id in terms.invited_agency_ids]
    return f"only {listed([*invited, *terms.invited_addresses])}"


def share_in_words(share: Share) -> str:
    """'at most two places for West Midlands Police', 'four places held for … until 5 May'."""
    until = f" until {short_day(share.ends_on)}" if share.ends_on else ""
    places = count(share.places, "place") + (" online" if share.side is Side.ONLINE else "")
    if share.kind is ShareKind.CAP:
        return f"at most {places} for {share.name}{until}"
    return f"{places} held for {share.name}{until}"


def what_follows(following: Following) -> list[str]:
    """What saving does at once, a sentence for each kind of thing, with names."""
    return list(_effects(following))


def _effects(following: Following) -> Iterator[str]:
    if following.confirmed:
        yield f"{_named(following.confirmed)} {_has(following.confirmed)} a place at once."
    if following.offered:
        is_one = len(following.offered) == 1
        yield f"{_named(following.offered)} {'is' if is_one else 'are'} offered a place."
    if following.invited:
        are_all = f"{_named(following.invited)} {_is(following.invited)} asked at once"
        yield f"{are_all}: the first to accept has the place."
    if not (following.confirmed or following.offered or following.invited):
        yield "Nobody who waits is placed or asked because of it."
    for share, has in following.beyond:
        it = "it" if has == 1 else "them"
        yield f"{sentence_case(share.name)} has {count(has, 'place')} already, and keeps {it}."


def _named(names: Iterable[str]) -> str:
    known = list(names)
    if len(known) <= MOST_NAMED:
        return listed(known)
    return f"{', '.join(known[:MOST_NAMED])} and {len(known) - MOST_NAMED} more"


def _has(names: tuple[str, ...]) -> str:
    return "has" if len(names) == 1 else "have"


def _is(names: tuple[str, ...]) -> str:
    return "is" if len(names) == 1 else "are"

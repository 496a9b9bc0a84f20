"""Messages as a coordinator reads them in a list: narrowed by links, or by a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from lms import words
from lms.access import Viewer
from lms.clock import london
from lms.desk.message_page import became
from lms.desk.queries import find_event_title, find_person_name
from lms.messaging import queries
from lms.messaging.models import Message
from lms.messaging.queries import FailedAddress, MessageFilters
from lms.messaging.rules import MessageState
from lms.tables import Value
from lms.web.addresses import row_id_in
from lms.web.filters import Chip, Narrowed, address
from lms.web.long_lists import Page, counted_group, page_asked, period_asked, periods_offered

PATH = "/manage/messages"
A_PAGE = 50
SETTLED = "settled"
IN_ORDER = (
    MessageState.FAILED,
    MessageState.QUEUED,
    MessageState.SENDING,
    MessageState.SENT,
    MessageState.DROPPED,
)
SPELLED_OUT = {
    "few-booked": "Fewer booked than needed",
    "giving": "To trainers",
    "register": "Register not closed",
    "reminder": "Reminder, the day before",
    "reminder-week-before": "Reminder, a week before",
}
NAMES = ("state", "purpose", "when", "event", "person", "to", "q", "words")
HEADER = (
    *("written_at", "to_name", "to_address", "purpose", "subject", "state", "became", "tries"),
    "last_answer",
)


@dataclass(frozen=True)
class ListPage:
    """A page of the list, the newest first, and the ways to narrow it; `wrong`: by address."""

    narrowed: Narrowed[Message]
    lines: list[tuple[Message, str]]
    failed: int
    dropped: int
    wrong: list[FailedAddress]
    page: Page


def list_page(viewer: Viewer, query: Mapping[str, str], now: datetime) -> ListPage:
    """What the query asks for, of the messages that the viewer may see."""
    filters, kept = _filters(query, now), _kept(query)
    found = queries.count_messages(viewer, filters)
    page = Page(PATH, kept, page_asked(query), A_PAGE, found)
    listed = queries.list_messages(viewer, filters, limit=page.size, offset=page.offset)
    total = queries.count_messages(viewer, MessageFilters())
    wrong = queries.failures(viewer)
    return ListPage(
        narrowed=_narrowed(viewer, filters, kept, listed, total, now),
        lines=[(message, became(message, now)) for message in listed],
        failed=sum(each.messages for each in wrong),
        dropped=queries.count_messages(viewer, MessageFilters(state=MessageState.DROPPED)),
        wrong=wrong if kept == {"state": MessageState.FAILED.value} else [],
        page=page,
    )


def count_rows(viewer: Viewer, query: Mapping[str, str], now: datetime) -> int:
    """How many messages the file of what the query asks for would hold."""
    return queries.count_messages(viewer, _filters(query, now))


def file_rows(
    viewer: Viewer, query: Mapping[str, str], now: datetime
) -> Iterator[tuple[Value, ...]]:
    """A row for each message that the query asks for, the newest first."""
    for message in queries.list_messages(viewer, _filters(query, now), limit=None):
        yield (
            f"{london(message.queued_at):%Y-%m-%dT%H:%M}",
            message.to_name,
            message.to_address,
            purpose_words(message.purpose),
            message.subject,
            SETTLED if message.settled_at else message.state.words,
            became(message, now),
            message.attempts,
            message.last_error or "",
        )


def purpose_words(purpose: str) -> str:
    """'Change of state' for 'change_of_state'; those that say too little are spelled out."""
    if purpose in SPELLED_OUT:
        return SPELLED_OUT[purpose]
    return words.sentence_case(purpose.replace("_", " ").replace("-", " "))


def _filters(query: Mapping[str, str], now: datetime) -> MessageFilters:
    state = query.get("state")
    period = period_asked(query.get("when"), now)
    return MessageFilters(
        state=MessageState.FAILED if state == SETTLED else _state(state),
        is_settled={SETTLED: True, MessageState.FAILED.value: False}.get(state or ""),
        purpose=query.get("purpose") or None,
        occurrence=query.get("words") or None,
        event_id=row_id_in(query.get("event")),
        person_id=row_id_in(query.get("person")),
        to_address=query.get("to") or None,
        text=query.get("q", "").strip()[:100],
        since=period.since if period else None,
        until=period.until if period else None,
    )


def _state(text: str | None) -> MessageState | None:
    return MessageState(text) if text in set(MessageState) else None


def _kept(query: Mapping[str, str]) -> dict[str, str]:
    return {name: query[name] for name in NAMES if query.get(name)}


def _narrowed(
    viewer: Viewer,
    filters: MessageFilters,
    kept: Mapping[str, str],
    listed: list[Message],
    total: int,
    now: datetime,
) -> Narrowed[Message]:
    purposes = queries.count_by_purpose(viewer, replace(filters, purpose=None))
    by_purpose = [(name, purpose_words(name), count) for name, count in purposes.items()]
    all_days = queries.count_messages(viewer, replace(filters, since=None, until=None))
    return Narrowed(
        things=tuple(listed),
        groups=(
            counted_group("What became of it", "state", _by_state(viewer, filters), PATH, kept),
            counted_group(
                "When it was written",
                "when",
                _by_day(viewer, filters, now),
                PATH,
                kept,
                everything=all_days,
            ),
            counted_group("What it is about", "purpose", by_purpose, PATH, kept),
        ),
        chips=_chips(viewer, filters, kept, now),
        href_all=PATH,
        total=total,
    )


def _by_state(viewer: Viewer, filters: MessageFilters) -> list[tuple[str, str, int]]:
    """How many are in each state; what failed and is settled, apart."""
    of_any = replace(filters, state=None, is_settled=None)
    states = queries.count_by_state(viewer, of_any)
    choices = [(state.value, state.label, states[state]) for state in IN_ORDER if state in states]
    settled = queries.count_messages(viewer, replace(of_any, is_settled=True))
    return [*choices, (SETTLED, "Failed, and dealt with", settled)] if settled else choices


def _by_day(viewer: Viewer, filters: MessageFilters, now: datetime) -> list[tuple[str, str, int]]:
    offered = periods_offered(now)
    of_any = replace(filters, since=None, until=None)
    counts = queries.count_since(viewer, of_any, *(period.since for _, period in offered))
    named = zip(offered, counts, strict=True)
    return [(name, period.text, count) for (name, period), count in named if count]


def _state_words(filters: MessageFilters) -> str | None:
    if filters.is_settled:
        return "Failed, and dealt with"
    return filters.state.label if filters.state else None


def _chips(
    viewer: Viewer, filters: MessageFilters, kept: Mapping[str, str], now: datetime
) -> tuple[Chip, ...]:
    period = period_asked(kept.get("when"), now)
    texts = {
        "state": _state_words(filters),
        "when": period.text if period else None,
        "q": f"“{filters.text}”" if filters.text else None,
        "to": filters.to_address,
        "words": "One announcement" if filters.occurrence else None,
        "purpose": purpose_words(filters.purpose) if filters.purpose else None,
        "event": find_event_title(filters.event_id, viewer),
        "person": find_person_name(filters.person_id, viewer),
    }
    return tuple(
        Chip(text, address(PATH, kept, **{name: None})) for name, text in texts.items() if text
    )

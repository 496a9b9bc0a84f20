"""Messages as a coordinator reads them: narrowed by links, without what opens anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from lms import words
from lms.access import Viewer
from lms.desk.queries import find_event_title, find_person_name
from lms.messaging import queries
from lms.messaging.models import Message
from lms.messaging.queries import MessageFilters
from lms.messaging.rules import MessageState
from lms.messaging.templates import without_placeholders
from lms.web.filters import ALL, Chip, Group, Narrowed, Option, address

PATH = "/manage/messages"
A_PAGE = 50
IN_ORDER = (
    MessageState.FAILED,
    MessageState.QUEUED,
    MessageState.SENDING,
    MessageState.SENT,
    MessageState.DROPPED,
)


@dataclass(frozen=True)
class Shown:
    """One message, as it may be shown to somebody other than the one it is for."""

    became: str
    paragraphs: tuple[tuple[str, ...], ...]
    can_be_sent_again: bool


@dataclass(frozen=True)
class ListPage:
    """A page of the list, the newest first, and the ways to narrow it."""

    narrowed: Narrowed[Message]
    lines: list[tuple[Message, str]]
    found: int
    failed: int
    newer: str | None
    older: str | None


def list_page(viewer: Viewer, query: Mapping[str, str], now: datetime) -> ListPage:
    """What the query asks for, of the messages that the viewer may see."""
    filters = _filters(query)
    number = max(_number(query.get("page")) or 1, 1)
    found = queries.count_messages(viewer, filters)
    listed = queries.list_messages(viewer, filters, limit=A_PAGE, offset=(number - 1) * A_PAGE)
    by_state = queries.count_by_state(viewer, MessageFilters())
    return ListPage(
        narrowed=_narrowed(viewer, filters, query, listed, sum(by_state.values())),
        lines=[(message, became(message, now)) for message in listed],
        found=found,
        failed=by_state.get(MessageState.FAILED, 0),
        newer=_page_address(query, number - 1) if number > 1 else None,
        older=_page_address(query, number + 1) if found > number * A_PAGE else None,
    )


def shown(message: Message, now: datetime) -> Shown:
    """What became of a message, and its words."""
    text = without_placeholders(message.body).strip("\n")
    return Shown(
        became=became(message, now),
        paragraphs=tuple(tuple(part.split("\n")) for part in text.split("\n\n")),
        can_be_sent_again=message.state is MessageState.FAILED,
    )


def became(message: Message, now: datetime) -> str:
    """What has happened to a message so far, in a sentence."""
    if message.ended_at is not None:
        return _ended(message, words.moment(message.ended_at))
    tries = words.count(message.attempts, "try", "tries")
    again = words.moment(message.next_attempt_at)
    if message.attempts and message.state is MessageState.QUEUED:
        return f"Not sent after {tries}. Next try on {again}."
    if message.next_attempt_at > now:
        return f"Leaves on {again}."
    return "Leaves within a minute."


def _ended(message: Message, when: str) -> str:
    if message.state is MessageState.SENT:
        return f"Sent on {when}."
    if message.state is MessageState.DROPPED:
        return f"Not sent: on {when} it was no longer true."
    if message.was_refused:
        return f"Came back on {when}: the mail server knows no such address."
    return f"Given up on {when}, after {words.count(message.attempts, 'try', 'tries')}."


def purpose_words(purpose: str) -> str:
    """'change of state' for 'change_of_state'."""
    return words.sentence_case(purpose.replace("_", " ").replace("-", " "))


def _filters(query: Mapping[str, str]) -> MessageFilters:
    state = query.get("state")
    return MessageFilters(
        state=MessageState(state) if state in set(MessageState) else None,
        purpose=query.get("purpose") or None,
        event_id=_number(query.get("event")),
        person_id=_number(query.get("person")),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _kept(query: Mapping[str, str]) -> dict[str, str]:
    names = ("state", "purpose", "event", "person")
    return {name: query[name] for name in names if query.get(name)}


def _page_address(query: Mapping[str, str], number: int) -> str:
    return address(PATH, _kept(query), page=str(number) if number > 1 else None)


def _narrowed(
    viewer: Viewer,
    filters: MessageFilters,
    query: Mapping[str, str],
    listed: list[Message],
    total: int,
) -> Narrowed[Message]:
    kept = _kept(query)
    states = queries.count_by_state(viewer, replace(filters, state=None))
    purposes = queries.count_by_purpose(viewer, replace(filters, purpose=None))
    by_state = [(state.value, state.label, states[state]) for state in IN_ORDER if state in states]
    by_purpose = [(name, purpose_words(name), count) for name, count in purposes.items()]
    return Narrowed(
        things=tuple(listed),
        groups=(
            _group("What became of it", "state", by_state, kept),
            _group("What it is about", "purpose", by_purpose, kept),
        ),
        chips=_chips(viewer, filters, kept),
        href_all=PATH,
        total=total,
    )


def _group(
    heading: str, name: str, choices: list[tuple[str, str, int]], kept: Mapping[str, str]
) -> Group:
    chosen = kept.get(name)
    everything = sum(count for _, _, count in choices)
    options = [Option(ALL, everything, address(PATH, kept, **{name: None}), chosen is None)]
    options += [
        Option(text, count, address(PATH, kept, **{name: value}), value == chosen)
        for value, text, count in choices
    ]
    return Group(heading, tuple(options))


def _chips(viewer: Viewer, filters: MessageFilters, kept: Mapping[str, str]) -> tuple[Chip, ...]:
    texts = {
        "state": filters.state.label if filters.state else None,
        "purpose": purpose_words(filters.purpose) if filters.purpose else None,
        "event": find_event_title(filters.event_id, viewer),
        "person": find_person_name(filters.person_id, viewer),
    }
    return tuple(
        Chip(text, address(PATH, kept, **{name: None})) for name, text in texts.items() if text
    )

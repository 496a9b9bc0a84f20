"""What an event must say before it can be booked, and what cannot be said of any."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from lms.catalogue.rules import (
    CourseDetails,
    EventDetails,
    EventKind,
    EventMode,
    EventState,
    OutcomeDetails,
    SessionDetails,
    Stage,
    course_faults,
    event_faults,
    is_taught_on,
    publishing_faults,
    slug_of,
    stages_in_force,
)

NOW = datetime(2027, 1, 18, 10, tzinfo=UTC)
NINE = datetime(2027, 2, 8, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHORT = "sessions-0-starts"  # where a year that is mistyped is told
WHOLE = EventDetails(
    partnership_id=1,
    title="Safer Recruitment",
    kind=EventKind.COURSE,
    mode=EventMode.IN_PERSON,
    capacity=25,
    venue="Beacon Hall",
    sessions=(SessionDetails(NINE, NINE + HOUR),),
)


def test_B1_an_event_that_says_all_may_be_published() -> None:
    assert publishing_faults(WHOLE, NOW) == []


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"sessions": ()}, "sessions"),
        ({"sessions": (SessionDetails(NOW - HOUR, NOW + HOUR),)}, "sessions"),
        ({"capacity": 0}, "capacity"),
        ({"venue": " "}, "venue"),
        ({"mode": EventMode.HYBRID, "online_capacity": 9, "venue": ""}, "venue"),
        ({"mode": EventMode.HYBRID}, "online_capacity"),
        ({"title": ""}, "title"),
    ],
)
def test_B1_what_is_missing_is_named_by_its_field(facts: dict[str, object], field: str) -> None:
    lacking = replace(WHOLE, **facts)  # type: ignore[arg-type]
    assert [fault.field for fault in publishing_faults(lacking, NOW)] == [field]


def test_B1_an_online_event_needs_no_venue() -> None:
    assert publishing_faults(replace(WHOLE, mode=EventMode.ONLINE, venue=""), NOW) == []


def test_B15_an_event_already_published_may_be_put_right_after_it_began() -> None:
    began = replace(WHOLE, sessions=(SessionDetails(NOW - HOUR, NOW + HOUR),))
    assert publishing_faults(began, NOW, EventState.PUBLISHED) == []


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"sessions": (SessionDetails(NINE, NINE),)}, "sessions-0-ends"),
        (
            {"sessions": (SessionDetails(NINE + HOUR, NINE + 3 * HOUR), *WHOLE.sessions * 2)},
            "sessions-2-starts",
        ),
        ({"sessions": (SessionDetails(NINE.replace(year=202), NINE.replace(year=203)),)}, SHORT),
        ({"capacity": -1}, "capacity"),
        ({"capacity": 2001}, "capacity"),
        ({"price": Decimal(-1)}, "price"),
        ({"closes_at": NINE + 2 * HOUR}, "closes_on"),
    ],
)
def test_what_cannot_be_is_refused_in_a_draft_too(facts: dict[str, object], field: str) -> None:
    wrong = replace(WHOLE, **facts)  # type: ignore[arg-type]
    assert [fault.field for fault in event_faults(wrong)] == [field]


def test_sessions_that_touch_do_not_overlap() -> None:
    touching = (*WHOLE.sessions, SessionDetails(NINE + HOUR, NINE + 2 * HOUR))
    assert event_faults(replace(WHOLE, sessions=touching)) == []


def test_a_course_needs_a_title_and_an_outcome_in_force() -> None:
    retired = OutcomeDetails("Ask why", is_retired=True)
    faults = course_faults(CourseDetails(1, " ", outcomes=(retired,)))
    assert [fault.field for fault in faults] == ["title", "outcomes"]
    assert course_faults(CourseDetails(1, "X", outcomes=(OutcomeDetails("Ask why"),))) == []


@pytest.mark.parametrize(
    ("kind", "chosen", "stages"),
    [
        (EventKind.COURSE, None, {Stage.PRE, Stage.POST, Stage.IMPACT}),
        (EventKind.WEBINAR, None, {Stage.POST}),
        (EventKind.BRIEFING, None, {Stage.POST}),
        (EventKind.FORUM, None, set()),
        (EventKind.LAUNCH, None, set()),
        (EventKind.FORUM, "pre;post", {Stage.PRE, Stage.POST}),
        (EventKind.COURSE, "", set()),
    ],
)
def test_E1_the_kind_has_its_stages_unless_the_event_has_its_own(
    kind: EventKind, chosen: str | None, stages: set[Stage]
) -> None:
    assert stages_in_force(kind, chosen) == stages


def test_E5_an_outcome_retired_after_the_event_is_still_asked() -> None:
    event_on = date(2027, 2, 8)
    assert is_taught_on(None, event_on)
    assert is_taught_on(date(2027, 2, 9), event_on)
    assert not is_taught_on(event_on, event_on)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Safer Recruitment", "safer-recruitment"),
        ("Children’s rights & wrongs (level 2)", "childrens-rights-wrongs-level-2"),
        ("…", "course"),
        ("a" * 100, "a" * 80),
    ],
)
def test_an_address_is_made_of_plain_letters(title: str, slug: str) -> None:
    assert slug_of(title) == slug

"""Courses and drafts are made and changed, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from lms.audit import AuditEntry
from lms.catalogue import commands, queries
from lms.catalogue.commands import PriorityDetails, ThemeDetails
from lms.catalogue.models import Course, Event, EventSession, LearningOutcome, Priority
from lms.catalogue.rules import (
    CourseDetails,
    EventDetails,
    EventKind,
    EventMode,
    EventState,
    OutcomeDetails,
    SessionDetails,
)
from lms.db import db
from lms.errors import NotFound, Refused
from tests.support.make import Make

NINE = datetime(2027, 2, 8, 9, 30, tzinfo=UTC)


def outcomes(*texts: str) -> tuple[OutcomeDetails, ...]:
    return tuple(OutcomeDetails(text) for text in texts)


def course_details(make: Make, **facts: object) -> CourseDetails:
    details = CourseDetails(
        make.partnership(), "Safer Recruitment", outcomes=outcomes("Check references", "Ask why")
    )
    return replace(details, **facts)  # type: ignore[arg-type]


def event_details(make: Make, **facts: object) -> EventDetails:
    details = EventDetails(
        make.partnership(),
        "Safer Recruitment",
        EventKind.COURSE,
        EventMode.IN_PERSON,
        capacity=25,
        venue="Beacon Hall",
        sessions=(SessionDetails(NINE, NINE + timedelta(hours=3)),),
    )
    return replace(details, **facts)  # type: ignore[arg-type]


def outcome_rows(course_id: int) -> list[LearningOutcome]:
    rows = select(LearningOutcome).where(LearningOutcome.course_id == course_id)
    return list(db.session.scalars(rows.order_by(LearningOutcome.position)))


def test_a_courses_address_is_kept_when_its_title_changes(make: Make) -> None:
    course = commands.add_course(course_details(make), by=None, now=make.now)
    details = course_details(make, title="Safer Recruitment for Governors")
    commands.change_course(course, details, by=None, now=make.now)
    row = db.session.get_one(Course, course)
    assert (row.slug, row.title) == ("safer-recruitment", "Safer Recruitment for Governors")


def test_equal_titles_of_two_partnerships_have_two_addresses(make: Make) -> None:
    first = commands.add_course(course_details(make), by=None, now=make.now)
    other = course_details(make, partnership_id=make.partnership("Sandwell"))
    second = commands.add_course(other, by=None, now=make.now)
    slugs = [db.session.get_one(Course, course).slug for course in (first, second)]
    assert slugs == ["safer-recruitment", "safer-recruitment-2"]


def test_one_partnership_has_a_title_once(make: Make) -> None:
    commands.add_course(course_details(make), by=None, now=make.now)
    with pytest.raises(Refused) as refused:
        details = course_details(make, title=" safer recruitment")
        commands.add_course(details, by=None, now=make.now)
    assert refused.value.field == "title"


def test_E5_an_outcome_keeps_its_identity_when_it_is_reworded_or_moved(make: Make) -> None:
    course = commands.add_course(course_details(make), by=None, now=make.now)
    first, second = (row.id for row in outcome_rows(course))
    turned = (OutcomeDetails("Ask why", second), OutcomeDetails("Check every reference", first))
    commands.change_course(course, course_details(make, outcomes=turned), by=None, now=make.now)
    assert [(r.id, r.text) for r in outcome_rows(course)] == [
        (second, "Ask why"),
        (first, "Check every reference"),
    ]
    entry = db.session.scalars(select(AuditEntry)).one()
    said = "reworded “Check references” of Safer Recruitment: “Check every reference”"
    assert entry.sentence == said


def test_E5_an_outcome_is_retired_and_never_deleted(make: Make) -> None:
    course = commands.add_course(course_details(make), by=None, now=make.now)
    first = outcome_rows(course)[0].id
    kept = (OutcomeDetails("Check references", first),)
    commands.change_course(course, course_details(make, outcomes=kept), by=None, now=make.now)
    assert [(r.text, r.retired_on) for r in outcome_rows(course)] == [
        ("Check references", None),
        ("Ask why", date(2027, 1, 18)),
    ]


def test_E5_an_event_before_the_retirement_is_still_asked(make: Make) -> None:
    course = make.course(outcomes=("Stays", "Goes"))
    before = make.event(course=course, starts_at=make.now - timedelta(days=10))
    after = make.event(course=course)
    stays = outcome_rows(course)[0].id
    details = course_details(make, outcomes=(OutcomeDetails("Stays", stays),))
    commands.change_course(course, details, by=None, now=make.now)
    asked = [
        [row.text for row in queries.outcomes_asked_at(db.session.get_one(Event, event))]
        for event in (before, after)
    ]
    assert asked == [["Stays", "Goes"], ["Stays"]]


def test_a_retired_course_is_listed_apart_and_can_be_brought_back(make: Make) -> None:
    course = make.course()
    commands.retire_course(course, by=None, now=make.now)
    assert queries.list_courses([make.partnership()]) == []
    assert [c.id for c in queries.list_courses([make.partnership()], retired=True)] == [course]
    commands.bring_back_course(course, by=None, now=make.now)
    assert [c.id for c in queries.list_courses([make.partnership()])] == [course]


def test_priorities_are_ordered_renamed_and_ended_but_never_deleted(make: Make) -> None:
    partnership = make.partnership()
    first = [PriorityDetails("Neglect"), PriorityDetails("Exploitation")]
    commands.keep_priorities(partnership, first, [ThemeDetails("Hoarding")], by=None, now=make.now)
    neglect, exploitation = (row.id for row in queries.list_priorities([partnership]))
    turned = [
        PriorityDetails("All-age exploitation", exploitation),
        PriorityDetails("Neglect", neglect, is_ended=True),
    ]
    commands.keep_priorities(partnership, turned, [], by=None, now=make.now)
    rows = queries.list_priorities([partnership])
    assert [(row.name, row.ended_on) for row in rows] == [
        ("All-age exploitation", None),
        ("Neglect", date(2027, 1, 18)),
    ]
    in_force = queries.list_priorities([partnership], make.now.date())
    assert [row.id for row in in_force] == [exploitation]


def test_two_priorities_of_one_name_are_refused(make: Make) -> None:
    twice = [PriorityDetails("Neglect"), PriorityDetails("neglect ")]
    with pytest.raises(Refused) as refused:
        commands.keep_priorities(make.partnership(), twice, [], by=None, now=make.now)
    assert refused.value.field == "priorities"
    assert db.session.scalars(select(Priority)).all() == []


def test_a_draft_holds_all_that_was_said(make: Make) -> None:
    trainer, second = make.person(), make.person()
    details = event_details(
        make,
        trainer_ids=(second, trainer),
        outcomes=outcomes("Do this", "Do that"),
        stages="pre;post",
        course_id=make.course(),
    )
    event = commands.draft_event(details, by=None, now=make.now)
    row = db.session.get_one(Event, event)
    said = queries.details_of(row)
    without_ids = replace(
        said,
        sessions=tuple(replace(s, id=None) for s in said.sessions),
        outcomes=tuple(replace(o, id=None) for o in said.outcomes),
    )
    assert without_ids == details
    assert row.state is EventState.DRAFT
    assert (row.starts_at, row.ends_at) == (NINE, NINE + timedelta(hours=3))


def test_a_changed_draft_keeps_the_identity_of_its_sessions(make: Make) -> None:
    event = commands.draft_event(event_details(make), by=None, now=make.now)
    (session,) = queries.details_of(db.session.get_one(Event, event)).sessions
    earlier = SessionDetails(NINE - timedelta(days=1), NINE - timedelta(hours=20))
    later = replace(session, ends_at=session.ends_at + timedelta(hours=1))
    details = event_details(make, sessions=(later, earlier))
    commands.change_draft(event, details, by=None, now=make.now)
    rows = db.session.scalars(select(EventSession).order_by(EventSession.starts_at)).all()
    assert [row.starts_at for row in rows] == [earlier.starts_at, NINE]
    assert rows[1].id == session.id
    assert db.session.get_one(Event, event).starts_at == earlier.starts_at


def test_only_a_draft_is_changed_or_discarded_here(make: Make) -> None:
    event = make.event()
    with pytest.raises(Refused, match="no draft any more: it is published"):
        commands.change_draft(event, event_details(make), by=None, now=make.now)
    with pytest.raises(Refused):
        commands.discard_draft(event, by=None, now=make.now)


def test_a_discarded_draft_is_gone(make: Make) -> None:
    details = event_details(make, outcomes=outcomes("Do this"), trainer_ids=(make.person(),))
    event = commands.draft_event(details, by=None, now=make.now)
    commands.discard_draft(event, by=None, now=make.now)
    assert db.session.get(Event, event) is None
    assert db.session.scalars(select(EventSession)).all() == []


def test_a_draft_with_overlapping_sessions_is_refused(make: Make) -> None:
    overlapping = (
        SessionDetails(NINE, NINE + timedelta(hours=3)),
        SessionDetails(NINE + timedelta(hours=2), NINE + timedelta(hours=4)),
    )
    with pytest.raises(Refused) as refused:
        commands.draft_event(event_details(make, sessions=overlapping), by=None, now=make.now)
    assert refused.value.field == "sessions-1-starts"


def test_an_event_or_course_is_changed_only_by_those_who_run_its_programme(make: Make) -> None:
    mine = make.viewer(make.coordinator())
    elsewhere = make.partnership("Sandwell")
    event, course = make.event(partnership=elsewhere), make.course(partnership=elsewhere)
    with pytest.raises(NotFound):
        queries.get_event(event, mine)
    with pytest.raises(NotFound):
        queries.get_course(course, mine)
    assert queries.get_event(make.event(), mine).title


def test_a_theme_sent_twice_is_one(make: Make) -> None:
    partnership = make.partnership()
    for name in ("Neglect", " neglect "):
        commands.keep_priorities(
            partnership,
            [PriorityDetails(name)],
            [ThemeDetails(name)],
            by=None,
            now=make.now,
        )
    assert len(queries.list_themes([partnership])) == 1
    assert len(queries.list_priorities([partnership])) == 1

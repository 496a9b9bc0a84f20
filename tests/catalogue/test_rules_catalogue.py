import pytest

from lms.catalogue.rules import (
    ALL_STAGES,
    EVENT_MOVES,
    CancelReason,
    EventKind,
    EventState,
    Stage,
    may_become,
    stages_in_force,
)


@pytest.mark.parametrize("kind", list(EventKind))
def test_E1_each_kind_has_its_default_stages(kind: EventKind) -> None:
    wanted = {
        EventKind.WEBINAR: {Stage.POST},
        EventKind.BRIEFING: {Stage.POST},
        EventKind.FORUM: set(),
        EventKind.LAUNCH: set(),
    }.get(kind, ALL_STAGES)
    assert stages_in_force(kind, None) == wanted


def test_E1_an_event_may_choose_other_stages() -> None:
    assert stages_in_force(EventKind.FORUM, "post;impact") == {Stage.POST, Stage.IMPACT}
    assert stages_in_force(EventKind.COURSE, "") == frozenset()


def test_R7_an_event_is_planned_run_cancelled_or_postponed() -> None:
    assert may_become(EventState.DRAFT, EventState.PUBLISHED)
    assert may_become(EventState.PUBLISHED, EventState.POSTPONED)
    assert may_become(EventState.POSTPONED, EventState.PUBLISHED)
    assert not any(may_become(EventState.CANCELLED, after) for after in EventState)
    assert not any(may_become(state, EventState.DRAFT) for state in EventState)
    assert set(EVENT_MOVES) == set(EventState)


def test_the_reasons_for_cancelling_in_the_words_of_the_form() -> None:
    assert [reason.question_label for reason in CancelReason] == [
        "The trainer is ill",
        "Too few people",
        "The venue",
        "Something else",
    ]

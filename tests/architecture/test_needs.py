"""P1: access and dietary needs are seen only by those who run the event."""

from __future__ import annotations

import pytest

from tests.architecture.conftest import Walked
from tests.support.walk import ACCESS_NEEDS, DIETARY_NEEDS, OWN_NEEDS

RUN_BY = {
    "/manage/events/<int:event_id>": {"coordinator", "administrator"},
    "/manage/events/<int:event_id>/register": {"coordinator", "trainer"},
    "/manage/events/<int:event_id>/register/needs": {"coordinator", "trainer"},
}


@pytest.mark.parametrize("needs", [ACCESS_NEEDS, DIETARY_NEEDS, OWN_NEEDS])
def test_P1_needs_stand_on_no_page_but_those_of_who_runs_the_event(
    walked: Walked, needs: str
) -> None:
    leaks = [
        step.name
        for step in walked.steps
        if needs in step.text and step.role not in RUN_BY.get(step.rule, set())
    ]
    assert leaks == []


def test_P1_who_runs_the_event_does_see_them(walked: Walked) -> None:
    """So that the walk is known to look where they stand."""
    seen = {
        (step.rule, step.role)
        for step in walked.steps
        if ACCESS_NEEDS in step.text and DIETARY_NEEDS in step.text
    }
    roles = {step.role for step in walked.steps}
    expected = {(rule, role) for rule, may in RUN_BY.items() for role in may & roles}
    assert seen == expected


def test_P1_what_a_person_keeps_for_themselves_is_on_no_page_of_another(walked: Walked) -> None:
    assert not [step.name for step in walked.steps if OWN_NEEDS in step.text]

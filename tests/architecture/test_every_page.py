"""Every page that can be asked for, as every role: sound, and as the table of permissions says."""

from __future__ import annotations

from tests.architecture.conftest import MAY, Walked, permitted
from tests.support.browser import CHECKS, Page
from tests.support.walk import Step

BRAND = "/brand/<partnership>-<version>.css"  # colours are nobody's
FEED = "/calendar/<token>.ics"  # asked again each time, and kept by its own program alone


def test_nothing_breaks(walked: Walked) -> None:
    broken = [step.name for step in walked.steps if step.response.status_code >= 500]
    assert broken == []


def test_every_page_is_sound(whole_walk: Walked) -> None:
    """Each kind of page once: what html5lib, the labels and the policy have to say."""
    faults = [
        f"{step.name}: {fault}"
        for step in _distinct(whole_walk.steps)
        for check in CHECKS
        for fault in check(Page(step.response))
    ]
    assert faults == []


def _distinct(steps: list[Step]) -> list[Step]:
    """One step for each kind of answer at each address; of what is not there, one in all."""
    pages = {
        (step.rule, step.response.status_code): step
        for step in steps
        if (step.response.content_type or "").startswith("text/html")
        and not 300 <= step.response.status_code < 400
    }
    return [step for (rule, status), step in pages.items() if status != 404 or rule == "/manage"]


def test_the_table_of_permissions_has_a_row_for_each_address(whole_walk: Walked) -> None:
    table, rules = permitted(), set(whole_walk.rules)
    assert sorted(rules - table.keys()) == [], "add a row to permissions.csv"
    assert sorted(table.keys() - rules) == [], "take the row out of permissions.csv"


def test_everyone_is_answered_as_the_table_says(walked: Walked) -> None:
    """The first address of each rule; one at another's event or person is refused to all."""
    table = permitted()
    first: dict[tuple[str, str, str], Step] = {}
    for step in walked.steps:
        first.setdefault((step.rule, step.method, step.role), step)
    wrong = [
        f"{step.name}: {step.verdict}, the table says {expected}"
        for (rule, method, role), step in first.items()
        if (expected := table.get((rule, method), {}).get(role, MAY)) not in (step.verdict, MAY)
    ]
    assert not wrong, "\n".join(wrong)


def test_personal_pages_are_kept_by_no_cache(walked: Walked) -> None:
    kept = [
        step.name
        for step in walked.steps
        if step.role != "visitor"
        and step.rule not in {BRAND, FEED}
        and "no-store" not in step.response.headers.get("Cache-Control", "")
    ]
    assert kept == []

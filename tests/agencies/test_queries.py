"""Reads of partnerships and agencies, on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from lms.agencies import queries
from lms.agencies.commands import AgencyDetails, add_agency, change_agency, set_headcount
from lms.agencies.commands import set_policy as set_policy_of
from lms.agencies.rules import PolicyEntry, PolicyKey, Sector
from lms.clock import FixedClock
from lms.errors import NotFound, Refused
from tests.support.make import Make

TODAY = date(2027, 1, 18)


def test_an_agency_is_found_however_its_name_is_written(make: Make) -> None:
    womens_aid = make.agency("Black Country Women's Aid")
    found = queries.find_agency_by_name("  black country WOMEN’S  aid ")
    assert found is not None
    assert found.id == womens_aid
    assert queries.find_agency_by_name("Women's Aid") is None


def test_a_lineage_is_the_agency_and_those_above_it(make: Make) -> None:
    council = make.agency("Walsall Council", Sector.LOCAL_AUTHORITY)
    social_care = make.agency("Children's Social Care", parent_id=council)
    team = make.agency("Duty team", parent_id=social_care)
    assert queries.lineage(team) == (team, social_care, council)
    assert queries.lineages()[council] == (council,)
    assert queries.lineage(9999) == ()


def test_agencies_are_suggested_from_the_domain_of_an_address(make: Make) -> None:
    school = make.agency("Pool Hayes Academy", domains=["pool-hayes.example"])
    closed = make.agency("Old school", domains=["pool-hayes.example"], closed_on=TODAY)
    trust = make.agency("Academy Trust", domains=["pool-hayes.example"])
    found = [a.id for a in queries.suggest_agencies("m@office.pool-hayes.example", TODAY)]
    assert found == [trust, school]
    assert closed not in found
    assert queries.suggest_agencies("m@nhs.net", TODAY) == []


def test_only_agencies_of_a_partnership_that_is_open_are_listed(make: Make) -> None:
    walsall, sandwell = make.partnership(), make.partnership("Sandwell")
    here = make.agency("Here", partnership=walsall)
    make.agency("Elsewhere", partnership=sandwell)
    make.agency("Closed", partnership=walsall, closed_on=date(2026, 4, 1))
    assert [a.id for a in queries.list_agencies(walsall, on=TODAY)] == [here]
    assert len(queries.list_agencies(walsall)) == 2


def test_a_coordinator_sees_agencies_of_their_partnership_and_404_for_others(make: Make) -> None:
    viewer = make.viewer(make.coordinator())
    sandwell = make.partnership("Sandwell")
    elsewhere = make.agency("Elsewhere", partnership=sandwell)
    assert elsewhere not in [a.id for a in queries.list_agencies_seen_by(viewer)]
    with pytest.raises(NotFound):
        queries.get_agency(elsewhere, viewer)


def test_policies_hold_from_their_dates(make: Make, clock: FixedClock) -> None:
    walsall = make.partnership()
    key = PolicyKey.IMPACT_DAYS
    new_year, april = date(2027, 1, 1), date(2027, 4, 1)
    for days, holds_from in ((70, april), (63, new_year), (64, new_year)):
        set_policy_of(walsall, key, days, holds_from, by=None, now=clock.now())
    assert queries.policies_of(walsall) == (
        PolicyEntry(key, date(2027, 1, 1), 64),
        PolicyEntry(key, date(2027, 4, 1), 70),
    )
    assert queries.policy_of(walsall, key, date(2026, 12, 31)) == 56
    assert queries.policy_of(walsall, key, date(2027, 4, 1)) == 70
    with pytest.raises(Refused, match="from 14 to 365"):
        set_policy_of(walsall, key, 3, TODAY, by=None, now=clock.now())


def details(partnership: int, name: str = "Street Teams", **facts: object) -> AgencyDetails:
    return AgencyDetails(
        name=name,
        sector=Sector.VOLUNTARY_AND_COMMUNITY,
        partnership_ids=frozenset({partnership}),
        **facts,  # type: ignore[arg-type]
    )


def test_an_agency_is_added_and_changed(make: Make, clock: FixedClock) -> None:
    walsall = make.partnership()
    added = add_agency(
        details(walsall, domains=(" Street-Teams.example ",)), by=None, now=clock.now()
    )
    change_agency(
        added, details(walsall, "Street Team", domains=("b.example",)), by=None, now=clock.now()
    )
    (row,) = queries.list_agencies(walsall)
    assert (row.name, [d.domain for d in row.domains]) == ("Street Team", ["b.example"])


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"opened_on": TODAY, "closed_on": TODAY}, "closed_on"),
        ({"successor_id": 1}, "closed_on"),
        ({"domains": ("gmail.com",)}, "domains"),
        ({"domains": ("walsall",)}, "domains"),
        ({"partnership_ids": frozenset()}, "partnerships"),
        ({"name": "STREET TEAMS"}, "name"),
        ({"name": "  "}, "name"),
    ],
)
def test_facts_that_do_not_go_together_are_refused(
    make: Make, clock: FixedClock, facts: dict[str, object], field: str
) -> None:
    walsall = make.partnership()
    make.agency("Street Teams")
    given = {**vars(details(walsall, "New")), **facts}
    with pytest.raises(Refused) as refused:
        add_agency(AgencyDetails(**given), by=None, now=clock.now())  # type: ignore[arg-type]
    assert refused.value.field == field


def test_an_agency_cannot_be_part_of_itself(make: Make, clock: FixedClock) -> None:
    walsall = make.partnership()
    above = make.agency("Above")
    below = make.agency("Below", parent_id=above)
    with pytest.raises(Refused, match="part of the agency itself"):
        change_agency(above, details(walsall, "Above", parent_id=below), by=None, now=clock.now())


def test_headcounts_are_kept_by_partnership_and_year(make: Make, clock: FixedClock) -> None:
    walsall, agency = make.partnership(), make.agency()
    for people in (100, 120):
        set_headcount(agency, walsall, 2026, people, by=None, now=clock.now())
    set_headcount(agency, walsall, 2025, 90, by=None, now=clock.now())
    assert queries.headcounts(walsall, 2026) == {agency: 120}
    assert [(h.year, h.people) for h in queries.list_headcounts(agency, [walsall])] == [
        (2026, 120),
        (2025, 90),
    ]


def test_the_default_partnership_is_the_first_made(app: Flask, make: Make) -> None:
    assert queries.default_partnership() is None
    first = make.partnership("Walsall")
    make.partnership("Dudley")
    default = queries.default_partnership()
    assert default is not None
    assert default.id == first
    assert [p.name for p in queries.list_partnerships()] == ["Dudley", "Walsall"]

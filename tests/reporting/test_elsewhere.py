"""Figures that other systems hold: entered, corrected with the old value kept, never added up."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.access import Role
from lms.agencies.rules import Sector
from lms.db import db
from lms.errors import NotFound, Refused
from lms.reporting.elsewhere import commands
from lms.reporting.elsewhere.queries import known_figures, list_figures
from lms.reporting.elsewhere.rules import (
    Entry,
    Known,
    Measure,
    Subject,
    figure_of_year,
    refuse_entry,
    refuse_subject,
)
from tests.support.browser import Browser
from tests.support.make import Make

APRIL, TODAY = 4, date(2027, 1, 18)
OWN = Measure.OWN_TRAINING


@pytest.mark.parametrize(
    ("subject", "field"),
    [
        (Subject(1, 2027, Measure.E_LEARNING), "year"),
        (Subject(1, 2025, OWN, None, "Neglect"), "agency"),
        (Subject(1, 2025, OWN, 7, ""), "course"),
        (Subject(1, 2025, Measure.E_LEARNING, 7, "Neglect"), "course"),
        (Subject(1, 2025, Measure.VIEWS, 7), "agency"),
    ],
)
def test_what_a_figure_can_be_of(subject: Subject, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        refuse_subject(subject, APRIL, TODAY)
    assert refusal.value.field == field


def test_a_year_that_runs_can_have_figures_and_one_of_own_training_its_share() -> None:
    refuse_subject(Subject(1, 2026, OWN, 7, "Neglect"), APRIL, TODAY)
    refuse_entry(Entry(40, 64), OWN)
    for entry, measure in ((Entry(40, 64), Measure.VIEWS), (Entry(40, 101), OWN)):
        with pytest.raises(Refused):
            refuse_entry(entry, measure)


@given(st.integers(0, 9999), st.lists(st.integers(0, 9999), max_size=5))
def test_the_whole_is_never_added_to_the_agencies_that_it_holds(
    whole: int, parts: list[int]
) -> None:
    own = [Known(Measure.E_LEARNING, part, agency=f"Agency {at}") for at, part in enumerate(parts)]
    said = figure_of_year(Measure.E_LEARNING, [*own, Known(Measure.E_LEARNING, whole)])
    assert said is not None
    assert (said.value, said.agencies) == (whole, 0)
    summed = figure_of_year(Measure.E_LEARNING, own)
    assert (summed.value if summed else None) == (sum(parts) if parts else None)
    assert figure_of_year(Measure.VIEWS, own) is None


def test_a_figure_is_corrected_and_the_old_one_kept(make: Make) -> None:
    by = make.viewer(make.coordinator())
    subject = Subject(make.partnership(), 2025, Measure.E_LEARNING)
    figure = commands.enter_figure(subject, Entry(1100), by=by, now=make.now)
    with pytest.raises(Refused, match=r"already: 1,100\. Choose Correct beside it"):
        commands.enter_figure(subject, Entry(1), by=by, now=make.now)
    commands.correct_figure(figure, Entry(1123), "Two months late", by=by, now=make.now)
    [line] = list_figures(subject.partnership_id, 2025)
    assert (line.now.value, [old.value for old in line.before]) == (1123, [1100])
    assert line.now.entered_by.name == "Idris Larkspur"
    db.session.rollback()
    commands.take_out_figure(figure, "Counted twice", by=by, now=make.now)
    assert known_figures(subject.partnership_id, 2025) == []
    db.session.rollback()
    again = commands.enter_figure(subject, Entry(1090), by=by, now=make.now)
    assert again == figure
    assert [one.value for one in known_figures(subject.partnership_id, 2025)] == [1090]


def test_a_lead_enters_for_their_own_agency_alone(make: Make) -> None:
    health = make.agency("Walsall Healthcare", Sector.HEALTH)
    police = make.agency("West Midlands Police", Sector.POLICE)
    lead = make.viewer(make.person(agency=health, role=Role.AGENCY_LEAD))
    here = make.partnership()
    own = Subject(here, 2025, OWN, health, "Level 3 children")
    figure = commands.enter_figure(own, Entry(212, 64), by=lead, now=make.now)
    for other in (Subject(here, 2025, OWN, police, "Neglect"), Subject(here, 2025, Measure.VIEWS)):
        with pytest.raises(NotFound):
            commands.enter_figure(other, Entry(1), by=lead, now=make.now)
    of_police = make.viewer(make.person(agency=police, role=Role.AGENCY_LEAD))
    with pytest.raises(NotFound):
        commands.correct_figure(figure, Entry(1), "mine now", by=of_police, now=make.now)
    [known] = known_figures(here, 2025)
    assert (known.agency, known.value, known.share) == ("Walsall Healthcare", 212, 64)


def test_an_agency_of_another_partnership_has_no_figure_here(make: Make) -> None:
    outside = make.agency("Dudley Council", partnership=make.partnership("Dudley"))
    by = make.viewer(make.coordinator())
    subject = Subject(make.partnership(), 2025, Measure.E_LEARNING, outside)
    with pytest.raises(Refused, match="agency of this partnership"):
        commands.enter_figure(subject, Entry(1), by=by, now=make.now)


def test_a_coordinator_enters_one_and_everyone_reads_who_did_and_what_stood_before(
    make: Make, browser: Browser
) -> None:
    browser.sign_in(make.coordinator())
    page = browser.get("/reports/elsewhere/new")
    wrong = browser.submit(page, {"value": "many", "measure": "e_learning"}, form="Enter it")
    assert "Enter a whole number, such as 25" in wrong.text
    typed = {"measure": "e_learning", "value": "1100", "source": "Learning Pool", "year": "2025"}
    page = browser.submit(wrong, typed, form="Enter it")
    assert "1,100 Entered by" not in page.text
    assert "E-learning modules completed: 1,100 is entered." in page.text
    page = browser.get(page.link("Correct"))
    page = browser.submit(page, {"value": "1123", "reason": "Late returns"}, form="Why is it corr")
    browser.sign_in(make.person("Pat Member", role=Role.PLD_MEMBER))
    page = browser.get("/reports/elsewhere?year=2025")
    assert "1,123" in page.text
    assert "Before: 1,100 (Idris Larkspur, 18 January 2027)" in page.text
    assert "Late returns" in page.text
    assert "Enter a figure" not in page.text


def test_a_lead_sees_and_corrects_those_of_their_agency_at_my_agency(
    make: Make, browser: Browser
) -> None:
    health = make.agency("Walsall Healthcare", Sector.HEALTH)
    make.outside_figure(900)
    browser.sign_in(make.person(agency=health, role=Role.AGENCY_LEAD))
    page = browser.submit(
        browser.get("/my-agency/figures/new"),
        {"measure": "own_training", "course": "Level 3", "value": "212", "share": "64"},
        form="Enter it",
    )
    assert "212 people, 64% of its staff" in page.text
    assert "900" not in page.text
    page = browser.get(page.link("Correct"))
    page = browser.submit(page, {"reason": "Not ours"}, form="Take it out")
    assert "It is taken out. What stood before is kept." in page.text


def test_the_same_training_in_other_capitals_is_not_entered_twice(make: Make) -> None:
    by = make.viewer(make.coordinator())
    agency = make.agency()
    for course in ("Écoute Level 3", "écoute level 3"):
        subject = Subject(make.partnership(), 2025, OWN, agency, course)
        if course[0] == "É":
            commands.enter_figure(subject, Entry(12), by=by, now=make.now)
            continue
        with pytest.raises(Refused, match="entered already: 12"):
            commands.enter_figure(subject, Entry(12), by=by, now=make.now)
    assert len(known_figures(make.partnership(), 2025)) == 1

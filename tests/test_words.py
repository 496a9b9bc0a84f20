from datetime import date

import pytest

from lms.agencies.rules import Sector
from lms.attendance.rules import Outcome
from lms.words import (
    clock_time,
    count,
    day,
    day_and_year,
    days_or_weeks,
    listed,
    moment,
    number,
    of_them,
    ordinal,
    sentence_case,
    short_day,
    span,
    working_time,
)
from tests.support.snapshots import at


def test_words_are_read_and_written_with_spaces() -> None:
    assert Outcome.DID_NOT_ATTEND.words == "did not attend"
    assert Outcome.DID_NOT_ATTEND.label == "Did not attend"
    assert Outcome("did not attend") is Outcome("Did_Not_Attend ") is Outcome.DID_NOT_ATTEND
    assert Sector("Voluntary and community") is Sector.VOLUNTARY_AND_COMMUNITY
    assert str(Sector.LOCAL_AUTHORITY) == "local_authority"
    for wrong in ("came", "", None, 3):
        with pytest.raises(ValueError, match="is not a valid Outcome"):
            Outcome(wrong)


def test_numbers_up_to_nine_are_words() -> None:
    assert [number(n) for n in (0, 1, 9, 10, 1504)] == ["no", "one", "nine", "10", "1,504"]
    assert count(1, "place") == "one place"
    assert count(25, "place") == "25 places"
    assert count(2, "person", "people") == "two people"


def test_ordinals() -> None:
    wanted = {1: "first", 3: "third", 9: "ninth", 10: "10th", 11: "11th", 12: "12th", 13: "13th"}
    wanted |= {21: "21st", 22: "22nd", 23: "23rd", 24: "24th", 111: "111th", 121: "121st"}
    assert {n: ordinal(n) for n in wanted} == wanted


def test_lists() -> None:
    assert [listed([*"abc"[:n]]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_dates_and_times() -> None:
    assert short_day(date(2027, 5, 5)) == "5 May"
    assert day(date(2027, 3, 11)) == "Thursday 11 March"
    assert day_and_year(date(2027, 3, 11)) == "Thursday 11 March 2027"
    assert clock_time(at("2027-02-08 09:30")) == "9:30am"
    assert clock_time(at("2027-02-08 17:00")) == "5pm"
    assert clock_time(at("2027-02-08 12:00")) == "noon"
    assert clock_time(at("2027-02-08 00:00")) == "midnight"
    assert clock_time(at("2027-02-08 00:05")) == "12:05am"
    assert clock_time(at("2027-02-08 12:05")) == "12:05pm"
    assert moment(at("2027-01-20 12:00")) == "Wednesday 20 January at noon"
    assert span(at("2027-06-08 09:30"), at("2027-06-08 16:30")) == "9:30am to 4:30pm"


def test_sentence_case_changes_the_first_letter_only() -> None:
    assert sentence_case("the NHS") == "The NHS"
    assert sentence_case("") == ""


def test_what_is_said_to_a_person_can_be_said_of_them() -> None:
    assert of_them("You have a place") == "They have a place"
    assert of_them("Your agency has four, and you wait") == "Their agency has four, and they wait"


def test_a_policys_figure_is_said_as_people_say_it() -> None:
    said = [days_or_weeks(days) for days in (56, 7, 90)]
    assert said == ["eight weeks", "one week", "90 days"]
    said = [working_time(hours) for hours in (48, 24, 36)]
    assert said == ["two working days", "one working day", "36 hours"]

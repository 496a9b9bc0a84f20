"""Reach and cohorts as rules and sentences, without a database."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.agencies.rules import Sector
from lms.errors import Refused
from lms.reporting.cohorts.rules import (
    MOST_MEMBERS,
    CohortDetails,
    read_file,
    read_list,
    refuse_unsound,
)
from lms.reporting.reach.rules import (
    ReachCounts,
    nobody_from,
    people_caption,
    reach_caption,
    reach_finding,
    reach_in_words,
    small_sectors_sentence,
)

TODAY = date(2027, 1, 18)


@given(st.integers(0, 500), st.none() | st.integers(0, 500))
def test_R2_reach_is_unknown_without_a_workforce_and_never_nought_or_all(
    people: int, workforce: int | None
) -> None:
    found = ReachCounts(people, workforce).reach
    assert (found is None) == (not workforce)
    assert found is None or found * (workforce or 0) == people


@pytest.mark.parametrize(
    ("total", "unknown", "agencies", "said"),
    [
        (ReachCounts(0, 90), 0, 2, "Nobody came in this period."),
        (ReachCounts(1, 50), 0, 2, "1 person came: 2% of the 50 whom the agencies employ."),
        (
            ReachCounts(1200, None),
            1,
            22,
            (
                "1,200 people came. Of how many is unknown: one of 22 agencies gives no workforce "
                "figure."
            ),
        ),
        (
            ReachCounts(3, None),
            0,
            0,
            "3 people came. Of how many is unknown: no agency is in the partnership.",
        ),
    ],
)
def test_R2_the_finding_says_of_how_many(
    total: ReachCounts, unknown: int, agencies: int, said: str
) -> None:
    assert reach_finding(total, unknown, agencies) == said


def test_the_small_sectors_are_spoken_of_whatever_came_of_them() -> None:
    assert small_sectors_sentence({}) == (
        "Of the voluntary and community sector there is no agency; of the faith sector there is "
        "no agency."
    )
    known = {
        Sector.VOLUNTARY_AND_COMMUNITY: ReachCounts(12, 300),
        Sector.FAITH: ReachCounts(0, None),
    }
    assert small_sectors_sentence(known) == (
        "From the voluntary and community sector came 12 people, 4% of its 300; from the faith "
        "sector came nobody, of how many is unknown."
    )


def test_captions_say_what_the_pictures_show() -> None:
    rates = {"Police": Fraction(1, 10), "Fire": Fraction(0), "Housing": None, "Faith": Fraction(0)}
    assert reach_caption(rates) == "Police: 10% were reached, the most; nobody of Faith and Fire"
    assert reach_caption({"Police": None}) == "How far each was reached is unknown"
    assert reach_caption({"Police": Fraction(1, 2)}) == "Police: 50% were reached"
    assert people_caption({"Neglect": 4, "Forum": 1}) == "Neglect: four people, the most"
    assert people_caption({}) == "Nobody came"
    assert nobody_from([]) == ""
    assert nobody_from(["A", "B"]) == "Nobody came from two agencies: A and B."


# --- Cohorts ------------------------------------------------------------------------------------


def test_a_list_is_read_however_it_is_pasted() -> None:
    pasted = "Ida Bell <IDA@a.example>;omar@a.example\n\n ida@a.example , mailto:nia@b.example"
    assert read_list(pasted) == ("ida@a.example", "omar@a.example", "nia@b.example")


def test_lines_that_are_no_address_are_named() -> None:
    with pytest.raises(
        Refused, match="line 1, “Ida”; line 2, “x@”; line 3, “@y” and 1 more"
    ) as said:
        read_list("Ida\nx@\n@y\nz")
    assert said.value.field == "addresses"


@given(st.lists(st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.example", fullmatch=True), unique=True))
def test_what_a_file_has_is_what_a_list_reads(addresses: list[str]) -> None:
    column = "\n".join(f"Somebody,{address.upper()}" for address in addresses)
    assert read_list(read_file(f"name,Email address\n{column}\n".encode())) == tuple(addresses)


def test_a_file_of_one_column_needs_no_heading() -> None:
    assert read_file("\ufeffida@a.example\nomar@a.example\n".encode()) == (
        "ida@a.example\nomar@a.example"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"name,agency\nIda,Council\n", "The file needs a column named email"),
        (b"\xff\xfei\x00d\x00", "Save the list as a CSV file"),
        (b"PK\x03\x04\x99\x00", "Save the list as a CSV file"),
    ],
)
def test_a_file_that_is_no_list_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_file(content)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (CohortDetails("", TODAY, number=3), "name"),
        (CohortDetails("x" * 121, TODAY, number=3), "name"),
        (CohortDetails("New", date(2027, 1, 19), number=3), "counted_on"),
        (CohortDetails("New", TODAY), "addresses"),
        (CohortDetails("New", TODAY, addresses=("a@b.example",) * (MOST_MEMBERS + 1)), "addresses"),
        (CohortDetails("New", TODAY, number=0), "number"),
        (CohortDetails("New", TODAY, number=1_000_001), "number"),
    ],
)
def test_a_cohort_that_cannot_be_is_refused_by_its_field(
    details: CohortDetails, field: str
) -> None:
    with pytest.raises(Refused) as said:
        refuse_unsound(details, TODAY)
    assert said.value.field == field


@given(st.integers(0, 90), st.none() | st.integers(0, 90))
def test_R2_more_than_were_counted_is_never_a_share_above_all(
    people: int, workforce: int | None
) -> None:
    counts = ReachCounts(people, workforce)
    said = reach_in_words(counts)
    assert (
        (said == "over 100%") == counts.is_over == (bool(workforce) and people > (workforce or 0))
    )
    assert (said == "100%") == (bool(workforce) and people == workforce)


def test_a_cohort_of_which_more_came_than_were_counted_is_said_so() -> None:
    over, half = Fraction(48, 40), Fraction(1, 2)
    said = reach_caption({"Nurses": over, "Teachers": half})
    assert said == "Nurses: more came than were counted; Teachers: 50%, the least"
    assert reach_caption({"Nurses": over, "Teachers": Fraction(3)}) == (
        "More came of each than were counted"
    )
    assert reach_finding(ReachCounts(48, 40), 0, 1) == (
        "48 people came: more than the 40 whom the agencies employ."
    )

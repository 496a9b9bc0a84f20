from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.agencies.rules import (
    DEFAULT_POLICIES,
    PETROL,
    AgencyDomains,
    Brand,
    DayKind,
    PolicyEntry,
    PolicyKey,
    Sector,
    brand_faults,
    clean_mark,
    contrast,
    is_colour,
    policy_at,
    policy_fault,
    suggested_agencies,
)


def test_the_twelve_sectors_in_the_words_of_the_domain() -> None:
    assert [sector.words for sector in Sector] == [
        "local authority",
        "police",
        "health",
        "education",
        "probation",
        "fire",
        "housing",
        "family justice",
        "voluntary and community",
        "faith",
        "independent",
        "other",
    ]


# --- Policies -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "figure"),
    [
        (PolicyKey.CLOSING_WORKING_DAYS, 1),
        (PolicyKey.OFFER_HOURS, 48),
        (PolicyKey.TICK_WORKING_DAYS, 3),
        (PolicyKey.NAMING_WORKING_DAYS, 5),
        (PolicyKey.LATE_CANCEL_DAYS, 3),
        (PolicyKey.ATTENDED_SHARE, 80),
        (PolicyKey.PART_SHARE, 25),
        (PolicyKey.IMPACT_DAYS, 56),
        (PolicyKey.WITHHOLD_BELOW, 5),
    ],
)
def test_B1_B6_B11_B13_A3_E4_R4_policies_have_their_defaults(key: PolicyKey, figure: int) -> None:
    assert policy_at([], key, date(2027, 1, 1)) == figure


@pytest.mark.parametrize("figure", [1, 2, 4])
def test_R4_E10_nobody_lowers_what_is_withheld_to_read_what_one_person_answered(
    figure: int,
) -> None:
    assert policy_fault(PolicyKey.WITHHOLD_BELOW, figure) == "Enter a number from 5 to 50"
    assert policy_fault(PolicyKey.WITHHOLD_BELOW, 5) is None


def test_B11_the_cut_off_counts_working_days_by_default() -> None:
    figure = policy_at([], PolicyKey.LATE_CANCEL_DAY_KIND, date(2027, 1, 1))
    assert DayKind.from_figure(figure) is DayKind.WORKING
    assert DayKind.from_figure(0) is DayKind.CALENDAR
    assert set(DEFAULT_POLICIES) == set(PolicyKey)


def test_B11_a_policy_holds_from_its_date_until_the_next() -> None:
    entries = [
        PolicyEntry(PolicyKey.OFFER_HOURS, date(2027, 6, 1), 24),
        PolicyEntry(PolicyKey.OFFER_HOURS, date(2027, 2, 1), 72),
        PolicyEntry(PolicyKey.IMPACT_DAYS, date(2027, 1, 1), 84),
    ]
    in_force = [
        policy_at(entries, PolicyKey.OFFER_HOURS, date.fromisoformat(on))
        for on in ("2027-01-31", "2027-02-01", "2027-05-31", "2027-06-01", "2031-01-01")
    ]
    assert in_force == [48, 72, 72, 24, 24]


@given(st.lists(st.tuples(st.dates(), st.integers(0, 99)), max_size=8, unique_by=lambda e: e[0]))
def test_a_policy_set_for_a_day_holds_on_it(dated: list[tuple[date, int]]) -> None:
    entries = [PolicyEntry(PolicyKey.OFFER_HOURS, on, figure) for on, figure in dated]
    for entry in entries:
        assert policy_at(entries, PolicyKey.OFFER_HOURS, entry.holds_from) == entry.figure
    if entries:
        first = min(entry.holds_from for entry in entries)
        if first > date.min:
            assert policy_at(entries, PolicyKey.OFFER_HOURS, first - timedelta(days=1)) == 48


# --- E-mail domains -------------------------------------------------------------------------

AGENCIES = [
    AgencyDomains(1, "Walsall Council", frozenset({"walsall.example"})),
    AgencyDomains(2, "Early Help", frozenset({"walsall.example"})),
    AgencyDomains(3, "West Midlands Police", frozenset({"police.example"})),
    AgencyDomains(4, "Walsall Healthcare", frozenset({"nhs.net", "trust.nhs.uk"})),
    AgencyDomains(5, "Pool Hayes Academy", frozenset({"poolhayes.walsall.example"})),
]


@pytest.mark.parametrize(
    ("email", "suggested"),
    [
        ("rafi@police.example", [3]),
        ("rafi@WM.Police.Example ", [3]),
        ("petra@walsall.example", [2, 1]),
        ("marigold@poolhayes.walsall.example", [5]),
        ("osei@nhs.net", []),
        ("osei@trust.nhs.uk", [4]),
        ("osei@elsewhere.nhs.uk", []),
        ("someone@gmail.com", []),
        ("someone@notpolice.example", []),
        ("someone@example", []),
        ("no address", []),
        ("", []),
    ],
)
def test_a_domain_suggests_its_agencies(email: str, suggested: list[int]) -> None:
    assert suggested_agencies(email, AGENCIES) == suggested


# --- Colours --------------------------------------------------------------------------------


def test_contrast_is_measured_as_the_look_measured_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#14505c", "#ffffff") == pytest.approx(9.0, abs=0.05)
    assert contrast("#ffffff", "#0b343d") == pytest.approx(13.4, abs=0.05)


@pytest.mark.parametrize(
    ("brand", "ratio"), [("#5a2f63", 10.4), ("#2b4a86", 8.7), ("#2f5130", 9.0)]
)
def test_the_brands_that_were_tried_may_be_chosen(brand: str, ratio: float) -> None:
    assert contrast(brand, "#ffffff") == pytest.approx(ratio, abs=0.1)
    assert brand_faults(Brand(brand, "#0b343d", "#e4eff0", "#b5d2d6")) == []


def test_a_pale_brand_is_refused_in_words() -> None:
    pale = Brand("#5f9ba7", "#6fa8b2", PETROL.tint, PETROL.line)
    assert [(fault.field, fault.sentence.partition(". ")[0]) for fault in brand_faults(pale)] == [
        (
            "brand",
            "Choose a darker colour: its contrast with white is 3.1 to 1, and text needs 7 to 1",
        ),
        (
            "dark",
            "Choose a darker colour: its contrast with the tint is 2.2 to 1, and text needs 7 to 1",
        ),
    ]
    assert brand_faults(PETROL) == []


def test_what_is_no_colour_is_refused_before_it_is_measured() -> None:
    wrong = Brand("petrol", "#0b343d", "#e4eff", "#b5d2dg")
    assert [fault.field for fault in brand_faults(wrong)] == ["brand", "tint", "line"]


COLOURS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


@given(COLOURS, COLOURS)
def test_contrast_is_the_same_both_ways_and_from_1_to_21(one: str, other: str) -> None:
    assert is_colour(one)
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.01


ARCHES = '<svg viewBox="0 0 38 33"><path d="M3 31V18" stroke="currentColor"/></svg>'


def test_a_mark_keeps_its_shapes_and_its_size() -> None:
    mark = clean_mark(ARCHES)
    assert mark is not None
    assert mark.startswith('<svg class="header__mark" width="38" height="33"')
    assert '<path d="M3 31V18" stroke="currentColor"' in mark


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        ' onload="alert(1)"',
        '<a href="javascript:alert(1)"><path d="M0 0"/></a>',
        '<image href="https://elsewhere.example/x.png"/>',
        "<style>path{fill:red}</style>",
        "<foreignObject><p>words</p></foreignObject>",
    ],
)
def test_nothing_but_shapes_is_left_in_a_mark(bad: str) -> None:
    inside = bad if bad.startswith("<") else ""
    attribute = "" if inside else bad
    mark = clean_mark(f'<svg viewBox="0 0 38 33"{attribute}>{inside}<path d="M1 1"/></svg>') or ""
    for word in ("script", "alert", "onload", "href", "style", "image", "foreign", "elsewhere"):
        assert word not in mark


@pytest.mark.parametrize("other", ["", "a picture", "<p>words</p>", "<svg></svg>", "x" * 9_000])
def test_what_is_no_drawing_is_no_mark(other: str) -> None:
    assert clean_mark(other) is None

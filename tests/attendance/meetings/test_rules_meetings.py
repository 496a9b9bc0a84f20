"""How long, which mark, whose name: the rules of meetings' files, touching nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.attendance.meetings.rules import (
    Attended,
    Delegate,
    FileSays,
    MatchedBy,
    OnRegister,
    Roll,
    Standing,
    Step,
    alias_of,
    is_expected_online,
    is_worth_remembering,
    mark_for,
    match,
    merged,
    name_key,
    plain_name,
    presence_at,
    seconds_of,
    step_for,
    together,
    wanted_marks,
)
from lms.attendance.rules import Mark, MarkKind, MarkSource, SessionFact, share_present
from lms.catalogue.rules import EventMode

STARTS = datetime.fromisoformat("2027-07-08T08:30+00:00")
LENGTH = 1200  # seconds: short, so that a count of each second is quick
SESSION = SessionFact(1, STARTS, STARTS + timedelta(seconds=LENGTH))


def at(second: int) -> datetime:
    return STARTS + timedelta(seconds=second)


joins = st.lists(
    st.tuples(st.integers(-300, LENGTH + 300), st.integers(0, 900)).map(
        lambda pair: (at(pair[0]), at(pair[0] + pair[1]))
    ),
    max_size=8,
)


def each_second(found: list[tuple[datetime, datetime]]) -> int:
    """The same by brute force: every second of the session at which some device was there."""
    return sum(any(begin <= at(n) < end for begin, end in found) for n in range(LENGTH))


@settings(max_examples=80, deadline=None)
@given(joins)
def test_A5_minutes_are_those_of_a_count_of_every_second(
    found: list[tuple[datetime, datetime]],
) -> None:
    union = merged(found)
    presence = presence_at(SESSION, Attended(union, seconds_of(union)))
    counted = each_second(found)
    assert presence.there == counted
    assert presence.there + presence.late + presence.away + presence.early == LENGTH
    mark = mark_for(presence)
    missed = mark.minutes_late + mark.minutes_away + mark.minutes_left_early
    if counted < 60:
        assert mark == Mark(MarkKind.ABSENT)
    else:
        assert missed == (LENGTH - counted) // 60
        exact = Fraction(counted, LENGTH)
        share = share_present([SESSION], {SESSION.id: mark})
        assert 0 <= share - exact < Fraction(60, LENGTH)


@given(st.lists(joins, max_size=3), st.randoms())
def test_A5_devices_and_files_count_once_in_any_order(
    rows: list[list[tuple[datetime, datetime]]], random: object
) -> None:
    each = [Attended(merged(row), seconds_of(merged(row))) for row in rows if row]
    shuffled = [*each, *each]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert together(shuffled) == together(each)
    assert together(each).seconds == seconds_of(merged(join for row in rows for join in row))


def test_repeated_joins_are_summed_and_the_breaks_are_away() -> None:
    found = tuple((at(n * 180), at(n * 180 + 120)) for n in range(6))
    presence = presence_at(SESSION, Attended(found, seconds_of(found)))
    assert (presence.there, presence.late, presence.away, presence.early) == (720, 0, 300, 180)
    assert mark_for(presence) == Mark(MarkKind.PRESENT, 0, 3, 5)


@pytest.mark.parametrize(
    ("first", "last", "kind"),
    [
        (0, LENGTH, MarkKind.PRESENT),
        (299, LENGTH, MarkKind.PRESENT),
        (300, LENGTH, MarkKind.LATE),
        (0, LENGTH - 300, MarkKind.LEFT_EARLY),
        (360, LENGTH - 300, MarkKind.LATE),
        (300, LENGTH - 360, MarkKind.LEFT_EARLY),
        (0, 59, MarkKind.ABSENT),
    ],
)
def test_A5_five_minutes_make_late_and_less_than_one_makes_absent(
    first: int, last: int, kind: MarkKind
) -> None:
    presence = presence_at(SESSION, Attended(((at(first), at(last)),), last - first))
    assert mark_for(presence).kind is kind


def test_breaks_at_unknown_times_shorten_and_a_longer_file_of_the_same_meeting_is_no_sum() -> None:
    short = Attended(((at(0), at(600)),), 480)
    whole = Attended(((at(0), at(1200)),), 900)
    assert presence_at(SESSION, whole).away == 300
    assert together([short, whole]).seconds == 900
    later = Attended(((at(700), at(1200)),), 400)
    assert together([short, later]).seconds == 880
    assert together([Attended((), 300), Attended((), 300), Attended((), 500)]).seconds == 800


def test_how_long_without_when_is_shared_out_over_the_sessions_by_their_length() -> None:
    later = SessionFact(2, at(LENGTH), at(LENGTH + LENGTH // 2))
    says = FileSays(frozenset({SESSION, later}), {1: [Attended((), 900)], 2: [Attended((), 9999)]})
    delegates = [Delegate(n, EventMode.ONLINE) for n in (1, 2, 3)]
    found = wanted_marks(EventMode.ONLINE, delegates, (SESSION, later), [says])
    there = {key: one.presence.there for key, one in found.items() if one.presence}
    assert there == {(1, 1): 600, (1, 2): 300, (2, 1): 1200, (2, 2): 600}
    assert found[3, 1].mark == Mark(MarkKind.ABSENT)


def test_A4_a_walk_in_is_absent_only_from_a_session_of_a_meeting_that_names_them() -> None:
    later = SessionFact(2, at(LENGTH), at(2 * LENGTH))
    whole = Attended(((at(0), at(LENGTH)),), LENGTH)
    says = FileSays(frozenset({SESSION, later}), {1: [whole]})
    walk_ins = [Delegate(n, EventMode.ONLINE, is_settled=True) for n in (1, 2)]
    found = wanted_marks(EventMode.ONLINE, walk_ins, (SESSION, later), [says])
    assert {key: one.mark and one.mark.kind for key, one in found.items()} == {
        (1, 1): MarkKind.PRESENT,
        (1, 2): MarkKind.ABSENT,
        (2, 1): None,
        (2, 2): None,
    }


def by(source: MarkSource, kind: MarkKind = MarkKind.PRESENT, late: int = 0) -> Standing:
    return Standing(Mark(kind, late), source)


def test_A1_a_mark_by_hand_is_never_overruled_and_a_claim_only_by_a_file_with_the_name() -> None:
    absent, late = Mark(MarkKind.ABSENT), Mark(MarkKind.LATE, 12)
    for source in (MarkSource.TRAINER, MarkSource.COORDINATOR):
        assert step_for(by(source), absent, is_listed=False) is Step.KEPT
        assert step_for(by(source), late, is_listed=True) is Step.KEPT
        assert step_for(by(source), Mark(MarkKind.PRESENT, 2), is_listed=True) is Step.SAME
    claim = by(MarkSource.SELF_CHECK_IN)
    assert step_for(claim, absent, is_listed=False) is Step.KEPT
    assert step_for(claim, late, is_listed=True) is Step.MARK
    imported = by(MarkSource.IMPORT, MarkKind.LATE, 12)
    assert step_for(imported, late, is_listed=True) is Step.SAME
    assert step_for(imported, absent, is_listed=False) is Step.MARK
    assert step_for(None, late, is_listed=True) is Step.MARK
    assert step_for(imported, None, is_listed=True) is Step.NOTHING


def test_only_who_is_expected_online_is_absent_for_want_of_a_name() -> None:
    assert is_expected_online(EventMode.ONLINE, EventMode.ONLINE)
    assert is_expected_online(EventMode.HYBRID, EventMode.ONLINE)
    assert not is_expected_online(EventMode.HYBRID, EventMode.IN_PERSON)
    assert not is_expected_online(EventMode.IN_PERSON, EventMode.IN_PERSON)


ADA = OnRegister(
    1, "Ada Pettifer", "Early Help", frozenset({"ada@a.example", "a@home.example"}), 11
)
BEN = OnRegister(2, "Benedict Ashby", "Police", frozenset({"ben@a.example"}), 12)
ANN = OnRegister(3, "Ann Pettifer", "Health", frozenset(), None)
TRAINERS = (("Tilda Trainer", frozenset({"tilda@a.example"})),)
ROLL = Roll((ADA, BEN, ANN), {"ada (phone) of hers": 11, "x@y.example": 12, "b ash": 12}, TRAINERS)


def test_A5_any_address_of_a_person_matches_before_an_alias_and_a_likeness_never_does() -> None:
    assert match("Somebody", ("a@home.example",), "", ROLL).booking_id == 1
    assert match("B. Ash", (), "", ROLL).by is MatchedBy.ALIAS
    assert match("Who", ("x@y.example",), "", ROLL).booking_id == 2
    assert match("B. Ash", ("ada@a.example",), "", ROLL).booking_id == 1
    assert match("Who", ("ben@a.example", "ada@a.example"), "", ROLL).booking_id == 2
    like = match("Pettifer, Ada (Guest)", (), "", ROLL)
    assert like.booking_id is None
    assert [who.name for who in like.proposals] == ["Ada Pettifer", "Ann Pettifer"]
    assert [who.name for who in match("Ben Ashby", (), "", ROLL).proposals] == ["Benedict Ashby"]
    assert [w.name for w in match("Benny (Benedict Ashby)", (), "", ROLL).proposals] == [BEN.name]
    assert match("Quentin Vole", (), "", ROLL).proposals == ()


def test_who_gives_the_event_or_organised_the_meeting_is_set_aside_and_it_says_why() -> None:
    assert match("T", ("tilda@a.example",), "Presenter", ROLL).aside == "gives the event"
    assert match("Trainer, Tilda (Host)", (), "", ROLL).aside == "gives the event"
    assert match("Idris Larkspur", (), "Organizer", ROLL).aside == "organised the meeting"
    assert match("Ada Pettifer", (), "Organizer", ROLL).aside == ""


@pytest.mark.parametrize(
    "written",
    [
        "Ada Pettifer",
        "ada PETTIFER",
        "Pettifer, Ada",
        "Ada Pettifer (Guest)",
        "Áda  Pettifer",
        "Pettifer, Ada (Unverified)",
        "Ada Pettifer (she/her)",
    ],
)
def test_names_are_compared_without_what_is_only_said_of_them(written: str) -> None:
    assert name_key(written) == "ada pettifer"


def test_names_keep_what_tells_people_apart() -> None:
    assert name_key("O’Dowd") == name_key("O'Dowd") == "odowd"
    assert name_key("Ada (Ada Pettifer)") != name_key("Ada")
    assert plain_name("Pettifer, Ada (External)") == "Ada Pettifer"
    assert plain_name("(Guest)") == "(Guest)"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_name_has_a_key_and_a_match(name: str, other: str) -> None:
    assert name_key(name_key(name)) == name_key(name)
    assert match(name, (), other, ROLL).booking_id in (None, 1, 2, 3)


def test_a_device_and_a_first_name_alone_are_not_remembered() -> None:
    assert is_worth_remembering("Ada P", ())
    assert is_worth_remembering("iPhone", ("ada@x.example",))
    for name in ("iPhone", "Ada", "Ada’s iPhone", "Meeting Room 2", "(Guest)"):
        assert not is_worth_remembering(name, ()), name
    assert alias_of("Ada P", ("ada@x.example",)) == "ada@x.example"
    assert alias_of("P, Ada", ()) == "ada p"

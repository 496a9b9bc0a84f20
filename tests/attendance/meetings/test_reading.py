"""Reading: every layout in any order, case and encoding; and nothing but refusals of the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.attendance.meetings.reading import (
    LARGEST_FILE,
    Meeting,
    UnreadableMeeting,
    read_meeting,
)
from lms.attendance.meetings.reading.meeting import MOST_PEOPLE
from lms.attendance.meetings.reading.times import read_duration, read_time
from lms.attendance.meetings.rules import merged, seconds_of
from lms.attendance.rules import FileSupplier, SessionFact
from tests.attendance.meetings.test_files import FILES
from tests.support.meetings import (
    Attendee,
    american,
    at_minutes,
    british,
    duration,
    iso,
    teams_full_name,
    teams_joined_left,
    teams_report,
    zoom_american,
    zoom_joins,
    zoom_words,
)

STARTS = datetime.fromisoformat("2027-07-08T09:30+01:00")
SESSION = SessionFact(1, STARTS, STARTS + timedelta(hours=3))
NAMES = ("Ada Pettifer", "Figg, Bartholomew", "Zoë Ní Bhriain", "O’Dowd “Mac” Kieran", "李 Wei")


def read(content: bytes, *sessions: SessionFact) -> Meeting:
    return read_meeting(content, sessions or [SESSION])


def refusal(content: bytes, *sessions: SessionFact) -> UnreadableMeeting:
    with pytest.raises(UnreadableMeeting) as refused:
        read(content, *sessions)
    return refused.value


@st.composite
def somebody(draw: st.DrawFn, name: str, number: int) -> Attendee:
    """With one to seven joins, some of them overlapping, to the second."""
    moment = st.integers(-1800, 4 * 3600)
    pairs = draw(st.lists(st.tuples(moment, st.integers(0, 5400)), min_size=1, max_size=7))
    joins = tuple(
        (STARTS + timedelta(seconds=begin), STARTS + timedelta(seconds=begin + length))
        for begin, length in pairs
    )
    email = draw(st.sampled_from(["", f"person{number}@agency.example"]))
    return Attendee(name, email, joins)


@st.composite
def everyone(draw: st.DrawFn) -> list[Attendee]:
    count = draw(st.integers(1, len(NAMES)))
    there = Attendee("Tilda Trainer", "t@wsp.example", at_minutes(STARTS, (0, 180)))
    return [there, *(draw(somebody(name, n)) for n, name in enumerate(NAMES[:count]))]


WRITERS: list[Callable[[Sequence[Attendee]], bytes]] = [
    partial(teams_report, write=write, delimiter=delimiter, encoding=encoding, fold=fold)
    for write, delimiter, encoding, fold in (
        (american, "\t", "utf-16", str),
        (british, "\t", "utf-16-le", str.lower),
        (iso, ",", "utf-8", str.upper),
        (american, ",", "utf-8-sig", str.title),
        (british, ";", "utf-16-be", str),
    )
]
WRITERS += [
    teams_full_name,
    zoom_joins,
    partial(zoom_joins, write=zoom_words, with_block=False, encoding="utf-8"),
    partial(zoom_joins, write=zoom_american, delimiter="\t", encoding="utf-16"),
]


@settings(max_examples=30, deadline=None)
@given(people=everyone(), write=st.sampled_from(WRITERS), data=st.data())
def test_A5_every_layout_says_the_same_of_everyone_in_any_order(
    people: list[Attendee], write: Callable[[Sequence[Attendee]], bytes], data: st.DataObject
) -> None:
    shuffled = [
        Attendee(one.name, one.email, tuple(data.draw(st.permutations(one.joins))))
        for one in data.draw(st.permutations(people))
    ]
    meeting = read(write(shuffled))
    assert {one.name: (one.joins, one.seconds) for one in meeting.participants} == {
        one.name: (merged(one.joins), seconds_of(merged(one.joins))) for one in people
    }
    assert {one.name: one.addresses for one in meeting.participants} == {
        one.name: (one.email,) if one.email else () for one in people
    }


@settings(max_examples=25, deadline=None)
@given(people=everyone())
def test_the_first_layout_of_teams_says_the_same_from_joined_and_left(
    people: list[Attendee],
) -> None:
    meeting = read(teams_joined_left(people))
    found = {one.name: seconds_of(one.joins) for one in meeting.participants}
    assert found == {one.name: seconds_of(merged(one.joins)) for one in people}


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_are_refused_with_a_sentence(content: bytes) -> None:
    assert len(refusal(content).sentence) > 10


@settings(max_examples=80, deadline=None)
@given(file=st.sampled_from(FILES), data=st.data())
def test_a_file_cut_or_spoilt_anywhere_is_read_or_refused(
    file: object, data: st.DataObject
) -> None:
    content = file.read_bytes()  # type: ignore[attr-defined]
    cut = data.draw(st.integers(0, len(content) - 1))
    with suppress(UnreadableMeeting):
        read(content[:cut])
    place, byte = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(0, 255))
    with suppress(UnreadableMeeting):
        read(content[:place] + bytes([byte]) + content[place + 1 :])


def test_teams_with_its_sections_is_refused_wherever_it_is_cut() -> None:
    """But where all people stand, each with how long they were there: that is as good as whole."""
    lines = FILES[0].read_bytes().decode("utf-16").rstrip().split("\r\n")
    whole = {one.name: one.seconds for one in read(FILES[0].read_bytes()).participants}
    third = lines.index("3. In-Meeting Activities")
    for kept in range(len(lines)):
        cut = "\r\n".join(lines[:kept]).encode("utf-16")
        if kept in (third - 1, third):
            found = {one.name: one.seconds for one in read(cut).participants}
            assert {**found, "Lalita Greenfinch": 10800} == whole
        else:
            refusal(cut)
    for letters in range(1, len(lines[-1]) - len("Attendee")):
        refusal("\r\n".join([*lines[:-1], lines[-1][:letters]]).encode("utf-16"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"\xff\xfe", "The file is empty."),
        (b" \r\n\r\n", "The file is empty."),
        (b"PK\x03\x04rest", "This is an Excel workbook or a zip archive."),
        (b"%PDF-1.7", "This is a PDF."),
        (b"\xff\xd8\xff\xe0", "This is a picture."),
        (b"<!DOCTYPE html>", "This is a web page."),
        (b"\xff\xfeN\x00a", "The file is cut short in the middle of a letter."),
        (b"email,name,agency\r\na@b.c,Ada,Police\r\n", "This is no attendance report that we know"),
        (b"Name,Join Time\r\nAda,7/8/27\r\n", "Line 1, Leave Time: The column is missing."),
        (b"Full Name\tUser Action\r\n", "Line 1, Timestamp: The column is missing."),
        (b"x" * (LARGEST_FILE + 1), "The file is larger than 5 MB"),
        (b"Name,Duration\r\nAda\x01,3\r\n", "Line 2: There is a character that no text has."),
        (
            b"Name (Original Name),Total Duration (Minutes)\r\nAda,30\r\n",
            "In Zoom, export the list",
        ),
        (b"Name (Original Name),Total Duration (Minutes)\r\nAda,long\r\n", "“long” is no duration"),
        (b"Name (Original Name),Total Duration (Minutes)\r\n,30\r\n", "Line 2, Name (Original"),
        (b"Name (Original Name),Total Duration (Minutes)\r\n", "The file names nobody."),
    ],
    ids=range(17),
)
def test_what_is_no_report_is_told_what_it_is(content: bytes, said: str) -> None:
    assert said in refusal(content).sentence


def test_a_file_of_more_people_than_come_to_any_event_is_refused() -> None:
    rows = (f"Person{n} Number,2027-07-08 09:30,2027-07-08 12:30,," for n in range(MOST_PEOPLE + 1))
    many = "Name,Join Time,Leave Time,Email,Guest\r\n" + "\r\n".join(rows)
    assert "names 2,001 people, and an event here" in refusal(many.encode()).sentence


def joins_file(*rows: str) -> bytes:
    return "\r\n".join(["Name,Join Time,Leave Time,Email,Role", *rows]).encode()


def test_a_fault_names_its_line_and_column() -> None:
    good = "Ada,2027-07-08 09:30,2027-07-08 12:30,,Attendee"
    late = refusal(joins_file(good, "Ben,2027-07-08 25:61,2027-07-08 12:30,,Attendee"))
    assert (late.line, late.column) == (3, "Join Time")
    assert late.sentence == "Line 3, Join Time: “2027-07-08 25:61” is no date with a time."
    backwards = refusal(joins_file(good, "Ben,2027-07-08 12:30,2027-07-08 09:30,,Attendee"))
    assert backwards.sentence == "Line 3, Leave Time: The leave is before the join."
    running = refusal(joins_file(good, "Ben,2027-07-08 12:30,,,Attendee"))
    assert "Line 3, Leave Time: There is no time" in running.sentence
    short = refusal(joins_file(good, "Ben,2027-07-08 09:30"))
    assert short.sentence == "Line 3, Join Time: The row ends here: the file is cut short."
    both = refusal(
        joins_file("A,13/7/2027 9:30,13/7/2027 9:40,,x", "B,7/13/2027 9:30,7/13/2027 9:40,,x")
    )
    assert "Some of its dates have the day first, others the month." in both.sentence


def test_days_and_months_are_told_apart_by_the_whole_file_or_by_the_event() -> None:
    april, march = (
        SessionFact(n, datetime.fromisoformat(at), datetime.fromisoformat(at) + timedelta(hours=3))
        for n, at in ((1, "2027-04-03T09:30+01:00"), (2, "2027-03-04T09:30+00:00"))
    )
    sent = joins_file("Ada,3/4/2027 9:30:00,3/4/2027 12:30:00,,Attendee")
    [remark] = read(sent, april).remarks
    assert "the day first: 3/4/2027 is Saturday 3 April 2027, since the event is on" in remark
    assert "the month first: 3/4/2027 is Thursday 4 March 2027" in read(sent, march).remarks[0]
    assert (
        "though the event has sessions on the other day too" in read(sent, april, march).remarks[0]
    )
    other = joins_file("Ada,3/4/2027 9:30 AM,3/4/2027 12:30 PM,,Attendee")
    assert "was on Thursday 4 March 2027" in refusal(other).sentence
    plain = joins_file("Ada,13/4/2027 9:30,13/4/2027 12:30,,Attendee")
    assert "was on Tuesday 13 April 2027" in refusal(plain).sentence


def test_a_meeting_of_another_time_of_the_same_day_is_another_one() -> None:
    before = joins_file("Ada,2027-07-08 07:30,2027-07-08 09:33,,Attendee")
    assert "it is the file of another event" in refusal(before).sentence


@pytest.mark.parametrize(
    ("written", "wall"),
    [
        ("7/22/26, 7:02:11 PM", "2026-07-22T19:02:11"),
        ("22/07/2026, 19:02:11", "2026-07-22T19:02:11"),
        ("22.07.2026 19:02", "2026-07-22T19:02:00"),
        ("2026-07-22T19:02:11", "2026-07-22T19:02:11"),
        ("2026-07-22T18:02:11Z", "2026-07-22T19:02:11"),
        ("2026-07-22 14:02:11-04:00", "2026-07-22T19:02:11"),
        ("Jul 22, 2026 07:02:11 PM", "2026-07-22T19:02:11"),
        ("22 July 2026, 7.02 p.m.", "2026-07-22T19:02:00"),
        ("12/25/2026 12:00:00 AM", "2026-12-25T00:00:00"),
        ("25/12/2026 12:05 pm", "2026-12-25T12:05:00"),
    ],
)
def test_times_are_read_as_each_supplier_writes_them(written: str, wall: str) -> None:
    found = read_time(written)
    assert found
    expected = datetime.fromisoformat(f"{wall}{'+01:00' if wall[5:7] == '07' else '+00:00'}")
    assert {found.instant(order) for order in found.orders()} == {expected}


@pytest.mark.parametrize(
    "written", ["", "noon", "31/31/2026 09:00", "7/22/26", "7/22/26, 27:00", "1/1/1999 09:00"]
)
def test_what_is_no_time_is_none(written: str) -> None:
    assert read_time(written) is None


@given(st.integers(0, 100_000))
def test_durations_come_back_as_they_were_written(seconds: int) -> None:
    assert read_duration(duration(seconds)) == seconds


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("58", 3480),
        ("1:03:20", 3800),
        ("47:03", 2823),
        ("1 hr 12 min", 4320),
        ("soon", None),
        ("", None),
        ("1h 2x", None),
        ("-5", None),
    ],
)
def test_durations_are_read_in_every_form(written: str, seconds: int | None) -> None:
    assert read_duration(written) == seconds


def test_who_was_still_there_counts_until_the_list_was_made() -> None:
    people = [
        Attendee("Ada Pettifer", joins=at_minutes(STARTS, (0, 180))),
        Attendee("Ben Ashby", joins=at_minutes(STARTS, (5, 60), (90, 120))),
    ]
    meeting = read(teams_joined_left(people, made_at=STARTS + timedelta(minutes=150)))
    by_name = {one.name: one.seconds for one in meeting.participants}
    assert by_name == {"Ada Pettifer": 120 * 60, "Ben Ashby": 85 * 60}
    assert any("still in the meeting" in remark for remark in meeting.remarks)


def test_a_webinar_s_report_of_zoom_counts_those_who_came() -> None:
    sent = """Attendee Report
Report Generated:,Jul 9, 2027
Host Details
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest
Yes,Tilda Trainer,t@wsp.example,07/08/2027 09:20:00 AM,07/08/2027 12:31:00 PM,191,No
Attendee Details
Attended,User Name (Original Name),First Name,Email,Join Time,Leave Time,Time in Session (minutes)
Yes,Ada Pettifer,Ada,ada@school.example,07/08/2027 09:30:00 AM,07/08/2027 12:30:00 PM,180
No,Ben Ashby,Ben,ben@school.example,--,--,--
"""
    meeting = read(sent.encode())
    assert [one.name for one in meeting.participants] == ["Tilda Trainer", "Ada Pettifer"]
    assert meeting.supplier is FileSupplier.ZOOM


def test_no_sentence_has_an_empty_place() -> None:
    assert not re.search(r"\s{2}|“”", refusal(b"Name,Duration\r\nAda,\r\n").sentence)

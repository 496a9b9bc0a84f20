"""Forms: what is to be put right is said in order, and everything typed is kept."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms.validators import StopValidation

from lms.catalogue.forms.rows import read_day
from lms.errors import Refused
from lms.web.forms import Within, read_clock_time
from tests.support.browser import Browser, Page
from tests.web.gallery import AboutYou

TYPED = {
    "name": "Marigold <Pettifer>",
    "agency": "2",
    "manager": "m@example.org",
    "first_day-day": "31",
    "first_day-month": "2",
    "first_day-year": "2027",
    "starts_at": "half past",
    "at_once": "y",
}


def send(visitor: Browser, data: dict[str, str]) -> Page:
    page = visitor.get("/page/about-you")
    return visitor.post("/page/about-you", {**page.form("Save"), **data})


def test_faults_stand_above_the_heading_in_the_order_of_the_fields(visitor: Browser) -> None:
    page = send(visitor, TYPED)
    summary = page.document.select_one(".govuk-error-summary")
    assert summary is not None
    assert summary.h2 is not None
    assert summary.h2.get_text() == "Three things to put right"
    assert [(link["href"], link.get_text()) for link in summary.select("a")] == [
        ("#job_role", "Enter your job role, such as health visitor"),
        ("#first_day-day", "Enter a date, such as 8 2 2027"),
        ("#starts_at", "Enter a time, such as 9:30am or 2pm"),
    ]
    assert page.document.title is not None
    assert page.document.title.get_text().startswith("Error: Tell us who you are – Walsall")


def test_each_fault_links_to_a_control_that_is_there(visitor: Browser) -> None:
    page = send(visitor, TYPED)
    for link in page.document.select(".govuk-error-summary a"):
        assert page.document.find(id=str(link["href"])[1:]) is not None


def test_everything_typed_is_kept(visitor: Browser) -> None:
    kept = send(visitor, TYPED).form("Save")
    assert {name: kept[name] for name in TYPED} == TYPED


def test_a_form_without_fault_says_nothing_of_errors(visitor: Browser) -> None:
    right = {**TYPED, "job_role": "Pastoral lead", "first_day-day": "8", "starts_at": "9.30am"}
    page = send(visitor, right)
    assert page.document.select(".govuk-error-summary") == []
    assert "Error" not in page.text


def test_a_refusal_is_shown_by_the_field_that_it_concerns(gallery: Flask) -> None:
    with gallery.test_request_context(method="POST"):
        form = AboutYou()
        form.refuse(Refused("Enter your manager’s own address", field="manager"))
        form.refuse(Refused("Bookings closed on Friday", field="nothing of ours"))
        assert [tuple(fault) for fault in form.error_summary()] == [
            ("#manager", "Enter your manager’s own address"),
            ("#main", "Bookings closed on Friday"),
        ]
        assert form.has_errors


def test_a_choice_that_is_not_offered_is_answered_in_our_words(gallery: Flask) -> None:
    with gallery.test_request_context(method="POST"):
        form = AboutYou(MultiDict({"agency": "77"}), meta={"csrf": False})
        form.validate()
        assert form.agency.errors == ["Choose one of these"]


def test_dates_and_times_come_out_typed(gallery: Flask) -> None:
    typed = {**TYPED, "first_day-day": "8", "starts_at": "9.30 am"}
    with gallery.test_request_context(method="POST"):
        form = AboutYou(MultiDict(typed), meta={"csrf": False})
        assert form.first_day.data == date(2027, 2, 8)
        assert form.starts_at.data == time(9, 30)
        begun = AboutYou(data={"first_day": date(2027, 2, 8), "starts_at": time(14)})
        assert begun.first_day.boxes == {"day": "8", "month": "2", "year": "2027"}
        assert begun.starts_at._value() == "2pm"


@pytest.mark.parametrize("number", ["9" * 20, "9" * 5000, "²"])
def test_a_number_that_no_calendar_has_is_no_date(gallery: Flask, number: str) -> None:
    typed = {**TYPED, "first_day-day": number}
    with gallery.test_request_context(method="POST"):
        form = AboutYou(MultiDict(typed), meta={"csrf": False})
        form.validate()
        assert form.first_day.errors == ["Enter a date, such as 8 2 2027"]
    assert read_day(f"{number} 2 2027") is None
    assert read_day(f"8 2 {number}") is None


def test_nothing_is_preselected_in_a_scale(visitor: Browser) -> None:
    page = visitor.get("/page/evaluation")
    boxes = page.document.select(".scale__input")
    assert [box["value"] for box in boxes] == ["1", "2", "3", "4", "5"]
    assert not any(box.has_attr("checked") for box in boxes)


def test_what_was_chosen_in_a_scale_is_kept(visitor: Browser) -> None:
    page = visitor.get("/page/evaluation")
    answered = visitor.submit(page, {"confidence": "4"}, form="Send my answers")
    assert answered.form("Send my answers")["confidence"] == "4"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9:30am", time(9, 30)),
        ("9.30 AM", time(9, 30)),
        ("9am", time(9)),
        ("12pm", time(12)),
        ("12am", time(0)),
        ("noon", time(12)),
        ("14:00", time(14)),
        ("0930", time(9, 30)),
        ("2 p.m.", time(14)),
        ("25:00", None),
        ("13pm", None),
        ("9:75am", None),
        ("9", None),
        ("soon", None),
    ],
)
def test_times_are_read_as_people_write_them(typed: str, meant: time | None) -> None:
    assert read_clock_time(typed) == meant


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading_of_times(typed: str) -> None:
    found = read_clock_time(typed)
    assert found is None or isinstance(found, time)


@pytest.mark.parametrize("number", [-1, 10**400, Decimal("NaN"), Decimal("1e999999")])
def test_a_number_out_of_bounds_is_told_however_large(number: int | Decimal) -> None:
    within = Within(0, 9, "From nought to nine")
    with pytest.raises(StopValidation, match="From nought to nine"):
        within(None, SimpleNamespace(data=number))
    for fine in (0, 9, Decimal("8.5"), None):
        within(None, SimpleNamespace(data=fine))

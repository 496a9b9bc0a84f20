"""Error pages: what happened, what did not, what can be done; with every header."""

from __future__ import annotations

import logging

import pytest
from flask import Flask, abort
from sqlalchemy.exc import IntegrityError, OperationalError

from lms.web.security import HEADERS
from tests.support.browser import BASE_URL, Browser


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        ("busy", 503, "Many people are booking this event at this moment."),
        ("gone", 410, "This offer ended on Tuesday at 5pm. You are still waiting."),
        ("missing", 404, "There is nothing at this address"),
        ("refused", 409, "It clashes with Safer Recruitment. Give that place up."),
        ("field", 422, "Enter your manager’s own address."),
        ("broken", 500, "Something broke on our side"),
    ],
)
def test_each_refusal_has_its_page(visitor: Browser, kind: str, status: int, said: str) -> None:
    page = visitor.get(f"/refuse/{kind}", status=status)
    assert said in page.text
    assert {name: page.headers[name] for name in HEADERS} == HEADERS


def test_an_unknown_address_says_what_to_do(visitor: Browser) -> None:
    page = visitor.get("/no-such-page", status=404)
    assert page.h1 == "There is nothing at this address"
    assert page.link("See what is on") == "/"


def test_what_a_person_may_not_see_is_not_there(gallery: Flask, visitor: Browser) -> None:
    gallery.add_url_rule("/forbidden", "forbidden", lambda: abort(403))
    assert visitor.get("/forbidden", status=404).h1 == "There is nothing at this address"


@pytest.mark.parametrize("code", [400, 410, 413, 429, 503])
def test_each_status_has_its_page(gallery: Flask, visitor: Browser, code: int) -> None:
    gallery.add_url_rule("/stop", "stop", lambda: abort(code))
    assert visitor.get("/stop", status=code).h1


def test_a_wrong_method_names_the_right_ones(visitor: Browser) -> None:
    page = visitor.get("/undo", status=405)
    assert "POST" in page.headers["Allow"]
    assert "It takes a button" in page.text


def test_busy_asks_to_try_again_soon(visitor: Browser) -> None:
    page = visitor.get("/refuse/busy?of=this", status=503)
    assert page.headers["Retry-After"] == "5"
    assert page.link("Try again") == "/refuse/busy?of=this"


def test_a_database_that_is_away_is_told_without_reading_it(
    gallery: Flask, visitor: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    def away() -> str:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    gallery.add_url_rule("/away", "away", away)
    gallery.context_processor(away)
    with caplog.at_level(logging.ERROR):
        page = visitor.get("/away", status=503)
    assert page.h1 == "The service cannot answer at this moment"
    assert "Nothing was booked, changed or lost." in page.text


def test_what_only_the_database_sees_to_be_there_already_is_no_fault_of_ours(
    gallery: Flask, visitor: Browser
) -> None:
    def again() -> str:
        raise IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed"))

    gallery.add_url_rule("/again", "again", again)
    page = visitor.get("/again", status=409)
    assert page.h1 == "That is there already"
    assert "Nothing was changed." in page.text


def test_a_form_left_open_gives_back_what_was_typed(visitor: Browser) -> None:
    response = visitor.client.post(
        "/page/about-you?from=here",
        data={"name": "Marigold <Pettifer>", "csrf_token": "stale"},
        base_url=BASE_URL,
        headers={"Origin": BASE_URL, "Referer": f"{BASE_URL}/page/about-you"},
    )
    assert response.status_code == 400
    page = visitor._see(response, 400)
    assert page.h1 == "This page was open for a long time"
    again = page.form("Send it again")
    assert again["name"] == "Marigold <Pettifer>"
    assert again["csrf_token"] not in {"stale", ""}
    assert page.action("Send it again") == "/page/about-you?from=here"


def test_another_site_s_form_is_not_given_back(visitor: Browser) -> None:
    response = visitor.client.post(
        "/page/about-you",
        data={"name": "Mallory", "csrf_token": "made up"},
        base_url=BASE_URL,
        headers={"Origin": "https://elsewhere.example"},
    )
    page = visitor._see(response, 400)
    assert "Mallory" not in page.html
    assert "Send it again" not in page.text

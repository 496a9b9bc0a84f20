"""Numbers no row has and characters nobody types are turned away before the database sees them."""

from __future__ import annotations

from io import BytesIO

import pytest

from tests.support.browser import BASE_URL, Browser
from tests.support.make import Make

TOO_LARGE = ("2147483648", "9" * 20)


@pytest.mark.parametrize("number", TOO_LARGE)
def test_a_number_that_no_row_has_is_no_address(browser: Browser, make: Make, number: str) -> None:
    make.partnership()
    browser.get(f"/events/{number}", status=404)
    browser.sign_in(make.coordinator())
    for address in (f"/manage/courses/{number}", f"/manage/events/{number}/edit"):
        browser.get(address, status=404)


@pytest.mark.parametrize("number", [*TOO_LARGE, "-1", "x"])
def test_a_number_in_the_query_that_no_row_has_is_none(
    browser: Browser, make: Make, number: str
) -> None:
    browser.sign_in(make.coordinator())
    for name in ("course", "from"):
        assert browser.get(f"/manage/events/new?{name}={number}").h1 == "Plan an event"
    assert browser.get(f"/manage/priorities?partnership={number}").h1 == "Priorities and themes"


@pytest.mark.parametrize("query", ["q=%00", "q=a%01b", "from=%00"])
def test_what_nobody_can_type_is_refused(browser: Browser, make: Make, query: str) -> None:
    make.event()
    browser.get(f"/events?{query}", status=400)
    browser.get("/events?q=fine&q=%00", status=400)
    browser.get("/courses/domestic%00abuse", status=400)
    browser.post("/sign-in", {"email": "a\x00b"}, status=400)
    browser.post("/sign-in", {"email": ["a@b.example", "a\x00b"]}, status=400)
    browser.post("/sign-in", {"a\x00b": "a@b.example"}, status=400)


def test_a_file_or_json_in_place_of_text_is_nothing_typed(browser: Browser, make: Make) -> None:
    browser.app.config["WTF_CSRF_ENABLED"] = False
    browser.sign_in(make.coordinator())
    for address in ("/manage/courses/new", "/manage/events/new", "/account/details"):
        fields = dict.fromkeys(browser.get(address).form(), "")
        files = {name: (BytesIO(b"\xff"), "x.csv") for name in fields}
        for sent in ({"data": files}, {"json": dict.fromkeys(fields, 7)}, {"json": [1]}):
            answer = browser.client.post(address, base_url=BASE_URL, **sent)
            assert answer.status_code in {200, 422}, address


@pytest.mark.parametrize(
    "query",
    ["q=%5C%25_", "q=%F0%9F%92%A1", "from=0001-01-01", "to=9999-12-31", "level=1&level=2", "q=%ff"],
)
def test_odd_queries_are_answered(browser: Browser, make: Make, query: str) -> None:
    make.event()
    browser.get(f"/events?{query}")
    browser.get(f"/events?view=month&{query}")
    assert browser.get(f"/events.csv?{query}").headers["Content-Type"].startswith("text/csv")

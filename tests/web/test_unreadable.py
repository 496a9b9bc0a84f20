"""What no column can hold is a faulty request, never a fault of ours."""

from __future__ import annotations

import pytest

from tests.support.browser import Browser

BEYOND_ALL_IDS = 10**23


@pytest.mark.parametrize(
    "address", [f"/events/{BEYOND_ALL_IDS}", f"/evaluations/{BEYOND_ALL_IDS}/post"]
)
def test_a_number_beyond_all_ids_is_an_unreadable_request(browser: Browser, address: str) -> None:
    page = browser.get(address, status=400)
    assert page.h1 == "We could not read that request"


def test_a_text_that_a_database_may_not_hold_breaks_nothing(browser: Browser) -> None:
    response = browser.client.get("/courses/domestic%00abuse")
    assert response.status_code in {400, 404}  # SQLite holds it and finds nothing by it

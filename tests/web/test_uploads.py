"""Files that are too large are refused by their length alone, with a sentence, unread."""

from __future__ import annotations

import io
import tracemalloc

from lms.access import Role
from lms.files import Store
from tests.support.browser import BASE_URL, Browser, Page
from tests.support.make import Make

TWO_GIGABYTES = 2 * 1024**3


class Unread(io.RawIOBase):
    """A body that never ends; how much of it was asked for."""

    def __init__(self) -> None:
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, room: bytearray) -> int:
        self.taken += len(room)
        return len(room)


def send(browser: Browser, address: str, body: Unread, length: int) -> Page:
    return Page(
        browser.client.post(
            address,
            base_url=BASE_URL,
            content_type="multipart/form-data; boundary=x",
            environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": str(length)},
        )
    )


def test_a_picture_of_two_gigabytes_is_refused_with_a_sentence(
    browser: Browser, make: Make, files: Store
) -> None:
    event = make.event()
    browser.sign_in(make.coordinator())
    body = Unread()
    tracemalloc.start()
    page = send(browser, f"/manage/events/{event}/materials", body, TWO_GIGABYTES)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert page.status == 413
    assert "A file may have up to 100 MB here. Nothing was saved." in page.text
    assert body.taken == 0
    assert most < 20_000_000
    assert list(files.listed()) == []


def test_whoever_may_not_use_a_page_may_not_send_it_a_file(browser: Browser, make: Make) -> None:
    address = f"/manage/events/{make.event()}/materials"
    for person in (None, make.person(), make.person(role=Role.TRAINER)):
        if person:
            browser.sign_in(person)
        body = Unread()
        page = send(browser, address, body, 13_000_000)
        assert page.status == 413
        assert body.taken == 0


def test_the_other_forms_take_no_more_than_before(browser: Browser, make: Make) -> None:
    browser.sign_in(make.coordinator())
    body = Unread()
    assert send(browser, "/manage/events/new", body, 13_000_000).status == 413
    assert body.taken == 0

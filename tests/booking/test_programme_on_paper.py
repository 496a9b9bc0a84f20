"""The programme to print and as PDF: the same events as on the list, in the partnership's look."""

from __future__ import annotations

import io

from pypdf import PdfReader

from lms.catalogue.rules import EventMode
from lms.clock import FixedClock
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.snapshots import at


def test_the_programme_says_what_when_where_for_whom_and_how_to_book(
    browser: Browser, make: Make, clock: FixedClock
) -> None:
    open_one = make.event(capacity=9)
    full = make.event(
        "Neglect", starts_at=at("2027-03-09 13:00"), hours=2.5, capacity=0, level=None
    )
    make.event("Only for some", is_by_invitation=True)
    make.event("Long gone", starts_at=at("2027-01-11 09:30"))
    online = make.event(
        "Online", starts_at=at("2027-03-10 10:00"), mode=EventMode.ONLINE, venue="", level=1
    )
    assert browser.get("/events?level=2").link("These events on paper") == "/programme?level=2"
    browser.sign_in(make.coordinator())
    page = browser.get("/programme")
    assert page.h1 == "Programme, February to March 2027"
    rows = [
        [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["td", "th"])]
        for row in page.document.select("tbody tr")
    ]
    assert rows == [
        [
            "Monday 8 February 9:30am to 4:30pm",
            "Disguised Compliance and Safeguarding Children Level 2 · People working with children",
            "Beacon Hall, Walsall",
            f"127.0.0.1:8000/events/{open_one} 9 places left",
        ],
        [
            "Tuesday 9 March 1pm to 3:30pm",
            "Neglect People working with children",
            "Beacon Hall, Walsall",
            f"127.0.0.1:8000/events/{full} Full",
        ],
        [
            "Wednesday 10 March 10am to 5pm",
            "Online Level 1 · People working with children",
            "Online",
            f"127.0.0.1:8000/events/{online} 30 places left",
        ],
    ]
    assert [c.get_text() for c in page.document.select("caption")] == [
        "February 2027",
        "March 2027",
    ]
    clock.set(at("2027-02-05 17:00"))
    assert "Booking has closed" in browser.get("/programme").text
    clock.set(at("2027-02-05 16:59"))
    assert "Booking has closed" not in browser.get("/programme").text
    narrowed = browser.get("/programme?level=2")
    assert narrowed.h1 == "Programme, February 2027"
    assert narrowed.link("Download as PDF") == "/programme.pdf?level=2"
    assert "No event matches what you chose." in browser.get("/programme?q=nothing").text


def test_the_file_is_tagged_and_says_the_same(browser: Browser, make: Make) -> None:
    make.partnership("Walsall", brand="#5a2f63")
    event = make.event(capacity=9)
    for number in range(30):
        make.event(f"Neglect {number}", starts_at=at("2027-03-09 13:00"))
    answer = browser.get("/programme.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert (
        'filename="programme-february-to-march-2027.pdf"' in answer.headers["Content-Disposition"]
    )
    read = PdfReader(io.BytesIO(answer.response.data))
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()
    assert (
        str(read.metadata.title)
        == "Programme, February to March 2027, Walsall Safeguarding Partnership"
    )
    words = " ".join(page.extract_text() for page in read.pages)
    for said in (
        "Monday 8 February",
        "9:30am to 4:30pm",
        f"127.0.0.1:8000/events/{event}",
        "9 places left",
    ):
        assert said in " ".join(words.split()), said
    assert words.count("Book at 127.0.0.1:8000") >= len(read.pages) == 2
    empty = browser.get("/programme.pdf?q=nothing")
    assert (
        "Nothing is planned" in PdfReader(io.BytesIO(empty.response.data)).pages[0].extract_text()
    )

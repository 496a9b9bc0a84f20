"""A partnership's look: colours that can be read, seen before they are saved, and its logo."""

from __future__ import annotations

import io
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from lms.agencies.models import Partnership
from lms.agencies.rules import PETROL, Brand, brand_faults, contrast, nearest_readable
from lms.audit import AuditEntry
from lms.db import db
from lms.files import Store, audit_files
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.sent import PDF, picture

PLUM = Brand(brand="#5a2f63", dark="#3c1f42", tint="#f0e8f2", line="#d3bfd8")
SVG = (
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 38 33">'
    '<script>alert(1)</script><circle cx="19" cy="16" r="12" onclick="x()"/></svg>'
)


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_the_nearest_colour_that_would_do_is_of_the_same_kind(channels: tuple[int, ...]) -> None:
    colour = "#" + "".join(f"{channel:02x}" for channel in channels)
    nearest = nearest_readable(colour, "#ffffff")
    assert nearest is not None
    assert contrast(nearest, "#ffffff") >= 7
    if contrast(colour, "#ffffff") >= 7:
        assert nearest == colour
    assert nearest_readable("#333333", "#444444") is None


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"brand": "#d080e0"}, "brand", "its contrast with white is 2.6 to 1, and text needs 7"),
        ({"brand": "#d080e0"}, "brand", "would do"),
        ({"brand": "#7a0a0a"}, "brand", "red means an error here"),
        ({"tint": "#777777"}, "tint", "Choose a paler tint"),
        ({"dark": "#8a5f93"}, "dark", "its contrast with the tint is"),
        ({"dark": "#ffffff", "tint": "#000000"}, "tint", "Choose a paler tint"),
        ({"line": "plum"}, "line", "Write the colour as # and six figures"),
    ],
)
def test_a_colour_that_cannot_be_read_is_refused_with_what_would_do(
    changed: dict[str, str], field: str, said: str
) -> None:
    brand = Brand(**{**vars(PLUM), **changed})
    faults = {fault.field: fault.sentence for fault in brand_faults(brand)}
    assert said in faults[field]
    assert brand_faults(PLUM) == brand_faults(PETROL) == []
    for tried in ("#2b4a86", "#2f5130"):
        assert brand_faults(replace(PETROL, brand=tried)) == []


def test_a_look_is_seen_before_it_is_saved(browser: Browser, make: Make) -> None:
    browser.sign_in(make.coordinator())
    page = browser.get("/manage/partnership")
    typed = {**page.form("Save"), **vars(PLUM), "title": "Walsall Together", "see": "y"}
    seen = browser.post("/manage/partnership", typed)
    assert seen.h1 == "Walsall Together"
    style = seen.document.find("link", href=lambda href: href and "look.css" in href)
    assert style is not None
    assert parse_qs(urlsplit(str(style["href"])).query)["brand"] == ["#5a2f63"]
    assert "--brand: #5a2f63;" in browser.get(str(style["href"])).response.get_data(as_text=True)
    browser.get("/manage/partnership/look.css?brand=url(x)", status=404)
    assert db.session.query(Partnership).one().title == "Walsall Safeguarding Partnership"
    back = browser.submit(seen, {"back": "y"}, form="Save the partnership")
    assert back.form("Save")["title"] == "Walsall Together"
    assert browser.submit(seen, form="Save the partnership").h1 == "Your partnership"
    assert db.session.query(Partnership).one().title == "Walsall Together"
    page = browser.get("/manage/partnership")
    page = browser.submit(page, {"year_starts_month": "10"}, form="Save the partnership")
    assert "is saved. Reports now go by years from October on." in page.text
    pale = browser.post("/manage/partnership", {**typed, "brand": "#d080e0"}, status=422)
    assert "would do" in pale.text


def test_a_logo_stands_at_the_head_of_pages_and_on_paper(
    browser: Browser, make: Make, files: Store
) -> None:
    browser.sign_in(make.coordinator())
    make.event()
    here = "/manage/partnership/logo"
    form = browser.get(here).form("Set the logo")
    sent = (io.BytesIO(picture("JPEG", (2000, 1000))), "logo.jpg")
    page = browser.post(here, {**form, "file": sent})
    assert "The logo is set." in page.text
    logo = page.document.select_one(".header__home img")
    assert logo is not None
    assert logo["alt"] == ""
    answer = browser.get(str(logo["src"]))
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(answer.response.data)) as shown:
        assert shown.size == (264, 132)
    printed = PdfReader(io.BytesIO(browser.get("/programme.pdf").response.data))
    assert [image.image.size for image in printed.pages[0].images] == [(264, 132)]
    old = str(logo["src"])
    page = browser.post(here, {**form, "file": (io.BytesIO(picture(size=(300, 300))), "l.png")})
    moved = browser.get(old, status=302, follow=False)
    assert moved.headers["Location"] == page.document.select_one(".header__home img")["src"]
    assert audit_files(make.now) == []

    page = browser.post(here, {**form, "file": (io.BytesIO(SVG.encode()), "mark.svg")})
    head = str(page.document.select_one(".header__home"))
    assert "<circle" in head
    assert "onclick" not in head
    assert "alert" not in head
    page = browser.submit(page, form="Take it away")
    assert "mark__inner" in page.html
    browser.get(old, status=404)
    said = [entry.act for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert said == ["set logo", "set logo", "set mark", "remove logo"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PDF, "That is no picture. Send a PNG, JPEG or WebP."),
        (b"<svg onload=x>", "That is no drawing that can stand in a header."),
        (picture(size=(900, 90)), "too long and thin"),
        (picture(size=(30, 15)), "too small to be sharp"),
        (picture()[:40], "That picture is damaged."),
    ],
)
def test_what_cannot_stand_in_a_header_is_refused(
    browser: Browser, make: Make, files: Store, content: bytes, said: str
) -> None:
    browser.sign_in(make.coordinator())
    here = "/manage/partnership/logo"
    form = browser.get(here).form("Set the logo")
    page = browser.post(here, {**form, "file": (io.BytesIO(content), "logo.png")}, status=422)
    assert said in page.text
    assert list(files.listed()) == []

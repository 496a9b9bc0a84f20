"""A browser without a screen: every page that it is shown must be sound, or the test fails.

Checked on each HTML response: it parses as HTML5 without an error; there is one h1 and the title
begins with it; every field has a label; ids are unique and what refers to one finds it; there is
nothing inline that the content security policy forbids; the policy is there; every POST form has
its CSRF field. A test that runs on both databases has its pages checked on SQLite: they are the
same on the other, and checking takes a seventh of the time of all tests of pages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import html5lib
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.config import Settings
from lms.db import db
from tests.support.sign_in import open_session

BASE_URL = "http://127.0.0.1:8000"
UNLABELLED = {"hidden", "submit", "button"}
HTML5LIB_IS_BEHIND = {"unexpected-end-tag-in-select"}


class Page:
    """One answer of the application, with the document if it is one."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.is_html = (response.content_type or "").startswith("text/html")
        self.html = response.get_data(as_text=True) if self.is_html else ""
        self.address = response.request.path

    @cached_property
    def document(self) -> BeautifulSoup:
        """What the page says, as elements; that it is sound HTML is looked at apart."""
        return BeautifulSoup(self.html, "lxml")

    @property
    def text(self) -> str:
        """All that can be read, with white space folded."""
        return re.sub(r"\s+", " ", self.document.get_text(" ")).strip()

    @property
    def h1(self) -> str:
        found = self.document.find("h1")
        return re.sub(r"\s+", " ", found.get_text(" ")).strip() if found else ""

    def form(self, containing: str | None = None) -> dict[str, str]:
        """The fields of the first POST form (with a button or action holding `containing`)."""
        for form in self.document.find_all("form"):
            if str(form.get("method", "get")).lower() != "post":
                continue
            label = f"{form.get('action', '')} {form.get_text(' ')}"
            if containing is None or containing in label:
                return fields_of(form)
        raise AssertionError(f"no POST form with {containing!r} on {self.address}")

    def action(self, containing: str) -> str:
        """Where the POST form holding `containing` goes."""
        for form in self.document.find_all("form"):
            label = f"{form.get('action', '')} {form.get_text(' ')}"
            if str(form.get("method", "")).lower() == "post" and containing in label:
                return str(form.get("action") or self.address)
        raise AssertionError(f"no POST form with {containing!r} on {self.address}")

    def link(self, text: str) -> str:
        """The address of the link that reads `text`."""
        for link in self.document.find_all("a"):
            if text in re.sub(r"\s+", " ", link.get_text(" ")):
                return str(link["href"])
        raise AssertionError(f"no link {text!r} on {self.address}")


def fields_of(form: Tag) -> dict[str, str]:
    values: dict[str, str] = {}
    for field in form.find_all(["input", "textarea", "select"]):
        name, kind = str(field.get("name", "")), str(field.get("type", "text"))
        if not name or kind in {"submit", "button"}:
            continue
        if kind in {"radio", "checkbox"} and not field.has_attr("checked"):
            continue
        values[name] = _value(field)
    return values


def _value(field: Tag) -> str:
    if field.name == "textarea":
        return field.get_text().removeprefix("\n")
    if field.name == "select":
        chosen = field.find("option", selected=True) or field.find("option")
        return str(chosen.get("value", "")) if chosen else ""
    return str(field.get("value", "on" if field.get("type") == "checkbox" else ""))


class Client(FlaskClient):
    """Gives each request a context of its own, as a server does, though the test has one too."""

    def run_wsgi_app(self, environ: Any, buffered: bool = False) -> Any:
        with self.application.app_context():
            answer = super().run_wsgi_app(environ, buffered)
        db.session.rollback()  # so that the test sees what was changed
        return answer


class Browser:
    """A client for pages; keeps cookies; follows nothing by itself unless asked."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        settings: Settings = app.extensions["lms.settings"]
        self.checks_pages = settings.is_sqlite
        self.client = Client(app, app.response_class, use_cookies=True)

    def get(self, address: str, *, status: int = 200, follow: bool = True) -> Page:
        return self._see(
            self.client.get(address, base_url=BASE_URL, follow_redirects=follow), status
        )

    def post(
        self,
        address: str,
        data: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
        follow: bool = True,
    ) -> Page:
        """Post as given; `submit` is the way to fill in a form with its CSRF field."""
        return self._see(
            self.client.post(address, data=data, base_url=BASE_URL, follow_redirects=follow), status
        )

    def submit(
        self,
        page: Page,
        data: Mapping[str, Any] | None = None,
        *,
        form: str | None = None,
        status: int = 200,
        follow: bool = True,
    ) -> Page:
        """Fill in the form on `page` that holds the words `form`, and send it."""
        fields: dict[str, Any] = {**page.form(form), **(data or {})}
        address = page.action(form or "") or page.address
        return self.post(address, fields, status=status, follow=follow)

    def sign_in(self, person_id: int) -> None:
        """Be that person, by a session made in the database as sign-in makes it."""
        open_session(self.client, person_id)

    def _see(self, response: TestResponse, status: int) -> Page:
        page = Page(response)
        assert page.status == status, (
            f"{page.address}: {page.status}, not {status}: {page.text[:400]}"
        )
        if self.checks_pages and page.is_html and page.html and not 300 <= page.status < 400:
            check_page(page)
        return page


def check_page(page: Page) -> None:
    """Fail with every fault of the page."""
    faults = [fault for check in CHECKS for fault in check(page)]
    assert not faults, f"{page.address}: " + "; ".join(faults)


def _html_is_valid(page: Page) -> list[str]:
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(page.html)
    return [
        f"HTML at {place}: {code} {details or ''}"
        for place, code, details in parser.errors
        if code not in HTML5LIB_IS_BEHIND
    ]


def _one_heading_that_the_title_repeats(page: Page) -> list[str]:
    headings = page.document.find_all("h1")
    if len(headings) != 1:
        return [f"{len(headings)} h1"]
    title = page.document.title.get_text(" ").strip() if page.document.title else ""
    title = re.sub(r"\s+", " ", title).removeprefix("Error: ")
    return [] if title.startswith(page.h1) else [f"title {title!r} does not begin {page.h1!r}"]


def _fields_have_labels(page: Page) -> list[str]:
    labelled = {str(label.get("for")) for label in page.document.find_all("label")}
    faults = []
    for field in page.document.find_all(["input", "select", "textarea"]):
        if field.get("type") in UNLABELLED or field.get("aria-label"):
            continue
        if field.get("id") not in labelled:
            faults.append(f"field {field.get('name')!r} has no label")
    return faults


def _ids_are_unique_and_found(page: Page) -> list[str]:
    ids = Counter(str(tag["id"]) for tag in page.document.find_all(id=True))
    faults = [f"id {name!r} twice" for name, times in sorted(ids.items()) if times > 1]
    for attribute in ("aria-describedby", "aria-labelledby", "for"):
        for tag in page.document.find_all(attrs={attribute: True}):
            value = tag[attribute]
            names = value if isinstance(value, list) else str(value).split()
            faults += [f"{attribute} {name!r} finds nothing" for name in names if name not in ids]
    return faults


def _nothing_inline(page: Page) -> list[str]:
    faults = [f"inline {tag.name}" for tag in page.document.find_all("style")]
    faults += ["inline script" for tag in page.document.find_all("script") if not tag.get("src")]
    for tag in page.document.find_all(True):
        faults += [
            f"{name}= on {tag.name}"
            for name in tag.attrs
            if name == "style" or name.startswith("on")
        ]
    return faults


def _policy_is_there(page: Page) -> list[str]:
    policy = page.headers.get("Content-Security-Policy", "")
    if "default-src" not in policy or "unsafe" in policy:
        return [f"content security policy {policy!r}"]
    return []


def _changes_are_protected(page: Page) -> list[str]:
    return [
        f"form to {form.get('action')!r} without csrf_token"
        for form in page.document.find_all("form")
        if str(form.get("method", "get")).lower() == "post"
        and not form.find("input", attrs={"name": "csrf_token"})
    ]


CHECKS = (
    _html_is_valid,
    _one_heading_that_the_title_repeats,
    _fields_have_labels,
    _ids_are_unique_and_found,
    _nothing_inline,
    _policy_is_there,
    _changes_are_protected,
)

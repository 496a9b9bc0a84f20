"""`lms partnership`, `lms person` and `lms import`, as typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from lms.access import Role
from lms.accounts import queries
from lms.agencies.queries import list_agencies, list_partnerships
from lms.cli import main
from lms.clock import FixedClock, SystemClock
from lms.config import REPOSITORY
from lms.db import db
from tests.support.browser import Browser
from tests.support.databases import SECRET
from tests.support.make import Make

Lms = Callable[..., Result]


@pytest.fixture
def lms(app: Flask, database: str, monkeypatch: pytest.MonkeyPatch) -> Lms:
    """Run the command on the test's database."""
    monkeypatch.setenv("LMS_DATABASE_URL", database)
    monkeypatch.setenv("LMS_SECRET_KEY", SECRET)
    monkeypatch.setenv("LMS_MAIL_FROM", "training@wsp.example")

    def run(*words: str) -> Result:
        result = CliRunner().invoke(main, list(words))
        db.session.rollback()
        return result

    return run


def test_the_first_coordinator_gets_in(app: Flask, lms: Lms, browser: Browser) -> None:
    title = "Walsall Safeguarding Partnership"
    added = lms(
        "partnership", "add", "--name", "Walsall", "--title", title, "--contact", "t@wsp.example"
    )
    assert (added.exit_code, added.stdout) == (0, f"Added {title}.\n")
    file = REPOSITORY / "lms" / "demo" / "data" / "agencies.csv"
    refused = lms("import", "agencies", str(file))
    assert refused.exit_code == 1
    assert "line 8, partnerships: There is no partnership called Sandwell" in refused.stderr
    assert "Nothing was written." in refused.stderr


def test_agencies_then_people_then_a_link(lms: Lms, browser: Browser, clock: FixedClock) -> None:
    file = str(REPOSITORY / "lms" / "demo" / "data" / "agencies.csv")
    assert lms("import", "agencies", file, "--dry-run").stdout == "Would be: 27 added.\n"
    assert list_agencies() == []
    assert lms("import", "agencies", file).stdout == "27 added.\n"
    assert lms("import", "agencies", file).stdout == "27 unchanged.\n"
    assert len(list_partnerships()) == 5
    who = ("--email", "I.Larkspur@walsall.example", "--name", "Idris Larkspur")
    council = ("--agency", "Walsall council")
    role = ("--role", "coordinator", "--partnership", "Walsall")
    assert lms("person", "add", *who, *council, *role).exit_code == 0
    again = lms("person", "add", *who, *council)
    assert (again.exit_code, "here already" in again.stderr) == (1, True)
    link = lms("person", "sign-in-link", "i.larkspur@walsall.example").stdout.strip()
    assert link.startswith("http://127.0.0.1:8000/sign-in/")
    clock.set(SystemClock().now())  # the command line has no other
    page = browser.get(link.removeprefix("http://127.0.0.1:8000"))
    assert page.h1 == "Sign in with this link"


def test_a_role_is_for_a_partnership(lms: Lms) -> None:
    file = str(REPOSITORY / "lms" / "demo" / "data" / "agencies.csv")
    lms("import", "agencies", file)
    who = ("--email", "a@b.example", "--name", "A B", "--agency", "Street Teams")
    for wrong in ([], ["--partnership", "Walsal"]):
        refused = lms("person", "add", *who, "--role", "trainer", *wrong)
        assert refused.exit_code == 1
    assert "Did you mean Walsall?" in refused.stderr
    assert queries.find_person_by_address("a@b.example") is None
    lms("person", "add", *who, "--role", "pld-member", "--partnership", "walsall")
    person = queries.find_person_by_address("a@b.example")
    assert person is not None
    (grant,) = person.grants
    assert grant.role is Role.PLD_MEMBER


def test_two_records_are_joined_and_taken_apart(lms: Lms, make: Make) -> None:
    make.person("Ida Bell", "ida@nhs.example")
    gone = make.person("Ida Bell-Smith", "ida@police.example")
    event = make.event()
    make.booking(event, gone)
    done = lms("person", "merge", "ida@nhs.example", "ida@police.example")
    assert done.stdout == "Joined the record of Ida Bell-Smith with that of Ida Bell.\n"
    again = lms("person", "merge", "ida@nhs.example", "ida@police.example")
    assert (again.exit_code, "one and the same record" in again.stderr) == (1, True)
    done = lms("person", "unmerge", "ida@police.example")
    assert done.stdout == "The record of Ida Bell-Smith is apart again from that of Ida Bell.\n"
    assert lms("person", "unmerge", "ida@nhs.example").exit_code == 1


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["import", "agencies", "nowhere.csv"], 2),
        (["import", "weather", "x"], 2),
        (["person", "sign-in-link", "a@b.example"], 1),
        (["person", "sign-in-link", "nobody"], 1),
        (["person", "add", "--email", "a@b.example"], 2),
    ],
)
def test_wrong_usage_is_2_and_a_refusal_1(lms: Lms, words: list[str], status: int) -> None:
    assert lms(*words).exit_code == status


def test_a_partnership_wears_its_own_mark(lms: Lms, browser: Browser, tmp_path: Path) -> None:
    lms("partnership", "add", "--name", "Walsall", "--title", "WSP", "--contact", "t@wsp.example")
    drawing = tmp_path / "mark.svg"
    drawing.write_text('<svg viewBox="0 0 38 33"><rect width="9" height="9"/></svg>')
    assert lms("partnership", "mark", "Walsall", str(drawing)).exit_code == 0
    assert '<rect width="9" height="9"' in browser.get("/privacy").html
    drawing.write_text("no drawing")
    refused = lms("partnership", "mark", "Walsall", str(drawing))
    assert (refused.exit_code, "no drawing" in refused.stderr) == (1, True)
    assert '<rect width="9" height="9"' in browser.get("/privacy").html

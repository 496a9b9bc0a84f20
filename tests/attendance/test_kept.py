"""What a tablet kept while its connection was down: each once, in order, by its own time (A1)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.attendance.commands import close_register
from lms.attendance.models import Mark
from lms.attendance.rules import MarkKind
from lms.booking.models import Booking
from lms.booking.rules import Origin
from lms.clock import FixedClock
from lms.db import db
from tests.support.browser import BASE_URL, Browser
from tests.support.door import DAY, Door
from tests.support.make import Make

MINUTE = timedelta(minutes=1)


class Tablet:
    """The trainer's, with the register open; it sends what it kept."""

    def __init__(self, door: Door, app: Flask) -> None:
        self.door, self.browser = door, Browser(app)
        self.browser.sign_in(door.trainer)
        page = self.browser.get(f"/manage/events/{door.event}/register")
        self.token = page.document.find(id="register")["data-csrf"]

    def send(self, *acts: dict[str, Any]) -> list[tuple[str, str]]:
        answer = self.browser.client.post(
            f"/manage/events/{self.door.event}/register/acts",
            json={"acts": acts},
            headers={"X-CSRFToken": self.token},
            base_url=BASE_URL,
        )
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return [(a["became"], a["sentence"]) for a in answer.get_json()["answers"]]


def key(n: int) -> str:
    return f"a-key-of-the-device-{n:04}"


def act(n: int, ago: float, what: str = "mark", **given: Any) -> dict[str, Any]:
    return {"key": key(n), "ago": ago, "act": what, **given}


@pytest.fixture
def door(make: Make, clock: FixedClock) -> Door:
    return Door(make, clock)


@pytest.fixture
def tablet(door: Door, app: Flask, clock: FixedClock) -> Tablet:
    clock.set(DAY + 10 * MINUTE)
    return Tablet(door, app)


def kinds(door: Door) -> dict[str, str]:
    marks = {line.name: line.marks.get(door.session()) for line in door.picture.lines}
    return {name: mark.kind.value for name, mark in marks.items() if mark}


def marks() -> list[Mark]:
    return list(db.session.scalars(select(Mark).order_by(Mark.id)))


def test_a_queue_is_done_in_order_once_and_with_its_own_times(door: Door, tablet: Tablet) -> None:
    ada, ben, cy = (door.book(name) for name in ("Ada Pettifer", "Ben Ashby", "Cy Cole"))
    here = door.session()
    queue = [
        act(1, 300, name=ada, session=here, mark="late"),
        act(2, 280, "minutes", name=ada, session=here, late=12, early=0),
        act(3, 240, name=ben, session=here, mark="absent"),
        act(4, 200, "undo", of=key(3)),
        act(5, 180, "walk-in", session=here, name="Walter Inn", agency="Street Teams", email=""),
        act(6, 120, "all-present", session=here, names=[ben, cy]),
    ]
    assert [became for became, _ in tablet.send(*queue)] == ["done"] * 6
    expected = {
        "Ada Pettifer": "late",
        "Ben Ashby": "present",
        "Cy Cole": "present",
        "Walter Inn": "present",
    }
    assert kinds(door) == expected
    before = [(m.id, m.is_current) for m in marks()]
    again = [became for became, _ in tablet.send(*queue)]
    assert again == [
        "known",
        "known",
        "known",
        "done",
        "known",
        "known",
    ]  # nothing to undo
    assert [(m.id, m.is_current) for m in marks()] == before
    assert kinds(door) == expected
    first = marks()[0]
    assert first.made_at == DAY + 5 * MINUTE
    assert first.arrived_at == DAY + 10 * MINUTE
    assert door.picture.line(ada).marks[here].minutes_late == 12


def test_of_two_tablets_the_later_tap_counts_whichever_arrives_first(
    door: Door, tablet: Tablet, app: Flask, clock: FixedClock
) -> None:
    ada, here = door.book("Ada Pettifer"), door.session()
    other = Tablet(door, app)
    assert other.send(act(1, 60, name=ada, session=here, mark="present")) == [("done", "")]
    assert tablet.send(act(2, 300, name=ada, session=here, mark="absent")) == [("overtaken", "")]
    assert kinds(door) == {"Ada Pettifer": "present"}
    assert [m.kind for m in marks()] == [MarkKind.PRESENT, MarkKind.ABSENT]  # kept beside it
    assert tablet.send(act(3, 30, name=ada, session=here, mark="late")) == [("done", "")]
    assert kinds(door) == {"Ada Pettifer": "late"}


def test_a_clock_that_is_set_wrong_or_jumps_keeps_the_order_of_the_taps(
    door: Door, tablet: Tablet
) -> None:
    ada, here = door.book("Ada Pettifer"), door.session()
    tablet.send(
        act(1, 5, name=ada, session=here, mark="present"),
        act(2, 999_999_999_999, name=ada, session=here, mark="absent"),
        act(3, -50, name=ada, session=here, mark="late"),
    )
    assert kinds(door) == {"Ada Pettifer": "late"}
    assert all(DAY - 30 * MINUTE <= m.made_at <= DAY + 10 * MINUTE for m in marks())


def test_what_cannot_be_done_any_more_says_why_and_holds_up_nothing(
    door: Door, tablet: Tablet, make: Make
) -> None:
    ada, here = door.book("Ada Pettifer"), door.session()
    elsewhere = make.booking(make.event(starts_at=DAY))
    gone = "The name is no longer on the register, or its mark has changed since."
    said = tablet.send(
        act(1, 9, name=elsewhere, session=here, mark="present"),
        act(2, 8, "minutes", name=ada, session=here, late=5),
        act(3, 7, "undo", of=987654),
        act(4, 6, "dance", name=ada),
        act(5, 5, "walk-in", session=here, name="", agency="A"),
        act(6, 4, "walk-in", session=here, name="Wally", agency="A", email="nobody"),
        act(7, 3, name=ada, session=10**12, mark="present"),
        act(8, 2, name=ada, session=here, mark="present"),
    )
    assert said[:4] == [("refused", gone)] * 4
    assert said[4] == ("refused", "Enter their name")
    assert said[5][1].startswith("Enter an e-mail address")
    assert said[6:] == [("refused", gone), ("done", "")]
    assert kinds(door) == {"Ada Pettifer": "present"}
    close_register(door.event, by=door.by, now=DAY)
    [(became, sentence)] = tablet.send(act(9, 1, name=ada, session=here, mark="absent"))
    assert became == "refused"
    assert sentence == "The register is closed. A coordinator can correct it, with a reason."
    assert tablet.send(act(8, 2, name=ada, session=here, mark="present")) == [("known", "")]


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"acts": "x"},
        {"acts": [1]},
        {"acts": [{"key": "short"}]},
        {"acts": [{}] * 101},
    ],
)
def test_what_is_no_queue_is_refused_whole(tablet: Tablet, body: object) -> None:
    answer = tablet.browser.client.post(
        f"/manage/events/{tablet.door.event}/register/acts",
        json=body,
        headers={"X-CSRFToken": tablet.token},
        base_url=BASE_URL,
    )
    assert answer.status_code == 400


def test_what_somebody_else_tapped_on_the_device_is_not_sent_in_another_s_name(
    door: Door, tablet: Tablet
) -> None:
    ada, here = door.book("Ada Pettifer"), door.session()

    def send(person: int) -> int:
        return tablet.browser.client.post(
            f"/manage/events/{door.event}/register/acts",
            json={"acts": [act(1, 5, name=ada, session=here, mark="late")], "person": person},
            headers={"X-CSRFToken": tablet.token},
            base_url=BASE_URL,
        ).status_code

    assert send(door.make.coordinator()) == 409
    assert kinds(door) == {}
    assert send(door.trainer) == 200
    assert [mark.made_by_person_id for mark in marks()] == [door.trainer]


def test_what_no_tablet_writes_is_answered_and_holds_up_nothing(door: Door, tablet: Tablet) -> None:
    ada, here = door.book("Ada Pettifer"), door.session()
    walk_in = {"session": here, "agency": "A", "email": ""}
    said = tablet.send(
        act(1, 10**400, name=ada, session=here, mark="late"),
        act(2, 8, "minutes", name=ada, session=here, late=10**400, early=-(10**400)),
        act(3, 7, "walk-in", name="half a \ud800 letter", **walk_in),
        act(4, 6, "walk-in", name="an end \x00 of text", **walk_in),
        act(5, 5, name=[ada], session={"id": here}, mark=None),
        act(6, float("nan"), name=ada, session=here, mark="present"),
    )
    assert [became for became, _ in said] == ["done", *["refused"] * 4, "done"]
    assert kinds(door) == {"Ada Pettifer": "present"}
    deep = tablet.browser.client.post(
        f"/manage/events/{door.event}/register/acts",
        data='{"acts":' + "[" * 200_000,
        content_type="application/json",
        headers={"X-CSRFToken": tablet.token},
        base_url=BASE_URL,
    )
    assert deep.status_code == 400


def test_one_queue_sent_from_two_windows_at_once_makes_each_mark_once(
    door: Door, app: Flask, clock: FixedClock
) -> None:
    here = door.session()
    names = [door.book(f"Person Number{n}") for n in range(6)]
    queue = [
        act(n, 60 - n, name=name, session=here, mark="present") for n, name in enumerate(names)
    ]
    walk_in = {"session": here, "name": "Walter Inn", "agency": "Street Teams", "email": ""}
    queue.append(act(50, 20, "walk-in", **walk_in))
    queue.append(act(51, 10, "undo", of=key(0)))
    clock.set(DAY + MINUTE)
    windows = [Tablet(door, app) for _ in range(4)]
    start = Barrier(len(windows))

    def send(window: Tablet) -> list[tuple[str, str]]:
        with app.app_context():
            start.wait(timeout=20)
            try:
                return window.send(*queue)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(windows)) as pool:
        answers = list(pool.map(send, windows))
    db.session.rollback()
    for nth in range(7):
        assert sorted(said[nth][0] for said in answers) == ["done", "known", "known", "known"]
    assert sorted(m.sent_key or "" for m in marks()) == sorted(q["key"] for q in queue[:7])
    walked_in = db.session.scalars(select(Booking).where(Booking.origin == Origin.WALK_IN)).all()
    assert len(walked_in) == 1
    assert len(kinds(door)) == 6  # five of the names, and Walter

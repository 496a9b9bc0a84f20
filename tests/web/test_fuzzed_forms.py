"""Forms filled in at random: nothing breaks, every answer is protected, the books stay in order.

`LMS_FUZZED_REQUESTS=10000` sends more than the few of every run; the seed is printed by pytest.
"""

from __future__ import annotations

import os
from random import Random

import pytest
from flask import Flask

from lms.cli.checking import AUDITS
from lms.clock import FixedClock
from lms.db import db
from lms.jobs import run_all
from lms.web.security import HEADERS
from tests.support.fuzz import ask, forms_seen, spoilt
from tests.support.sign_in import open_session
from tests.support.walk import make_world

REQUESTS = int(os.environ.get("LMS_FUZZED_REQUESTS", "200"))
ENDS_THE_SESSION = "/sign-out"


@pytest.mark.parametrize("role", ["coordinator", "practitioner", "agency_lead"])
@pytest.mark.parametrize("seed", [int(os.environ.get("LMS_FUZZ_SEED", "2027"))])
def test_no_form_breaks(app: Flask, clock: FixedClock, role: str, seed: int) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    chance = Random(seed)  # noqa: S311 - no secret hangs on it
    world, client = make_world(app, clock), app.test_client()
    open_session(client, world.people[role])
    forms = [form for form in forms_seen(app, client, world) if form[1] != ENDS_THE_SESSION]
    for _ in range(REQUESTS // 2):
        method, address, fields = chance.choice(forms)
        sent = spoilt(fields, chance)
        answer = ask(app, client, method, address, sent)
        assert answer.status_code < 500, f"{method} {address} {sent}"
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, address
    assert run_all(clock.now()).faults == {}
    db.session.remove()
    assert [fault for _, audit in AUDITS for fault in audit(clock.now())] == []

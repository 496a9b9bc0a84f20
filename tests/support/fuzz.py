"""What people and programs send that no form expects: each form of a role, filled in at random."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from random import Random
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from lms.db import db
from tests.support.browser import BASE_URL, fields_of
from tests.support.walk import World, rules_of

ODD = (
    *(
        "",
        " ",
        "\t",
        "\r\n",
        "a\x00b",
        "\u202eabc",
        "💡" * 50,
        "\u2028",
        "\ufffd",
        "²",
        "٣",
        "１２",
    ),
    *("<script>alert(1)</script>", "=cmd|' /C calc'!A0", "{{7*7}}", "%s%n", "\\", "_%", "';--"),
    *("x" * 130, "x" * 10_000, "a" * 250 + "@b.example", "name@agency.example", "another"),
    *("-1", "0", "1", "2", "2147483648", "9" * 20, "1e9", "NaN", "inf", "0.5", "true", "null"),
    *("2027-02-30", "31", "13", "2027", "9999", "0001", "2027-03-28", "01:30", "25:61", "9:30"),
    *("x\r\nBcc: y@z.example", "[\r[l\rink /places place 1]]", "//evil.example", "../../etc"),
)
EXTRA = ("role", "person_id", "state", "id", "capacity", "next")
Form = tuple[str, str, dict[str, Any]]


def forms_seen(app: Flask, client: FlaskClient, world: World) -> list[Form]:
    """Every form on every page that this client is shown: method, address, fields."""
    found: dict[tuple[str, str, str], Form] = {}
    for rule, method in rules_of(app):
        for address in world.addresses(rule) if method == "GET" else ():
            page = ask(app, client, "GET", address)
            if page.content_type and page.content_type.startswith("text/html"):
                for form in _forms_on(page.get_data(as_text=True), address):
                    found.setdefault((form[0], form[1], " ".join(form[2])), form)
    return list(found.values())


def _forms_on(html: str, address: str) -> Iterator[Form]:
    for form in BeautifulSoup(html, "html.parser").find_all("form"):
        method = str(form.get("method", "get")).upper()
        yield method, str(form.get("action") or address), dict(fields_of(form))


def spoilt(fields: dict[str, Any], chance: Random) -> dict[str, Any]:
    """The fields with something wrong: odd values, repeated, missing, unasked for, or files."""
    names = list(fields)
    few = chance.sample(names, k=min(len(names), 3))
    wrong = {name: chance.choice(ODD) for name in few}
    match chance.randrange(5):
        case 0:
            return {**fields, **wrong}
        case 1:
            return {name: chance.choice(ODD) for name in names}
        case 2:
            return {**fields, **{name: [*chance.sample(ODD, k=3)] for name in few}}
        case 3:
            return {**wrong, chance.choice(EXTRA): chance.choice(ODD)}
        case _:
            return {**fields, **{name: (BytesIO(b"\xff\x00"), "x.csv") for name in few}}


def ask(app: Flask, client: FlaskClient, method: str, address: str, sent: Any = None) -> Any:
    """Send it as a server would be sent it: in a context and on a session of its own."""
    db.session.remove()
    if method == "GET" and sent:
        sent = {name: value for name, value in sent.items() if not isinstance(value, tuple)}
    how = {"query_string": sent} if method == "GET" else {"data": sent}
    with app.app_context():
        return client.open(address, method=method, base_url=BASE_URL, buffered=True, **how)

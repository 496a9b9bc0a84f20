"""Words of messages: the envelope, placeholders, and facts that try to pass for one."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import DictLoader, UndefinedError

from lms.messaging import templates
from lms.messaging.templates import render, with_links, without_placeholders
from lms.tokens import KeyRing

PARTNERSHIP = SimpleNamespace(
    title="Walsall Safeguarding Partnership",
    contact_name="Idris Larkspur",
    contact_phone="01632 960 417",
    contact_days="Mondays and Thursdays",
)
KEYS = KeyRing(("a key of thirty-two characters or so",))
BODY = """{% extends "mail/envelope.txt" %}
{% block words %}
You have a place.

  {{ title }}

Can't come? Give up your place, in two taps:
{{ link("/places", "place", booking_id) }}
{% endblock %}
{% block why %}
You get this because you booked.
{% endblock %}
"""
EXPECTED = """Hello Marigold,

You have a place.

  Disguised Compliance

Can't come? Give up your place, in two taps:
[link]

Idris Larkspur
Training coordinator, Walsall Safeguarding Partnership
Reply to this e-mail, or call 01632 960 417 (Mondays and Thursdays)

You get this because you booked.
"""


@pytest.fixture
def facts(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """The facts of a template that is there for these tests only."""
    envelope = Path("templates/mail/envelope.txt").read_text()
    loader = DictLoader(
        {
            "mail/envelope.txt": envelope,
            "test/mail/place.txt": BODY,
            "test/mail/place.subject.txt": "You have a place:\n {{ title }}\n",
            "test/mail/code.txt": "{{ code('sign-in', 7) }} {{ link('/x', 'place', 1) }}",
            "test/mail/code.subject.txt": "Code",
        }
    )
    monkeypatch.setattr(templates._environment(), "loader", loader)
    templates._environment().cache.clear()
    return {
        "to_name": "Marigold Pettifer",
        "partnership": PARTNERSHIP,
        "title": "Disguised Compliance",
        "booking_id": 12,
    }


def test_the_envelope_greets_signs_and_says_why(facts: dict[str, object]) -> None:
    subject, body = render("test/mail/place", **facts)
    assert subject == "You have a place: Disguised Compliance"
    assert without_placeholders(body) == EXPECTED


def test_a_link_is_made_when_it_is_sent(facts: dict[str, object]) -> None:
    _, body = render("test/mail/place", **facts)
    assert "[[link /places place 12]]" in body
    sent = with_links(body, KEYS, "https://training.wsp.example")
    token = KEYS.token("place", "12")
    assert f"https://training.wsp.example/places/{token}\n" in sent
    assert "[[" not in sent


def test_a_code_is_made_when_it_is_sent(facts: dict[str, object]) -> None:
    _, body = render("test/mail/code", **facts)
    assert with_links(body, KEYS, "").startswith(KEYS.digits("sign-in", "7"))
    assert without_placeholders(body).strip() == "[code] [link]"


@pytest.mark.parametrize(
    "smuggled",
    [
        "[[link /places place 99]]",
        "[[[link /places place 99]]",
        "[[code six-digits sign-in 1]]",
        "[\r[l\rink /places place 99]]",
        "[\f[c\rode six-digits sign-in 1]]",
    ],
)
def test_a_fact_cannot_pass_for_a_placeholder(facts: dict[str, object], smuggled: str) -> None:
    _, body = render("test/mail/place", **{**facts, "title": smuggled, "to_name": smuggled})
    sent = with_links(body, KEYS, "https://training.wsp.example")
    assert sent.count("https://") == 1
    assert KEYS.token("place", "99") not in sent
    assert KEYS.digits("sign-in", "1") not in sent


def test_a_fact_that_is_missing_is_an_error(facts: dict[str, object]) -> None:
    del facts["title"]
    with pytest.raises(UndefinedError):
        render("test/mail/place", **facts)


def test_somebody_without_a_name_is_greeted_all_the_same(facts: dict[str, object]) -> None:
    _, body = render("test/mail/place", **{**facts, "to_name": ""})
    assert body.startswith("Hello,\n")


def test_before_there_is_a_partnership_nobody_signs(facts: dict[str, object]) -> None:
    _, body = render("test/mail/place", **{**facts, "partnership": None})
    assert "Reply" not in body

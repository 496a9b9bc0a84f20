"""A partnership's own words: no template, every part kept, nothing smuggled in."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from flask import Flask

from lms.config import REPOSITORY
from lms.db import db, transaction
from lms.errors import Refused
from lms.messaging.models import Message, Wording
from lms.messaging.rules import pieces_of, refuse_missing_parts, refuse_unknown_placeholders
from lms.messaging.templates import OwnWords, filled, link, with_links
from lms.messaging.wording import Example, checked, get_kind, kinds
from lms.tokens import KeyRing
from tests.support.booking import ask
from tests.support.make import Make

PARTNERSHIP = SimpleNamespace(
    title="Walsall Safeguarding Partnership",
    contact_name="Idris Larkspur",
    contact_phone="01632 960 417",
    contact_days="Mondays and Thursdays",
)
KEYS = KeyRing(("a key of thirty-two characters or so",))


def folded(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_our_words_part_by_part_say_what_ours_say(app: Flask) -> None:
    """What somebody begins with, and sends off unchanged, reads as before; so does the whole."""
    for kind in kinds():
        example = Example(kind, PARTNERSHIP)
        ours = example.shown(None)
        framed = example.shown(OwnWords("", "{message}"))
        assert framed == ours, kind.name
        if kind.parts:
            subject, body = example.shown(checked(kind, example.ours(), example.values))
            assert (subject, folded(body)) == (ours[0], folded(ours[1])), kind.name


def test_every_message_that_is_written_is_a_kind_that_can_be_read_of(app: Flask) -> None:
    written = {
        str(path.relative_to(REPOSITORY / "templates")).removesuffix(".subject.txt")
        for path in (REPOSITORY / "templates").glob("*/mail/*.subject.txt")
    }
    without = written - {kind.template for kind in kinds()}
    assert without == set(), f"add {without} to the KINDS of its slice’s messages"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{message} and {naem}", "There is no {naem} here. There are {message}, {taken_over}"),
        ("{{ 7 * 7 }} {message}", "There is no {7_*_7} here."),
        ("{name.__class__} {message}", "There is no {name.__class__} here."),
        ("Hello", "The text has to keep {message}, or else {taken_over}, {details}"),
        ("{details} {taken_over} {joining} {calendar}", "{message}, or else {give_up}."),
        ("{message} {message}", "{message} can stand only once."),
        ("{message} {give_up}", "{message} holds {give_up} already"),
    ],
)
def test_what_may_not_be_said_is_refused_with_what_there_is(
    app: Flask, text: str, said: str
) -> None:
    kind = get_kind("booking-confirmed")
    with pytest.raises(Refused) as refusal:
        checked(kind, OwnWords("", text), Example(kind, PARTNERSHIP).values)
    assert said in refusal.value.sentence
    assert refusal.value.field == "body"


def test_words_that_name_what_is_no_more_are_not_said_and_hold_nothing_up(make: Make) -> None:
    template, partnership = get_kind("booking-confirmed").template, make.partnership()
    said = {"subject": "Come", "changed_at": make.now, "changed_by_person_id": make.person()}
    with transaction() as session:
        session.add(
            Wording(
                partnership_id=partnership,
                template=template,
                body="{message} {what_older_versions_had}",
                **said,
            )
        )
    ask(make, make.event(), make.agency())
    [told] = db.session.query(Message).all()
    assert "Come" not in told.subject
    assert "Disguised Compliance" in told.body


def test_a_sign_in_code_keeps_our_words(app: Flask) -> None:
    kind = get_kind("accounts-sign-in-code")
    with pytest.raises(Refused, match="our words stay"):
        checked(kind, OwnWords("", "{message}"), {})


def test_what_is_filled_in_cannot_pass_for_a_link(app: Flask) -> None:
    values = {"a": "[", "b": "[", "c": "link /places place 12]]", "d": link("/places", "place", 3)}
    text = with_links(filled("{a}{b}{c} [[link /places place 5]] {d}", values), KEYS, "")
    assert text.count("/places/") == 1
    assert KEYS.token("place", "3") in text


def test_braces_that_hold_no_name_and_empty_values() -> None:
    assert list(pieces_of("a { b } c")) == [("a ", "b"), (" c", None)]
    assert filled("Hello {name}, welcome", {"name": ""}) == "Hello, welcome"
    refuse_unknown_placeholders("a lone { brace", [], field="body")
    refuse_missing_parts("{Give Up} and {details}", ["give_up", "details"], field="body")

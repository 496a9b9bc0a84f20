"""What a device kept while its connection was down, sent by static/register.js in its order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from flask import Response, abort, jsonify, request

from lms.attendance import commands, queries
from lms.attendance.commands.kept import (
    Act,
    CameWithoutPlace,
    GivenMinutes,
    TakenBack,
    TappedForSeveral,
    TappedMark,
)
from lms.attendance.commands.marking import Minutes
from lms.attendance.rules import MarkKind, said_at
from lms.attendance.views.blueprint import REGISTER, blueprint
from lms.attendance.views.taking import taker, takes_register
from lms.errors import NotFound, Refused
from lms.web.addresses import row_id_in
from lms.web.pages import no_store, now

KEY = re.compile(r"[0-9A-Za-z_-]{16,64}")
NO_TEXT = re.compile(r"[\x00-\x1f\ud800-\udfff]")  # JSON can say what no database keeps
MOST_AT_ONCE = 100
LONGEST_TEXT = 200
LONGEST_AGO = 10**9  # seconds
GONE = "The name is no longer on the register, or its mark has changed since."


@blueprint.post(f"{REGISTER}/acts")
@takes_register
def acts(event_id: int) -> Response:
    """Do each in turn, one transaction each; what became of it, under its key."""
    opens_at = queries.get_register(event_id, taker()).opens_at
    sent, tapped_by = _sent()
    if tapped_by not in (None, taker().person_id):
        abort(409)  # whoever signed in meanwhile did not tap it: it waits for who did
    answers, said_before = [], opens_at
    for item in sent:
        ago = timedelta(seconds=min(max(_number(item, "ago"), 0), LONGEST_AGO))
        said_before = max(said_before, said_at(ago, opens_at, now()))
        answers.append(_answer(event_id, item, said_before))
    return no_store(jsonify({"answers": answers}))


def _sent() -> tuple[list[Mapping[str, Any]], int | None]:
    """The acts, and who tapped them, where the device says so."""
    try:
        body = request.get_json(silent=True)
    except RecursionError:  # lists in lists in lists
        abort(400)
    if not isinstance(body, dict):
        abort(400)
    sent = body.get("acts")
    if not isinstance(sent, list) or len(sent) > MOST_AT_ONCE:
        abort(400)
    if not all(isinstance(item, dict) and KEY.fullmatch(str(item.get("key"))) for item in sent):
        abort(400)
    return sent, row_id_in(body.get("person"))


def _answer(event_id: int, item: Mapping[str, Any], at: datetime) -> dict[str, str]:
    key = str(item["key"])
    try:
        act = _act(item)
        became = commands.do_kept(event_id, act, key=key, at=at, by=taker(), now=now())
    except Refused as refusal:
        return {"key": key, "became": "refused", "sentence": _said(refusal)}
    except NotFound:
        return {"key": key, "became": "refused", "sentence": GONE}
    return {"key": key, "became": became.value, "sentence": ""}


def _said(refusal: Refused) -> str:
    return " ".join(filter(None, (refusal.sentence, refusal.way_out)))


def _act(item: Mapping[str, Any]) -> Act:
    """An act as its shape says; one of no known shape is refused like any other mistake."""
    match item.get("act"):
        case "mark":
            return TappedMark(_row(item, "name"), _row(item, "session"), _kind(item))
        case "minutes":
            minutes = Minutes(_number(item, "late"), _number(item, "early"))
            return GivenMinutes(_row(item, "name"), _row(item, "session"), minutes)
        case "all-present" | "confirm" as which:
            listed = item.get("names")
            names = listed if isinstance(listed, list) else []
            wanted = frozenset(found for name in names if (found := row_id_in(name)))
            return TappedForSeveral(_row(item, "session"), wanted, confirms=which == "confirm")
        case "undo":
            return TakenBack(_undone(item))
        case "walk-in":
            said = {part: _text(item, part) for part in ("name", "email", "agency")}
            walk_in = commands.WalkIn(**said, once=str(item["key"]))
            return CameWithoutPlace(_row(item, "session"), walk_in)
    raise NotFound


def _undone(item: Mapping[str, Any]) -> int | str:
    of = item.get("of")
    return of if isinstance(of, str) and KEY.fullmatch(of) else _row(item, "of")


def _kind(item: Mapping[str, Any]) -> MarkKind:
    try:
        return MarkKind(str(item.get("mark")))
    except ValueError:
        raise NotFound from None


def _row(item: Mapping[str, Any], part: str) -> int:
    found = row_id_in(item.get(part))
    if found is None:
        raise NotFound
    return found


def _number(item: Mapping[str, Any], part: str) -> int:
    found = item.get(part)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return 0
    if isinstance(found, float) and not isfinite(found):
        return 0
    return int(min(max(found, -LONGEST_AGO), LONGEST_AGO))


def _text(item: Mapping[str, Any], part: str) -> str:
    found = item.get(part)
    text = found.strip() if isinstance(found, str) else ""
    if len(text) > LONGEST_TEXT or NO_TEXT.search(text):
        raise Refused("Write the name, agency and e-mail in at most 200 letters each.")
    return text

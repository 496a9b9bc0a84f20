"""A partnership's policies: each a sentence with its figure in force, what comes, what was."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from lms.access import Permission, requires, the_viewer
from lms.agencies import commands, queries
from lms.agencies.forms import PolicyForm, policy_data
from lms.agencies.rules import (
    DEFAULT_POLICIES,
    POLICIES,
    POLICY_GROUPS,
    PolicyEntry,
    PolicyKey,
    PolicyWords,
    policy_at,
)
from lms.agencies.views.blueprint import blueprint
from lms.agencies.views.partnership import PATH, chosen_partnership
from lms.clock import london_date
from lms.errors import NotFound, Refused
from lms.web.pages import done, now, see
from lms.words import day_and_year

ALL = f"{PATH}/policies"


class Dated(NamedTuple):
    """A figure in words, with the day from which it holds (None: always did)."""

    holds_from: date | None
    sentence: str


class PolicyLine(NamedTuple):
    """A policy as the page shows it: today's sentence, what comes, what was, the newest first."""

    key: PolicyKey
    words: PolicyWords
    in_force: Dated
    to_come: tuple[Dated, ...]
    past: tuple[Dated, ...]


def _line(key: PolicyKey, entries: tuple[PolicyEntry, ...], today: date) -> PolicyLine:
    words = POLICIES[key]
    own = [Dated(e.holds_from, words.says(e.figure)) for e in entries if e.key is key]
    to_come = tuple(dated for dated in own if dated.holds_from and dated.holds_from > today)
    held = [Dated(None, words.says(DEFAULT_POLICIES[key])), *own[: len(own) - len(to_come)]]
    return PolicyLine(key, words, held[-1], to_come, tuple(reversed(held[:-1])))


@blueprint.get(ALL)
@requires(Permission.RUN_PROGRAMME)
def manage_policies() -> str:
    chosen = chosen_partnership()
    entries, today = queries.policies_of(chosen.id), london_date(now())
    return render_template(
        "agencies/manage_policies.html",
        chosen=chosen,
        partnerships=queries.partnerships_run_by(the_viewer()),
        groups=[
            (heading, [_line(key, entries, today) for key in keys])
            for heading, keys in POLICY_GROUPS
        ],
    )


@blueprint.route(f"{ALL}/<policy>", methods=["GET", "POST"])
@requires(Permission.RUN_PROGRAMME)
def set_policy(policy: str) -> Response:
    key, chosen = _key(policy), chosen_partnership()
    entries, today = queries.policies_of(chosen.id), london_date(now())
    form = PolicyForm(data=policy_data(key, policy_at(entries, key, today), today))
    form.ask(key)
    if form.validate_on_submit():
        try:
            figure, day = form.figure(key), form.day()
            commands.set_policy(chosen.id, key, figure, day, by=the_viewer(), now=now())
        except Refused as refusal:
            form.refuse(refusal)
            chosen = chosen_partnership()
        else:
            done(f"From {day_and_year(day)}: {POLICIES[key].says(figure)}")
            return see(f"{ALL}?partnership={chosen.id}")
    page = render_template(
        "agencies/set_policy.html",
        form=form,
        chosen=chosen,
        line=_line(key, queries.policies_of(chosen.id), today),
    )
    return make_response(page, 422 if form.has_errors else 200)


@blueprint.post(f"{ALL}/<policy>/withdraw")
@requires(Permission.RUN_PROGRAMME)
def withdraw_policy(policy: str) -> Response:
    key, chosen = _key(policy), chosen_partnership()
    address = f"{ALL}?partnership={chosen.id}"
    try:
        day = date.fromisoformat(request.form.get("holds_from", ""))
    except ValueError:
        raise NotFound from None
    commands.withdraw_policy(chosen.id, key, day, by=the_viewer(), now=now())
    done("That is taken back. What holds today goes on.")
    return see(address)


def _key(policy: str) -> PolicyKey:
    if policy not in set(PolicyKey):
        raise NotFound
    return PolicyKey(policy)

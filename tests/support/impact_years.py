"""Random years of evaluation, as the facts that the impact report is worked out from."""

from __future__ import annotations

import random
from datetime import date

from lms.agencies.rules import Sector
from lms.evaluation.rules import Barrier, CommitmentResult, Help, Seen, Stage
from lms.reporting.impact.rules import (
    AskedFact,
    EventFact,
    ImpactFacts,
    ManagerFact,
    OwnFact,
    OwnKind,
    OwnQuestion,
    ReplyFact,
)

MOMENTS = (date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1))
ONE_OF = OwnQuestion(1, Stage.POST, OwnKind.ONE, "How?", (("1", "a"), ("2", "b"), ("3", "c")))
SEVERAL = OwnQuestion(2, Stage.IMPACT, OwnKind.SEVERAL, "Which?", (("1", "a"), ("2", "b")))


def random_facts(seed: int, events: int = 0) -> ImpactFacts:
    """A year of one partnership: of some courses one outcome is asked, of others several, and not
    everybody answers each."""
    lot = random.Random(seed)  # noqa: S311
    number = events or lot.choice([6, 10, 16])
    sectors = list(Sector)[: lot.choice([1, 3, 6])]
    priorities = range(lot.choice([2, 4]))
    about = {
        course: (
            lot.choice([None, 1, 2]),
            lot.choice(["children", "adults"]),
            lot.sample(priorities, 1),
        )
        for course in range(lot.randint(2, max(3, number // 3)))
    }
    found = []
    for at in range(number):
        course = lot.choice(list(about))
        level, remit, its = about[course]
        quarter = at * 4 // number
        found.append(
            EventFact(at, course, level, remit, f"Q{quarter + 1}", frozenset(its), MOMENTS[quarter])
        )
    asked = {
        course: [course * 3 + at for at in range(lot.choice([1, 1, 2, 3]))] for course in about
    }
    typical, kind = lot.choice([4, 8, 12]), lot.choice([0.1, 0.5, 0.9, 0.99])
    replies: list[ReplyFact] = []
    own: list[OwnFact] = []
    managers: list[ManagerFact] = []
    for event in found:
        for _ in range(max(0, round(lot.gauss(typical, 3)))):
            sector = lot.choice(sectors)
            replies.append(_reply(lot, event, asked[event.course or 0], sector, kind))
            reply = replies[-1]
            own += [
                _own(lot, question, reply, kind)
                for question in (ONE_OF, SEVERAL)
                if question.stage in reply.since
            ]
            if lot.random() < 0.4:
                seen = Seen.IN_PRACTICE if lot.random() < kind else lot.choice(list(Seen))
                managers.append(ManagerFact(event.id, sector, seen, event.closes))
    return ImpactFacts(
        tuple(found),
        tuple(replies),
        asked=tuple(AskedFact(r.event, r.sector, Stage.IMPACT, date(2025, 5, 1)) for r in replies),
        managers=tuple(managers),
        outcomes={one: f"do {one}" for its in asked.values() for one in its},
        questions=(ONE_OF, SEVERAL),
        own=tuple(own),
    )


def _reply(
    lot: random.Random, event: EventFact, asked: list[int], sector: Sector, kind: float
) -> ReplyFact:
    stages = [stage for stage in Stage if lot.random() < 0.9]
    said = [one for one in asked if lot.random() < 0.9] or asked[:1]
    values = {one: _values(lot, kind) for one in said}
    late = MOMENTS[min(3, MOMENTS.index(event.closes) + 1)]
    since = late if lot.random() < 0.03 else event.closes
    did = CommitmentResult.DONE
    return ReplyFact(
        event.id,
        sector,
        {stage: since if stage is Stage.IMPACT else event.closes for stage in stages},
        {stage: {one: its[stage] for one, its in values.items()} for stage in stages},
        look_back={one: its[Stage.PRE] for one, its in values.items()}
        if Stage.PRE not in stages
        else {},
        results=tuple(
            did if lot.random() < kind else lot.choice(list(CommitmentResult))
            for _ in range(lot.randint(0, 2))
        )
        if Stage.IMPACT in stages
        else (),
        barriers=frozenset(str(b) for b in list(Barrier)[:3] if lot.random() < kind)
        if Stage.IMPACT in stages
        else frozenset(),
        helps=frozenset(str(h) for h in list(Help)[:2] if lot.random() < 1 - kind)
        if Stage.IMPACT in stages
        else frozenset(),
    )


def _values(lot: random.Random, kind: float) -> dict[Stage, int]:
    before = lot.choice([1, 2, 2, 3])
    later = min(5, before + (lot.choice([1, 1, 2]) if lot.random() < kind else lot.choice([0, -1])))
    return {Stage.PRE: before, Stage.POST: min(5, before + 2), Stage.IMPACT: max(1, later)}


def _own(lot: random.Random, question: OwnQuestion, reply: ReplyFact, kind: float) -> OwnFact:
    keys = [key for key, _ in question.options]
    if question.kind is OwnKind.ONE:
        chosen: tuple[str, ...] = (keys[0] if lot.random() < kind else lot.choice(keys),)
    else:
        chosen = tuple(key for key in keys if lot.random() < kind)
    return OwnFact(
        question.id, reply.event, reply.sector, question.stage, reply.since[question.stage], chosen
    )

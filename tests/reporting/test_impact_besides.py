"""What the impact page says besides its figures: in words, without a database."""

from __future__ import annotations

from fractions import Fraction

import lms.reporting.views  # noqa: F401 - first, for what its pages share imports them all
from lms.evaluation.queries.statements import Released
from lms.evaluation.rules import Stage
from lms.reporting.impact.rules import OwnFigures, OwnKind, PairFigures
from lms.reporting.impact.rules.confidence import ConfidenceFigures, MeanChange
from lms.reporting.impact.rules.facts import OwnQuestion
from lms.reporting.impact.rules.statistics import Interval
from lms.reporting.impact.views.besides import (
    MOST_QUOTES,
    own_reading,
    pair_rows,
    quotes_by_subject,
)
from lms.reporting.impact.views.picture import Known, _drawn, _said_of_drawn


def released(words: str, question: str = "example", role: str = "") -> Released:
    return Released(
        id=1,
        words=words,
        role=role,
        question_key=question,
        question="Anything else?",
        stage=Stage.IMPACT,
        event_id=1,
        course_id=1,
        title="Neglect",
        themes=(),
    )


def own(counts: dict[str, int], kind: OwnKind = OwnKind.ONE) -> OwnFigures:
    options = tuple((str(n), str(n)) for n in range(1, 6))
    return OwnFigures(OwnQuestion(1, Stage.POST, kind, "How much?", options), 402, counts)


def test_what_difference_it_made_stands_apart_and_no_released_text_is_left_out() -> None:
    texts = [released(f"Text {n}") for n in range(8)]
    told = quotes_by_subject([*texts, released("She sleeps", "difference", "health visitor")])
    assert [part.heading for part in told] == [
        "What difference it made to a child, an adult or a family",
        "In their words",
    ]
    assert told[0].first == [("She sleeps", "health visitor, Neglect")]
    assert told[1].first[0] == ("Text 0", "Someone who attended, Neglect")
    assert (len(told[1].first), len(told[1].rest)) == (MOST_QUOTES, 8 - MOST_QUOTES)
    assert quotes_by_subject([]) == []


def test_what_cannot_be_shown_alone_is_drawn_together_and_it_is_said() -> None:
    def of(n: int) -> ConfidenceFigures:
        return ConfidenceFigures(outcome=None, n=n)

    alone: list[Known] = [("Recognise", of(0), None), ("Ask", of(0), None)]
    together = _drawn(alone, of(9))
    assert [label for label, *_ in together] == ["All together"]
    told = _said_of_drawn(together, alone, "outcome", "outcomes")
    assert told == " No outcome alone can be shown."
    assert _drawn(alone, of(0)) == []
    many: list[Known] = [(f"Course {n}", of(n), None) for n in range(12)]
    drawn = _drawn(many, of(66))
    told = _said_of_drawn(drawn, many, "course", "courses")
    assert told == " Eight of 12 courses are drawn; all are in the table."
    assert _said_of_drawn(many[:3], many[:3], "course", "courses") == ""


def test_those_who_answered_twice_say_when_and_whether_they_looked_back() -> None:
    change = MeanChange(5, Fraction(7, 5), Interval(0.7, 2.1))
    pair = (Stage.POST, Stage.IMPACT)
    figures = PairFigures(pair, 5, Fraction(4), Fraction(27, 5), change, Fraction(5, 2))
    [row] = pair_rows([figures, PairFigures((Stage.PRE, Stage.POST))])
    assert (row.who, row.n) == ("At the end and at eight weeks", 5)
    assert (row.before, row.end, row.later) == ("2.5", "4.0", "5.4")
    assert row.is_looking_back
    assert row.change == "+1.4 (+0.7 to +2.1)"


def test_R4_answers_that_are_not_told_apart_are_counted_together() -> None:
    several = own({"4": 147, "5": 169}, OwnKind.SEVERAL)
    assert "The other 86 answered something else" in own_reading(own({"4": 147, "5": 169}))
    assert "The other" not in own_reading(several)
    assert "are not shown" in own_reading(several)
    assert own_reading(own(dict.fromkeys("12345", 80))) == "402 people answered it at the end."

"""What may be quoted of what was written, and in which words.

E10  A free text is quoted only with its writer's consent, and only after a coordinator has read,
     redacted and released it. One without consent is read too, lest a concern is missed, and is
     quoted by nobody. What is taken out leaves a mark; what is put in its place stands in square
     brackets; no other word is added. Consent can be withdrawn at any time. Where a text shows
     somebody at risk, a named safeguarding lead may reveal its writer.
R4   A quote "with job role" falls back to none where fewer than [5] of that role attended. Where
     fewer than [5] have answered, a text without consent does not name its event.

Source: docs/domain.md, Evaluation and Reports.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from lms.errors import Refused
from lms.evaluation.rules.questionnaire import QuoteConsent, StatementState

TAKEN_OUT = "[…]"
LONGEST_INSERTION = 60
LONGEST_REDACTED = 8000
PART = re.compile(r"(?P<put>\[[^\[\]]*\])|(?P<word>[^\s\[\]]+)")


class Decision(Enum):
    """What a coordinator does with a text that has been read."""

    RELEASE = "release"
    HOLD_BACK = "hold back"
    READ_AGAIN = "read again"
    HAVE_READ = "have read"


BECOMES = {
    (StatementState.WAITING, Decision.RELEASE): StatementState.RELEASED,
    (StatementState.WAITING, Decision.HOLD_BACK): StatementState.HELD_BACK,
    (StatementState.WAITING, Decision.HAVE_READ): StatementState.READ,
    (StatementState.RELEASED, Decision.READ_AGAIN): StatementState.WAITING,
    (StatementState.HELD_BACK, Decision.READ_AGAIN): StatementState.WAITING,
    (StatementState.READ, Decision.READ_AGAIN): StatementState.WAITING,
}
OF_UNQUOTED = frozenset({Decision.HAVE_READ, Decision.READ_AGAIN})
TOWARDS_A_QUOTE = frozenset({Decision.RELEASE, Decision.READ_AGAIN})


def state_after(
    state: StatementState,
    decision: Decision,
    *,
    may_be_quoted: bool = True,
    is_concern: bool = False,
) -> StatementState:
    """What becomes of a text by a decision (E10). Refused where somebody decided otherwise, where
    one is to be quoted against its writer's wish or although it shows somebody at risk, or ticked
    off that its writer agreed to."""
    if is_concern and decision in TOWARDS_A_QUOTE:
        raise Refused(
            "This was sent to the safeguarding lead, so nobody quotes it.",
            way_out="If that was a slip, take it back from the safeguarding lead first.",
        )
    if state is StatementState.WITHDRAWN or (not may_be_quoted and decision not in OF_UNQUOTED):
        raise Refused("Whoever wrote this does not wish to be quoted.")
    if may_be_quoted and decision is Decision.HAVE_READ:
        raise Refused("Whoever wrote this agrees to be quoted now: release it, or hold it back.")
    if (state, decision) not in BECOMES:
        raise Refused(
            f"Somebody else has seen to this text: it is {state.words}.",
            way_out="Look at the list once more.",
        )
    return BECOMES[state, decision]


def consents(consent: QuoteConsent | None) -> bool:
    """Whether the writer wishes to be quoted; silence is no consent (E10)."""
    return consent not in (None, QuoteConsent.NO)


def is_quotable(consent: QuoteConsent | None, state: StatementState) -> bool:
    """Whether anybody may quote a text now: released, and its writer still agrees (E10)."""
    return consents(consent) and state is StatementState.RELEASED


def state_on_consent(
    state: StatementState, consent: QuoteConsent, *, is_concern: bool = False
) -> StatementState:
    """What a change of mind makes of a text (E10).

    Withdrawn at once; agreed to anew, it is read anew. Held back stays held back, and what was
    sent on as showing somebody at risk is held back whatever its writer agrees to. What nobody has
    read yet waits to be read all the same: it may show somebody at risk.
    """
    if consents(consent) and is_concern:
        return StatementState.HELD_BACK
    if consents(consent):
        ended = (StatementState.WITHDRAWN, StatementState.READ)
        return StatementState.WAITING if state in ended else state
    unread = (StatementState.WAITING, StatementState.READ)
    return state if state in unread else StatementState.WITHDRAWN


def names_its_event(*, may_be_quoted: bool, answered: int, least: int) -> bool:
    """Whether a text says at which event it was written: without consent, only where as many
    answered that form as are needed for a figure (R4), so that it is not one of a known few."""
    return may_be_quoted or stands_among_enough(answered, least)


def stands_among_enough(people: int, least: int) -> bool:
    """Whether so many answered, or came in a role, that a text of one of them is not one of a known
    few (R4). Where a partnership asks for fewer than two, two it is: one is always known."""
    return people >= max(least, 2)


# --- Whose words ----------------------------------------------------------------------------


def role_key(job_role: str) -> str:
    """A job role as it is compared: 'Social  Worker' and 'social worker' are one."""
    return " ".join(job_role.casefold().split())


def attribution(
    consent: QuoteConsent | None, job_role: str, attended_in_role: int, least: int
) -> str:
    """The job role that may stand under a quote, else nothing (R4).

    `attended_in_role` people of that role came to the event, the writer among them.
    """
    names_role = consent is QuoteConsent.WITH_JOB_ROLE
    if not names_role or not stands_among_enough(attended_in_role, least):
        return ""
    return " ".join(job_role.split())


# --- In which words -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Part:
    """A word, or what stands in brackets, and where it stands."""

    text: str
    start: int
    is_put: bool


def redacted(original: str, edited: str) -> str:
    """The edited text with a mark at each gap (E10).

    Raises Refused where it has words that were not written, outside square brackets, or where
    nothing of what was written is left.
    """
    if edited.split() == original.split():
        return original.strip()
    if len(edited) > LONGEST_REDACTED:
        raise Refused("Shorten this: it is longer than what was written", field="words")
    written = [key for key in map(_key, _words(original)) if key]
    parts = _parts(edited)
    _refuse_long_insertions(parts)
    gaps = _gaps(written, parts)
    return _marked(edited.strip(), _shifted(gaps, edited))


def _words(text: str) -> list[str]:
    return [match["word"] for match in PART.finditer(_unbracketed(text)) if match["word"]]


def _unbracketed(text: str) -> str:
    """What was written in brackets was written."""
    return text.replace("[", " ").replace("]", " ")


def _parts(text: str) -> list[_Part]:
    found = (_Part(m[0], m.start(), m["put"] is not None) for m in PART.finditer(text))
    return [part for part in found if part.is_put or _key(part.text)]


def _key(word: str) -> str:
    """A word as it is compared: capitals and the punctuation around it aside."""
    plain = unicodedata.normalize("NFKC", word).replace("’", "'").casefold()
    letters = [c for c in plain if unicodedata.category(c) != "Cf"]
    while letters and _is_punctuation(letters[-1]):
        letters.pop()
    while letters and _is_punctuation(letters[0]):
        letters.pop(0)
    return "".join(letters)


def _is_punctuation(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "PZC"


def _refuse_long_insertions(parts: Iterable[_Part]) -> None:
    for part in parts:
        if part.is_put and len(part.text) - 2 > LONGEST_INSERTION:
            raise Refused(
                f"What stands in brackets may have {LONGEST_INSERTION} characters: shorten "
                f"“{part.text[1:20].strip()}…”",
                field="words",
            )


def _gaps(written: Sequence[str], parts: Sequence[_Part]) -> list[int]:
    """Where in the edited text words are missing that nothing in brackets stands for.

    Every word outside brackets is sought among those written, from where the last was found.
    """
    gaps: list[int] = []
    at, is_covered, is_anything_left = 0, False, False
    for part in parts:
        if part.is_put:
            is_covered = True
            continue
        found = _find(written, _key(part.text), at)
        if found is None:
            raise Refused(
                f"“{part.text}” was not written there. Put square brackets around what you put in "
                "the place of other words: [a school]",
                field="words",
            )
        if found > at and not is_covered:
            gaps.append(part.start)
        at, is_covered, is_anything_left = found + 1, False, True
    if not is_anything_left:
        raise Refused("Nothing is left of what was written. Hold it back instead", field="words")
    if at < len(written) and not is_covered:
        gaps.append(-1)
    return gaps


def _find(written: Sequence[str], key: str, start: int) -> int | None:
    return next((n for n in range(start, len(written)) if written[n] == key), None)


def _shifted(gaps: Iterable[int], edited: str) -> list[int]:
    """The gaps as places of the stripped text; -1 is its end."""
    before = len(edited) - len(edited.lstrip())
    return [gap - before if gap >= 0 else len(edited.strip()) for gap in gaps]


def _marked(text: str, gaps: Iterable[int]) -> str:
    for gap in sorted(gaps, reverse=True):
        mark = f" {TAKEN_OUT}" if gap == len(text) else f"{TAKEN_OUT} "
        text = text[:gap] + mark + text[gap:]
    return text


# --- What to look at twice ------------------------------------------------------------------

SENTENCE = re.compile(r"(?<=[.!?…:])\s+|\n+")
OFTEN = frozenset({"i", "i'm", "i've", "i'd", "i'll"})
MONTHS = "january february march april may june july august september october november december"
DAYS = "monday tuesday wednesday thursday friday saturday sunday"
TIMES = frozenset(f"{MONTHS} {DAYS}".split())


def worth_a_look(text: str) -> tuple[str, ...]:
    """Words that may tell who or where: names, figures, days and months; each once, in order.

    A capital at the beginning of a sentence says nothing, so a name may stand there unmarked:
    this helps whoever reads, and decides nothing.
    """
    found = dict.fromkeys(
        word.strip(".,;:!?()“”\"'‘’")
        for sentence in SENTENCE.split(text)
        for place, word in enumerate(sentence.split())
        if _may_tell(word, is_first=place == 0)
    )
    return tuple(word for word in found if word)


def _may_tell(word: str, *, is_first: bool) -> bool:
    key = _key(word)
    if any(letter.isdigit() for letter in key) or key in TIMES - {"may", "march"}:
        return True
    bare = word.lstrip("(“\"'‘")
    return bare[:1].isupper() and not is_first and key not in OFTEN

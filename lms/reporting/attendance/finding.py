"""The finding: what a report's lead and its chart's caption say, true of the unrounded figures."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from lms.reporting.rules.figures import share_of_total
from lms.words import percent, sentence_case

NOTICEABLE = Fraction(1, 100)
Verbs = tuple[str, str]
WERE_FROM: Verbs = ("of them were from", "from")
CAME_TO: Verbs = ("of them came to", "to")


def attendance_finding(
    attended: int,
    year_before: int | None,
    groups: Mapping[str, int],
    groups_before: Mapping[str, int],
    named: Sequence[str] = (),
    *,
    is_running: bool = False,
    than: str = "the year before",
    only: Sequence[str] = (),
    verbs: Verbs = WERE_FROM,
) -> str:
    """The lead of the attendance report, true of the unrounded figures.

    `groups` hold the headline by name as a sentence says it ("the police"); those in `named`
    are spoken of, else the largest and the one whose share has changed most. A period that
    `is_running` was compared with as much of what is called `than`. `only` says to what the
    figures are narrowed ("from the police", "at level 2").
    """
    narrowed = f" ({', '.join(only)})" if only else ""
    if attended == 0:
        return f"Nobody attended in this period{narrowed}."
    so_far = " so far" if is_running else ""
    against = _against(attended, year_before, f"by this day of {than}" if is_running else than)
    opening = f"{attended:,} attended{so_far}{narrowed}{against}."
    spoken_of = named or _worth_naming(groups, groups_before)
    shares = [
        _share_phrase(name, groups, groups_before, verbs[0] if place == 0 else verbs[1])
        for place, name in enumerate(name for name in spoken_of if groups.get(name))
    ]
    if shares:
        shares[0] = sentence_case(shares[0])
    return f"{opening} {', and '.join(shares)}." if shares else opening


def _against(now: int, before: int | None, than: str) -> str:
    if before is None:
        return ""
    if now == before:
        return f": as many as {than}"
    return f": {abs(now - before):,} {'more' if now > before else 'fewer'} than {than}"


def _share_phrase(
    name: str, groups: Mapping[str, int], before: Mapping[str, int], verb: str
) -> str:
    share, share_before = _share(name, groups), _share(name, before)
    phrase = f"{percent(share)} {verb} {name}"
    change = _change(share, share_before)
    return f"{phrase}, {change} from {percent(share_before)}" if change else phrase


def _change(share: Fraction | None, before: Fraction | None) -> str:
    """'up' or 'down' where the change is noticeable: so it shows in the rounded figures too."""
    if share is None or before is None or abs(share - before) < NOTICEABLE:
        return ""
    return "up" if share > before else "down"


def _share(name: str, groups: Mapping[str, int]) -> Fraction | None:
    return share_of_total(groups.get(name, 0), sum(groups.values()))


def _worth_naming(groups: Mapping[str, int], before: Mapping[str, int]) -> list[str]:
    """The largest group, and the one whose share has changed most, where that is noticeable."""
    here = sorted(name for name in groups if groups[name])
    if not here:
        return []
    largest = max(here, key=lambda name: groups[name])
    changed = max(here, key=lambda name: abs(_moved(name, groups, before)))
    is_worth_it = any(before.values()) and abs(_moved(changed, groups, before)) >= NOTICEABLE
    return [largest, changed] if is_worth_it and changed != largest else [largest]


def _moved(name: str, groups: Mapping[str, int], before: Mapping[str, int]) -> Fraction:
    return (_share(name, groups) or Fraction(0)) - (_share(name, before) or Fraction(0))


def share_caption(groups: Mapping[str, int], before: Mapping[str, int], subject: str) -> str:
    """The chart's caption: whose share fell most and whose grew most, else its subject."""
    if not any(before.values()) or not any(groups.values()):
        return subject
    moved = {name: _moved(name, groups, before) for name in sorted({*groups, *before})}
    fell = min(moved, key=lambda name: moved[name])
    grew = max(moved, key=lambda name: moved[name])
    phrases = []
    if moved[fell] <= -NOTICEABLE:
        phrases.append(f"{_possessive(fell)} share fell")
    if moved[grew] >= NOTICEABLE:
        phrases.append(f"{_possessive(grew)}{'' if phrases else ' share'} grew")
    return sentence_case(", while ".join(phrases)) if phrases else subject


def largest_caption(groups: Mapping[str, int], attended: int) -> str:
    """Who had most, of all who attended; empty where two had as many, or there is but one."""
    came = sorted((n for n in groups.values() if n), reverse=True)
    if len(came) < 2 or came[0] == came[1]:
        return ""
    largest = max(groups, key=lambda name: groups[name])
    share = percent(share_of_total(groups[largest], attended))
    return sentence_case(f"{largest} had the largest share: {share}")


def _possessive(name: str) -> str:
    return f"{name}’" if name.endswith("s") else f"{name}’s"

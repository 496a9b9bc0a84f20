"""How words of the domain, dates, times and numbers are written for people."""

import math
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from lms.clock import london

HALF = Fraction(1, 2)
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


class Word(StrEnum):
    """An enum of the domain's words: stored with underscores, read and written with spaces."""

    @property
    def words(self) -> str:
        """As it stands inside a sentence or a file: 'did not attend'."""
        return self.value.replace("_", " ")

    @property
    def label(self) -> str:
        """As it stands alone: 'Did not attend'."""
        return sentence_case(self.words)

    @classmethod
    def _missing_(cls, value: object) -> "Word | None":
        if not isinstance(value, str):
            return None
        wanted = value.strip().lower().replace("_", " ")
        return next((word for word in cls if word.words.lower() == wanted), None)


LONGEST_ADDRESS = 254


def is_address(text: str) -> bool:
    """Whether a text is an e-mail address that every mail server takes, as it stands."""
    local, at, domain = text.rpartition("@")
    labels = domain.split(".")
    return not (
        not (at and local)
        or len(text) > LONGEST_ADDRESS
        or len(labels) < 2
        or not all(_is_label(label) for label in labels)
        or not all(_may_stand_in_address(letter) for letter in local)
        or local.startswith(".")
        or local.endswith(".")
        or ".." in local
    )


def _is_label(label: str) -> bool:
    is_word = label.replace("-", "").isalnum() and label.isascii()
    return is_word and not label.startswith("-") and not label.endswith("-") and len(label) < 64


def _may_stand_in_address(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter in "!#$%&'*+/=?^_`{|}~.-")


def sentence_case(text: str) -> str:
    """The same text with a capital first letter and nothing else changed."""
    return text[:1].upper() + text[1:]


def slug(name: str) -> str:
    """A name as it stands in an address: lower case, letters and digits, hyphens between."""
    letters = (c if c.isascii() and c.isalnum() else " " for c in name.lower())
    return "-".join("".join(letters).split())


def number(n: int) -> str:
    """A count inside a sentence: in words up to nine, then in figures with commas."""
    return NUMBERS[n] if 0 <= n < len(NUMBERS) else f"{n:,}"


def ordinal(n: int) -> str:
    """A place in a line, from 1: 'third', '10th', '22nd'."""
    if 1 <= n <= len(ORDINALS):
        return ORDINALS[n - 1]
    teen = n % 100 in (11, 12, 13)
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def count(n: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 'one place', '25 places', 'two people'."""
    return f"{number(n)} {one if n == 1 else many or one + 's'}"


def days_or_weeks(days: int) -> str:
    """A period of a policy: 'eight weeks', '90 days', 'one week'."""
    return count(days, "day") if days % 7 else count(days // 7, "week")


def working_time(hours: int) -> str:
    """Hours that are counted on working days alone: 'two working days', '36 hours'."""
    return count(hours, "hour") if hours % 24 else count(hours // 24, "working day")


def percent(share: Fraction | float | None) -> str:
    """'46%', never a rounded nought or a rounded whole: 'under 1%', 'over 99%'; 'unknown'."""
    if share is None:
        return "unknown"
    rounded = math.floor(Fraction(share) * 100 + HALF)
    if rounded <= 0 < share:
        return "under 1%"
    if rounded >= 100 and share < 1:
        return "over 99%"
    return f"{rounded}%"


def listed(parts: list[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def short_day(on: date) -> str:
    """'5 May', where the year is plain and the weekday known."""
    return f"{on.day} {on:%B}"


def day(on: date) -> str:
    """'Thursday 11 March'."""
    return f"{on:%A} {short_day(on)}"


def day_and_year(on: date) -> str:
    """'Thursday 11 March 2027'."""
    return f"{day(on)} {on.year}"


def clock_hour(hour: int) -> str:
    """A full hour of the day: '9am', 'noon', '6pm'."""
    if hour in (0, 12):
        return "noon" if hour else "midnight"
    return f"{hour % 12}{'am' if hour < 12 else 'pm'}"


def clock_time(instant: datetime) -> str:
    """London's wall clock: '9:30am', '5pm', 'noon', 'midnight'."""
    wall = london(instant)
    if wall.minute == 0 and wall.hour in (0, 12):
        return "noon" if wall.hour else "midnight"
    minutes = f":{wall.minute:02}" if wall.minute else ""
    return f"{wall.hour % 12 or 12}{minutes}{'am' if wall.hour < 12 else 'pm'}"


def moment(instant: datetime) -> str:
    """'Wednesday 20 January at noon'."""
    return f"{day(london(instant).date())} at {clock_time(instant)}"


def span(starts_at: datetime, ends_at: datetime) -> str:
    """'9:30am to 4:30pm'."""
    return f"{clock_time(starts_at)} to {clock_time(ends_at)}"


def of_them(sentence: str) -> str:
    """A sentence said to a person, as said of them: 'You have a place', 'They have a place'."""
    for you, they in (
        ("Your ", "Their "),
        ("your ", "their "),
        ("You ", "They "),
        ("you ", "they "),
    ):
        sentence = sentence.replace(you, they)
    return sentence


def pounds(pence: int) -> str:
    """'£50', '£45.50', '£1,200'."""
    return f"£{pence // 100:,}" if pence % 100 == 0 else f"£{pence / 100:,.2f}"


def written_address(url: str) -> str:
    """A web address as somebody types it: 'training.example.org/check-in'."""
    return url.partition("//")[2].rstrip("/")

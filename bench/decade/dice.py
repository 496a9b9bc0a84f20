"""Chance that both databases work out alike: what is rolled hangs on a number and a die alone."""

from __future__ import annotations

PRIME = 2_147_483_647
FACTORS = (
    *(1_583_458_089, 784_588_716, 1_226_874_159, 1_767_740_911, 903_860_029, 1_535_046_269),
    *(1_410_017_417, 1_118_037_173, 1_896_510_331, 655_382_362, 1_042_961_473, 1_360_139_153),
)


def rolled(number: str, die: int, sides: int) -> str:
    """SQL for what `die` shows for that number: 0 to `sides` - 1. Dice do not know each other."""
    return f"(CAST({number} AS BIGINT) * {FACTORS[die]} % {PRIME} % {sides})"


def numbers(count: int) -> str:
    """SQL for a table `numbers` of n = 0 to `count` - 1, to follow WITH RECURSIVE."""
    return f"numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {count})"

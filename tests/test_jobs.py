"""Work that falls due: one thing that fails holds nothing else up, and is not hidden."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.jobs import done_for_each


def test_what_comes_after_a_fault_is_done_and_the_fault_is_told(app: Flask) -> None:
    done: list[int] = []

    def work(thing: int) -> int:
        if thing == 2:
            raise ValueError("two")
        done.append(thing)
        return 10

    with pytest.raises(ValueError, match="two"):
        done_for_each(work, [1, 2, 3])
    assert done == [1, 3]
    assert done_for_each(work, [1, 3]) == 20

"""Verbs of this slice: two records made one, taken apart again, or said to be two people."""

from lms.records.commands.apart import keep_apart
from lms.records.commands.merging import Merged, merge_people
from lms.records.commands.undoing import unmerge_people

__all__ = ["Merged", "keep_apart", "merge_people", "unmerge_people"]

"""The verbs: ask, keep, answer, key in."""

from lms.evaluation.commands.inviting import ask_all_due

__all__ = ["ask_all_due"]

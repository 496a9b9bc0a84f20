"""Measurements: each figure beside its target and its yardstick, taken in the same run."""

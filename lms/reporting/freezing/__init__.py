"""Frozen years: what was published is kept, and what is corrected later stands beside it (R6)."""

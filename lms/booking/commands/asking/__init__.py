"""Asking for a place: for oneself, for several at once, or without a name yet."""

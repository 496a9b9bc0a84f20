"""Impact: what training changed, where that may be shown."""

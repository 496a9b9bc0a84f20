"""Approval: asked for, answered, chased; and whose address may give it (B10)."""

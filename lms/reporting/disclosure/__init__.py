"""Which figures of a group may be shown without giving away a few people’s answers (R4)."""

"""Events: published, changed, postponed, called off, shared; who can book, how many."""

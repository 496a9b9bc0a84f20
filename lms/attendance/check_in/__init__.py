"""Self check-in by a session's code (A2): rules, what the pages read, the commands, the pages."""

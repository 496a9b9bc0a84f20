"""How people sign in, and what their records may hold: pure decisions."""

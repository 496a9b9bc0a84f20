"""The programme: what was planned and ran, how full, who waits, who taught, what it cost."""

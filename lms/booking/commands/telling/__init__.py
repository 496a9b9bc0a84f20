"""What people are told because a time has come, not because somebody did something."""

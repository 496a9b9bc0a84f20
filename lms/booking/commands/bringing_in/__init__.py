"""What was made elsewhere: imports of programmes and bookings, names of agencies."""

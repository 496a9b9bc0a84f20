"""Attendance: who came, by one grouping or two, narrowed and traced to its bookings."""

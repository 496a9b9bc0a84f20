"""Attendance as pages and files, and the bookings behind its figures."""

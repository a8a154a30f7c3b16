"""Rules of courses: pure functions."""

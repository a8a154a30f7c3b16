"""Courses: courses, sessions and their seats, enrolments, waiting lists, tickets (features K1-K9).

Who the participants are is contacts' to know, what they pay commerce's: this service keeps their ids, and decides
alone who gets a seat.
"""

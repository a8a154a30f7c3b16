"""Rules of identity: pure functions."""

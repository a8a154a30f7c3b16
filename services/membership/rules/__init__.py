"""Rules of membership: pure functions of facts and a date."""

"""Which complaints of pg_restore leave a whole database behind."""

from ops.launcher.backup import is_harmless

OLDER_SERVER = """\
pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"
Command was: SET transaction_timeout = 0;
"""
END = "pg_restore: warning: errors ignored on restore: {}\n"
MISSING = 'pg_restore: error: could not execute query: ERROR:  type "citext" does not exist\n'


def test_a_server_before_17_lacks_a_time_limit_and_nothing_else():
    assert is_harmless(OLDER_SERVER + END.format(1))


def test_every_other_error_counts():
    assert not is_harmless(OLDER_SERVER + MISSING + END.format(2))
    assert not is_harmless(MISSING + END.format(1))


def test_a_restore_that_was_broken_off_is_not_whole():
    assert not is_harmless(OLDER_SERVER)
    assert not is_harmless(OLDER_SERVER + "pg_restore: error: connection to server was lost\n" + END.format(1))
    assert not is_harmless("")

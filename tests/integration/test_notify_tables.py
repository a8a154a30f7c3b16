"""The database of notify as the migrations make it."""

from chassis import migrate


def test_notify_migrations_make_what_the_models_describe(database_urls):
    assert migrate.differences("notify", database_urls["notify"]) == []

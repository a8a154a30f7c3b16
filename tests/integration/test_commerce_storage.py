"""Commerce's tables: models and migrations agree."""

from chassis import migrate


def test_the_models_describe_what_the_migrations_make(database_urls):
    assert migrate.differences("commerce", database_urls["commerce"]) == []

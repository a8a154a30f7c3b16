"""The one search over everything: a list that does not take the words finds nothing, and hinders no other."""

from types import SimpleNamespace

import pytest
from flask import Flask, g

from contracts.search import SearchWords
from gateway import found_things


@pytest.mark.parametrize(("kind", "words"), [("invoices", "0" * 99), ("sessions", "a\tb")])
def test_a_list_that_does_not_take_the_words_finds_nothing(kind, words):
    found_by = found_things.LISTS[kind]
    with Flask(__name__).app_context():
        g.principal = SimpleNamespace(permissions={found_by.may.value})
        assert found_things._in_list(kind, found_by, SearchWords(q=words)) is None

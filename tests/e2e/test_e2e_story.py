"""The story of `./talkoo demo`, played on a whole running suite."""

import pytest

from ops.demo.stage import Stage
from ops.demo.story import STEPS

pytestmark = pytest.mark.timeout(600)


def test_the_story_holds_from_the_first_contact_to_balanced_books(whole):
    with Stage(whole.run) as stage:
        told = [line for step in STEPS for line in step(stage)]
        assert stage.checks > 40
    assert told


def test_a_second_run_on_the_same_suite_passes_too(whole):
    with Stage(whole.run) as stage:
        for step in STEPS:
            step(stage)

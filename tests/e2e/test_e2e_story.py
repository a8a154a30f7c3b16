"""The story of `./talkoo demo`, played on a whole running suite."""

from bisect import bisect_right
from itertools import chain

import pymupdf

from gateway.config import GatewaySettings
from gateway.limits import ANONYMOUS_PART, MINUTE
from ops.demo.stage import Stage
from ops.demo.story import STEPS


def test_the_story_holds_from_the_first_contact_to_balanced_books(whole):
    with Stage(whole.run) as stage:
        told = [line for step in STEPS for line in step(stage)]
        assert stage.checks > 40
        check_paper(stage.facts["invoice_pdf"], stage.facts["invoice"])
        check_pace(stage)
    assert told


def check_paper(content, invoice):
    """What the story checks in the API stands on the paper too."""
    with pymupdf.open(stream=content, filetype="pdf") as pdf:
        text = "".join("".join(page.get_text() for page in pdf).split())
    for each in ("reference", "rf_reference", "barcode", "iban", "number"):
        assert invoice[each] in text, each
    for each in ("net", "vat", "gross"):
        assert invoice[each].replace(".", ",") in text, each


def check_pace(stage):
    """The suites of the tests have roomy limits; nobody would have met the usual ones either."""
    limit = GatewaySettings.model_fields["talkoo_rate_limit_per_minute"].default
    for visitor in stage.visitors:
        assert busiest_minute(visitor.asked_at) <= limit
    strangers = [each.asked_at for each in stage.visitors if not each.csrf and each is not stage.office]
    assert 0 < busiest_minute(chain.from_iterable(strangers)) <= limit / ANONYMOUS_PART


def busiest_minute(moments):
    """The most requests within sixty seconds."""
    ordered = sorted(moments)
    return max(bisect_right(ordered, moment + MINUTE) - place for place, moment in enumerate(ordered)) if moments else 0


def test_a_second_run_on_the_same_suite_passes_too(whole):
    with Stage(whole.run) as stage:
        for step in STEPS:
            step(stage)

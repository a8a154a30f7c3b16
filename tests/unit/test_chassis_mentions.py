"""How texts name a person (C17)."""

import pytest

from chassis.mentions import Mentions, struck
from services.contacts.rules.struck_filters import struck_filter

AINO = Mentions.of(
    [("Aino Maria", "Virtanen"), ("Åsa", "Öhman"), ("", "Virtanen")], ["Aino@example.org"], ["+358401928374", "112"]
)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Soitti Aino Virtanen, aino@EXAMPLE.org.", "Soitti [poistettu], [poistettu]."),
        ("Virtanen, Aino Maria; Virtanen Aino", "[poistettu]; [poistettu]"),
        ("Aino Virtaselle, Aino Virtasta ja ÅSA ÖHMANIN", "[poistettu], [poistettu] ja [poistettu]"),
        ("hakemus_Aino_Virtanen.pdf", "hakemus_[poistettu].pdf"),
        ("040 192 8374, +358 40 1928374 (00358401928374)", "[poistettu], [poistettu] ([poistettu])"),
        ("+358 (0)40-192 8374 tai 112", "[poistettu] tai 112"),
    ],
)
def test_C17_a_person_is_struck_however_it_is_written(said, left):
    assert struck(said, AINO.pattern) == left


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Aino Aalto", "Aino Aallon, Aino Aallolle, Aino Aaltoa, Aino Aaltoon, Aalto Ainolla"),
        ("Matti Lahti", "Matti Lahden, Matti Lahteen, Matti Lahtea, Matti Lahdelta, Lahti Matin, Lahti Mattia"),
        ("Pekka Mäki", "Pekka Mäen, Pekka Mäkeä, Pekka Mäelle, Mäki Pekan, Mäki Pekalle"),
        ("Eino Järvi", "Eino Järven, Eino Järveä, Eino Järvelle"),
        ("Eino Korpi", "Eino Korven, Eino Korpea"),
        ("Eino Lampi", "Eino Lammen, Eino Lammelta"),
        ("Eino Kurki", "Eino Kurjen, Eino Kurkea"),
        ("Eino Virta", "Eino Virran, Eino Virtaa"),
        ("Eino Honka", "Eino Hongan, Eino Honkaa"),
        ("Tuomas Rautio", "Rautio Tuomaan, Rautio Tuomakselle, Tuomas Rautiota"),
        ("Markus Ek", "Ek Markuksen, Markus Ekin, Markus Eks, Markus Ekista"),
        ("Åsa-Maija Öhman", "Åsa-Maija Öhmanilta, Åsa-Maija Öhmanissa, Öhman Åsa-Maijan"),
        ("Aino Virtanen", "Aino Virtasen, Aino Virtasta, Aino Virtaselta, Virtanen Ainolle"),
    ],
)
def test_C17_a_name_is_known_in_all_its_cases(name, forms):
    wanted = Mentions.of([tuple(name.split(" ", 1))], [], [])
    assert struck(forms, wanted.pattern) == ", ".join(["[poistettu]"] * len(forms.split(", ")))
    ((given, family),) = wanted.parts
    for form in forms.lower().split(", "):
        assert given in form, "else nobody looks at the text"
        assert family in form, "else nobody looks at the text"


@pytest.mark.parametrize(
    "said",
    [
        "Kaino Virtanen, Aino Virtala, Aino Virtanenko",
        "Matti Virtanen ja Aino",
        "1401928374 4019283745",
        "xaino@example.org aino@example.org.fi aino@example.organisation",
    ],
)
def test_C17_words_about_others_stay(said):
    assert struck(said, AINO.pattern) == said


def test_C17_days_and_short_numbers_are_no_telephone_numbers():
    wanted = Mentions.of([], [], ["+35819800101", "+35890100", "+358205012311"])
    said = "Syntynyt 1980-01-01, alkaen 2020-05-01T23:11, 90100 Oulu"
    assert struck(said, wanted.pattern) == said
    assert struck("Soita 019 800 101 tai 019-800-101", wanted.pattern) == "Soita [poistettu] tai [poistettu]"


def test_C17_what_is_left_is_no_longer_than_may_be():
    short = Mentions.of([("Bo", "Ek")], [], [])
    line, text = "Bo Ek " * 33, "Bo Ek " * 1600
    assert len(struck(line, short.pattern)) == 200
    assert len(struck(text, short.pattern)) == 10_000


def test_C17_headings_are_struck_and_told_apart_and_codes_stay():
    said = {"Aino Virtanen": "1", "Virtanen Aino": "2", "code": "Aino Virtanen"}
    assert struck(said, AINO.pattern, keys=True, coded=("code",)) == {
        "[poistettu]": "1", "[poistettu] 2": "2", "code": "Aino Virtanen",
    }  # fmt: skip


def test_C17_nobody_is_struck_nowhere():
    assert struck({"a": ["Aino", 1, None]}, Mentions.of([], [None], [""]).pattern) == {"a": ["Aino", 1, None]}


def test_C17_a_filter_keeps_all_but_its_values():
    email = {"field": "email", "op": "eq", "value": "aino@example.org"}
    tree = {"has": "membership", "at_least": 1, "all": [email, {"field": "age", "op": "gte", "value": 3}]}
    left = {**tree, "all": [{**email, "value": "[poistettu]"}, tree["all"][1]]}
    assert struck_filter(tree, AINO) == left

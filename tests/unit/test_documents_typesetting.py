"""What every PDF rests on: data stay data, a template sees only its folder, and no text breaks the archive rules."""

from datetime import UTC, datetime
from pathlib import Path

import pymupdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.showable import REPLACEMENT, showable
from chassis.typesetting import TypesettingFailed, render_pdf

AT = datetime(2026, 11, 23, tzinfo=UTC)
PLAIN = """#let data = json(bytes(sys.inputs.data))
#set document(title: "Test")
#set text(lang: "fi", font: "Libertinus Serif")
#data.text
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "plain.typ"
    path.write_text(PLAIN, encoding="utf-8")
    return path


def test_every_character_declared_showable_is_shown_by_the_font(template: Path) -> None:
    shown = [chr(code) for code in range(0x20, 0xFFFE) if showable(chr(code)) == chr(code)]
    assert len(shown) > 1_900
    for joined in ("".join(shown), " ".join(shown), "a".join(reversed(shown))):
        assert render_pdf(template, {"text": joined}, AT).startswith(b"%PDF-")


def test_what_no_font_shows_becomes_a_square_and_controls_vanish() -> None:
    assert showable("Åsa \U0001f600 漢\x00\x1b\u202e!") == f"Åsa {REPLACEMENT} {REPLACEMENT}!"
    assert showable("a\tb\nc\u2028d") == "a b\nc d"
    assert showable("a\u0308 a\u0e31\ufe0f") == "ä a"


def test_nested_values_are_made_showable_and_other_types_kept(template: Path) -> None:
    template.write_text(PLAIN.replace("#data.text", "#data.rows.at(0).text #(data.count + 1)"), encoding="utf-8")
    pdf = pymupdf.open(stream=render_pdf(template, {"rows": [{"text": "漢 Aino"}], "count": 41}, AT))
    assert pdf[0].get_text().split() == [REPLACEMENT, "Aino", "42"]


def test_template_cannot_read_outside_its_folder(template: Path) -> None:
    (template.parent.parent / "secret.txt").write_text("secret", encoding="utf-8")
    template.write_text(PLAIN.replace("#data.text", '#read("../secret.txt")'), encoding="utf-8")
    with pytest.raises(TypesettingFailed, match=r"secret\.txt"):
        render_pdf(template, {"text": ""}, AT)


def test_same_data_and_time_give_the_same_bytes(template: Path) -> None:
    first = render_pdf(template, {"text": "Aino"}, AT)
    assert render_pdf(template, {"text": "Aino"}, AT) == first
    assert render_pdf(template, {"text": "Anna"}, AT) != first


@given(text=st.text(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_at_all_gives_a_pdf(template: Path, text: str) -> None:
    assert render_pdf(template, {"text": text}, AT).startswith(b"%PDF-")

"""The style: files of others unchanged, nothing the content security policy forbids, any accent readable."""

import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import assets, theme

TEMPLATES = assets.STATIC.parent / "templates"
TOKENS = (assets.STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
LIGHT, DARK = TOKENS.split("prefers-color-scheme: dark")
colours = st.tuples(*[st.integers(0, 255)] * 3)


def test_vendored_files_are_unmodified():
    listed = dict(re.findall(r"^\| `([^`]+)` .* `([0-9a-f]{64})` \|$", vendored("VENDORED.md"), flags=re.MULTILINE))
    assert {Path(name).name for name in (*assets.SHEETS, *assets.SCRIPTS) if name.startswith("vendor/")} == set(listed)
    for name, digest in listed.items():
        assert hashlib.sha256((assets.STATIC / "vendor" / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_have_no_inline_style_or_script(template):
    source = template.read_text(encoding="utf-8")
    assert re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|hx-on|hx-vals='js|<script(?! src)", source) is None
    assert re.search(r"""(?:src|href)=["'](?:https?:)?//""", source) is None


def test_style_loads_nothing_from_elsewhere():
    assert re.search(r"@import|url\(", assets.bundle()) is None


@given(colours)
def test_every_accent_is_readable_on_light_and_dark(colour):
    light, dark = theme.light_accent(colour), theme.dark_accent(colour)
    for text in (light.text, light.strong):
        for ground in ("paper", "ground", "hover"):
            assert contrast(text, token(LIGHT, ground)) >= 4.5
        assert contrast(light.on_accent, text) >= 4.5
    for text in (dark.text, dark.strong):
        for ground in ("paper", "ground", "hover"):
            assert contrast(text, token(DARK, ground)) >= 4.5
        assert contrast(dark.on_accent, text) >= 4.5
    assert contrast(light.strong, light.tint) >= 4.5
    assert contrast(dark.strong, dark.tint) >= 4.5
    assert contrast(token(LIGHT, "ink"), light.tint) >= 7
    assert contrast(token(DARK, "ink"), dark.tint) >= 7


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_built_in_colours_are_readable(scheme):
    for text in ("ink", "muted", "accent", "bad"):
        for ground in ("paper", "ground", "hover"):
            assert contrast(token(scheme, text), token(scheme, ground)) >= 4.5, (text, ground)
    assert contrast(token(scheme, "bad"), token(scheme, "bad-tint")) >= 4.5
    assert contrast(token(scheme, "on-bad"), token(scheme, "bad")) >= 4.5
    assert contrast(token(scheme, "edge"), token(scheme, "paper")) >= 3


@pytest.mark.parametrize("text", ["", "red", "#12345", "#12345g", "123456;}", "#1234567", "١٢٣٤٥٦"])
def test_what_is_no_colour_is_refused(text):
    with pytest.raises(ValueError, match="no colour"):
        theme.stylesheet(text)


def contrast(one: str, other: str) -> float:
    return theme.contrast(theme.parse_colour(one), theme.parse_colour(other))


def token(scheme: str, name: str) -> str:
    found = re.search(rf"--{name}: (#[0-9a-f]{{6}})", scheme)
    assert found, name
    return found.group(1)


def vendored(name: str) -> str:
    return (assets.STATIC / "vendor" / name).read_text(encoding="utf-8")

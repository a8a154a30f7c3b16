"""PDF documents from Typst templates: data in, PDF/A-2a and PDF/UA-1 bytes out.

Data reach a template as JSON, never as markup, so that no text can become code. Only the fonts inside the Typst
wheel are used; what they cannot show is replaced, because an archival PDF may not contain missing glyphs.
"""

import json
import re
import threading
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

REPLACEMENT = "\N{WHITE SQUARE}"
# Code points (hexadecimal ranges) which the embedded fonts of Typst 0.15 can show.
_SHOWN = (
    "20-7e a0-ac ae-377 37a-37f 384-38a 38c 38e-3a1 3a3-4ff 510-513 51a-51d 531-556 559-58a 58d-58f 591-5c7 "
    "5d0-5ea 5ef-5f4 606-60c 615 61b 61f 621-63a 640-655 65a 660-66d 674 679-67b 67e-680 683-684 686-687 691 698 "
    "6a4 6a9 6af 6be 6cc 6f0-6f9 900-97f e3f e81-e82 e84 e87-e88 e8a e8d e94-e97 e99-e9f ea1-ea3 ea5 ea7 eaa-eab "
    "ead-eb9 ebb-ebc ec8-ecd 10d0-10ff 115f-1160 13a0-13f5 13f8-13fd 17b4-17b5 17c1-17c3 180b-180d 180f 1ab0-1ace "
    "1d00-1f15 1f18-1f1d 1f20-1f45 1f48-1f4d 1f50-1f57 1f59 1f5b 1f5d 1f5f-1f7d 1f80-1fb4 1fb6-1fc4 1fc6-1fd3 "
    "1fd6-1fdb 1fdd-1fef 1ff2-1ff4 1ff6-1ffe 2000-200a 2010-2027 202f-2040 2042 2044-205f 2070-2071 2074-208e "
    "2090-209c 20a0-20c0 20d0-20f0 2100-211e 2120 2122 2124 2126-2151 2153-2184 2189 2190-23ff 2422-2423 "
    "2460-2606 2609-262f 2638-268b 2690-269c 26a0-26a7 26aa-26af 26b2 2701-2704 2706-2709 270c-2714 2717-2726 "
    "272a-274b 274d 274f-2752 2756 2758-275e 2761-277f 2794 2798-27af 27b1-2b73 2b76-2b95 2b97-2bff 2c60-2cf3 "
    "2cf9-2cff 2e02-2e05 2e08-2e0a 2e17-2e18 2e1f 2e22-2e25 2e2e 3000 3012 3016-3017 301a-301b 302e-3030 3036 "
    "306e 3164 fb00-fb06 fb13-fb17 fb1d-fb36 fb38-fb3c fb3e fb40-fb41 fb43-fb44 fb46-fb4f fb52-fb81 fb8a-fb95 "
    "fb9e-fb9f fbaa-fbad fbe8-fbe9 fbfc-fbff fe00-fe0f fe20-fe2f fe66 fe70-fe74 fe76-fefc ffa0 fffc-fffd "
)
_SHOWN_CLASS = "".join(
    "-".join(f"\\U{int(end, 16):08x}" for end in code_points.split("-")) for code_points in _SHOWN.split()
)
_NOT_SHOWN = re.compile(f"[^\\n{_SHOWN_CLASS}]")
_thread = threading.local()


def showable(text: str) -> str:
    """`text` with what cannot be shown replaced by a square; controls and direction marks are left out."""
    return _NOT_SHOWN.sub(_replacement, unicodedata.normalize("NFC", text))


def render_pdf(template: Path, data: Mapping[str, Any], created_at: datetime) -> bytes:
    """The PDF of a template, which finds `data` (JSON values) as `json(bytes(sys.inputs.data))`.

    The same data and time give the same bytes. A template may read files of its own folder only.
    """
    inputs = {"data": json.dumps(_showable_values(data), ensure_ascii=False)}
    pdf = _compiler(template).compile(
        format="pdf", sys_inputs=inputs, pdf_standards=["a-2a", "ua-1"], timestamp=int(created_at.timestamp())
    )
    if not isinstance(pdf, bytes):
        raise TypeError(f"{template.name} gave {type(pdf).__name__} instead of one PDF")
    return pdf


def _compiler(template: Path) -> typst.Compiler:
    """One compiler a template and thread: it keeps what it has read and laid out before."""
    compilers: dict[Path, typst.Compiler] = _thread.__dict__.setdefault("compilers", {})
    if template not in compilers:
        compilers[template] = typst.Compiler(template, root=template.parent, font_paths=_fonts())
    return compilers[template]


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def _showable_values(value: Any) -> Any:
    if isinstance(value, str):
        return showable(value)
    if isinstance(value, Mapping):
        return {key: _showable_values(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_showable_values(part) for part in value]
    return value


def _replacement(match: re.Match[str]) -> str:
    character = match.group()
    if character in "\t\r\u2028\u2029":
        return " "
    return "" if unicodedata.category(character).startswith("C") else REPLACEMENT

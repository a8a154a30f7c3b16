"""Stylesheets and scripts with addresses that change with their content, so that browsers may keep them for a year."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Flask, Response, abort, url_for

from gateway import theme

STATIC: Final = Path(__file__).parent / "static"
SHEETS: Final = (
    "vendor/modern-normalize-3.0.1.css",
    "css/tokens.css",
    "css/base.css",
    "css/shell.css",
    "css/page.css",
    "css/forms.css",
    "css/lists.css",
    "css/month.css",
    "css/print.css",
)
"""In the order of the cascade; served as one file."""
SCRIPTS: Final = ("vendor/htmx-2.0.11.min.js", "talkoo.js")
_A_YEAR: Final = 365 * 24 * 3600

blueprint = Blueprint("assets", __name__)


def init_assets(app: Flask) -> None:
    """Serve the style and give templates `stylesheet_url()`, `theme_url(accent)`, `script_urls()`, `asset_url(name)`.

    Every address under `/static` must come from these, as browsers keep what is there for a year.
    """
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _A_YEAR
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(
        stylesheet_url=stylesheet_url, theme_url=theme_url, script_urls=script_urls, asset_url=asset_url
    )


def stylesheet_url() -> str:
    """Address of the one stylesheet."""
    return url_for("assets.style", digest=_digest(bundle()))


def theme_url(accent: str) -> str:
    """Address of the stylesheet with the association's accent `#rrggbb`."""
    return url_for("assets.accent", colour=accent.removeprefix("#").lower())


def script_urls() -> list[str]:
    """Addresses of the scripts, in order."""
    return [asset_url(name) for name in SCRIPTS]


def asset_url(name: str) -> str:
    """Address of a file of `static/`, with its digest."""
    return url_for("static", filename=name, v=_digest(_content(name)))


@cache
def bundle() -> str:
    """All stylesheets as one text."""
    return "\n".join(_content(name) for name in SHEETS)


@blueprint.get("/style/<digest>.css")
def style(digest: str) -> Response:
    """The stylesheet; an address of an older one gives the present one, kept for a short time."""
    return _css(bundle(), seconds=_A_YEAR if digest == _digest(bundle()) else 60)


@blueprint.get("/theme/<colour>.css")
def accent(colour: str) -> Response:
    """The accent `rrggbb`, made readable on light and dark ground."""
    try:
        return _css(theme.stylesheet(colour), seconds=_A_YEAR)
    except ValueError:
        abort(404)


def _css(text: str, *, seconds: int) -> Response:
    response = Response(text, mimetype="text/css")
    response.cache_control.public = True
    response.cache_control.max_age = seconds
    response.cache_control.immutable = seconds == _A_YEAR
    return response


@cache
def _content(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


@cache
def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]

"""The JSON API under /api/v1: one module per service with its routes, under the resource names that clients rely on."""

import orjson
from flask import Blueprint, Response, render_template

from gateway.api import openapi
from gateway.api.door import register

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
register(blueprint, openapi.routes())


@blueprint.get("/openapi.json")
def get_openapi() -> Response:
    """The OpenAPI document."""
    response = Response(orjson.dumps(openapi.document()), content_type="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


docs = Blueprint("docs", __name__)


@docs.get("/api/docs")
def show_docs() -> str:
    """The API's reference, as a page."""
    return render_template("docs/api.html", document=openapi.document())

"""What outside companies send us: read strictly, refused clearly."""

from typing import Any, TypeVar

from pydantic import ValidationError

from chassis.validation import as_invalid
from contracts.base import Request
from contracts.errors import NotFound

M = TypeVar("M", bound=Request)


def from_provider(model: type[M], provider: str, **fields: Any) -> M:
    """The message as the contract has it; raises NotFound for a provider that we do not know, else Invalid."""
    try:
        return model.model_validate({"provider": provider, **fields})
    except ValidationError as error:
        invalid = as_invalid(error)
    if any(each.pointer == "/provider" for each in invalid.errors):
        raise NotFound(f"There is no provider {provider[:40]}.")
    raise invalid

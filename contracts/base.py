"""The vocabulary all contracts are written in: data classes, text types, money, pages, interfaces."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, Generic, TypeVar, cast, get_type_hints
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationInfo,
)

from contracts.access import Access
from contracts.values import PLAIN


def _printable(text: str) -> str:
    """Refuse characters no person types: C0 controls except tab and line ends, and Unicode line tricks."""
    for character in text:
        if (character < " " and character not in "\t\n\r") or character in "\x7f\u2028\u2029\u202e\u202d\ufeff":
            raise ValueError(f"contains the control character U+{ord(character):04X}; remove it")
    return text


ASKED = "asked"
"""The context in which a service reads what somebody asks: stricter than what has been stored before."""
C1_CONTROL = re.compile("[\x80-\x9f]")


def _without_c1(text: str, info: ValidationInfo) -> str:
    """Refuse C1 controls too, which files of a wrong encoding leave. They may be stored already, and are shown."""
    if info.context == ASKED and (found := C1_CONTROL.search(text)):
        raise ValueError(f"contains the control character U+{ord(found[0]):04X}; remove it")
    return text


STRICT = AfterValidator(_without_c1)


def one_line(text: str) -> str:
    """Refuse line ends, tabs and characters that no person types."""
    if "\n" in text or "\r" in text or "\t" in text:
        raise ValueError("must be on one line")
    return _printable(text)


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(one_line), STRICT
]
"""One line of text, 1-200 characters, trimmed, no control characters."""
OptionalLine = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(one_line), STRICT
]
"""Like Line, but may be empty."""
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000), AfterValidator(_printable), STRICT]
"""Several lines of text, at most 10,000 characters."""
RequiredText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000), AfterValidator(_printable), STRICT
]
"""Like Text, but not empty."""
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,59}$")]
"""A stable name for machines: lower case letters, digits, `_ . -`, 1-60 characters."""
EmailText = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=254, pattern=r"^[^@\s<>\",;:\\]+@[^@\s<>\",;:\\]+\.[^@\s<>\",;:\\]+$"
    ),
]
"""An e-mail address as typed; its domain is checked further by the owner (contacts)."""
PhoneText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^\+?[0-9 ()./-]{3,39}$")]
"""A phone number as typed; the owner stores it in E.164."""
Token = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[A-Za-z0-9_.~-]+$")]
CENTS = PlainSerializer(lambda value: f"{value:.2f}", return_type=str)
Amount = Annotated[Decimal, Field(max_digits=12, decimal_places=2), PLAIN, CENTS]
"""A sum of money with two decimals; a decimal string on every wire."""
PositiveAmount = Annotated[Decimal, Field(max_digits=12, decimal_places=2, gt=0), PLAIN, CENTS]
NonNegativeAmount = Annotated[Decimal, Field(max_digits=12, decimal_places=2, ge=0), PLAIN, CENTS]


class Language(StrEnum):
    """The languages of the suite."""

    FI = "fi"
    SV = "sv"
    EN = "en"


class Data(BaseModel):
    """Base of every value in a contract: immutable, unknown fields refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        ser_json_inf_nan="null",
        allow_inf_nan=False,
        defer_build=True,  # validators are made when first used: no process uses all contracts, each would pay for them
    )


class Request(Data):
    """What a caller asks; unknown fields are refused."""


class Reply(Data):
    """What a service answers; a caller ignores fields it does not know, so that services deploy one by one."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Nothing(Request):
    """A request without content."""


class Done(Reply):
    """An answer without content."""


class Money(Data):
    """An amount in a currency (ISO 4217)."""

    amount: Amount
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "EUR"


class Translated(Data):
    """A text in the languages of the suite; at least Finnish, the others fall back to it."""

    fi: Line
    sv: OptionalLine = ""
    en: OptionalLine = ""

    def in_language(self, language: str) -> str:
        """The text in `language`, or in Finnish when it has none."""
        return getattr(self, language, "") or self.fi


class TranslatedText(Data):
    """Like Translated, for texts of several lines."""

    fi: Text
    sv: Text = ""
    en: Text = ""

    def in_language(self, language: str) -> str:
        """The text in `language`, or in Finnish when it has none."""
        return getattr(self, language, "") or self.fi


Item = TypeVar("Item")


class Page(Reply, Generic[Item]):
    """One page of a list; `next_cursor` is opaque and None on the last page."""

    data: list[Item]
    next_cursor: str | None = None
    has_more: bool = False


class ListRequest(Request):
    """What every list takes: page size and the cursor of the page before."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, StringConstraints(max_length=500, pattern=r"^[A-Za-z0-9_-]*$")] | None = None


class ById(Request):
    """Names one thing by its id."""

    id: UUID


class ByIds(Request):
    """Names up to 1,000 things by id."""

    ids: Annotated[list[UUID], Field(max_length=1_000)]


AN_ID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
PersonIds = Annotated[str, Field(max_length=1_849, pattern=f"^({AN_ID}(,{AN_ID}){{0,49}})?$")]
"""Ids of up to 50 persons, separated by commas: what belongs to any of them; empty asks for nobody in particular."""


class Event(BaseModel):
    """A past fact: ids and facts, no personal data. Named `noun.past_verb.vN` in `type`.

    `subject_id` names the attribute that identifies the thing the event is about.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    source: ClassVar[str]
    subject_id: ClassVar[str]


class Fact(BaseModel):
    """What an event tells of one thing as it is now, for read models: ids, codes, days and sums."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class JobState(StrEnum):
    """Where a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Reply):
    """Long work with progress. `id` is `<service>-<uuid>`; `done` and `total` count the unit the kind works on."""

    id: str
    kind: str
    state: JobState
    done: int = 0
    total: int | None = None
    errors: int = 0
    result: dict[str, Any] | None = None
    created_at: datetime
    finished_at: datetime | None = None


class JobById(Request):
    """Names a job."""

    id: Annotated[str, StringConstraints(max_length=80, pattern=r"^[a-z]+-[0-9a-f-]{36}$")]


class Kind(StrEnum):
    """Whether a method may change anything."""

    COMMAND = "command"
    QUERY = "query"


@dataclass(frozen=True)
class Method:
    """What the interface promises about one RPC method. `deadline` in seconds."""

    name: str
    kind: Kind
    may: tuple[Access, ...]
    deadline: float
    request: type[Request]
    reply: type[Reply]
    remember: bool = True
    """Whether a command's reply is stored under its key; not when request or reply hold a secret."""


F = TypeVar("F", bound=Callable[..., Any])


Rights = Access | Sequence[Access | StrEnum]


def _declare(kind: Kind, may: Rights, deadline: float, *, remember: bool) -> Callable[[F], F]:
    rights = (may,) if isinstance(may, StrEnum) else tuple(may)

    def mark(function: F) -> F:
        function.__contract__ = (kind, rights, deadline, remember)  # type: ignore[attr-defined]
        return function

    return mark


def command(*, may: Rights, deadline: float = 5.0, remember: bool = True) -> Callable[[F], F]:
    """Declare a method that changes data, who may call it, and how long a caller waits (seconds)."""
    return _declare(Kind.COMMAND, may, deadline, remember=remember)


def query(*, may: Rights, deadline: float = 3.0) -> Callable[[F], F]:
    """Declare a method that only reads, who may call it, and how long a caller waits (seconds)."""
    return _declare(Kind.QUERY, may, deadline, remember=False)


class Service:
    """Base of a service's interface: `class ContactsApi(Service, name="contacts")`."""

    service_name: ClassVar[str] = ""

    def __init_subclass__(cls, name: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if name:
            cls.service_name = name


def methods_of(api: type[Service]) -> Mapping[str, Method]:
    """The RPC methods an interface declares, by name."""
    return _declared(cast("Any", api))


@cache
def _declared(api: Any) -> Mapping[str, Method]:
    methods = {}
    for base in reversed(api.__mro__):
        for name, function in vars(base).items():
            if hasattr(function, "__contract__"):
                kind, may, deadline, remember = function.__contract__
                hints = get_type_hints(function)
                methods[name] = Method(name, kind, may, deadline, hints["request"], hints["return"], remember)
    return methods

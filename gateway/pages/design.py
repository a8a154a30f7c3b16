"""Living style guide at /design: every component in every state, and one page of each kind (development, tests)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug import Response

from gateway.barcodes import barcode_picture
from gateway.form_state import FormState
from gateway.i18n import clock_time, local_date, money
from gateway.listing import Column, Filter, ListState, Option
from gateway.local_input import NotUnderstood, parse_date, parse_decimal
from gateway.pages.messages import error_page

blueprint = Blueprint("design", __name__, url_prefix="/design")

PAGE: Final = 20
DIGITS: Final = "479440520200360820048831500000000868516259619897100612"
"""A bank barcode out of the guide that describes it."""
_GIVEN: Final = ("Aino", "Björn", "Eila", "Göran", "Helmi", "Jukka", "Maija-Liisa", "Pertti", "Åsa", "Väinö")
_FAMILY: Final = ("Virtanen", "Korhonen", "Lindström", "Mäkelä", "Nieminen", "Åkerlund", "Öhman")
_TOWNS: Final = ("Helsinki", "Turku", "Vaasa", "Oulu")
_STATES: Final = (("Active", "good"), ("Waits for payment", "warn"), ("Late", "bad"), ("Ended", ""))
COLUMNS: Final = (
    Column("name", "Name", "main", sort=True),
    Column("town", "Town", sort=True),
    Column("joined", "Joined", "date", sort=True),
    Column("state", "State"),
    Column("balance", "Open", "number", sort=True),
)
TOWN: Final = Filter("town", "Town", tuple(Option(town, town) for town in _TOWNS))
STATE: Final = Filter("state", "State", tuple(Option(word, word) for word, _ in _STATES))


@dataclass(frozen=True, slots=True)
class Sample:
    """A made-up row of the sample list."""

    id: int
    name: str
    email: str
    town: str
    joined: date
    state: tuple[str, str]
    balance: Decimal


@dataclass(frozen=True, slots=True)
class SampleJob:
    """A job as the API shows it."""

    id: str
    state: str
    done: int
    total: int | None
    errors: int = 0


SAMPLES: Final = tuple(
    Sample(
        id=place,
        name=f"{_FAMILY[place % len(_FAMILY)]} {_GIVEN[place * 3 % len(_GIVEN)]}",
        email=f"person{place}@example.org",
        town=_TOWNS[place % len(_TOWNS)],
        joined=date(1998 + place % 28, 1 + place % 12, 1 + place % 28),
        state=_STATES[place * 7 % 11 % 4],
        balance=Decimal(place * 37 % 5 * 1234) / 10,
    )
    for place in range(1, 68)
)
JOBS: Final = (
    SampleJob("contacts-1", "queued", 0, None),
    SampleJob("contacts-2", "running", 0, None),
    SampleJob("contacts-3", "succeeded", 9988, 10000, errors=12),
    SampleJob("contacts-4", "failed", 4000, 10000),
    SampleJob("contacts-5", "cancelled", 120, 1000),
)


@blueprint.before_request
def stand() -> None:
    """Show the samples as pages of the contacts section."""
    g.page_path = "/my/details" if request.path.endswith("/member") else "/office/contacts"


@blueprint.get("")
def components() -> str:
    """All components in all states."""
    wrong = FormState(
        values={"email": "anna@", "starts_on": "31.2.2026", "kind": "person"},
        errors={
            "email": "Write the e-mail address in full, for example anna@example.org.",
            "starts_on": "There is no 31.2.2026. Check the day.",
            "agree": "Accept the rules to go on.",
        },
    )
    return render_template(
        "design/components.html",
        empty=FormState(values={"kind": "person", "interests": ["courses"], "fee": "1 234,50"}),
        wrong=wrong,
        jobs=JOBS,
        state=ListState(request.path, {"page": "2"}),
        today=datetime(2026, 12, 31, 7, 5, tzinfo=UTC),
        barcode=barcode_picture(DIGITS, "Bank barcode"),
        digits=DIGITS,
    )


@blueprint.get("/list")
def sample_list() -> str:
    """A list that searches, filters, sorts and loads more."""
    state = ListState(request.path, request.args.to_dict())
    found = _found(state)
    start = int(state.query.get("cursor") or 0)
    return render_template(
        "design/list.html",
        state=state,
        columns=COLUMNS,
        filters=(STATE, TOWN),
        rows=found[start : start + PAGE],
        next_cursor=str(start + PAGE) if start + PAGE < len(found) else None,
        total=len(found),
    )


@blueprint.post("/list")
def bulk() -> Response:
    """Says what would happen to the rows picked."""
    flash(f"{request.form['action']}: {len(request.form.getlist('id'))} rows", "good")
    return redirect(url_for("design.sample_list"))


@blueprint.get("/card")
def card() -> str:
    """A person's card."""
    return render_template("design/card.html", person=SAMPLES[0], now=datetime(2026, 11, 23, 12, 15, tzinfo=UTC))


@blueprint.post("/card/delete")
def delete() -> str | Response:
    """Something that cannot be undone: asks unless the browser has asked already."""
    if not request.form.get("confirmed"):
        return render_template(
            "layout/confirm.html",
            title="Erase Virtanen Aino?",
            text="Name, addresses and messages are erased for good. Invoices stay in the books.",
            label="Erase",
            action=url_for("design.delete"),
            back=url_for("design.card"),
        )
    flash("Erased.", "good")
    return redirect(url_for("design.card"))


@blueprint.route("/form", methods=["GET", "POST"])
def form() -> str | Response | tuple[str, int]:
    """A form that keeps what was typed."""
    if request.method == "GET":
        return render_template("design/form.html", f=FormState(values={"language": "fi"}))
    errors = _errors(request.form.to_dict())
    if errors:
        return render_template("design/form.html", f=FormState(request.form.to_dict(), errors)), 422
    flash("Saved.", "good")
    return redirect(url_for("design.form"))


@blueprint.get("/job")
def job() -> str:
    """A job that moves on with the clock: done within ten seconds of each minute's quarter."""
    done = min(datetime.now(UTC).second % 15 * 1000, 10000)
    running = SampleJob("demo-1", "succeeded" if done == 10000 else "running", done, 10000)
    return render_template("design/job.html", job=running)


@blueprint.get("/site")
def site() -> str:
    """The public side."""
    return render_template("design/site.html", courses=_courses())


@blueprint.get("/member")
def member() -> str:
    """The member's overview."""
    return render_template("design/member.html", today=date(2026, 11, 23))


@blueprint.get("/message/<int:status>")
def message(status: int) -> tuple[str, int]:
    """The page for an HTTP status."""
    return error_page(status, "0190f7c2-4b1a-7d30-9c55-2f6f0a6a1e11")


def _found(state: ListState) -> list[Sample]:
    rows = [row for row in SAMPLES if state.q.lower() in row.name.lower()]
    rows = [row for row in rows if state.query.get("town", row.town) == row.town]
    rows = [row for row in rows if state.query.get("state", row.state[0]) == row.state[0]]
    order = state.query.get("sort", "name")
    return sorted(rows, key=lambda row: str(getattr(row, order.lstrip("-"), "")), reverse=order.startswith("-"))


def _errors(values: dict[str, str]) -> dict[str, str]:
    errors = {}
    if not values.get("family_name", "").strip():
        errors["family_name"] = "Write the family name."
    try:
        parse_date(values.get("born_on", ""))
    except NotUnderstood:
        errors["born_on"] = "Write the day of birth as 31.12.2026."
    try:
        parse_decimal(values.get("fee", ""))
    except NotUnderstood:
        errors["fee"] = "Write the fee as 1 234,50."
    return errors


def _courses() -> list[dict[str, object]]:
    starts = datetime(2027, 1, 14, 7, 0, tzinfo=UTC)
    return [
        {
            "at": starts.date().replace(day=14 + place * 5),
            "title": title,
            "url": "/design/site",
            "text": f"{town}, {clock_time(starts)}, {local_date(starts)}",
            "price": money(Decimal(price)),
            "state": state,
        }
        for place, (title, town, price, state) in enumerate(
            (
                ("Accounting for small associations", "Helsinki", 290, ("7 seats left", "good")),
                ("Chairing a meeting that ends on time", "Turku", 180, ("Last seat", "warn")),
                ("Grönskande gårdar: odling i stan", "Vaasa", 95, ("Full, waiting list", "bad")),
            )
        )
    ]

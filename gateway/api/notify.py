"""Messages, mailings, label sheets, suppressions."""

from uuid import UUID

from flask import Response, request

from chassis import files
from chassis.rpc import client
from chassis.settings import settings
from contracts.access import Permission, Rule
from contracts.base import ById
from contracts.errors import NotFound
from contracts.notify import NotifyApi, StatusCallback
from gateway.api.downloads import download
from gateway.api.providers import from_provider
from gateway.api.routes import Resource

notify = client(NotifyApi)
resource = Resource(NotifyApi, "Messages")
MOST_PARAMETERS = 60

resource.get("/messages", NotifyApi.list_messages, "Messages, newest first")
resource.get("/messages/{id}", NotifyApi.get_message, "One message")
resource.get("/persons/{person_id}/messages", NotifyApi.list_messages, "Messages to a person",
             operation="list_messages_of_person")  # fmt: skip

resource.get("/mailings", NotifyApi.list_mailings, "Mailings, newest first")
resource.post(
    "/mailings", NotifyApi.create_mailing, "Prepare a mailing to a segment", status=201, location="/mailings/{id}"
)
resource.get("/mailings/{id}", NotifyApi.get_mailing, "One mailing with its counts")
resource.get("/mailings/{id}/preview", NotifyApi.preview_mailing, "The mailing as one person gets it")
resource.post("/mailings/{id}/launch", NotifyApi.launch_mailing, "Send the mailing", status=202,
              location="/jobs/{id}", key_required=True)  # fmt: skip
resource.post("/mailings/{id}/pause", NotifyApi.pause_mailing, "Pause the mailing; launch goes on")
resource.post("/mailings/{id}/cancel", NotifyApi.cancel_mailing, "Stop the mailing for good")

resource.post("/label-sheets", NotifyApi.create_label_sheet, "Labels for a segment", status=202,
              location="/jobs/{job_id}")  # fmt: skip
resource.get("/label-sheets/{id}", NotifyApi.get_label_sheet, "One label sheet")

resource.get("/suppressions", NotifyApi.list_suppressions, "Addresses that are not used again")
resource.post("/suppressions", NotifyApi.suppress, "Never use an address again", status=201,
              example={"channel": "email", "address": "aino@example.org", "reason": "complaint"})  # fmt: skip
resource.delete("/suppressions/{id}", NotifyApi.lift_suppression, "Use an address again")


def get_label_sheet_pdf(id: UUID) -> Response:  # noqa: A002  (the name in the address)
    """The label sheet as PDF, once its job is done."""
    sheet = notify.get_label_sheet(ById(id=id))
    if sheet.file_key is None:
        raise NotFound("The label sheet is being made; ask again in a moment.", code="not_ready")
    return download(files.load(sheet.file_key), f"labels-{sheet.id}.pdf")


def receive_message_status(provider: str) -> Response:
    """A provider's signed report on a message."""
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    report = from_provider(
        StatusCallback,
        provider,
        url=(settings().talkoo_base_url + request.path + query)[:500],
        signature=request.headers.get("X-Twilio-Signature", "")[:200],
        parameters=dict(list(request.form.to_dict().items())[:MOST_PARAMETERS]),
    )
    notify.receive_status(report)
    return Response(status=204)


resource.view(
    "GET",
    "/label-sheets/{id}.pdf",
    get_label_sheet_pdf,
    "The label sheet as PDF",
    (Permission.NOTIFY_READ,),
    produces="application/pdf",
)
resource.view(
    "POST",
    "/messages/providers/{provider}/status",
    receive_message_status,
    "An SMS provider's signed report",
    (Rule.PUBLIC,),
    status=204,
)

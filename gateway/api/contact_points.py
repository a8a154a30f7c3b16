"""Contact points: when they were verified, confirmed and marked, listed when they age."""

from contracts.contacts import ContactsApi
from gateway.api.routes import Resource

resource = Resource(ContactsApi, "Contact points")

resource.get("/contact-points", ContactsApi.list_contact_points, "Those to be checked, the longest unverified first")
for _side in ("person", "organisation"):
    _path = f"/{_side}s/{{id}}/contact-points"
    resource.get(_path, ContactsApi.get_contact_points, f"By what the {_side} is reached, and when it was verified",
                 operation=f"get_contact_points_of_{_side}")  # fmt: skip
    resource.post(f"{_path}/{{key}}/confirm", ContactsApi.confirm_contact_point, "The value is right",
                  operation=f"confirm_contact_point_of_{_side}")  # fmt: skip
    resource.post(f"{_path}/{{key}}/mark", ContactsApi.mark_contact_point, "Mail to the value came back",
                  operation=f"mark_contact_point_of_{_side}",
                  example={"happened_on": "2026-11-23", "reason": "Moved, new address unknown"})  # fmt: skip
resource.get(
    "/mailings/{id}/details-checks", ContactsApi.count_details_checks, "How many receivers have checked theirs"
)
resource.delete("/contact-point-verifications/{id}", ContactsApi.undo_verification, "Take the latest word back")

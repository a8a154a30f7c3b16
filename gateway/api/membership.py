"""Membership types, applications, memberships, agreements."""

from contracts.membership import MembershipApi
from gateway.api.routes import Resource

resource = Resource(MembershipApi, "Membership")

resource.get("/membership-types", MembershipApi.list_membership_types, "Kinds of membership")
resource.post(
    "/membership-types",
    MembershipApi.create_membership_type,
    "A new kind of membership",
    status=201,
    location="/membership-types/{id}",
    example={
        "code": "family",
        "name": {"fi": "Perhejäsen", "sv": "Familjemedlem", "en": "Family"},
        "fee_product_id": "0199d5a2-7c1e-7b60-8d1f-6a2f5a1c9e10",
    },
)
resource.get("/membership-types/{id}", MembershipApi.get_membership_type, "One kind of membership")

resource.get("/applications", MembershipApi.list_applications, "Applications, oldest first")
resource.post("/applications", MembershipApi.submit_application, "Apply for membership", status=201)
resource.get("/applications/{id}", MembershipApi.get_application, "One application")
resource.post(
    "/applications/{id}/decision",
    MembershipApi.decide_application,
    "Approve or reject an application",
    key_required=True,
    example={"decision": "approve"},
)

resource.get("/memberships", MembershipApi.list_memberships, "Memberships as they are on `as_of`")
resource.post(
    "/memberships",
    MembershipApi.open_membership,
    "Open a membership without an application",
    status=201,
    location="/memberships/{id}",
    key_required=True,
)
resource.get("/memberships/{id}", MembershipApi.get_membership, "One membership as it is today")
resource.post(
    "/memberships/{id}/end",
    MembershipApi.end_membership,
    "A membership ends",
    key_required=True,
    example={"ended_on": "2026-12-31", "reason": "Resigned by e-mail"},
)
resource.get(
    "/persons/{person_id}/memberships",
    MembershipApi.list_memberships,
    "Memberships of a person",
    operation="list_memberships_of_person",
)
resource.get("/agreements/{id}", MembershipApi.get_agreement, "One membership agreement")
resource.get("/memberships/statistics", MembershipApi.get_statistics, "Counts by state",
             operation="get_membership_statistics")  # fmt: skip

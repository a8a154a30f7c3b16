"""Persons, organisations, affiliations, activities, fields, segments."""

from uuid import UUID

from flask import Response

from contracts.access import Permission, Rule
from contracts.contacts import ContactsApi
from gateway import data_copies
from gateway.api.downloads import ZIP, download
from gateway.api.routes import Resource

resource = Resource(ContactsApi, "Contacts")
PERSON = {"given_name": "Aino", "family_name": "Virtanen", "email": "aino.virtanen@example.org", "language": "fi"}

resource.get("/persons", ContactsApi.list_persons, "Persons by name, or by likeness to `q`")
resource.post(
    "/persons", ContactsApi.create_person, "A new person", status=201, location="/persons/{id}", example=PERSON
)
resource.get("/persons/{id}", ContactsApi.get_person, "One person")
resource.patch("/persons/{id}", ContactsApi.update_person, "Change a person", example={"phone": "+358 40 1234567"})
resource.delete("/persons/{id}", ContactsApi.delete_person, "Remove a person for good")
resource.post("/persons/{id}/erase", ContactsApi.erase_person, "Erase a person from the whole suite",
              example={"version": 3, "reason": "requested"})  # fmt: skip
resource.get("/persons/{id}/erasure-preview", ContactsApi.preview_erasure, "What an erasure would take, and leave")
resource.get("/persons/{id}/erasure", ContactsApi.get_erasure, "What was erased when, and what stays until when")
resource.get("/erasures", ContactsApi.list_erasures, "Erasures, newest first")
resource.get("/persons/{id}/history", ContactsApi.list_history, "Who changed what, newest first")
resource.get("/persons/{id}/sources", ContactsApi.list_sources, "Where the person's values come from; what is locked")
resource.get(
    "/persons/similar",
    ContactsApi.find_similar_to,
    "Persons that may be the one described: asked before somebody is entered",
)
resource.get("/persons/{id}/similar", ContactsApi.find_similar, "Contacts that may be the same person")
resource.get(
    "/persons/{person_id}/affiliations",
    ContactsApi.list_affiliations,
    "Where the person belongs",
    operation="list_affiliations_of_person",
)


def copy_data(id: UUID) -> Response:  # noqa: A002  (the name in the address)
    """All that the suite holds about a person, as a ZIP archive."""
    name, content = data_copies.make(id)
    return download(content, name, ZIP)


resource.view(
    "POST", "/persons/{id}/data-copy", copy_data, "A copy of all that is held about a person",
    (Permission.CONTACTS_DISCLOSE, Rule.OWN), produces=ZIP,
)  # fmt: skip
resource.post("/persons/{person_id}/consents", ContactsApi.set_consent, "Allow or ban a channel for marketing",
              example={"channel": "email", "allowed": False, "evidence": "Asked by phone"})  # fmt: skip
resource.get("/persons/{id}/consents", ContactsApi.get_consents, "Which channels may be used for marketing")

resource.get("/tags", ContactsApi.list_tags, "Tags in use with their counts, the most used first; `q` narrows them")

resource.get("/tags/{code}", ContactsApi.get_tag, "Who bears a tag, and which segments test it")
resource.post(
    "/tags/{code}/change",
    ContactsApi.change_tag,
    "Rename a tag, merge it into another or (without `to`) remove it everywhere",
    status=202,
    location="/jobs/{id}",
    example={"to": "volunteer"},
)

resource.get("/organisations", ContactsApi.list_organisations, "Organisations by name, or by likeness to `q`")
resource.post(
    "/organisations",
    ContactsApi.create_organisation,
    "A new organisation",
    status=201,
    location="/organisations/{id}",
    example={"name": "Metsä ja Mylly Oy"},
)
resource.get("/organisations/{id}", ContactsApi.get_organisation, "One organisation")
resource.get(
    "/organisations/similar",
    ContactsApi.find_similar_organisations_to,
    "Organisations that may be the one described: asked before it is entered",
)
resource.get(
    "/organisations/{id}/similar", ContactsApi.find_similar_organisations, "Organisations that may be the same"
)
resource.get("/organisations/{id}/hierarchy", ContactsApi.get_hierarchy, "What lies above and below it")
resource.patch(
    "/organisations/{id}", ContactsApi.update_organisation, "Change an organisation", example={"name": "Mylly Oy"}
)
resource.delete("/organisations/{id}", ContactsApi.delete_organisation, "Remove an organisation; it can be restored")
resource.post(
    "/organisations/{id}/restore", ContactsApi.restore_organisation, "Bring a deleted organisation back with its people"
)
resource.get(
    "/organisations/{id}/history",
    ContactsApi.list_history,
    "Who changed what, newest first",
    operation="list_history_of_organisation",
)
resource.get(
    "/organisations/{id}/sources",
    ContactsApi.list_sources,
    "Where the organisation's values come from; what is locked",
    operation="list_sources_of_organisation",
)
resource.get(
    "/organisations/{organisation_id}/affiliations",
    ContactsApi.list_affiliations,
    "Who belongs to the organisation",
    operation="list_affiliations_of_organisation",
)

resource.get("/affiliations", ContactsApi.list_affiliations, "Affiliations of a person or an organisation")
resource.post("/affiliations", ContactsApi.create_affiliation, "A person joins an organisation", status=201)
resource.get("/affiliations/{id}", ContactsApi.get_affiliation, "One affiliation")
resource.patch("/affiliations/{id}", ContactsApi.update_affiliation, "Change an affiliation",
               example={"title": "Chair"})  # fmt: skip
resource.post("/affiliations/{id}/end", ContactsApi.end_affiliation, "The person leaves; history stays",
              example={"ends_on": "2026-12-31"})  # fmt: skip

ACTIVITY = {"kind": "call", "text": "Asked about membership; sent the brochure.", "person_ids": []}
resource.get("/activities", ContactsApi.list_activities, "What was done, the latest first")
resource.post("/activities", ContactsApi.record_activity, "Record what was done", status=201,
              location="/activities/{id}", example=ACTIVITY)  # fmt: skip
resource.get("/activities/{id}", ContactsApi.get_activity, "One activity")
resource.patch("/activities/{id}", ContactsApi.update_activity, "Change an activity", example={"kind": "meeting"})
resource.delete("/activities/{id}", ContactsApi.delete_activity, "Take an activity away; it can be restored")
resource.post("/activities/{id}/restore", ContactsApi.restore_activity, "Bring a deleted activity back")
for _side in ("person", "organisation"):
    _path = f"/{_side}s/{{{_side}_id}}/activities"
    resource.get(_path, ContactsApi.list_activities, f"What was done with the {_side}, the latest first",
                 operation=f"list_activities_of_{_side}")  # fmt: skip
    resource.post(_path, ContactsApi.record_activity, f"Record what was done with the {_side}", status=201,
                  location="/activities/{id}", operation=f"record_activity_of_{_side}",
                  example={"kind": "call", "text": "Asked about membership."})  # fmt: skip

TASK = {"title": "Send an offer", "due_on": "2026-12-31", "due_time": "12:00"}
resource.get("/tasks", ContactsApi.list_tasks, "Tasks by due day, or those done, the latest first")
resource.post("/tasks", ContactsApi.create_task, "A new task", status=201, location="/tasks/{id}", example=TASK)
resource.get("/tasks/{id}", ContactsApi.get_task, "One task")
resource.patch("/tasks/{id}", ContactsApi.update_task, "Change a task", example={"state": "done"})
resource.delete("/tasks/{id}", ContactsApi.delete_task, "Take a task away; it can be restored")
resource.post("/tasks/{id}/complete", ContactsApi.complete_task, "The task is done")
resource.post("/tasks/{id}/reopen", ContactsApi.reopen_task, "The task has to be done after all")
resource.post("/tasks/{id}/restore", ContactsApi.restore_task, "Bring a deleted task back")
for _side in ("person", "organisation"):
    resource.get(f"/{_side}s/{{{_side}_id}}/tasks", ContactsApi.list_tasks, f"Tasks about the {_side}",
                 operation=f"list_tasks_of_{_side}")  # fmt: skip

resource.get("/projects", ContactsApi.list_projects, "Projects, newest first")
resource.post("/projects", ContactsApi.create_project, "A new project", status=201, location="/projects/{id}",
              example={"name": "Spring fair", "starts_on": "2027-01-11", "hours_planned": "80.00"})  # fmt: skip
resource.get("/projects/{id}", ContactsApi.get_project, "One project with its members")
resource.patch("/projects/{id}", ContactsApi.update_project, "Change a project", example={"state": "closed"})
resource.delete("/projects/{id}", ContactsApi.delete_project, "Take a project away; it can be restored")
resource.post("/projects/{id}/restore", ContactsApi.restore_project, "Bring a deleted project back")
resource.post("/projects/{id}/members", ContactsApi.assign_to_project, "Let somebody take part, or change their role",
              example={"account_id": "0199d5a2-7c1e-7b60-8d1f-6a2f5a1c9e10", "role": "Leads"})  # fmt: skip
resource.delete("/projects/{id}/members/{member_id}", ContactsApi.remove_from_project, "Somebody takes part no more")
resource.get("/projects/{id}/hours", ContactsApi.list_hours, "Hours, the latest day first")
resource.post("/projects/{id}/hours", ContactsApi.record_hours, "Record work", status=201,
              example={"worked_on": "2026-11-23", "hours": "7.50", "note": "Rehearsal"})  # fmt: skip
resource.delete("/projects/{id}/hours/{hours_id}", ContactsApi.delete_hours, "Take an entry of hours away")
resource.post("/projects/{id}/hours/{hours_id}/restore", ContactsApi.restore_hours, "Bring deleted hours back")
resource.get("/projects/{project_id}/tasks", ContactsApi.list_tasks, "Tasks of the project",
             operation="list_tasks_of_project")  # fmt: skip
resource.post("/projects/{project_id}/tasks", ContactsApi.create_task, "A new task of the project", status=201,
              location="/tasks/{id}", operation="create_task_of_project", example=TASK)  # fmt: skip
resource.get("/projects/{project_id}/activities", ContactsApi.list_activities, "What was done for the project",
             operation="list_activities_of_project")  # fmt: skip
resource.post("/projects/{project_id}/activities", ContactsApi.record_activity, "Record what was done for the project",
              status=201, location="/activities/{id}", operation="record_activity_of_project",
              example={"kind": "meeting", "text": "Agreed on the programme."})  # fmt: skip

resource.get("/fields", ContactsApi.list_fields, "Additional fields and classifications")
resource.post(
    "/fields",
    ContactsApi.define_field,
    "Define an additional field, or change its definition",
    example={"code": "industry", "label": {"fi": "Toimiala"}, "type": "choice", "applies_to": "organisation",
             "classification": True, "choices": [{"code": "construction", "label": {"fi": "Rakentaminen"}}]},
)  # fmt: skip
resource.get("/fields/{applies_to}/{code}", ContactsApi.get_field, "One definition")
resource.patch(
    "/fields/{applies_to}/{code}", ContactsApi.change_field, "Rename, retire, bring back", example={"retired": True}
)
resource.post("/fields/{applies_to}/{code}/move", ContactsApi.move_field, "Move it up or down",
              example={"direction": "up"})  # fmt: skip

resource.get("/settings/masters", ContactsApi.get_masters, "Which source is master of which field")
resource.put("/settings/masters", ContactsApi.set_masters, "Set the masters, and whether accounting is linked",
             example={"organisations": {"addresses": "accounting"}, "persons": {}})  # fmt: skip

resource.get("/views", ContactsApi.list_views, "Columns and layouts that the caller has chosen")
resource.put("/views/{name}", ContactsApi.save_view, "Choose columns or a layout",
             example={"shown": ["city", "title", "fields.industry"], "hidden": ["tags"]})  # fmt: skip
resource.delete("/views/{name}", ContactsApi.reset_view, "Back to what everybody sees")

resource.get("/segments", ContactsApi.list_segments, "Saved segments with their counts")
resource.post(
    "/segments",
    ContactsApi.create_segment,
    "Save a live segment",
    status=201,
    location="/segments/{id}",
    example={"name": "Helsinki", "filter": {"field": "city", "op": "eq", "value": "Helsinki"}},
)
resource.post("/segments/preview", ContactsApi.preview_segment, "Count a filter without saving it",
              example={"filter": {"field": "city", "op": "eq", "value": "Helsinki"}})  # fmt: skip
resource.get("/segments/{id}", ContactsApi.get_segment, "One segment")
resource.patch("/segments/{id}", ContactsApi.update_segment, "Rename a segment or change its filter",
               example={"name": "Helsinki and Espoo"})  # fmt: skip
resource.delete("/segments/{id}", ContactsApi.delete_segment, "Take a segment away; it can be restored")
resource.post("/segments/{id}/restore", ContactsApi.restore_segment, "Bring a deleted segment back")
resource.get("/segments/{id}/members", ContactsApi.list_segment_members, "Who is in the segment now")
resource.get("/segments/{id}/organisations", ContactsApi.list_segment_organisations,
             "Which organisations a segment of organisations finds now")  # fmt: skip

resource.get(
    "/duplicates",
    ContactsApi.list_duplicates,
    "Pairs that may be one contact, the most alike first",
)
resource.post("/duplicates/scan", ContactsApi.scan_duplicates, "Look for pairs in the whole register", status=202,
              location="/jobs/{id}")  # fmt: skip
resource.get("/duplicates/scan", ContactsApi.get_latest_scan, "The latest scan")
resource.get("/duplicates/{id}", ContactsApi.get_duplicate, "One pair")
resource.post("/duplicates/{id}/dismiss", ContactsApi.dismiss_duplicate, "These are two")
resource.post("/duplicates/{id}/reopen", ContactsApi.reopen_duplicate, "Undo a dismissal")

resource.get("/merges", ContactsApi.list_merges, "Merges, newest first")
resource.post("/merges", ContactsApi.merge_persons, "Make one person of two", status=201, location="/merges/{id}",
              example={"survivor_id": "0198c0de-0000-7000-8000-000000000001",
                       "merged_id": "0198c0de-0000-7000-8000-000000000002",
                       "choices": {"phone": "merged"}})  # fmt: skip
resource.post("/organisation-merges", ContactsApi.merge_organisations, "Make one organisation of two", status=201,
              location="/merges/{id}",
              example={"survivor_id": "0198c0de-0000-7000-8000-000000000003",
                       "merged_id": "0198c0de-0000-7000-8000-000000000004",
                       "choices": {"business_id": "merged"}})  # fmt: skip
resource.get("/merges/{id}", ContactsApi.get_merge, "One merge")
resource.post("/merges/{id}/undo", ContactsApi.undo_merge, "Make two contacts of one again")

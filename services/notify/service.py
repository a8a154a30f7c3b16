"""Notify's entrypoints."""

from datetime import UTC
from typing import ClassVar
from uuid import UUID

from chassis import jobs, personal_data
from chassis.following import follows
from chassis.rpc import client
from chassis.service import subscribe
from chassis.system_methods import SystemMethods
from contracts import notify
from contracts.access import Permission
from contracts.base import ById, ByIds, Done, Job, JobById, ListRequest, Page
from contracts.bounces import UsedAddresses
from contracts.commerce.invoices import InvoiceDocumentReady, InvoiceKind, InvoicePaid
from contracts.commerce.payments import RefundCompleted
from contracts.contacts import ContactsApi
from contracts.contacts.erasures import PersonErased
from contracts.contacts.merges import PersonMerged, PersonUnmerged
from contracts.contacts.recipients import Recipient
from contracts.contacts.tasks import TaskReminderDue
from contracts.courses import (
    EnrolmentCancelled,
    EnrolmentWaitlisted,
    HoldExpired,
    PaymentMethod,
    SeatHeld,
    SeatOffered,
    SessionMoved,
    TicketReady,
)
from contracts.errors import Invalid, NotFound
from contracts.identity import AccountErased, PasswordLinkWanted
from contracts.membership import ApplicationRejected, ApplicationSubmitted, MembershipActivated
from contracts.notify import Channel, NotifyApi
from services.notify import codes, composition, queries, segments
from services.notify import personal_data as held
from services.notify.commands import label_sheets, mailings, messages, suppressions

contacts = client(ContactsApi)


def _receiver(person_id: UUID) -> Recipient | None:
    return next(iter(contacts.get_recipients(ByIds(ids=[person_id])).data), None)


class NotifyService(SystemMethods, NotifyApi):
    """Messages of the suite."""

    jobs_of: ClassVar = {mailings.JOB: Permission.NOTIFY_SEND, label_sheets.JOB: Permission.NOTIFY_SEND}

    def send_code(self, request: notify.SendCode) -> Done:
        fresh = messages.record_code(self.session, request.id, self.now)
        self.checkpoint()
        if not fresh:
            return Done()
        problem, told = codes.send(request)
        if problem:
            messages.fail_code(self.session, request.id, problem)
            self.checkpoint()
        if told:
            raise told
        return Done()

    def list_messages(self, request: notify.ListMessages) -> Page[notify.Message]:
        return queries.list_messages(self.reader, request, self.only_person)

    def get_message(self, request: ById) -> notify.Message:
        found = queries.get_message(self.reader, request.id, self.only_person)
        if found.mailing_id is None or found.person_id is None:
            return found
        mailing = queries.get_mailing(self.reader, found.mailing_id)
        receiver = _receiver(found.person_id) or Recipient(id=found.person_id, name="")
        rendered = composition.mailing_message(mailing, receiver, composition.seller_name())
        return found.model_copy(update={"subject": found.subject or rendered.subject, "body": rendered.text})

    def get_used_addresses(self, request: ByIds) -> UsedAddresses:
        return queries.get_used_addresses(self.reader, request.ids)

    def create_mailing(self, request: notify.CreateMailing) -> notify.Mailing:
        segments.check(request.segment_id, self.principal)
        if request.survey_id is not None:
            _check_survey(request.survey_id)
        mailing_id = mailings.create(self.session, request, self.principal.label, self.now)
        return queries.get_mailing(self.session, mailing_id)

    def get_mailing(self, request: ById) -> notify.Mailing:
        return queries.get_mailing(self.reader, request.id)

    def list_mailings(self, request: ListRequest) -> Page[notify.Mailing]:
        return queries.list_mailings(self.reader, request)

    def preview_mailing(self, request: notify.PreviewMailing) -> notify.MailingPreview:
        mailing = queries.get_mailing(self.reader, request.id)
        receiver = _receiver(request.person_id)
        if receiver is None:
            raise NotFound(f"There is no person {request.person_id}.", id=request.person_id)
        rendered = composition.mailing_message(mailing, receiver, composition.seller_name())
        return notify.MailingPreview(subject=rendered.subject, text=rendered.text, html=rendered.html)

    def launch_mailing(self, request: ById) -> Job:
        segments.refuse_gone(queries.get_mailing(self.reader, request.id), self.principal)
        job_id = mailings.launch(self.session, request.id)
        return jobs.as_contract(jobs.get(self.session, job_id))

    def pause_mailing(self, request: ById) -> notify.Mailing:
        mailings.pause(self.session, request.id)
        return queries.get_mailing(self.session, request.id)

    def cancel_mailing(self, request: ById) -> notify.Mailing:
        mailings.cancel(self.session, request.id, self.now)
        return queries.get_mailing(self.session, request.id)

    def cancel_job(self, request: JobById) -> Job:
        row = self.stoppable_job(request.id)
        if row.kind != mailings.JOB:
            return super().cancel_job(request)
        mailings.cancel_of_job(self.session, row.id, self.now)
        return jobs.as_contract(row)

    def create_label_sheet(self, request: notify.CreateLabelSheet) -> notify.LabelSheet:
        rights = segments.check(request.segment_id, self.principal, Permission.CONTACTS_READ)
        sheet = label_sheets.create(self.session, request, rights, self.principal.label, self.now)
        return notify.LabelSheet.model_validate(sheet, from_attributes=True)

    def get_label_sheet(self, request: ById) -> notify.LabelSheet:
        sheet = queries.get_label_sheet(self.reader, request.id)
        segments.refuse_labels(sheet, self.principal)
        return notify.LabelSheet.model_validate(sheet, from_attributes=True)

    def list_suppressions(self, request: ListRequest) -> Page[notify.Suppression]:
        return queries.list_suppressions(self.reader, request)

    def suppress(self, request: notify.Suppress) -> notify.Suppression:
        found = suppressions.suppress(self.session, request, self.now)
        return notify.Suppression.model_validate(found, from_attributes=True)

    def lift_suppression(self, request: ById) -> Done:
        suppressions.lift(self.session, request.id)
        return Done()

    def receive_status(self, request: notify.StatusCallback) -> Done:
        message_id, report = codes.read_status(request)
        error = f"provider code {report.error_code}" if report.error_code else ""
        messages.record_status(self.session, message_id, report.sid, report.status, error)
        return Done()

    def unsubscribe(self, request: notify.Unsubscribe) -> notify.Unsubscribed:
        return notify.Unsubscribed(can_undo=suppressions.unsubscribe(self.session, request.token, self.now))

    def resubscribe(self, request: notify.Resubscribe) -> notify.Resubscribed:
        return notify.Resubscribed(unsubscribed=not suppressions.resubscribe(self.session, request.token, self.now))

    @subscribe(ApplicationSubmitted)
    def acknowledge_application(self, event: ApplicationSubmitted) -> None:
        messages.queue(self.session, "application_received", event.person_id, event.application_id, self.now)

    @subscribe(ApplicationRejected)
    def tell_rejection(self, event: ApplicationRejected) -> None:
        messages.queue(self.session, "application_rejected", event.person_id, event.application_id, self.now)

    @subscribe(InvoiceDocumentReady)
    def send_document(self, event: InvoiceDocumentReady) -> None:
        template = "receipt" if event.paid else "invoice"
        if event.kind is InvoiceKind.CREDIT_NOTE:
            template = "credit_note"
        messages.queue(self.session, template, event.customer_id, event.invoice_id, self.now)

    @subscribe(InvoicePaid)
    def send_receipt(self, event: InvoicePaid) -> None:
        messages.queue(self.session, "receipt", event.customer_id, event.invoice_id, self.now)

    @subscribe(MembershipActivated)
    def welcome_member(self, event: MembershipActivated) -> None:
        messages.queue(self.session, "welcome", event.person_id, event.membership_id, self.now)

    @subscribe(PasswordLinkWanted)
    def send_password_link(self, event: PasswordLinkWanted) -> None:
        messages.queue(
            self.session,
            "password_link",
            event.person_id,
            event.account_id,
            self.now,
            account_id=None if event.person_id else event.account_id,
            key=f"password:{event.request_id}",
        )

    @subscribe(TicketReady)
    def send_ticket(self, event: TicketReady) -> None:
        messages.queue(self.session, "ticket", event.person_id, event.enrolment_id, self.now)

    @subscribe(SeatHeld)
    def ask_payment(self, event: SeatHeld) -> None:
        if event.payment is PaymentMethod.CARD:
            messages.queue(self.session, "seat_held", event.person_id, event.enrolment_id, self.now)

    @subscribe(EnrolmentWaitlisted)
    def tell_waiting(self, event: EnrolmentWaitlisted) -> None:
        messages.queue(self.session, "waitlisted", event.person_id, event.enrolment_id, self.now)

    @subscribe(SeatOffered)
    def tell_offer(self, event: SeatOffered) -> None:
        cause = f"{event.enrolment_id}:{event.expires_at.isoformat()}"
        for template, channel in (("seat_offered", Channel.EMAIL), ("seat_offered_sms", Channel.SMS)):
            messages.queue(
                self.session,
                template,
                event.person_id,
                event.enrolment_id,
                self.now,
                channel=channel,
                key=f"{template}:{cause}",
            )

    @subscribe(SessionMoved)
    def tell_move(self, event: SessionMoved) -> None:
        facts = {name: getattr(event, name).model_dump(mode="json") for name in ("before", "after")}
        moved = [
            {
                "key": f"session_moved:{each.enrolment_id}:{event.version}",
                "template": "session_moved_ticket" if each.with_ticket else "session_moved",
                "person_id": each.person_id,
                "about_id": each.enrolment_id,
                "facts": facts,
            }
            for each in event.to_tell
        ]
        messages.queue_all(self.session, moved, self.now)

    @subscribe(HoldExpired)
    def tell_expiry(self, event: HoldExpired) -> None:
        template = "hold_expired" if event.order_id else "offer_expired"
        messages.queue(self.session, template, event.person_id, event.enrolment_id, self.now)

    @subscribe(EnrolmentCancelled)
    def tell_cancellation(self, event: EnrolmentCancelled) -> None:
        template = "enrolment_refunded" if event.refund else "enrolment_cancelled"
        messages.queue(self.session, template, event.person_id, event.enrolment_id, self.now)

    @subscribe(RefundCompleted)
    def tell_refund(self, event: RefundCompleted) -> None:
        facts = {"amount": str(event.amount)}
        messages.queue(self.session, "refund", event.customer_id, event.refund_id, self.now, facts=facts)

    @subscribe(TaskReminderDue)
    def remind_of_task(self, event: TaskReminderDue) -> None:
        remind_at = event.remind_at.astimezone(UTC).isoformat()
        messages.queue(
            self.session,
            "task_reminder",
            None,
            event.task_id,
            self.now,
            account_id=event.account_id,
            key=f"task_reminder:{event.task_id}:{remind_at}",
            facts={"remind_at": remind_at},
        )

    @subscribe(PersonErased)
    def erase_person(self, event: PersonErased) -> None:
        personal_data.erase(self.session, self.service_name, event.person_id, event.person_ids, self.now)

    @subscribe(AccountErased)
    def forget_account(self, event: AccountErased) -> None:
        held.forget_account(self.session, event.account_id)

    follow_merged_person = follows(PersonMerged, "survivor_id")
    follow_unmerged_person = follows(PersonUnmerged, "person_id")


def _check_survey(survey_id: UUID) -> None:
    """Raise Invalid unless there is such a survey, and it takes answers."""
    try:
        is_open = contacts.get_survey(ById(id=survey_id)).is_open
    except NotFound:
        is_open = False
    if not is_open:
        raise Invalid.field(
            "/survey_id", "survey_closed", "This survey takes no answers now; publish or open it first."
        )

"""Files, contracts and money in the admin: read there, written on their pages, where the rules are."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from contracts.models import (
    Assignment,
    Closing,
    Comment,
    Contract,
    ContractVersion,
    ContractYear,
    Document,
    Exchange,
    FundPayment,
    JournalEntry,
    LineVerdict,
    OtherResource,
    Review,
    Submission,
    Visit,
    YearLine,
)
from cpts_portal.accounts.actor import Actor
from members.admin.dues import DuesReadOnlyAdmin


@admin.register(Review)
class ReviewAdmin(DuesReadOnlyAdmin):
    list_display = ("title", "cpts", "kind", "status", "submitted_on", "due_on")
    list_filter = ("kind", "status")
    list_select_related = ("cpts",)
    search_fields = ("title", "cpts__search")


@admin.register(Submission)
class SubmissionAdmin(DuesReadOnlyAdmin):
    list_display = ("review", "number", "at", "by")


@admin.register(Contract)
class ContractAdmin(DuesReadOnlyAdmin):
    list_display = ("cpts", "reference", "starts_on", "ends_on", "ended_on")
    search_fields = ("cpts__search", "reference")


@admin.register(ContractVersion)
class ContractVersionAdmin(DuesReadOnlyAdmin):
    list_display = ("contract", "number", "effective_on", "sealed_at")
    list_select_related = ("contract__cpts",)


@admin.register(JournalEntry)
class JournalEntryAdmin(DuesReadOnlyAdmin):
    list_display = ("cpts", "rank", "at", "author", "words")
    search_fields = ("words",)


@admin.register(Exchange)
class ExchangeAdmin(DuesReadOnlyAdmin):
    list_display = ("contract", "planned_on", "held_on")


@admin.register(ContractYear)
class ContractYearAdmin(DuesReadOnlyAdmin):
    list_display = ("contract", "exercise", "meeting_on", "crisis_on")
    list_select_related = ("contract", "exercise")


@admin.register(Closing)
class ClosingAdmin(DuesReadOnlyAdmin):
    list_display = ("year", "number", "total", "closed_at", "reopened_at")
    list_select_related = ("year__exercise",)


@admin.register(YearLine)
class YearLineAdmin(DuesReadOnlyAdmin):
    list_display = ("name", "year", "value", "earned", "most")
    list_select_related = ("year__exercise",)
    search_fields = ("name",)


@admin.register(LineVerdict)
class LineVerdictAdmin(DuesReadOnlyAdmin):
    list_display = ("line", "party", "verdict", "value")
    list_filter = ("party", "verdict")


@admin.register(FundPayment)
class FundPaymentAdmin(DuesReadOnlyAdmin):
    list_display = ("year", "part", "mission", "kind", "amount", "due_on", "status")
    list_filter = ("kind", "status", "part")
    list_select_related = ("year__exercise", "mission")


@admin.register(OtherResource)
class OtherResourceAdmin(DuesReadOnlyAdmin):
    list_display = ("label", "cpts", "giver", "amount", "received_on")
    search_fields = ("label", "cpts__search")


@admin.register(Comment)
class CommentAdmin(DuesReadOnlyAdmin):
    """Internal notes stay internal here too."""

    list_display = ("review", "kind", "audience", "at", "by")
    list_filter = ("kind", "audience")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        actor: Actor = vars(request)["actor"]
        own = frozenset(access.agency_id for access in actor.accesses if access.agency_id)
        return Comment.objects.read_by(own)


@admin.register(Document)
class DocumentAdmin(DuesReadOnlyAdmin):
    list_display = ("filename", "slot", "cpts", "number", "added_at")
    list_filter = ("slot",)
    search_fields = ("filename", "cpts__search")


@admin.register(Assignment)
class AssignmentAdmin(DuesReadOnlyAdmin):
    list_display = ("review", "agency", "agent")
    list_filter = ("agency",)


@admin.register(Visit)
class VisitAdmin(DuesReadOnlyAdmin):
    list_display = ("review", "reader", "at")

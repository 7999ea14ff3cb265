"""Meetings and payments in the admin: read there, written on their pages. Names and money are not exported here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from members.admin.dues import DuesReadOnlyAdmin
from missions.models import (
    Attendance,
    AttendanceCorrection,
    BankAccount,
    CeilingAccount,
    Decision,
    Group,
    GroupMember,
    Meeting,
    MeetingSeries,
    PayBatch,
    PayCap,
    PayLine,
    PayRate,
    PaySettings,
    Task,
    UserRecord,
)


class SecretColumns(DuesReadOnlyAdmin):
    """Secrets (`exclude`) are left out of the read-only columns too."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        hidden = set(self.exclude or ())
        return [name for name in super().get_readonly_fields(request, obj) if name not in hidden]


class NotExportedAdmin(SecretColumns):
    """Rows about persons leave by the exports of their pages only: each is written down there."""

    def has_export_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False


@admin.register(Group)
class GroupAdmin(DuesReadOnlyAdmin):
    list_display = ("name", "kind", "cpts", "closed_on")
    list_filter = ("kind",)
    search_fields = ("name",)


@admin.register(GroupMember)
class GroupMemberAdmin(NotExportedAdmin):
    list_display = ("professional", "group", "is_lead", "start", "end")
    search_fields = ("professional__search",)


@admin.register(MeetingSeries)
class MeetingSeriesAdmin(DuesReadOnlyAdmin):
    list_display = ("cpts", "rhythm", "until")
    search_fields = ("cpts__search",)


@admin.register(Meeting)
class MeetingAdmin(SecretColumns):
    list_display = ("title", "cpts", "group", "starts_at", "attendance_locked_at")
    exclude = ("check_in_secret",)


@admin.register(Decision)
class DecisionAdmin(DuesReadOnlyAdmin):
    list_display = ("text", "meeting", "votes")
    search_fields = ("text",)


@admin.register(Task)
class TaskAdmin(NotExportedAdmin):
    list_display = ("what", "professional", "due_on", "done_on")
    search_fields = ("what",)


@admin.register(Attendance)
class AttendanceAdmin(NotExportedAdmin):
    list_display = ("meeting", "professional", "guest_name", "answer", "presence")
    list_filter = ("presence", "answer")
    exclude = ("token",)


@admin.register(AttendanceCorrection)
class AttendanceCorrectionAdmin(NotExportedAdmin):
    list_display = ("attendance", "presence", "asked_by", "decided_by", "is_accepted")
    list_select_related = ("attendance__professional", "asked_by", "decided_by")
    search_fields = ("attendance__search",)


@admin.register(PaySettings)
class PaySettingsAdmin(NotExportedAdmin):
    list_display = ("cpts", "requires_dues", "debtor_name", "debtor_iban_end")
    search_fields = ("cpts__search",)
    exclude = ("debtor_iban",)


@admin.register(PayRate)
class PayRateAdmin(DuesReadOnlyAdmin):
    list_display = ("cpts", "nature", "unit", "activity", "office", "profession", "amount", "start", "end")
    list_filter = ("nature", "unit")
    search_fields = ("activity",)


@admin.register(PayCap)
class PayCapAdmin(NotExportedAdmin):
    list_display = ("cpts", "year", "office", "professional", "amount")
    list_filter = ("year",)
    search_fields = ("cpts__search",)


@admin.register(PayBatch)
class PayBatchAdmin(DuesReadOnlyAdmin):
    list_display = ("cpts", "number", "execute_on", "exported_at", "paid_on")
    search_fields = ("cpts__search",)


@admin.register(PayLine)
class PayLineAdmin(NotExportedAdmin):
    list_display = ("professional", "nature", "day", "activity", "amount", "status")
    list_filter = ("nature", "status")
    search_fields = ("professional__search", "activity")
    exclude = ("person_key",)


@admin.register(BankAccount)
class BankAccountAdmin(NotExportedAdmin):
    list_display = ("professional", "holder", "iban_end")
    search_fields = ("professional__search",)
    exclude = ("iban",)


@admin.register(UserRecord)
class UserRecordAdmin(NotExportedAdmin):
    list_display = ("user", "professional")
    search_fields = ("professional__search", "user__email")


@admin.register(CeilingAccount)
class CeilingAccountAdmin(NotExportedAdmin):
    """Sums without names: shows that the counts are kept, and nothing about whom."""

    list_display = ("year", "granted")
    list_filter = ("year",)
    search_fields = ("year",)
    exclude = ("person_key",)

"""Missions, actions, indicators and results in the admin: read there, written on their pages, where the rules are."""

from django.contrib import admin

from members.admin.dues import DuesReadOnlyAdmin
from missions.admin.people import NotExportedAdmin
from missions.models import (
    Action,
    BudgetLine,
    CptsMission,
    Deliverable,
    Exercise,
    ExpectedProof,
    Indicator,
    Proof,
    Result,
    ResultEnvelope,
    Step,
    Target,
)


@admin.register(Exercise)
class ExerciseAdmin(DuesReadOnlyAdmin):
    list_display = ("cpts", "number", "start", "end")
    list_filter = ("number",)
    search_fields = ("cpts__search",)


@admin.register(CptsMission)
class CptsMissionAdmin(DuesReadOnlyAdmin):
    list_display = ("cpts", "mission", "agreed_on", "started_on", "deployed_on", "stopped_on")
    list_filter = ("mission",)
    search_fields = ("cpts__search",)


@admin.register(Action)
class ActionAdmin(DuesReadOnlyAdmin):
    list_display = ("title", "cpts", "theme", "start", "end", "progress")
    list_filter = ("missions__mission",)


@admin.register(Deliverable)
class DeliverableAdmin(DuesReadOnlyAdmin):
    list_display = ("name", "action", "due_on", "delivered_on")
    search_fields = ("name",)


@admin.register(BudgetLine)
class BudgetLineAdmin(DuesReadOnlyAdmin):
    list_display = ("label", "action", "envelope", "planned", "committed", "spent")
    list_filter = ("envelope",)
    search_fields = ("label",)


@admin.register(Indicator)
class IndicatorAdmin(DuesReadOnlyAdmin):
    list_display = ("name", "mission", "kind", "unit", "method", "is_active")
    list_filter = ("kind", "method", "is_active")
    list_select_related = ("mission__mission",)


@admin.register(ExpectedProof)
class ExpectedProofAdmin(DuesReadOnlyAdmin):
    list_display = ("indicator", "kind", "detail")
    list_filter = ("kind",)
    search_fields = ("indicator__search",)


@admin.register(Target)
class TargetAdmin(DuesReadOnlyAdmin):
    list_display = ("indicator", "exercise", "kind", "value", "amount")
    list_filter = ("exercise__number",)
    search_fields = ("indicator__search",)


@admin.register(ResultEnvelope)
class ResultEnvelopeAdmin(DuesReadOnlyAdmin):
    list_display = ("mission", "exercise", "amount")
    list_select_related = ("mission__mission", "exercise")
    search_fields = ("mission__cpts__search",)


@admin.register(Step)
class StepAdmin(DuesReadOnlyAdmin):
    list_display = ("target", "bound", "amount")
    list_select_related = ("target__indicator", "target__exercise")
    search_fields = ("target__indicator__search",)


@admin.register(Result)
class ResultAdmin(DuesReadOnlyAdmin):
    list_display = ("target", "start", "end", "value", "recorded_at")
    list_select_related = ("target__indicator", "target__exercise")
    search_fields = ("target__indicator__search",)


@admin.register(Proof)
class ProofAdmin(NotExportedAdmin):
    """The file of an attendance sheet, its name and its link may name who came: the pages say who reads them."""

    exclude = ("file", "filename", "link")
    list_display = ("title", "kind", "target", "dated", "locked_at")
    list_filter = ("kind",)
    list_select_related = ("target__indicator", "target__exercise")
    search_fields = ("title",)

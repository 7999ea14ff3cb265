"""Actions seen together: list, board by state, calendar, and the library to pick from."""

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.pages import CptsMixin, Crumb, ListPage, Page
from missions.models import Action, CptsMission, OfficialMission
from missions.plan.filters import ActionFilter
from missions.plan.portfolio import actions_of, board, calendar
from missions.plan.tables import ActionTable
from missions.shared.links import actions_crumbs, missions_crumbs

MONTHS_SHOWN = 12


def tabs(cpts_id: int, current: str) -> list[tuple[str, str, bool]]:
    pages = [("Liste", "actions"), ("Tableau par état", "actions-board"), ("Calendrier", "actions-calendar")]
    return [(label, reverse(f"missions:{name}", args=[cpts_id]), label == current) for label, name in pages]


class ActionList(CptsMixin, ListPage):
    needs = ("view", "missions.action")
    title = "Actions"
    template_name = "missions/plan/actions/list.html"
    filterset_class = ActionFilter
    table_class = ActionTable
    export_name = "actions"
    empty_title = "Aucune action ne correspond"

    def breadcrumbs(self) -> list[Crumb]:
        return missions_crumbs(self.cpts)

    def get_queryset(self) -> QuerySet:
        return actions_of(self.cpts, timezone.localdate())

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"today": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            tabs=tabs(self.cpts.pk, "Liste"),
            has_missions=CptsMission.objects.filter(cpts=self.cpts).exists(),
            has_any=Action.objects.filter(cpts=self.cpts).exists(),
            may_edit=self.may("add", "missions.action"),
            **kwargs,
        )


class ActionBoard(CptsMixin, Page):
    needs = ("view", "missions.action")
    title = "Actions par état"
    template_name = "missions/plan/actions/board.html"

    def breadcrumbs(self) -> list[Crumb]:
        return actions_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = timezone.localdate()
        lanes = board(actions_of(self.cpts, day).order_by("start", "title"))
        return super().get_context_data(
            tabs=tabs(self.cpts.pk, "Tableau par état"),
            lanes=[(lane, [(each, each.is_late_on(day)) for each in lane.actions]) for lane in lanes],
            **kwargs,
        )


class ActionCalendar(CptsMixin, Page):
    """Twelve months from `?depuis=2026-03` (the month before today by default)."""

    needs = ("view", "missions.action")
    title = "Calendrier des actions"
    template_name = "missions/plan/actions/calendar.html"

    def breadcrumbs(self) -> list[Crumb]:
        return actions_crumbs(self.cpts)

    @cached_property
    def first(self) -> date:
        asked = self.request.GET.get("depuis", "")
        try:
            return date.fromisoformat(f"{asked}-01")
        except ValueError:
            today = timezone.localdate()
            return (today.replace(day=1) - timedelta(days=1)).replace(day=1)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions = actions_of(self.cpts, timezone.localdate()).order_by("start", "title")
        return super().get_context_data(
            tabs=tabs(self.cpts.pk, "Calendrier"),
            months=calendar(actions, self.first, MONTHS_SHOWN, timezone.localdate()),
            earlier=f"{self.first.year - 1}-{self.first.month:02d}",
            later=f"{self.first.year + 1}-{self.first.month:02d}",
            **kwargs,
        )


class Library(CptsMixin, Page):
    """The actions met in real health projects, by mission."""

    needs = ("add", "missions.action")
    title = "Bibliothèque d’actions"
    template_name = "missions/plan/actions/library.html"

    def breadcrumbs(self) -> list[Crumb]:
        return actions_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        taken = set(Action.objects.filter(cpts=self.cpts).values_list("title", flat=True))
        missions = OfficialMission.objects.prefetch_related("action_templates")
        groups = [(each, [(one, one.title in taken) for one in each.action_templates.all()]) for each in missions]
        return super().get_context_data(groups=groups, **kwargs)

"""Participation in meetings over a period: figures that everybody who follows the CPTS may read."""

from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.text import fold
from cpts_portal.pages import CptsMixin, Crumb, FiguresPage
from missions.meetings.forms.participation import PeriodForm
from missions.meetings.participation import EXPORT_HEADERS, Participation, Span, participation_over, usual_span
from missions.models import Exercise
from missions.plan.overview import exercises_of
from missions.shared.links import missions_crumbs


class ParticipationPage(CptsMixin, FiguresPage):
    """`?du=…&au=…`: the figures of a period."""

    needs = ("view", "missions.result")
    title = "Participation"
    template_name = "missions/meetings/participation/detail.html"
    export_headers = EXPORT_HEADERS
    pdf_template = "pdf/participation.html"
    pdf_title = "Participation"

    def breadcrumbs(self) -> list[Crumb]:
        return missions_crumbs(self.cpts)

    @cached_property
    def exercises(self) -> list[Exercise]:
        return exercises_of(self.cpts)

    @cached_property
    def form(self) -> PeriodForm:
        asked = self.request.GET if {"du", "au"} & set(self.request.GET) else None
        return PeriodForm(asked, usual=usual_span(self.exercises, timezone.localdate()))

    @cached_property
    def figures(self) -> Participation:
        return participation_over(self.cpts, self.form.span, today=timezone.localdate())

    @property
    def filename(self) -> str:
        span = self.figures.span
        name = fold(self.cpts.name).replace(" ", "-")
        return f"participation-{name}-{span.start:%Y-%m-%d}-{span.last_day:%Y-%m-%d}"

    def year_tabs(self) -> list[tuple[str, str, bool]]:
        """The years of the contract that have begun, each as a period."""
        begun = [each for each in self.exercises if each.start <= timezone.localdate()]
        spans = [(str(each), Span(each.start, each.end)) for each in begun]
        return [
            (label, f"?du={span.start:%Y-%m-%d}&au={span.last_day:%Y-%m-%d}", span == self.figures.span)
            for label, span in spans
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(form=self.form, figures=self.figures, tabs=self.year_tabs(), **kwargs)

"""One action: its card, its form, what happened to it, its printed sheet."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.changes import changes_of
from cpts_portal.core.pdf import PdfUnavailable, pdf_response, render_pdf
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit, typed_over
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, Page, PortalView
from members.shared.exports_log import log_export
from missions.models import Action, ActionTemplate, BudgetLine, Deliverable
from missions.plan.action_plan import (
    add_action,
    change_action,
    drop_action,
    finish_action,
    note_progress,
    resume_action,
    start_action,
)
from missions.plan.action_sheet import TEMPLATE, action_sheet, sheet_filename, sums_of
from missions.plan.forms.actions import ActionForm, DropForm, ProgressForm, initial_from
from missions.plan.portfolio import budget_by_envelope
from missions.plan.tables import TONES
from missions.shared.forms import OnForm
from missions.shared.links import action_url, actions_crumbs, actions_url

STALE = (
    "Quelqu’un d’autre a enregistré cette action pendant que vous la modifiiez. Rien de ce que vous avez tapé n’est "
    "perdu : ouvrez la fiche dans un autre onglet, comparez, puis enregistrez de nouveau : votre version l’emportera."
)


class ActionMixin(CptsMixin):
    """A page about one action (`pk`) of the CPTS."""

    @cached_property
    def action(self) -> Action:
        return get_object_or_404(Action.objects.select_related("cpts"), pk=self.kwargs["pk"], cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return actions_crumbs(self.cpts, self.action)

    def back(self) -> str:
        return action_url(self.action)


class ActionDetail(ActionMixin, Page):
    needs = ("view", "missions.action")
    template_name = "missions/plan/actions/detail.html"

    def get_title(self) -> str:
        return self.action.title

    def breadcrumbs(self) -> list[Crumb]:
        return actions_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        action, day = self.action, timezone.localdate()
        state = action.state_on(day)
        lines = list(action.budget.select_related("mission__mission"))
        totals = budget_by_envelope(lines)
        return super().get_context_data(
            action=action,
            state=state,
            tone=TONES[state],
            is_late=action.is_late_on(day),
            missions=action.missions.select_related("mission"),
            leads=action.leads.select_related("profession"),
            may_open_people=self.may("view", "members.professional"),
            structures=action.partner_structures.all(),
            budget=lines,
            totals=totals,
            sums=sums_of(totals),
            deliverables=[(row, is_overdue(row, day)) for row in action.deliverables.all()],
            indicators=action.indicators.filter(is_active=True).select_related("mission"),
            events=changes_of(
                action.history,
                BudgetLine.history.filter(action_id=action.pk),
                Deliverable.history.filter(action_id=action.pk),
            ),
            may_edit=self.may("change", "missions.action"),
            **kwargs,
        )


def is_overdue(row: Deliverable, day: date) -> bool:
    return row.delivered_on is None and row.due_on is not None and row.due_on < day


class ActionFormPage(ActPage):
    """What the two forms of an action share."""

    template_name = "missions/plan/actions/form.html"
    form_class = ActionForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cpts": self.cpts}


class ActionAdd(ActionFormPage):
    """`?modele=12` starts from an action of the library, `?mission=3` from a mission."""

    needs = ("add", "missions.action")
    title = "Ajouter une action"
    submit_label = "Ajouter l’action"
    made: Action | None = None

    def breadcrumbs(self) -> list[Crumb]:
        return actions_crumbs(self.cpts)

    def get_initial(self) -> dict[str, Any]:
        asked, mission = self.request.GET.get("modele", ""), self.request.GET.get("mission", "")
        template = ActionTemplate.objects.filter(pk=asked).first() if asked.isdecimal() else None
        if template:
            return initial_from(template, self.cpts)
        return {"missions": [mission]} if mission.isdecimal() else {}

    def act(self, form: ActionForm) -> str:
        self.made = add_action(self.cpts, form.sheet(), by=self.request.user)
        return f"L’action « {self.made} » est ajoutée."

    def back(self) -> str:
        return action_url(self.made) if self.made else actions_url(self.cpts.pk)


class ActionEdit(ActionMixin, ActionFormPage):
    needs = ("change", "missions.action")

    def get_title(self) -> str:
        return f"Modifier l’action « {self.action} »"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.action}

    def act(self, form: ActionForm) -> str:
        try:
            change_action(self.action, form.sheet(), version=form.cleaned_data["version"], by=self.request.user)
        except StaleEdit:
            self.action.refresh_from_db()
            typed_over(form, self.action)
            raise NotPossible(STALE) from None
        return "L’action est enregistrée."


class ActionAct(ActionMixin, ActPage):
    needs = ("change", "missions.action")


class ActionStart(ActionAct):
    form_class = OnForm
    submit_label = "Enregistrer le début"

    def get_title(self) -> str:
        return f"Début de l’action « {self.action} »"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "label": "Commencée le"}

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def act(self, form: OnForm) -> str:
        start_action(self.action, **form.cleaned_data, day=timezone.localdate(), by=self.request.user)
        return "Le début de l’action est enregistré."


class ActionFinish(ActionStart):
    submit_label = "Enregistrer la fin"

    def get_title(self) -> str:
        return f"Fin de l’action « {self.action} »"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "label": "Terminée le"}

    def act(self, form: OnForm) -> str:
        finish_action(self.action, **form.cleaned_data, day=timezone.localdate(), by=self.request.user)
        return "L’action est terminée."


class ActionProgress(ActionAct):
    form_class = ProgressForm
    submit_label = "Enregistrer le point"

    def get_title(self) -> str:
        return f"Où en est l’action « {self.action} » ?"

    def get_initial(self) -> dict[str, Any]:
        return {"progress": self.action.progress, "note": self.action.progress_note}

    def act(self, form: ProgressForm) -> str:
        note_progress(self.action, **form.cleaned_data, by=self.request.user)
        return "Le point d’avancement est enregistré."


class ActionDrop(ActionAct):
    form_class = DropForm
    submit_label = "Abandonner l’action"

    def get_title(self) -> str:
        return f"Abandonner l’action « {self.action} »"

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def act(self, form: DropForm) -> str:
        drop_action(self.action, **form.cleaned_data, by=self.request.user)
        return "L’action est abandonnée ; sa fiche et son budget restent lisibles."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(danger=True, **kwargs)


class ActionResume(ActionMixin, ConfirmPage):
    needs = ("change", "missions.action")
    title = "Reprendre une action"
    submit_label = "Reprendre l’action"
    danger = False

    def get_question(self) -> str:
        return f"Reprendre l’action « {self.action} » ?"

    def consequences(self) -> list[str]:
        return ["Sa fin ou son abandon est effacé ; l’historique le garde."]

    def act(self) -> str:
        resume_action(self.action, by=self.request.user)
        return "L’action est reprise."


class ActionSheetPdf(ActionMixin, PortalView):
    """The sheet names those who lead the action: it leaves a line in the log."""

    needs = ("view", "missions.action")
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Refused politely where no PDF can be made."""
        try:
            content = render_pdf(TEMPLATE, action_sheet(self.action, day=timezone.localdate()))
        except PdfUnavailable as problem:
            messages.error(request, str(problem))
            return redirect(self.back())
        what, leads = f"Fiche de l’action n° {self.action.pk}", self.action.leads.count()
        log_export(self.request, self.cpts, what=what, persons=leads, file_format="pdf")
        return pdf_response(content, sheet_filename(self.action))

"""Applications and the decisions of the board, departures, enrolment."""

from typing import Any

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr, de
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb
from members.membership.adhesion import (
    apply_for_membership,
    change_departure,
    come_back,
    enrol,
    leave,
    mandates_that_end,
    mandates_that_resume,
)
from members.membership.forms.adhesions import EnrolForm, LeaveForm
from members.models import Membership, Professional, Structure
from members.shared.links import card_crumb, holder_url, register_crumbs

WITH_HOLDER = ("college", "professional__profession", "structure")


class MembershipAct(ActPage):
    """An act on one membership (`membership_id` in the URL)."""

    needs = ("change", "members.membership")

    @cached_property
    def membership(self) -> Membership:
        found = Membership.objects.select_related(*WITH_HOLDER)
        return get_object_or_404(found, pk=self.kwargs["membership_id"], cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, card_crumb(self.membership.holder))

    def back(self) -> str:
        return holder_url(self.membership)

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}


class Leave(MembershipAct):
    template_name = "members/membership/leave.html"
    form_class = LeaveForm

    def get_title(self) -> str:
        if self.membership.end:
            return f"Changer le départ {de(self.membership.holder)}"
        return f"Départ {de(self.membership.holder)}"

    @property
    def submit_label(self) -> str:
        return "Changer le départ" if self.membership.end else "Enregistrer le départ"

    def get_initial(self) -> dict[str, Any]:
        end = self.membership.end
        return {"on": end or timezone.localdate(), "reason": self.membership.leaving_reason, "recorded": end}

    def act(self, form: LeaveForm) -> str:
        on, reason = form.cleaned_data["on"], form.cleaned_data["reason"]
        if form.cleaned_data["recorded"] != self.membership.end:
            raise NotPossible("Ce départ vient d’être enregistré ou changé par quelqu’un d’autre : rouvrez la fiche.")
        if self.membership.end:
            change_departure(self.membership, on=on, reason=reason, by=self.request.user)
        else:
            leave(self.membership, on=on, reason=reason, by=self.request.user)
        return f"Le départ {de(self.membership.holder)} est enregistré au {date_fr(on)}."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ending = list(mandates_that_end(self.membership, on=timezone.localdate()))
        again = [mandate for mandate, obstacle in mandates_that_resume(self.membership) if not obstacle]
        return super().get_context_data(
            mandates={mandate.pk: mandate for mandate in [*ending, *again]}.values(), danger=True, **kwargs
        )


class ComeBack(CptsMixin, ConfirmPage):
    """Undo a departure recorded by mistake."""

    needs = ("change", "members.membership")
    submit_label = "Annuler le départ"
    danger = False

    def get_title(self) -> str:
        return f"Annuler le départ {de(self.membership.holder)}"

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, card_crumb(self.membership.holder))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_label="Garder ce départ", **kwargs)

    @cached_property
    def membership(self) -> Membership:
        found = Membership.objects.select_related(*WITH_HOLDER)
        return get_object_or_404(found, pk=self.kwargs["membership_id"], cpts=self.cpts)

    def get_question(self) -> str:
        return f"Annuler le départ {de(self.membership.holder)} ?"

    def consequences(self) -> list[str]:
        is_ahead = self.membership.end and self.membership.end > timezone.localdate()
        told = ["L’adhésion continue." if is_ahead else "L’adhésion reprend sans interruption."]
        for mandate, obstacle in mandates_that_resume(self.membership):
            name = mandate.get_office_display() + (f", {mandate.subject}" if mandate.subject else "")
            until = f" jusqu’au {date_fr(mandate.end)}" if mandate.end else ""
            told.append(
                f"Le mandat « {name} » ne reprend pas. {obstacle}"
                if obstacle
                else f"Le mandat « {name} », arrêté par ce départ, reprend{until}."
            )
        return told

    def act(self) -> str:
        try:
            come_back(self.membership, by=self.request.user)
        except NotPossible as refusal:
            raise ValidationError(str(refusal)) from refusal
        return f"Le départ {de(self.membership.holder)} est annulé."

    def back(self) -> str:
        return holder_url(self.membership)


class Enrol(ActPage):
    """A person or a structure of the register applies, or is enrolled directly."""

    needs = ("add", "members.membership")
    form_class = EnrolForm

    @cached_property
    def holder(self) -> Professional | Structure:
        model: Any = Professional if self.kwargs["holder"] == "personnes" else Structure
        return get_object_or_404(model, pk=self.kwargs["holder_id"], cpts=self.cpts, merged_into__isnull=True)

    def get_title(self) -> str:
        return f"Adhésion {de(self.holder)}"

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, card_crumb(self.holder))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cpts": self.cpts, "today": timezone.localdate()}

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def back(self) -> str:
        held = {"professional": self.holder} if isinstance(self.holder, Professional) else {"structure": self.holder}
        return holder_url(Membership(cpts=self.cpts, **held))

    def act(self, form: EnrolForm) -> str:
        data = form.cleaned_data
        if data["decided"] == "yes":
            enrol(
                self.holder,
                start=data["on"],
                decided_on=data["decided_on"],
                college=data["college"],
                charter_accepted_on=data["charter"],
                by=self.request.user,
            )
            return f"{self.holder} est inscrit comme adhérent."
        apply_for_membership(
            self.holder,
            on=data["on"],
            college=data["college"],
            charter_accepted_on=data["charter"],
            by=self.request.user,
        )
        return f"La demande {de(self.holder)} est enregistrée : elle attend la décision du bureau."

"""Applications and the decisions of the board, departures, enrolment."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.text import date_fr, de, plural
from cpts_portal.pages import ConfirmPage, CptsMixin, Crumb, Page
from members.adhesion import (
    NotPossible,
    apply_for_membership,
    change_departure,
    come_back,
    enrol,
    leave,
    mandates_that_end,
    mandates_that_resume,
)
from members.applications import decide_accept, decide_refuse, told_by_email
from members.forms.adhesions import AcceptForm, EnrolForm, LeaveForm, RefuseForm
from members.models import Application, Membership, Professional, Structure
from members.views.dues_links import ActPage, holder_url
from members.views.links import applications_crumbs, card_crumb, register_crumbs

WITH_HOLDER = ("college", "professional__profession", "structure")


def waiting_memberships() -> Any:
    return Membership.objects.filter(
        start__isnull=True, refused_on__isnull=True, accepted_on__isnull=True, end__isnull=True
    ).select_related(*WITH_HOLDER)


class Applications(CptsMixin, Page):
    """What the public form received, and what waits for the board, the oldest first."""

    needs = ("view", "members.membership")
    template_name = "members/adhesions/applications.html"
    title = "Demandes d’adhésion"

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        waiting = waiting_memberships().filter(cpts=self.cpts).order_by("applied_on", "pk")
        return super().get_context_data(
            received=Application.objects.to_review()
            .filter(cpts=self.cpts)
            .select_related("profession", "commune")
            .order_by("received_at"),
            waiting=[
                {
                    "membership": membership,
                    "age": (today - membership.applied_on).days if membership.applied_on else None,
                    "url": holder_url(membership),
                }
                for membership in waiting
            ],
            may_write=self.may("change", "members.membership"),
            **kwargs,
        )


class DecisionMixin:
    """Decisions go back to the list of applications."""

    cpts: Any

    def breadcrumbs(self) -> list[Crumb]:
        return applications_crumbs(self.cpts)

    def back(self) -> str:
        return reverse("members:applications", args=[self.cpts.pk])


class AcceptMany(DecisionMixin, ActPage):
    """One or several applications accepted at the same meeting (`?membership=1&membership=2`)."""

    needs = ("change", "members.membership")
    template_name = "members/adhesions/accept.html"
    form_class = AcceptForm
    title = "Accepter des demandes"
    submit_label = "Enregistrer la décision"

    @cached_property
    def memberships(self) -> Sequence[Membership]:
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        ids = [int(value) for value in sent.getlist("membership") if value.isdecimal() and len(value) < 18]
        return list(Membership.objects.filter(cpts=self.cpts, pk__in=ids).select_related(*WITH_HOLDER).order_by("pk"))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cpts": self.cpts, "today": timezone.localdate()}

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def act(self, form: AcceptForm) -> str:
        if not self.memberships:
            raise NotPossible("Choisissez au moins une demande dans la liste.")
        made = decide_accept(self.memberships, by=self.request.user, **form.cleaned_data)
        return f"{plural(len(made), 'demande acceptée', 'demandes acceptées')} par le bureau."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(memberships=self.memberships, told=told_by_email(self.memberships), **kwargs)


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


class Refuse(DecisionMixin, MembershipAct):
    template_name = "members/adhesions/refuse.html"
    form_class = RefuseForm
    submit_label = "Enregistrer le refus"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "today": timezone.localdate()}

    def get_title(self) -> str:
        return f"Refuser la demande {de(self.membership.holder)}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(told=told_by_email([self.membership]), **kwargs)

    def act(self, form: RefuseForm) -> str:
        decide_refuse(self.membership, by=self.request.user, **form.cleaned_data)
        return f"Le refus de la demande {de(self.membership.holder)} est enregistré avec son motif."


class Leave(MembershipAct):
    template_name = "members/adhesions/leave.html"
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
        model = Professional if self.kwargs["holder"] == "personnes" else Structure
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

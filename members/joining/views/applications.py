"""Applications received: read, accepted, refused."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import de, plural
from cpts_portal.pages import ActPage, CptsMixin, Crumb, Page
from members.joining.applications import decide_accept, decide_refuse, told_by_email
from members.joining.forms import AcceptForm, RefuseForm
from members.membership.views.adhesions import WITH_HOLDER, MembershipAct
from members.models import Application, Membership
from members.shared.links import applications_crumbs, holder_url, register_crumbs


def waiting_memberships() -> Any:
    return Membership.objects.filter(
        start__isnull=True, refused_on__isnull=True, accepted_on__isnull=True, end__isnull=True
    ).select_related(*WITH_HOLDER)


class Applications(CptsMixin, Page):
    """What the public form received, and what waits for the board, the oldest first."""

    needs = ("view", "members.membership")
    template_name = "members/joining/applications.html"
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
    template_name = "members/joining/accept.html"
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


class Refuse(DecisionMixin, MembershipAct):
    template_name = "members/joining/refuse.html"
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

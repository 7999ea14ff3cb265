"""Ticked declarations checked or approved together: what will happen is shown, then done, each refusal explained."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import euros_fr, plural
from cpts_portal.pages import ConfirmPage, CptsMixin, Crumb
from missions.models import PayLine
from missions.pay.bulk import Outcome, approvals_ahead, approve_lines, check_lines, checks_ahead
from missions.pay.lists import lines_of
from missions.shared.links import payments_crumbs, payments_url

AT_ONCE = 200


class BulkLines(CptsMixin, ConfirmPage):
    """`?row=12&row=15`: the ticked declarations; what was shown as going through is sent back as `row`."""

    needs = ("change", "missions.payline")
    template_name = "missions/pay/bulk.html"
    danger = False
    ahead: Callable[..., Outcome]
    each: Callable[..., Outcome]
    words = ("", "")

    def breadcrumbs(self) -> list[Crumb]:
        return payments_crumbs(self.cpts)

    def back(self) -> str:
        query = self.request.GET.copy()
        query.pop("row", None)
        return f"{payments_url(self.cpts.pk)}{'?' if query else ''}{query.urlencode()}"

    def rows(self, values: list[str]) -> list[PayLine]:
        asked = {int(value) for value in values if value.isdecimal() and len(value) < 19}
        return list(lines_of(self.cpts).select_related("cpts").filter(pk__in=asked).order_by("day", "pk")[:AT_ONCE])

    @cached_property
    def ticked(self) -> list[PayLine]:
        return self.rows(self.request.GET.getlist("row"))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.ticked:
            messages.warning(request, "Cochez d’abord les déclarations voulues.")
            return redirect(self.back())
        return super().get(request, *args, **kwargs)

    def act(self) -> str:
        lines = self.rows(self.request.POST.getlist("row"))
        if not lines:
            raise NotPossible("Aucune déclaration à traiter.")
        found = type(self).each(lines, moment=timezone.now(), by=self.request.user)
        for line, reason in found.left:
            messages.warning(self.request, f"{line} : {reason}")
        if not found.done:
            raise NotPossible("Aucune de ces déclarations n’a pu être traitée.")
        left = f" ; {plural(len(found.left), 'laissée de côté', 'laissées de côté')}" if found.left else ""
        return f"{plural(len(found.done), *self.words)}, {euros_fr(found.total)}{left}."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        outcome = type(self).ahead(self.ticked, by=self.request.user)
        return super().get_context_data(outcome=outcome, **kwargs)


class BulkCheck(BulkLines):
    title = "Vérifier des déclarations"
    question = "Avez-vous vu la preuve du temps passé pour chacune de ces déclarations ?"
    submit_label = "J’ai vérifié ces déclarations"
    ahead, each = checks_ahead, check_lines
    words = ("déclaration vérifiée", "déclarations vérifiées")


class BulkApprove(BulkLines):
    title = "Approuver des déclarations"
    question = "Approuver le paiement de ces déclarations ?"
    submit_label = "Approuver ces déclarations"
    ahead, each = approvals_ahead, approve_lines
    words = ("déclaration approuvée", "déclarations approuvées")

"""Dues of the ticked rows of the register: payments, reminders, certificates."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import plural
from members.dues.bulk import dues_of_rows, memberships_of_rows
from members.dues.documents.series import ask_for_certificates
from members.dues.views.letters import batch_url
from members.listing import DuesState
from members.listing.forms import BulkForm
from members.listing.views.bulk import BulkPage
from members.models import LetterBatch


class ToCampaign(BulkPage):
    """Hands the dues of the ticked rows over to the page of their campaign, where everything is confirmed."""

    http_method_names = ["get", "head", "options"]
    form_class = BulkForm
    state = DuesState.OWING
    page = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        if not self.rows.count():
            return self.nothing_ticked()
        try:
            campaign, dues = dues_of_rows(self.rows, state=self.state, today=timezone.localdate())
        except NotPossible as refusal:
            messages.warning(request, str(refusal))
            return redirect(self.back())
        query = urlencode([("due", pk) for pk in dues])
        return redirect(f"{reverse(self.page, args=[self.cpts.pk, campaign.pk])}?{query}")


class BulkPayments(ToCampaign):
    needs = ("add", "members.payment")
    title = "Enregistrer des paiements"
    page = "members:payments-record"


class BulkReminder(ToCampaign):
    needs = ("change", "members.due")
    title = "Rappel de cotisation"
    state = DuesState.LATE
    page = "members:campaign-remind"


class BulkCertificates(BulkPage):
    """One file of the certificates of these members, for the year the list shows."""

    needs = ("add", "members.letterbatch")
    title = "Attestations d’adhésion"
    question = "Préparer les attestations de {} ?"
    submit_label = "Préparer le fichier"
    form_class = BulkForm
    batch: LetterBatch

    @cached_property
    def memberships(self) -> list[int]:
        return memberships_of_rows(self.rows)

    def act(self, form: BulkForm) -> str:  # noqa: ARG002
        self.batch = ask_for_certificates(
            self.cpts, year=self.rows.wanted.year, memberships=self.memberships, by=self.request.user
        )
        return "La préparation du fichier est lancée."

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        return redirect(batch_url(self.batch)) if response.status_code == 302 else response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        year, pages = self.rows.wanted.year, len(self.memberships)
        left_out = self.rows.count() - pages
        told = [f"{plural(pages, 'attestation')} pour l’année {year}, une page par adhérent, en un seul fichier."]
        if left_out:
            told.append(f"{plural(left_out, 'fiche')} sans adhésion en {year} : pas d’attestation.")
        told.append("La cotisation n’est mentionnée que si elle est réglée ou exonérée.")
        return super().get_context_data(consequences=told, **kwargs)

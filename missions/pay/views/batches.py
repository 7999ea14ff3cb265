"""Payment batches: made of approved sums, exported as transfers or a table, paid, undone; the account of a person."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.changes import changes_of
from cpts_portal.core.exports import FORMATS, export_response
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr, de
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, Page, PortalView
from members.models import Professional
from members.shared.exports_log import log_export
from missions.models import BankAccount, PayBatch
from missions.pay.bank import decrypted, save_account
from missions.pay.batches import (
    create_batch,
    export_transfers,
    lines_of_batch,
    mark_paid,
    missing_for_export,
    payable,
    transfers_of,
    undo_batch,
)
from missions.pay.forms import AccountForm, BatchForm
from missions.pay.lists import batches_of
from missions.shared.forms import OnForm
from missions.shared.links import batch_url, pay_tabs, payments_crumbs

HEADERS = ("Personne", "Date", "Activité", "Nature", "Montant", "Titulaire", "IBAN")


def batches_crumbs(cpts: Any) -> list[Crumb]:
    return [*payments_crumbs(cpts), ("Lots de paiement", reverse("missions:batches", args=[cpts.pk]))]


class BatchList(CptsMixin, Page):
    needs = ("view", "missions.paybatch")
    title = "Lots de paiement"
    template_name = "missions/pay/batches.html"

    def breadcrumbs(self) -> list[Crumb]:
        return payments_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            tabs=pay_tabs(self.cpts.pk, self.title),
            batches=batches_of(self.cpts),
            payable=payable(self.cpts).count(),
            may_edit=self.may("add", "missions.paybatch"),
            **kwargs,
        )


class BatchAdd(ActPage):
    needs = ("add", "missions.paybatch")
    title = "Créer un lot de paiement"
    form_class = BatchForm
    submit_label = "Créer le lot"
    made: PayBatch | None = None

    def breadcrumbs(self) -> list[Crumb]:
        return batches_crumbs(self.cpts)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "lines": payable(self.cpts)}

    def get_initial(self) -> dict[str, Any]:
        return {"execute_on": timezone.localdate()}

    def back(self) -> str:
        return batch_url(self.made) if self.made else reverse("missions:batches", args=[self.cpts.pk])

    def act(self, form: BatchForm) -> str:
        data = form.cleaned_data
        self.made = create_batch(
            self.cpts, data["lines"], execute_on=data["execute_on"], today=timezone.localdate(), by=self.request.user
        )
        return f"Le lot n° {self.made.number} est créé."


class BatchMixin(CptsMixin):
    @cached_property
    def batch(self) -> PayBatch:
        return get_object_or_404(PayBatch.objects.select_related("cpts"), pk=self.kwargs["pk"], cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return [*batches_crumbs(self.cpts), (str(self.batch), batch_url(self.batch))]

    def back(self) -> str:
        return batch_url(self.batch)


class BatchDetail(BatchMixin, Page):
    needs = ("view", "missions.paybatch")
    template_name = "missions/pay/batch.html"

    def get_title(self) -> str:
        return f"Lot de paiement n° {self.batch.number}"

    def breadcrumbs(self) -> list[Crumb]:
        return batches_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch, transfers = self.batch, transfers_of(self.batch)
        may_edit = self.may("change", "missions.paybatch") and not batch.paid_on
        return super().get_context_data(
            batch=batch,
            transfers=transfers,
            total=sum(each.amount for each in transfers),
            lines=lines_of_batch(batch),
            missing=[] if batch.paid_on else missing_for_export(batch, transfers),
            may_edit=may_edit,
            may_undo=may_edit and not batch.exported_at,
            events=changes_of(batch.history),
            **kwargs,
        )


class BatchTransfers(BatchMixin, ConfirmPage):
    """The file of transfers: producing it closes the batch, hence by POST; it leaves a line in the log."""

    needs = ("change", "missions.paybatch")
    title = "Produire le fichier de virements"
    submit_label = "Produire le fichier"
    danger = False

    def get_question(self) -> str:
        return f"Produire le fichier de virements du lot n° {self.batch.number} ?"

    def consequences(self) -> list[str]:
        found = ["Le lot ne peut plus être défait ensuite.", "Déposez le fichier une seule fois auprès de la banque."]
        if self.batch.exported_at:
            produced = date_fr(timezone.localtime(self.batch.exported_at).date())
            found.insert(0, f"Attention : un fichier a déjà été produit le {produced}.")
        return found

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            content = export_transfers(self.batch, moment=timezone.now(), by=self.request.user)
        except NotPossible as refusal:
            messages.error(request, str(refusal))
            return self.render_to_response(self.get_context_data(**kwargs), status=422)
        what = f"Virements du lot n° {self.batch.number}"
        log_export(self.request, self.cpts, what=what, persons=len(transfers_of(self.batch)), file_format="xml")
        response = HttpResponse(content, content_type="application/xml")
        response["Content-Disposition"] = f'attachment; filename="virements-lot-{self.batch.number}.xml"'
        return response


class BatchTable(BatchMixin, PortalView):
    """`?format=csv` or `xlsx`: the lines with their accounts; leaves a line in the log."""

    needs = ("view", "missions.paybatch")
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        asked = request.GET.get("format", "xlsx")
        file_format = asked if asked in FORMATS else "xlsx"
        transfers = {each.person.pk: each.account for each in transfers_of(self.batch)}
        try:
            known = {pk: (each.holder, decrypted(each.iban)) for pk, each in transfers.items() if each}
        except NotPossible as refusal:
            messages.error(request, str(refusal))
            return redirect(self.back())
        rows = [
            (
                *(str(line.professional), line.day, line.activity, line.get_nature_display(), line.amount),
                *known.get(line.professional_id, ("", "")),
            )
            for line in lines_of_batch(self.batch)
        ]
        what = f"Tableau du lot n° {self.batch.number}"
        log_export(self.request, self.cpts, what=what, persons=len(transfers), file_format=file_format)
        return export_response(f"lot-{self.batch.number}", HEADERS, rows, file_format)


class BatchPaid(BatchMixin, ActPage):
    needs = ("change", "missions.paybatch")
    form_class = OnForm
    submit_label = "Constater le paiement"

    def get_title(self) -> str:
        return f"Paiement du lot n° {self.batch.number}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "label": "Payé le"}

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def act(self, form: OnForm) -> str:
        mark_paid(self.batch, on=form.cleaned_data["on"], today=timezone.localdate(), by=self.request.user)
        return f"Le lot n° {self.batch.number} est payé."


class BatchUndo(BatchMixin, ConfirmPage):
    needs = ("change", "missions.paybatch")
    title = "Défaire un lot"
    submit_label = "Défaire le lot"

    def get_question(self) -> str:
        return f"Défaire le lot n° {self.batch.number} ?"

    def consequences(self) -> list[str]:
        return ["Ses sommes restent approuvées et pourront entrer dans un autre lot."]

    def act(self) -> str:
        undo_batch(self.batch, by=self.request.user)
        self.is_gone = True
        return "Le lot est défait ; ses sommes restent approuvées."

    is_gone = False

    def back(self) -> str:
        return reverse("missions:batches", args=[self.cpts.pk]) if self.is_gone else batch_url(self.batch)


class AccountEdit(ActPage):
    """The bank account of a person, typed by those who pay."""

    needs = ("change", "missions.bankaccount")
    form_class = AccountForm

    @cached_property
    def person(self) -> Professional:
        return get_object_or_404(Professional, pk=self.kwargs["person_id"], cpts=self.cpts)

    def get_title(self) -> str:
        return f"Compte bancaire {de(self.person)}"

    def breadcrumbs(self) -> list[Crumb]:
        return payments_crumbs(self.cpts)

    def get_initial(self) -> dict[str, Any]:
        found = BankAccount.objects.filter(professional=self.person).first()
        if found is None:
            return {"holder": str(self.person)}
        return {"holder": found.holder, "bic": found.bic}

    def back(self) -> str:
        return reverse("missions:batches", args=[self.cpts.pk])

    def act(self, form: AccountForm) -> str:
        data = form.cleaned_data
        found = save_account(
            self.person, holder=data["holder"], number=data["iban"], bic_code=data["bic"], by=self.request.user
        )
        return f"Le compte qui se termine par {found.iban_end} est enregistré."

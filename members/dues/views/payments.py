"""One due: its payments, their receipts, exemption; and recording payments, one or many."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.changes import changes_of
from cpts_portal.core.text import euros_fr, plural
from cpts_portal.pages import ActPage, CptsMixin, Crumb, Page
from members.dues.campaigns import by_name, dues_of
from members.dues.dues import cancel_payment, exempt, members_of_year, record_payments
from members.dues.forms import CancelPaymentForm, PaymentDefaultsForm, PaymentRowForm, ReasonForm
from members.dues.links import CampaignMixin, dues_crumbs
from members.dues.tables import TONES
from members.models import Due, Payment
from members.shared.links import holder_url

HOLDER_FIELDS = ("professional", "structure")


class DueMixin(CptsMixin):
    """A page about one due (`due_id` in its URL)."""

    @cached_property
    def due(self) -> Due:
        return get_object_or_404(
            Due.objects.select_related(
                "campaign__cpts", "membership__college", "membership__structure", "membership__professional"
            ),
            pk=self.kwargs["due_id"],
            membership__cpts=self.cpts,
        )

    def breadcrumbs(self) -> list[Crumb]:
        return dues_crumbs(self.cpts, self.due.campaign)

    def back(self) -> str:
        return reverse("members:due-detail", args=[self.cpts.pk, self.due.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(due=self.due, **kwargs)


class DueDetail(DueMixin, Page):
    needs = ("view", "members.due")
    template_name = "members/dues/due.html"

    def get_title(self) -> str:
        return f"{self.due.campaign} – {self.due.membership.holder}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = self.due.state_on(timezone.localdate())
        payments = self.due.payments.select_related("recorded_by")
        return super().get_context_data(
            state=state,
            tone=TONES[state],
            payments=payments,
            holder_url=holder_url(self.due.membership),
            zero_reason="" if self.due.amount else self.due.exemption_reason,
            certificate_url=self.certificate_url(),
            may_write=self.may("change", "members.due"),
            events=changes_of(self.due.history, Payment.history.filter(due_id=self.due.pk)),
            **kwargs,
        )

    def certificate_url(self) -> str:
        """Of the last membership in the year: she may have left and come back since the call."""
        year = self.due.campaign.year
        holder = HOLDER_FIELDS[bool(self.due.membership.structure_id)]
        own = members_of_year(self.cpts, year).filter(**{holder: getattr(self.due.membership, f"{holder}_id")}).first()
        return reverse("members:membership-certificate", args=[self.cpts.pk, own.pk, year]) if own else ""


class Exempt(DueMixin, ActPage):
    needs = ("change", "members.due")
    form_class = ReasonForm
    submit_label = "Exonérer"

    def get_title(self) -> str:
        return f"Exonérer {self.due.membership.holder}"

    def act(self, form: ReasonForm) -> str:
        exempt(self.due, reason=form.cleaned_data["reason"], by=self.request.user)
        return f"Les {euros_fr(self.due.owed)} qui restaient dus sont remis. Le motif est noté."


class CancelPayment(ActPage):
    """The receipt keeps its number, which is never used again."""

    needs = ("change", "members.payment")
    form_class = CancelPaymentForm
    submit_label = "Annuler ce paiement"

    @cached_property
    def payment(self) -> Payment:
        return get_object_or_404(
            Payment.objects.select_related(
                "due__campaign", "due__membership__professional", "due__membership__structure"
            ),
            pk=self.kwargs["payment_id"],
            due__membership__cpts=self.cpts,
        )

    def breadcrumbs(self) -> list[Crumb]:
        return dues_crumbs(self.cpts, self.payment.due.campaign)

    def get_title(self) -> str:
        return f"Annuler le paiement {self.payment.receipt_number}"

    def back(self) -> str:
        return reverse("members:due-detail", args=[self.cpts.pk, self.payment.due_id])

    def act(self, form: CancelPaymentForm) -> str:
        cancel_payment(self.payment, reason=form.cleaned_data["reason"], on=timezone.localdate(), by=self.request.user)
        return f"Le paiement {self.payment.receipt_number} est annulé ; la somme est de nouveau due."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(danger=True, **kwargs)


class RecordPayments(CampaignMixin, ActPage):
    """The dues ticked in the list (`?due=1&due=2`), one row each: same date and method, an amount per row."""

    needs = ("add", "members.payment")
    template_name = "members/dues/payments.html"
    form_class = PaymentDefaultsForm
    title = "Enregistrer des paiements"
    submit_label = "Enregistrer les paiements"

    @cached_property
    def dues(self) -> list[Due]:
        return by_name(self.chosen().filter(owed__gt=0))  # type: ignore[return-value]

    def chosen(self) -> QuerySet[Due]:
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        ids = [int(value) for value in sent.getlist("due") if value.isdecimal() and len(value) < 18]
        return dues_of(self.campaign).filter(pk__in=ids)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "today": timezone.localdate()}

    def get_initial(self) -> dict[str, Any]:
        return {"paid_on": timezone.localdate()}

    @cached_property
    def rows(self) -> list[PaymentRowForm]:
        sent = self.request.POST if self.request.method == "POST" else None
        return [PaymentRowForm(sent, due=due, initial={"amount": due.owed}) for due in self.dues]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002 (Django's)
        form = self.get_form()
        refused = [row for row in self.rows if not row.is_valid()]  # every row says what is wrong with it
        if not form.is_valid() or refused:
            return self.form_invalid(form)
        if not any(row.cleaned_data["amount"] for row in self.rows):
            form.add_error(None, "Aucun montant à enregistrer : ces cotisations viennent peut-être d’être réglées.")
            return self.form_invalid(form)
        return self.form_valid(form)

    def act(self, form: PaymentDefaultsForm) -> str:
        orders = [order for row in self.rows if (order := row.order(**form.cleaned_data))]
        made = record_payments(orders, by=self.request.user)
        total = euros_fr(sum(payment.amount for payment in made))  # type: ignore[arg-type]
        numbers = made[0].receipt_number if len(made) == 1 else f"{made[0].receipt_number} à {made[-1].receipt_number}"
        return f"{plural(len(made), 'paiement enregistré', 'paiements enregistrés')}, {total} : reçus {numbers}."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rows=self.rows, **kwargs)

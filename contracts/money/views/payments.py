"""Payments of the fund: the list of every CPTS in scope, decided and paid one or many at once, received, set aside."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html

from contracts.models import FundPayment
from contracts.money.exports import PAYMENT_HEADERS, payment_lines
from contracts.money.forms import ChosenPayments, LineForm, PaidPayments, ReceivedForm, SetAsideForm
from contracts.money.links import FUND, TONES, MoneyYearMixin, SideMixin, payment_url, year_crumbs
from contracts.money.paying import PAYMENTS, Call, add_line, call_of, counted, move_all, propose, sum_of
from cpts_portal.accounts.roles import CPTS_ROLES, Role
from cpts_portal.core.changes import changes_of
from cpts_portal.core.exports import export_response
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr, euros_fr, fold
from cpts_portal.core.versions import StaleEdit
from cpts_portal.core.workflow import Act
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, FormPage, ListPage, Page
from territories.cpts.forms.cpts import DayField

VIEW = ("view", "contracts.fundpayment")
STALE = "Un versement choisi a changé entre-temps : rien n’a été enregistré. La liste est à jour, relisez-la."


# --- The list of every CPTS in scope --------------------------------------------------------------------------------
class PaymentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="CPTS", method="search", widget=forms.TextInput(attrs={"type": "search", "placeholder": "nom…"})
    )
    etat = django_filters.ChoiceFilter(
        label="État", field_name="status", choices=FundPayment.Status.choices, empty_label="Tous"
    )
    nature = django_filters.ChoiceFilter(
        label="Nature", field_name="kind", choices=FundPayment.Kind.choices, empty_label="Toutes"
    )
    avant = django_filters.DateFilter(
        label="Échéance jusqu’au", field_name="due_on", lookup_expr="lte", widget=DayField.widget
    )
    virement = django_filters.CharFilter(label="Référence du virement", field_name="reference", lookup_expr="icontains")

    class Meta:
        model = FundPayment
        fields: list[str] = []

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        for word in fold(value).split():
            queryset = queryset.filter(year__contract__cpts__search__contains=word)
        return queryset


class PaymentTable(tables.Table):
    cpts = tables.Column(verbose_name="CPTS", accessor="year__contract__cpts", order_by=("year__contract__cpts__name",))
    what = tables.Column(verbose_name="Versement", accessor="pk", orderable=False)
    due_on = tables.Column(verbose_name="Échéance")
    amount = tables.Column(verbose_name="Montant", attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    status = tables.Column(verbose_name="État")

    class Meta:
        model = FundPayment
        fields = ("cpts", "what", "due_on", "amount", "status")
        order_by = ("due_on",)

    def render_cpts(self, record: FundPayment) -> str:
        return record.year.contract.cpts.full_name

    def render_what(self, record: FundPayment) -> str:
        return format_html('<a href="{}">{}</a>, {}', payment_url(record), record, str(record.year).lower())

    def render_due_on(self, value: Any) -> str:
        return date_fr(value)

    def render_amount(self, record: FundPayment) -> str:
        doubt = " (à confirmer)" if record.confidence == "to_confirm" else ""
        return f"{euros_fr(record.amount)}{doubt}"

    def render_status(self, record: FundPayment) -> str:
        label = record.get_status_display()
        return render_to_string("ui/badge.html", {"label": label, "tone": TONES[record.status]})


def all_payments() -> QuerySet[FundPayment]:
    return FundPayment.objects.select_related(
        "mission", "year__exercise", "year__contract__cpts__lead_fund", "year__contract__cpts__ars"
    )


class PaymentList(ListPage):
    """`?export=csv` or `xlsx` is the batch for the fund: the rows shown, with what its accounts need."""

    needs = VIEW
    title = "Versements de la caisse"
    template_name = "contracts/money/payments.html"
    filterset_class = PaymentFilter
    table_class = PaymentTable
    export_name = "versements"
    is_scoped = True
    empty_title = "Aucun versement ne correspond"
    empty_hint = "Les versements se proposent depuis l’année d’un contrat, page « Financement » de la CPTS."

    def get_queryset(self) -> QuerySet:
        return all_payments()

    def export(self, file_format: str) -> HttpResponse:
        rows = list(self.get_table(**self.get_table_kwargs()).data)
        return export_response(self.export_name, PAYMENT_HEADERS, payment_lines(rows), file_format)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        total = self.object_list.order_by().aggregate(total=Sum("amount"))["total"]
        return super().get_context_data(shown_sum=total or 0, is_fund=self.actor.has_any(FUND), **kwargs)


# --- Decided, paid: one or many at once -----------------------------------------------------------------------------
class ManyPayments(FormPage):
    """The same move on the payments ticked; `?annee=12` keeps to one year of one contract."""

    roles = FUND
    move = ""
    source = ""

    def breadcrumbs(self) -> list[Crumb]:
        return [("Versements de la caisse", reverse("contracts:payments"))]

    def back(self) -> str:
        return f"{reverse('contracts:payments')}?etat={self.source}"

    @property
    def own_funds(self) -> list[int]:
        """The funds this person acts for: she decides for the CPTS they lead, whatever else she may read."""
        return [each.agency_id for each in self.actor.accesses if each.role == Role.FUND_AGENT and each.agency_id]

    def rows(self) -> list[FundPayment]:
        payments = all_payments().filter(status=self.source, year__contract__cpts__lead_fund__in=self.own_funds)
        year = self.request.GET.get("annee", "")
        payments = payments.filter(year=int(year)) if year.isdecimal() else payments
        return list(payments.order_by("year__contract__cpts__name", "due_on", "pk"))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "rows": self.shown}

    @cached_property
    def shown(self) -> list[FundPayment]:
        return self.rows()

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            done = move_all(self.move, self.acts(form))
        except StaleEdit:
            messages.error(self.request, STALE)
            return redirect(self.request.get_full_path())
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, self.told(done))
        return redirect(self.back())

    def acts(self, form: Any) -> dict[int, Act]:
        cpts = {row.pk: row.year.contract.cpts for row in self.shown}
        data = {name: value for name, value in form.cleaned_data.items() if name != "payments"}
        moment = timezone.now()
        return {
            pk: Act(self.request.user, self.actor.roles_on(cpts[pk]), moment, version, data=data)
            for pk, version in form.versions.items()
        }

    def told(self, done: list[FundPayment]) -> str:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rows=self.shown, shown_sum=sum_of(self.shown), cancel_url=self.back(), **kwargs)


class DecidePayments(ManyPayments):
    title = "Décider des versements"
    template_name = "contracts/money/choose.html"
    form_class = ChosenPayments
    submit_label = "Décider les versements choisis"
    move, source = "decide", "proposed"

    def told(self, done: list[FundPayment]) -> str:
        return f"Décidé : {counted(done)}. Exportez la liste pour vos services, puis enregistrez le virement."


class PayPayments(ManyPayments):
    title = "Enregistrer un virement"
    template_name = "contracts/money/choose.html"
    form_class = PaidPayments
    submit_label = "Enregistrer ce virement"
    move, source = "pay", "decided"

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def told(self, done: list[FundPayment]) -> str:
        return f"Versé : {counted(done)}. La CPTS constate la réception."


# --- One payment ----------------------------------------------------------------------------------------------------
class PaymentMixin(CptsMixin):
    @cached_property
    def payment(self) -> FundPayment:
        return get_object_or_404(all_payments(), pk=self.kwargs["pk"], year__contract__cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return [*year_crumbs(self.payment.year), (str(self.payment), payment_url(self.payment))]

    def back(self) -> str:
        return payment_url(self.payment)


class PaymentDetail(PaymentMixin, Page):
    needs = VIEW
    template_name = "contracts/money/payment.html"

    def get_title(self) -> str:
        return str(self.payment)

    def breadcrumbs(self) -> list[Crumb]:
        return year_crumbs(self.payment.year)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        payment, roles = self.payment, self.actor.roles_on(self.cpts)
        return super().get_context_data(
            payment=payment,
            tone=TONES[payment.status],
            is_fund=bool(roles & FUND),
            may_receive=bool(roles & CPTS_ROLES) and payment.status == "paid" and not payment.received_on,
            events=changes_of(payment.history),
            **kwargs,
        )


class PaymentMove(PaymentMixin, ActPage):
    """One move that asks something: on the version of the payment that was shown."""

    move = ""
    stale = "Ce versement a changé depuis que vous l’avez ouvert : relisez-le, puis confirmez."

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.payment.version, "on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(payment=self.payment, **kwargs)

    def act(self, form: Any) -> str:
        data = dict(form.cleaned_data)
        version, reason = data.pop("version"), data.pop("reason", "")
        roles = self.actor.roles_on(self.cpts)
        act = Act(self.request.user, roles, timezone.now(), version=version, reason=reason, data=data)
        PAYMENTS.make(self.payment, self.move, act)
        return f"{PAYMENTS.moves[self.move].label} : c’est fait."

    def edited(self) -> FundPayment:
        return self.payment


class PaymentSetAside(SideMixin, PaymentMove):
    roles = FUND
    title = "Écarter un versement"
    form_class = SetAsideForm
    submit_label = "Écarter ce versement"
    move = "set_aside"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(danger=True, **kwargs)


class PaymentReceive(SideMixin, PaymentMove):
    roles = CPTS_ROLES
    title = "Constater la réception d’un versement"
    form_class = ReceivedForm
    submit_label = "Constater la réception"
    move = "receive"


# --- From a year ----------------------------------------------------------------------------------------------------
class YearPropose(SideMixin, MoneyYearMixin, ConfirmPage):
    """What the year calls for now, shown before it is written."""

    roles = FUND
    title = "Proposer les versements"
    template_name = "contracts/money/propose.html"
    submit_label = "Proposer ces versements"
    danger = False

    @cached_property
    def call(self) -> Call:
        return call_of(self.year, timezone.localdate())

    def get_question(self) -> str:
        if not self.call.rows:
            return "Tout ce que l’année appelle à ce jour est déjà proposé, décidé ou versé."
        return f"Proposer {euros_fr(self.call.total)} ?"

    def act(self) -> str:
        made = propose(self.year, moment=timezone.now(), day=timezone.localdate(), by=self.request.user)
        return f"Proposé : {counted(made)}." if made else "Il n’y avait rien de plus à proposer."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(year=self.year, call=self.call, **kwargs)


class YearLineAdd(SideMixin, MoneyYearMixin, ActPage):
    roles = FUND
    title = "Ajouter une régularisation ou une récupération"
    form_class = LineForm
    submit_label = "Ajouter cette ligne"

    def get_initial(self) -> dict[str, Any]:
        return {"kind": FundPayment.Kind.CORRECTION, "due_on": timezone.localdate()}

    def act(self, form: LineForm) -> str:
        made = add_line(self.year, form.line, moment=timezone.now(), by=self.request.user)
        return f"{made} : {euros_fr(made.amount)}, à décider."

"""The quarterly exchanges of a contract."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from contracts.deal.exchanges import (
    add_exchange,
    drop_exchange,
    next_exchange,
    plan_exchanges,
    quarters_left,
    write_exchange,
)
from contracts.deal.forms import ExchangeForm
from contracts.deal.views.contracts import ContractMixin, kept_typing
from contracts.models import Exchange
from contracts.shared.links import contract_crumbs
from cpts_portal.core.text import date_fr
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, Page


def exchanges_url(contract: Any) -> str:
    return reverse("contracts:contract-exchanges", args=[contract.cpts_id, contract.pk])


def exchange_crumbs(contract: Any) -> list[Crumb]:
    return [*contract_crumbs(contract), ("Échanges trimestriels", exchanges_url(contract))]


class Exchanges(ContractMixin, Page):
    needs = ("view", "contracts.exchange")
    title = "Échanges trimestriels"
    template_name = "contracts/deal/exchanges.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = timezone.localdate()
        exchanges = list(self.contract.exchanges.order_by("-planned_on"))
        return super().get_context_data(
            contract=self.contract,
            exchanges=[(each, each.held_on is None and each.planned_on < day) for each in exchanges],
            next_one=next_exchange(self.contract),
            may_plan=bool(quarters_left(self.contract, day)),
            may_write=self.may("change", "contracts.exchange"),
            **kwargs,
        )


class PlanExchanges(ContractMixin, ConfirmPage):
    needs = ("add", "contracts.exchange")
    title = "Prévoir les échanges de l’année"
    submit_label = "Prévoir les échanges"
    danger = False

    def get_question(self) -> str:
        return "Prévoir un échange à la fin de chaque trimestre de l’année en cours ?"

    def consequences(self) -> list[str]:
        days = quarters_left(self.contract, timezone.localdate())
        return [
            *(f"Un échange le {date_fr(each)}." for each in days),
            "Les trimestres passés et ceux qui ont déjà un échange sont laissés tels quels.",
            "Chaque date se modifie ensuite.",
        ]

    def act(self) -> str:
        made = plan_exchanges(self.contract, day=timezone.localdate(), by=self.request.user)
        return "Échanges prévus : " + ", ".join(date_fr(each.planned_on) for each in made) + "."

    def breadcrumbs(self) -> list[Crumb]:
        return exchange_crumbs(self.contract)

    def back(self) -> str:
        return exchanges_url(self.contract)


class ExchangeAdd(ContractMixin, ActPage):
    needs = ("add", "contracts.exchange")
    title = "Ajouter un échange"
    form_class = ExchangeForm
    submit_label = "Ajouter l’échange"

    def act(self, form: ExchangeForm) -> str:
        add_exchange(self.contract, form.sheet(), day=timezone.localdate(), by=self.request.user)
        return "L’échange est ajouté."

    def breadcrumbs(self) -> list[Crumb]:
        return exchange_crumbs(self.contract)

    def back(self) -> str:
        return exchanges_url(self.contract)


class ExchangeMixin(CptsMixin):
    @cached_property
    def exchange(self) -> Exchange:
        found = Exchange.objects.select_related("contract__cpts")
        return get_object_or_404(found, pk=self.kwargs["pk"], contract__cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return exchange_crumbs(self.exchange.contract)

    def back(self) -> str:
        return exchanges_url(self.exchange.contract)


class ExchangeEdit(ExchangeMixin, ActPage):
    needs = ("change", "contracts.exchange")
    form_class = ExchangeForm
    template_name = "contracts/deal/exchange_form.html"
    submit_label = "Enregistrer l’échange"

    def get_title(self) -> str:
        return f"Échange du {date_fr(self.exchange.planned_on)}"

    def get_initial(self) -> dict[str, Any]:
        names = ("planned_on", "held_on", "agenda", "minutes", "decisions", "version")
        return {name: getattr(self.exchange, name) for name in names}

    def act(self, form: ExchangeForm) -> str:
        kept_typing(form, self.exchange, lambda: self._write(form))
        return "L’échange est enregistré."

    def _write(self, form: ExchangeForm) -> Exchange:
        return write_exchange(
            self.exchange,
            form.sheet(),
            version=form.cleaned_data["version"],
            day=timezone.localdate(),
            by=self.request.user,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(exchange=self.exchange, **kwargs)


class ExchangeDrop(ExchangeMixin, ConfirmPage):
    needs = ("delete", "contracts.exchange")
    title = "Retirer un échange"
    submit_label = "Retirer l’échange"

    def get_question(self) -> str:
        return f"Retirer l’échange prévu le {date_fr(self.exchange.planned_on)} ?"

    def act(self) -> str:
        contract = self.exchange.contract
        drop_exchange(self.exchange, by=self.request.user)
        self.exchange.contract = contract
        return "L’échange est retiré ; l’historique le garde."

"""Declarations: list, card with what blocks, declared, checked, approved, refused."""

from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.changes import changes_of
from cpts_portal.core.money import ZERO
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import de, euros_fr
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, ListPage, Page
from members.shared.exports_log import log_export
from missions.meetings.hours import hours_of
from missions.models import Attendance, PayLine, PayStatus
from missions.pay.amounts import Worth
from missions.pay.ceiling import room_of
from missions.pay.checks import blocking, may_approve
from missions.pay.forms import DeclareForm
from missions.pay.lists import lines_of, to_declare, years_of
from missions.pay.payment import approve_line, check_line, declare, mandates_on, refuse_line, worth_of
from missions.pay.tables import BULK_FORM, TONES, LineFilter, LineTable
from missions.shared.forms import ReasonForm
from missions.shared.links import line_url, pay_tabs, payments_crumbs, payments_url


class PaymentList(CptsMixin, ListPage):
    needs = ("view", "missions.payline")
    title = "Indemnités et rémunérations"
    template_name = "missions/pay/list.html"
    filterset_class = LineFilter
    table_class = LineTable
    export_name = "indemnites"
    empty_title = "Aucune déclaration ne correspond"

    def get_queryset(self) -> QuerySet:
        return lines_of(self.cpts)

    def get_table_kwargs(self) -> dict[str, Any]:
        if not self.may("change", "missions.payline"):
            return {"exclude": ("tick",)}
        granting = (PayStatus.CHECKED,) if may_approve(self.request.user, self.cpts) else ()
        return {"ticked": (PayStatus.DECLARED, *granting)}

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        years = years_of(self.cpts, timezone.localdate())
        return {**super().get_filterset_kwargs(filterset_class), "years": years}

    def export(self, file_format: str) -> HttpResponse:
        rows = self.object_list
        persons = rows.order_by().values("professional").distinct().count()
        log_export(self.request, self.cpts, what=self.title, persons=persons, file_format=file_format)
        return super().export(file_format)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        total = self.object_list.order_by().aggregate(total=Sum("amount"))["total"]
        return super().get_context_data(
            tabs=pay_tabs(self.cpts.pk, "Déclarations"),
            has_any=PayLine.objects.filter(cpts=self.cpts).exists(),
            shown_sum=euros_fr(total or ZERO),
            may_edit=self.may("add", "missions.payline"),
            may_act=self.may("change", "missions.payline"),
            may_approve=may_approve(self.request.user, self.cpts),
            bulk_form=BULK_FORM,
            asked=[(name, value) for name, value in self.request.GET.items() if name not in ("page", "export", "row")],
            **kwargs,
        )


class Presences(CptsMixin, Page):
    """Locked presences that nobody declared yet, each one click from its declaration."""

    needs = ("view", "missions.payline")
    title = "Présences à déclarer"
    template_name = "missions/pay/presences.html"
    SHOWN = 100

    def breadcrumbs(self) -> list[Crumb]:
        return payments_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = to_declare(self.cpts)
        return super().get_context_data(
            tabs=pay_tabs(self.cpts.pk, self.title),
            rows=[(row, hours_of(row)) for row in found[: self.SHOWN]],
            count=found.count(),
            may_edit=self.may("add", "missions.payline"),
            **kwargs,
        )


class DeclareMixin(CptsMixin):
    """`?presence=12` starts from a locked presence, whose person, day and hours are then fixed."""

    @cached_property
    def attendance(self) -> Attendance | None:
        asked = self.request.GET.get("presence", "")
        return to_declare(self.cpts).filter(pk=asked).first() if asked.isdecimal() else None


class Declare(DeclareMixin, ActPage):
    needs = ("add", "missions.payline")
    title = "Déclarer une activité"
    template_name = "missions/pay/declare.html"
    form_class = DeclareForm
    submit_label = "Déclarer"
    made: PayLine | None = None

    def breadcrumbs(self) -> list[Crumb]:
        return payments_crumbs(self.cpts)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cpts": self.cpts, "attendance": self.attendance}

    def get_initial(self) -> dict[str, Any]:
        row = self.attendance
        if row is None or row.professional is None:
            return {"day": timezone.localdate()}
        day = timezone.localtime(row.meeting.starts_at).date()
        office = next(iter(mandates_on(row.professional, day)), "")
        return {
            "professional": row.professional,
            "day": day,
            "hours": hours_of(row),
            "activity": row.meeting.title,
            "office": office,
            "nature": "indemnity" if office else "remuneration",
            "mission": row.meeting.missions.first(),
            "action": row.meeting.action_id,
        }

    def back(self) -> str:
        return line_url(self.made) if self.made else payments_url(self.cpts.pk)

    def act(self, form: DeclareForm) -> str:
        self.made = declare(self.cpts, form.order, today=timezone.localdate(), by=self.request.user)
        return f"L’activité est déclarée : {euros_fr(self.made.amount)}. Une autre personne la vérifie."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(attendance=self.attendance, **kwargs)


class DeclareWorth(DeclareMixin, Page):
    """The amount of what is being typed, or why there is none yet; drawn beside the form."""

    needs = ("add", "missions.payline")
    template_name = "missions/pay/_worth.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        initial = {}
        if self.attendance:
            day = timezone.localtime(self.attendance.meeting.starts_at).date()
            initial = {
                "professional": self.attendance.professional,
                "day": day,
                "hours": hours_of(self.attendance),
            }
        form = DeclareForm(self.request.GET, cpts=self.cpts, attendance=self.attendance, initial=initial)
        formula, reason = "", ""
        if form.is_valid():
            try:
                formula = worth_of(self.cpts, form.order).formula
            except NotPossible as refusal:
                reason = str(refusal)
        return super().get_context_data(formula=formula, reason=reason, **kwargs)


class LineMixin(CptsMixin):
    """A page about one declaration (`pk`) of the CPTS."""

    @cached_property
    def line(self) -> PayLine:
        found = PayLine.objects.select_related(
            "cpts", "professional__profession", "attendance__meeting", "mission__mission", "action", "batch"
        ).select_related("declared_by", "checked_by", "approved_by", "refused_by")
        return get_object_or_404(found, pk=self.kwargs["pk"], cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return payments_crumbs(self.cpts, self.line)

    def back(self) -> str:
        return line_url(self.line)


class LineDetail(LineMixin, Page):
    needs = ("view", "missions.payline")
    template_name = "missions/pay/detail.html"

    def get_title(self) -> str:
        return f"{self.line.get_nature_display()} {de(self.line.professional)}"

    def breadcrumbs(self) -> list[Crumb]:
        return payments_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        line, user = self.line, self.request.user
        is_open = line.status in (PayStatus.DECLARED, PayStatus.CHECKED)
        room = room_of(line.professional, line.day.year)
        may_edit = self.may("change", "missions.payline")
        return super().get_context_data(
            line=line,
            tone=TONES[PayStatus(line.status)],
            formula=Worth(line.hours, line.hourly_rate, line.flat_amount, line.kilometres, line.km_rate).formula,
            room=room,
            used=int(room.share_after() * 100),
            problems=blocking(line, user) if is_open else [],
            warning=room.warning(line.amount if is_open else ZERO),
            may_check=may_edit and line.status == PayStatus.DECLARED,
            may_approve=may_edit and line.status == PayStatus.CHECKED and may_approve(user, self.cpts),
            may_refuse=may_edit and line.status in (PayStatus.DECLARED, PayStatus.CHECKED, PayStatus.APPROVED),
            events=changes_of(line.history),
            **kwargs,
        )


class LineAct(LineMixin, ConfirmPage):
    needs = ("change", "missions.payline")
    danger = False

    def consequences(self) -> list[str]:
        line = self.line
        return [f"{line.activity}, {line.get_nature_display().lower()} de {euros_fr(line.amount)}."]


class LineCheck(LineAct):
    title = "Vérifier une déclaration"
    submit_label = "J’ai vérifié"

    def get_question(self) -> str:
        return f"Avez-vous vu la preuve du temps passé par {self.line.professional} ?"

    def act(self) -> str:
        check_line(self.line, moment=timezone.now(), by=self.request.user)
        return "La déclaration est vérifiée : le bureau peut l’approuver."


class LineApprove(LineAct):
    title = "Approuver une déclaration"
    submit_label = "Approuver"

    def get_question(self) -> str:
        return f"Approuver le paiement à {self.line.professional} ?"

    def consequences(self) -> list[str]:
        room = room_of(self.line.professional, self.line.day.year)
        warning = room.warning(self.line.amount)
        return [*super().consequences(), *blocking(self.line, self.request.user), *([warning] if warning else [])]

    def act(self) -> str:
        approve_line(self.line, moment=timezone.now(), by=self.request.user)
        return "Le paiement est approuvé : il peut entrer dans un lot."


class LineRefuse(LineMixin, ActPage):
    needs = ("change", "missions.payline")
    form_class = ReasonForm
    submit_label = "Refuser"

    def get_title(self) -> str:
        return f"Refuser la déclaration {de(self.line.professional)}"

    def act(self, form: ReasonForm) -> str:
        refuse_line(self.line, reason=form.cleaned_data["reason"], moment=timezone.now(), by=self.request.user)
        return "La déclaration est refusée ; son motif est gardé."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(danger=True, **kwargs)

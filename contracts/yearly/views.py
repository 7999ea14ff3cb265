"""The yearly review of a year: its lines by mission, both decisions side by side, its meeting and its record."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from contracts.models import AGENCIES, Closing, ContractYear, FundPayment, LineVerdict, ReviewStatus, YearLine
from contracts.shared.links import file_crumbs
from contracts.shared.parties import party_on
from contracts.shared.standing import standing_of
from contracts.yearly.deciding import decide, record_meeting, validate_proven, why_not_decide
from contracts.yearly.decision_rows import Row, filtered, preparation_of, row_of, tabs_of
from contracts.yearly.forms import DecisionForm, YearMeetingForm
from contracts.yearly.lines import YearBoard, board_of
from contracts.yearly.opening import due_year
from contracts.yearly.record import TEMPLATE, closing_in_force, envelopes, record_filename, year_record
from contracts.yearly.steps import steps_of
from cpts_portal.core.changes import changes_of
from cpts_portal.core.pdf import PdfUnavailable, pdf_response, render_pdf
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import plural
from cpts_portal.core.versions import StaleEdit, typed_over
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, Page, PortalView

STALE = "Cet indicateur a changé depuis que vous l’avez ouvert : relisez-le, puis confirmez votre décision."
STALE_MEETING = "Quelqu’un d’autre vient d’enregistrer cette réunion. Votre texte est resté : relisez, puis confirmez."
PREPARED = (ReviewStatus.DRAFT, ReviewStatus.RETURNED)


def year_url(year: ContractYear) -> str:
    return reverse("contracts:year-review", args=[year.exercise.cpts_id, year.pk])


class YearMixin(CptsMixin):
    """A page about one year of the contract (`pk`) of the CPTS."""

    @cached_property
    def year(self) -> ContractYear:
        found = ContractYear.objects.select_related(
            "exercise__cpts__ars",
            "exercise__cpts__lead_fund",
            "contract",
            "review__cpts__ars",
            "review__cpts__lead_fund",
        )
        return get_object_or_404(found, pk=self.kwargs["pk"], contract__cpts=self.cpts)

    @cached_property
    def party(self) -> str:
        return party_on(self.actor, self.cpts)

    def check_subject(self) -> None:
        super().check_subject()
        _ = self.year

    def breadcrumbs(self) -> list[Crumb]:
        return [*file_crumbs(self.cpts), (year_title(self.year), year_url(self.year))]

    def back(self) -> str:
        return year_url(self.year)


def year_title(year: ContractYear) -> str:
    return str(year.review or f"{year.exercise} du contrat")


def standing_payments(year: ContractYear) -> list[FundPayment]:
    found = FundPayment.objects.filter(year=year).exclude(status=FundPayment.Status.SET_ASIDE)
    return list(found.select_related("mission"))


class YearReview(YearMixin, Page):
    needs = ("view", "contracts.contractyear")
    template_name = "contracts/yearly/detail.html"

    def get_title(self) -> str:
        return year_title(self.year)

    def breadcrumbs(self) -> list[Crumb]:
        return file_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day, year = timezone.localdate(), self.year
        board = board_of(year)
        closings = list(Closing.objects.filter(year=year).select_related("closed_by", "reopened_by"))
        closing = next((each for each in closings if each.reopened_at is None), None)
        asked = self.request.GET.get("voir", "")
        return super().get_context_data(
            year=year,
            review=year.review,
            standing=standing_of(year.review, self.party, day) if year.review else None,
            is_preparing=bool(year.review and year.review.status in PREPARED),
            preparation=preparation_of(year, day) if year.review and year.review.status in PREPARED else [],
            steps=steps_of(year, closings),
            board=board,
            tabs=tabs_of(board, self.party, asked, year_url(year)),
            missions=filtered(board, self.party, asked, self._row),
            is_filtered=bool(asked),
            may_decide=self._may_decide,
            why_not=self._why_not(),
            proven=sum(state.is_proven for state in board.waiting_for(self.party)) if self._may_decide else 0,
            may_write=self._may_write,
            may_record=self.party == "cpts" and self.may("add", "missions.result"),
            may_open=self._may_open(day),
            envelopes=envelopes(year, board, closing, day),
            closing=closing,
            former=[each for each in closings if each.reopened_at],
            payments=standing_payments(year) if closing else [],
            events=self._events(board),
            **kwargs,
        )

    @cached_property
    def _may_decide(self) -> bool:
        return self.may("add", "contracts.lineverdict") and not why_not_decide(self.year.review, self.party)

    def _why_not(self) -> str:
        """Said to an agency while there is something to decide."""
        review = self.year.review
        is_open = bool(review and review.status in (ReviewStatus.SUBMITTED, ReviewStatus.RETURNED))
        return why_not_decide(review, self.party) if is_open and self.party in AGENCIES else ""

    @property
    def _may_write(self) -> bool:
        review = self.year.review
        open_now = bool(review and review.status != ReviewStatus.CLOSED)
        return open_now and self.may("change", "contracts.contractyear")

    def _may_open(self, day: Any) -> bool:
        is_due = self.year.review is None and due_year(self.cpts.pk, day) == self.year
        return is_due and self.may("add", "contracts.review")

    def _row(self, state: Any) -> Row:
        return row_of(state, self.cpts, self.party, may_decide=self._may_decide)

    def _events(self, board: YearBoard) -> list[Any]:
        lines = [state.line.pk for state in board.states]
        return changes_of(
            self.year.history,
            YearLine.history.filter(year_id=self.year.pk),
            LineVerdict.history.filter(line_id__in=lines),
        )


class YearValidate(YearMixin, ConfirmPage):
    """Validate at once what has a result and all its proofs."""

    needs = ("add", "contracts.lineverdict")
    title = "Valider tout ce qui est prouvé"
    submit_label = "Valider"
    danger = False

    def _proven(self) -> Sequence[Any]:
        return [state for state in board_of(self.year).waiting_for(self.party) if state.is_proven]

    def get_question(self) -> str:
        count = len(self._proven())
        return f"Valider {plural(count, 'indicateur prouvé', 'indicateurs prouvés')}, sans autre examen ?"

    def consequences(self) -> list[str]:
        names = [f"{state.line.name} : {state.value_text}" for state in self._proven()]
        return [
            *names,
            "Ce que votre agence a déjà décidé ne change pas.",
            "Chaque décision peut être reprise ensuite.",
        ]

    def act(self) -> str:
        count = validate_proven(self.year, party=self.party, by=self.request.user)
        return f"{plural(count, 'indicateur validé', 'indicateurs validés')}."


class YearMeeting(YearMixin, ActPage):
    needs = ("change", "contracts.contractyear")
    form_class = YearMeetingForm
    title = "Réunion et relevé de décisions"
    submit_label = "Enregistrer la réunion"

    def get_initial(self) -> dict[str, Any]:
        return {"meeting_on": self.year.meeting_on, "record": self.year.record, "version": self.year.version}

    def act(self, form: YearMeetingForm) -> str:
        data = form.cleaned_data
        try:
            record_meeting(self.year, **data, day=timezone.localdate(), by=self.request.user)
        except StaleEdit:
            self.year.refresh_from_db()
            typed_over(form, self.year)
            raise NotPossible(STALE_MEETING) from None
        return "La réunion est enregistrée."


class YearRecord(YearMixin, PortalView):
    """The record of decisions, as PDF."""

    needs = ("view", "contracts.contractyear")
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            content = render_pdf(TEMPLATE, year_record(self.year, day=timezone.localdate()))
        except PdfUnavailable as problem:
            messages.error(request, str(problem))
            return redirect(self.back())
        return pdf_response(content, record_filename(self.year))


class LineDecide(ActPage):
    """The decision of an agency on one line (`pk`): a page of its own, or the line drawn again for htmx."""

    needs = ("add", "contracts.lineverdict")
    form_class = DecisionForm
    template_name = "contracts/yearly/decide.html"
    submit_label = "Enregistrer la décision"

    @cached_property
    def line(self) -> YearLine:
        found = YearLine.objects.select_related(
            "year__exercise__cpts__ars", "year__exercise__cpts__lead_fund", "year__review", "year__contract"
        )
        return get_object_or_404(found, pk=self.kwargs["pk"], year__contract__cpts=self.cpts)

    @cached_property
    def party(self) -> str:
        return party_on(self.actor, self.cpts)

    def check_subject(self) -> None:
        super().check_subject()
        _ = self.line

    def get_title(self) -> str:
        return self.line.name

    def breadcrumbs(self) -> list[Crumb]:
        return [*file_crumbs(self.cpts), (year_title(self.line.year), year_url(self.line.year))]

    def back(self) -> str:
        return f"{year_url(self.line.year)}#line-{self.line.pk}"

    def _row(self, form: DecisionForm | None = None, **said: Any) -> tuple[YearBoard, Any, Row]:
        board = board_of(self.line.year)
        mission, state = board.find(self.line.pk)
        return board, mission, row_of(state, self.cpts, self.party, form=form, may_decide=True, **said)

    def get_form(self, form_class: Any = None) -> DecisionForm:  # noqa: ARG002 (signature fixed by Django)
        if self.request.method == "POST":
            return DecisionForm(self.request.POST, auto_id=f"line{self.line.pk}_%s")
        form = self._row()[2].form
        return form or DecisionForm()

    def act(self, form: DecisionForm) -> str:
        stamp = form.cleaned_data["stamp"]
        try:
            decide(self.line, form.choice, party=self.party, stamp=stamp, by=self.request.user)
        except StaleEdit:
            form.retyped(self._row()[2].state.stamp(self.party))
            raise NotPossible(STALE) from None
        return f"« {self.line.name} » : votre décision est enregistrée."

    def form_valid(self, form: DecisionForm) -> HttpResponse:
        if not getattr(self.request, "htmx", False):
            return super().form_valid(form)
        try:
            self.act(form)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return self._drawn_again(saved=True)

    def form_invalid(self, form: DecisionForm) -> HttpResponse:
        if not getattr(self.request, "htmx", False):
            return super().form_invalid(form)
        return self._drawn_again(form, status=422)

    def _drawn_again(self, form: DecisionForm | None = None, *, saved: bool = False, status: int = 200) -> HttpResponse:
        board, mission, row = self._row(form, saved=saved)
        year = self.line.year
        context = {
            "row": row,
            "mission": mission,
            "board": board,
            "cpts": self.cpts,
            "envelopes": envelopes(year, board, closing_in_force(year), timezone.localdate()),
            "tabs": tabs_of(board, self.party, self.request.GET.get("voir", ""), year_url(year)),
        }
        return render(self.request, "contracts/yearly/_decided.html", context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        why_not = why_not_decide(self.line.year.review, self.party)
        return super().get_context_data(row=self._row()[2], line=self.line, why_not=why_not, **kwargs)

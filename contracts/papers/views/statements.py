"""The letter of intent and the health project: written, read as submitted, compared, printed."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property

from contracts.models import Comment, Review, ReviewStatus, Submission
from contracts.papers.diagnosis import portal_texts
from contracts.papers.differences import section_changes
from contracts.papers.forms import CompareForm, SectionsForm
from contracts.papers.pdf import TEMPLATE, statement, statement_filename
from contracts.papers.statements import (
    Section,
    corrections_asked,
    editable_sections,
    sections_of,
    text_of,
    tidy,
    why_closed,
    write_sections,
)
from contracts.shared.pages import ReviewMixin
from cpts_portal.core.pdf import PdfUnavailable, pdf_response, render_pdf
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit, typed_over
from cpts_portal.pages import ActPage, Page, PortalView

STALE = (
    "Ce dossier a été enregistré par quelqu’un d’autre entre-temps. Votre texte est gardé ci-dessous ; ce qui a été "
    "enregistré est affiché à côté, partie par partie. Choisissez, puis enregistrez."
)


class PaperMixin(ReviewMixin):
    """A page about a review made of sections: a letter of intent or a health project."""

    @cached_property
    def review(self) -> Review:
        review = super().review
        if not sections_of(review):
            raise Http404
        return review


@dataclass(frozen=True)
class ProposedText:
    """Another text for a section, shown beside the one typed: from the portal, or saved meanwhile by somebody else."""

    source: str  # "portal" or "saved"
    text: str
    is_same: bool = False  # as what is typed

    @property
    def title(self) -> str:
        return "Ce que dit le portail aujourd’hui" if self.source == "portal" else "Texte enregistré entre-temps"


@dataclass(frozen=True)
class Written:
    """A section on the page: its field when it may be written, else its text and why it is closed."""

    section: Section
    field: Any
    text: str
    why_closed: str
    asked: list[Comment] = field(default_factory=list)
    proposal: ProposedText | None = None


class ReviewWrite(PaperMixin, ActPage):
    """Every section on one page. The buttons of a section change the form only; « Enregistrer » saves it."""

    needs = ("add", "contracts.review")
    template_name = "contracts/papers/write.html"
    form_class = SectionsForm
    submit_label = "Enregistrer"

    def get_title(self) -> str:
        return f"Rédiger : {self.review.title}"

    @cached_property
    def proposals(self) -> dict[str, ProposedText]:
        return {}

    @cached_property
    def open_codes(self) -> set[str]:
        return editable_sections(self.review)

    def get_form_kwargs(self) -> dict[str, Any]:
        written = [each for each in sections_of(self.review) if each.code in self.open_codes]
        return {**super().get_form_kwargs(), "sections": written}

    def get_initial(self) -> dict[str, Any]:
        texts = {each.code: text_of(self.review, each.code) for each in sections_of(self.review)}
        return {**super().get_initial(), **texts, "version": self.review.version}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        for act in (self.propose, self.append, self.replace, self.restore):
            code = request.POST.get(act.__name__, "")
            if code in self.open_codes:
                form = self.get_form()
                act(form, code)
                return self.render_to_response(self.get_context_data(form=form))
        return super().post(request, *args, **kwargs)

    def propose(self, form: SectionsForm, code: str) -> None:
        """The fresh text beside the typed one."""
        fresh = self._fresh(code)
        is_same = bool(fresh) and tidy(form.typed(code)) == tidy(fresh)
        self.proposals[code] = ProposedText("portal", fresh, is_same)

    def append(self, form: SectionsForm, code: str) -> None:
        form.put(code, f"{form.typed(code).rstrip()}\n\n{self._fresh(code)}".strip())

    def replace(self, form: SectionsForm, code: str) -> None:
        form.put(code, self._fresh(code))

    def restore(self, form: SectionsForm, code: str) -> None:
        """What somebody else saved; the other sections that differ stay shown."""
        form.put(code, text_of(self.review, code))
        self._show_what_differs({each: form.typed(each) for each in self.open_codes})

    def _fresh(self, code: str) -> str:
        return portal_texts(self.cpts, self.review.kind, timezone.localdate()).get(code, "")

    def act(self, form: SectionsForm) -> str:
        texts = {code: form.cleaned_data[code] for code in self.open_codes}
        try:
            write_sections(self.review, texts, version=form.cleaned_data["version"], by=self.request.user)
        except StaleEdit:
            self.review.refresh_from_db()
            typed_over(form, self.review)
            self._show_what_differs(texts)
            raise NotPossible(STALE) from None
        return "Le texte est enregistré."

    def _show_what_differs(self, texts: dict[str, str]) -> None:
        for code, typed in texts.items():
            saved = text_of(self.review, code)
            if tidy(typed) != saved:
                self.proposals[code] = ProposedText("saved", saved)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        is_saved = response.status_code == 302
        return redirect(self.request.path) if is_saved and "stay" in self.request.POST else response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        asked = corrections_asked(self.review) if self.review.status == ReviewStatus.RETURNED else {}
        rows = [self._row(each, context["form"], asked) for each in sections_of(self.review)]
        return {
            "review": self.review,
            "rows": rows,
            "asked_on_the_whole": asked.get("", []),
            "is_closed": not self.open_codes,
            "why_closed": why_closed(self.review),
            **context,
        }

    def _row(self, section: Section, form: SectionsForm, asked: dict[str, list[Comment]]) -> Written:
        code = section.code
        return Written(
            section,
            form[code] if code in form.fields else None,
            text_of(self.review, code),
            why_closed(self.review),
            asked.get(code, []),
            self.proposals.get(code),
        )


class SubmissionMixin(PaperMixin):
    """A page about one submission (`submission_number`) of the review."""

    @cached_property
    def submission(self) -> Submission:
        found = Submission.objects.select_related("by")
        return get_object_or_404(found, review=self.review, number=self.kwargs["submission_number"])


class ReviewSubmission(SubmissionMixin, Page):
    """A submission, readable as it was."""

    needs = ("view", "contracts.review")
    template_name = "contracts/papers/submission.html"

    def get_title(self) -> str:
        return f"{self.review.title}, dépôt n° {self.submission.number}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        texts = self.submission.content.get("sections", {})
        return super().get_context_data(
            review=self.review,
            submission=self.submission,
            sections=[(each, texts.get(each.code, "")) for each in sections_of(self.review)],
            is_last=self.submission.number == self.review.number,
            **kwargs,
        )


class ReviewChanges(SubmissionMixin, Page):
    """What changed since a submission: up to a later one (`?until=2`), or to the text as it stands."""

    needs = ("view", "contracts.review")
    template_name = "contracts/papers/changes.html"

    def get_title(self) -> str:
        return f"Ce qui a changé depuis le dépôt n° {self.submission.number}"

    @cached_property
    def later(self) -> dict[int, Submission]:
        found = Submission.objects.filter(review=self.review, number__gt=self.submission.number)
        return {each.number: each for each in found}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = CompareForm(self.request.GET, numbers=self.later)
        until = self.later.get(form.cleaned_data["until"]) if form.is_valid() else None
        changes = section_changes(self.review, self.submission.content, until.content if until else self.review.content)
        return super().get_context_data(
            review=self.review,
            submission=self.submission,
            until=until,
            form=form,
            changed=[each for each in changes if each.is_changed],
            same=[each.section.title for each in changes if not each.is_changed],
            **kwargs,
        )


class ReviewPaper(PaperMixin, PortalView):
    """The PDF of the text as it stands; refused politely where none can be made."""

    needs = ("view", "contracts.review")
    http_method_names = ["get", "head", "options"]

    @property
    def printed(self) -> Submission | None:
        """The submission that is printed; none for the text as it stands."""
        return None

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            content = render_pdf(TEMPLATE, statement(self.review, self.printed, day=timezone.localdate()))
        except PdfUnavailable as problem:
            messages.error(request, str(problem))
            return redirect(self.back())
        return pdf_response(content, statement_filename(self.review, self.printed))


class SubmissionPaper(SubmissionMixin, ReviewPaper):
    """The PDF of one submission."""

    @property
    def printed(self) -> Submission:
        return self.submission

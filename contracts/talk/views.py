"""Comments, the agent in charge, and how often one is told."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from contracts.models import Assignment, Comment
from contracts.shared.links import review_url
from contracts.shared.pages import ReviewMixin
from contracts.shared.parties import PARTY_ROLES, own_agency
from contracts.talk.assignments import assign
from contracts.talk.comments import answer_comment, comments_on, reopen_comment, settle_comment, write_comment
from contracts.talk.forms import AnswerForm, AssignForm, CommentForm, RhythmForm
from contracts.talk.messages import choice_of, choose_rhythm
from contracts.talk.panels import talk_of
from cpts_portal.core.changes import changes_of
from cpts_portal.core.refusals import NotPossible
from cpts_portal.pages import ActPage, ConfirmPage, Crumb, FormPage


class TalkMixin(ReviewMixin):
    """What comes back after writing: the list of comments alone to htmx, the page of the review otherwise."""

    written: Comment | None = None

    def back(self) -> str:
        anchor = f"comment-{self.written.pk}" if self.written else "comments"
        return f"{review_url(self.review)}#{anchor}"

    def panel(self, form: Any = None, status: int = 200) -> HttpResponse:
        panel = {"talk": talk_of(self, form)}
        context = {"panel": panel, "review": self.review, "cpts": self.cpts, "written": self.written}
        return render(self.request, "contracts/talk/_comments.html", context, status=status)

    def done(self) -> HttpResponse:
        return self.panel() if self.request.htmx else redirect(self.back())


class WriteComment(TalkMixin, FormPage):
    needs = ("add", "contracts.comment")
    title = "Écrire un commentaire"
    submit_label = "Publier"
    form_class = CommentForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "review": self.review, "party": self.party}

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "anchor": self.request.GET.get("sur", "")}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.written = write_comment(self.review, **form.cleaned_data, party=self.party, by=self.request.user)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return self.done()

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.panel(form, status=422) if self.request.htmx else super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.back(), **kwargs)


class CommentMixin(TalkMixin):
    """A page about one comment (`comment_id`) that this person may read."""

    @cached_property
    def comment(self) -> Comment:
        found = comments_on(self.review, self.actor).select_related("review__cpts__ars", "review__cpts__lead_fund")
        return get_object_or_404(found.select_related("by", "agency"), pk=self.kwargs["comment_id"], parent=None)

    def check_subject(self) -> None:
        super().check_subject()
        _ = self.comment


class AnswerComment(CommentMixin, FormPage):
    needs = ("add", "contracts.comment")
    title = "Répondre"
    submit_label = "Répondre"
    form_class = AnswerForm
    template_name = "contracts/talk/answer.html"

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            text = form.cleaned_data["text"]
            self.written = answer_comment(self.comment, text=text, party=self.party, by=self.request.user)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return self.done()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(comment=self.comment, cancel_url=self.back(), **kwargs)


class SettleComment(CommentMixin, ConfirmPage):
    """Settled, or open again: one page, which does the contrary of the present state."""

    needs = ("change", "contracts.comment")
    danger = False

    @property
    def is_settled(self) -> bool:
        return bool(self.comment.settled_at)

    def get_title(self) -> str:
        return "Rouvrir cet échange" if self.is_settled else "Marquer comme réglé"

    @property
    def submit_label(self) -> str:  # type: ignore[override]
        return "Rouvrir" if self.is_settled else "Réglé"

    def get_question(self) -> str:
        return f"« {self.comment.text} »"

    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        answer = super().post(request, **kwargs)
        return self.panel() if request.htmx and answer.status_code == 302 else answer

    def act(self) -> str:
        self.written = self.comment
        if self.request.POST.get("to") == "open" or (not self.request.POST.get("to") and self.is_settled):
            reopen_comment(self.comment, party=self.party, by=self.request.user)
            return "L’échange est rouvert."
        settle_comment(self.comment, party=self.party, by=self.request.user)
        return "L’échange est réglé."


class MailChoicePage(FormPage):
    roles = PARTY_ROLES
    title = "Messages des dossiers"
    template_name = "contracts/talk/mail_choice.html"
    form_class = RhythmForm

    def breadcrumbs(self) -> list[Crumb]:
        return [("Mon compte", reverse("accounts:profile"))]

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "rhythm": choice_of(self.request.user).rhythm}

    def form_valid(self, form: Any) -> HttpResponse:
        choice = choose_rhythm(form.cleaned_data["rhythm"], by=self.request.user)
        messages.success(self.request, f"C’est noté : {choice.get_rhythm_display()}.")
        return redirect(reverse("contracts:mail-choice"))


class ReviewAssign(ReviewMixin, ActPage):
    needs = ("change", "contracts.assignment")
    title = "Confier ce dossier"
    submit_label = "Confier"
    form_class = AssignForm
    template_name = "contracts/talk/assign.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"review": self.review, "party": self.party, "day": timezone.localdate()}
        return {**super().get_form_kwargs(), **own}

    def get_initial(self) -> dict[str, Any]:
        held = Assignment.objects.filter(review=self.review, agency=own_agency(self.review, self.party)).first()
        return {**super().get_initial(), "agent": held.agent_id if held else None}

    def back(self) -> str:
        return review_url(self.review)

    def act(self, form: Any) -> str:
        agent = form.cleaned_data["agent"]
        assign(self.review, agent, party=self.party, day=timezone.localdate(), by=self.request.user)
        if agent is None:
            return "Ce dossier n’est plus confié à personne en particulier."
        return "Ce dossier vous est confié." if agent == self.request.user else f"Ce dossier est confié à {agent}."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = Assignment.history.filter(review_id=self.review.pk, agency_id=own_agency(self.review, self.party))
        return super().get_context_data(review=self.review, events=changes_of(own), **kwargs)

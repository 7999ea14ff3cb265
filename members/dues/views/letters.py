"""Letters: calls and reminders by e-mail, receipts and certificates as PDF, one or all of a year, lists to print."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django_htmx.http import HttpResponseClientRedirect

from cpts_portal.core.pdf import PdfUnavailable, pdf_response, render_pdf
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.tasks import Progress, read_progress
from cpts_portal.core.text import plural
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, Page, PortalView
from members.dues.campaigns import change_campaign
from members.dues.documents import assembly, certificates, receipts
from members.dues.documents.letterhead import letterhead
from members.dues.documents.series import ask_for_series
from members.dues.forms import AssemblyForm, MessageForm
from members.dues.letters import Mailing, ask_for_letters, letter, mailing_for, to_call, to_remind
from members.dues.links import CampaignMixin, campaign_url, dues_crumbs
from members.models import Due, LetterBatch, Membership, Payment
from members.shared.exports_log import log_export
from members.shared.letter_batches import progress_key

Kind = LetterBatch.Kind


def batch_url(batch: LetterBatch) -> str:
    return reverse("members:letters-detail", args=[batch.cpts_id, batch.pk])


class Mail(CampaignMixin, ActPage):
    """The message, who receives it, who has no address; sent by the button."""

    needs = ("change", "members.due")
    template_name = "members/dues/mail.html"
    form_class = MessageForm
    kind = Kind.CALL

    def recipients(self) -> Sequence[Due]:
        return to_call(self.campaign)

    @cached_property
    def mailing(self) -> Mailing:
        return mailing_for(self.recipients())

    def get_initial(self) -> dict[str, Any]:
        return {"message": self.campaign.message}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        if form.is_valid() and request.POST.get("action") == "preview":
            return self.render_to_response(self.get_context_data(form=form, text=form.cleaned_data["message"]))
        return super().post(request, *args, **kwargs)

    def act(self, form: MessageForm) -> str:
        campaign = self.campaign
        if not self.mailing.reachable:
            raise NotPossible("Personne n’a de message à recevoir : aucun destinataire n’a d’adresse électronique.")
        change_campaign(
            campaign,
            due_on=campaign.due_on,
            voted_on=campaign.voted_on,
            message=form.cleaned_data["message"],
            by=self.request.user,
        )
        dues = [due for due, _address in self.mailing.reachable] + list(self.mailing.unreachable)
        self.batch = ask_for_letters(campaign, kind=self.kind, dues=dues, by=self.request.user)
        return f"L’envoi de {plural(len(self.mailing.reachable), 'message')} est lancé."

    def form_valid(self, form: MessageForm) -> HttpResponse:
        response = super().form_valid(form)
        return redirect(batch_url(self.batch)) if response.status_code == 302 else response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = kwargs.pop("text", self.campaign.message)
        first = next(iter(self.mailing.reachable), None)
        sample = letter(first[0], first[1], kind=self.kind, message=text) if first else None
        return super().get_context_data(
            mailing=self.mailing, sample=sample, is_reminder=self.kind == Kind.REMINDER, **kwargs
        )


class Call(Mail):
    title = "Appel à cotisation"


class Remind(Mail):
    title = "Rappel de cotisation"
    kind = Kind.REMINDER

    def recipients(self) -> Sequence[Due]:
        """All the late ones, or those of them chosen in the address (`?due=1&due=2`)."""
        found = to_remind(self.campaign, today=timezone.localdate())
        chosen = set(self.request.GET.getlist("due"))
        return [due for due in found if str(due.pk) in chosen] if chosen else found


class Series(CampaignMixin, ConfirmPage):
    """All certificates, or all receipts, of a year in a single PDF."""

    needs = ("add", "members.letterbatch")
    submit_label = "Préparer le fichier"
    danger = False
    kinds = {"attestations": Kind.CERTIFICATES, "recus": Kind.RECEIPTS}
    batch: LetterBatch

    @cached_property
    def kind(self) -> str:
        return self.kinds[self.kwargs["letters"]]

    def get_title(self) -> str:
        return f"{Kind(self.kind).label} {self.campaign.year}"

    def get_question(self) -> str:
        return f"Préparer en un seul fichier : {Kind(self.kind).label.lower()} de l’année {self.campaign.year} ?"

    def consequences(self) -> list[str]:
        who = (
            f"Une page par adhérent dont la cotisation est réglée ou exonérée : {self.certified} à ce jour."
            if self.kind == Kind.CERTIFICATES
            else "Une page par paiement reçu, hors paiements annulés."
        )
        return [who, "Le fichier reste privé : seuls les responsables de la CPTS peuvent le télécharger."]

    @property
    def certified(self) -> int:
        return len(certificates.members_to_certify(self.cpts, year=self.campaign.year))

    def act(self) -> str:
        try:
            self.batch = ask_for_series(self.campaign, kind=self.kind, by=self.request.user)
        except NotPossible as refusal:
            raise Http404(str(refusal)) from refusal
        return "La préparation du fichier est lancée."

    def back(self) -> str:
        return batch_url(self.batch) if hasattr(self, "batch") else campaign_url(self.campaign)


class BatchMixin(CptsMixin):
    @cached_property
    def batch(self) -> LetterBatch:
        return get_object_or_404(
            LetterBatch.objects.select_related("campaign", "author"), pk=self.kwargs["batch_id"], cpts=self.cpts
        )


class BatchDetail(BatchMixin, Page):
    """Where a series stands (polled by htmx, or refreshed by hand), then what it gave."""

    needs = ("view", "members.letterbatch")
    template_name = "members/dues/batch.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and request.headers.get("HX-Target") == "progress":  # type: ignore[attr-defined]
            if not self.is_running:
                return HttpResponseClientRedirect(batch_url(self.batch))
            self.template_name = "ui/progress.html"
        return super().get(request, *args, **kwargs)

    @property
    def is_running(self) -> bool:
        return self.batch.status in (LetterBatch.Status.WAITING, LetterBatch.Status.RUNNING)

    def get_title(self) -> str:
        return str(self.batch)

    def breadcrumbs(self) -> list[Crumb]:
        return dues_crumbs(self.cpts, self.batch.campaign)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = batch_url(self.batch)
        return super().get_context_data(
            batch=self.batch,
            is_running=self.is_running,
            progress=read_progress(progress_key(self.batch.pk)) or Progress(),
            poll_url=here,
            refresh_url=here,
            **kwargs,
        )


class BatchFile(BatchMixin, PortalView):
    """The file of a series: private, given to whoever may open this page only; each download is logged."""

    needs = ("view", "members.letterbatch")
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        if not self.batch.file.name or not default_storage.exists(self.batch.file.name):
            messages.error(request, "Le fichier n’est pas disponible : préparez-le de nouveau.")
            return redirect(batch_url(self.batch))
        log_export(self.request, self.cpts, what=str(self.batch), persons=self.batch.letters, file_format="pdf")
        return FileResponse(
            self.batch.file.open("rb"),
            as_attachment=True,
            filename=f"{self.batch.kind}-{self.batch.year}.pdf",
            content_type="application/pdf",
        )


class DuesDocument(CptsMixin, PortalView):
    """A PDF made when it is asked for; refused politely where none can be made. Each one given is logged."""

    http_method_names = ["get", "head", "options"]
    template = ""

    def content(self) -> tuple[dict[str, Any], str]:
        """The context of the template and the name of the file."""
        raise NotImplementedError

    def logged(self, context: dict[str, Any]) -> tuple[str, int]:
        """What the log of exports says of it, and how many persons it names."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        context, filename = self.content()
        try:
            response = pdf_response(render_pdf(self.template, context), filename)
        except PdfUnavailable as problem:
            messages.error(request, str(problem))
            return redirect("members:dues", cpts_id=self.cpts.pk)
        what, persons = self.logged(context)
        log_export(self.request, self.cpts, what=what, persons=persons, file_format="pdf")
        return response


class Receipt(DuesDocument):
    needs = ("view", "members.payment")
    template = receipts.TEMPLATE

    def content(self) -> tuple[dict[str, Any], str]:
        payment = get_object_or_404(
            Payment.objects.select_related(
                "due__campaign", "due__membership__professional", "due__membership__structure"
            ),
            pk=self.kwargs["payment_id"],
            due__membership__cpts=self.cpts,
        )
        today = timezone.localdate()
        head = receipts.receipt_head(self.cpts, day=today)
        return receipts.receipt(payment, printed_on=today, head=head), receipts.receipt_filename(payment)

    def logged(self, context: dict[str, Any]) -> tuple[str, int]:
        return f"Reçu {context['number']}", 1


class Certificate(DuesDocument):
    """`annee` in the URL; a year without membership does not exist."""

    needs = ("view", "members.membership")
    template = certificates.TEMPLATE

    def content(self) -> tuple[dict[str, Any], str]:
        found = Membership.objects.select_related("college", "structure", "professional__profession")
        membership = get_object_or_404(found, pk=self.kwargs["membership_id"], cpts=self.cpts)
        year, today = self.kwargs["year"], timezone.localdate()
        started = membership.start and membership.start.year <= year <= today.year + 1
        if not started or (membership.end and membership.end.year < year):
            raise Http404(f"{membership.holder} n’était pas adhérent en {year}.")
        head = letterhead(self.cpts, day=today)
        context = certificates.certificate(membership, year=year, printed_on=today, head=head)
        return context, certificates.certificate_filename(membership, year)

    def logged(self, context: dict[str, Any]) -> tuple[str, int]:
        return f"Attestation d’adhésion {context['year']} (adhésion n° {self.kwargs['membership_id']})", 1


class NotRenewedFile(CampaignMixin, DuesDocument):
    needs = ("view", "members.due")
    template = assembly.NOT_RENEWED_TEMPLATE

    def content(self) -> tuple[dict[str, Any], str]:
        year = self.campaign.year
        found = assembly.not_renewed_list(self.cpts, year=year, printed_on=timezone.localdate())
        return found, f"non-renouveles-{year}.pdf"

    def logged(self, context: dict[str, Any]) -> tuple[str, int]:
        return f"Non-renouvellements {self.campaign.year}", len(context["rows"])


class Assembly(ActPage):
    """The day and the name of the meeting, then its attendance list."""

    needs = ("view", "members.membership")
    form_class = AssemblyForm
    title = "Feuille de présence"
    submit_label = "Créer la feuille de présence"

    def breadcrumbs(self) -> list[Crumb]:
        return dues_crumbs(self.cpts)

    def back(self) -> str:
        return reverse("members:dues", args=[self.cpts.pk])

    def get_initial(self) -> dict[str, Any]:
        return {"day": timezone.localdate(), "title": "Assemblée générale"}

    def form_valid(self, form: AssemblyForm) -> HttpResponse:
        today = timezone.localdate()
        found = assembly.attendance_list(self.cpts, **form.cleaned_data, printed_on=today)
        try:
            content = render_pdf(assembly.ATTENDANCE_TEMPLATE, found)
        except PdfUnavailable as problem:
            form.add_error(None, str(problem))
            return self.form_invalid(form)
        log_export(self.request, self.cpts, what=found["title"], persons=found["total"], file_format="pdf")
        return pdf_response(content, f"feuille-de-presence-{found['day']:%Y-%m-%d}.pdf")

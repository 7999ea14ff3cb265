"""Documents of a review: added, read with their versions, downloaded, shown, withdrawn."""

from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property

from contracts.models import Document
from contracts.papers.files import (
    add_documents,
    can_be_shown,
    slots_open_to,
    versions_of,
    why_not_withdrawn,
    withdraw_document,
)
from contracts.papers.forms import DocumentsForm
from contracts.shared.links import file_crumbs, file_url, review_crumbs, review_url
from contracts.shared.pages import ReviewMixin
from contracts.shared.parties import party_on
from cpts_portal.core.given_files import FileAltered, given_back
from cpts_portal.core.text import plural, size_fr
from cpts_portal.pages import ActPage, CptsMixin, Crumb, NotInScope, Page, PortalView
from members.shared.exports_log import log_export
from missions.shared.forms import ReasonForm


class DocumentAdd(ReviewMixin, ActPage):
    """One page, a field for each place of the step (`?nature=` puts one of them first)."""

    needs = ("add", "contracts.document")
    title = "Ajouter des documents"
    template_name = "contracts/papers/document_add.html"
    form_class = DocumentsForm
    submit_label = "Ajouter"

    def get_form_kwargs(self) -> dict[str, Any]:
        slots = slots_open_to(self.review, self.party)
        return {**super().get_form_kwargs(), "slots": slots, "first": self.request.GET.get("nature", "")}

    def act(self, form: DocumentsForm) -> str:
        made = add_documents(self.review, form.given(), party=self.party, by=self.request.user)
        return f"{plural(len(made), 'document ajouté', 'documents ajoutés')}."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(review=self.review, **kwargs)


class DocumentMixin(CptsMixin):
    """A page about one document (`pk`) of the CPTS."""

    @cached_property
    def document(self) -> Document:
        found = Document.objects.select_related("cpts__ars", "cpts__lead_fund", "review__cpts", "contract", "added_by")
        return get_object_or_404(found, pk=self.kwargs["pk"], cpts=self.cpts)

    @cached_property
    def party(self) -> str:
        return party_on(self.actor, self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return review_crumbs(self.document.review) if self.document.review else file_crumbs(self.cpts)

    def back(self) -> str:
        return review_url(self.document.review) if self.document.review else file_url(self.cpts.pk)


class DocumentDetail(DocumentMixin, Page):
    """A document and every version of it."""

    needs = ("view", "contracts.document")
    template_name = "contracts/papers/document_detail.html"

    def get_title(self) -> str:
        return str(self.document)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        document = self.document
        may_change = self.may("change", "contracts.document")
        return super().get_context_data(
            document=document,
            size=size_fr(document.size),
            can_be_shown=can_be_shown(document),
            versions=[(each, can_be_shown(each)) for each in versions_of(document)],
            may_withdraw=may_change and not why_not_withdrawn(document, self.party, self.request.user),
            may_replace=document.review and document.slot in slots_open_to(document.review, self.party),
            back=self.back(),
            **kwargs,
        )


class DocumentFile(DocumentMixin, PortalView):
    """The file, given to whoever may see the dossier, which leaves a line; a withdrawn one is given to nobody."""

    needs = ("view", "contracts.document")
    http_method_names = ["get", "head", "options"]
    is_download = True

    def get(self, _request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        document = self.document
        if document.withdrawn_at:
            raise NotInScope(f"Ce document a été retiré. Motif : {document.withdrawn_reason}")
        if not default_storage.exists(str(document.file.name)) or not (self.is_download or can_be_shown(document)):
            raise Http404
        try:
            answer = given_back(document.file, document.filename, sha256=document.sha256, saved=self.is_download)
        except FileAltered as refusal:
            messages.error(self.request, str(refusal))
            return redirect(reverse("contracts:document-detail", args=[self.cpts.pk, document.pk]))
        ending = document.filename.rpartition(".")[2][:8]
        log_export(
            self.request,
            self.cpts,
            what=f"Document n° {document.pk} ({document.get_slot_display()}), personnes non comptées",
            persons=0,
            file_format=ending,
        )
        return answer


class DocumentPreview(DocumentFile):
    """The same, in a tab of its own: PDF and images only."""

    is_download = False


class DocumentWithdraw(DocumentMixin, ActPage):
    needs = ("change", "contracts.document")
    form_class = ReasonForm
    submit_label = "Retirer le document"

    def get_title(self) -> str:
        return f"Retirer « {self.document} »"

    def act(self, form: ReasonForm) -> str:
        withdraw_document(self.document, reason=form.cleaned_data["reason"], party=self.party, by=self.request.user)
        return "Le document est retiré ; sa ligne et son motif restent."

    def back(self) -> str:
        return reverse("contracts:document-detail", args=[self.cpts.pk, self.document.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(danger=True, **kwargs)

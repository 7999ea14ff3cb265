"""Proofs of a year's result: given, read, locked, removed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property

from cpts_portal.core.given_files import FileAltered, given_back
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, PortalView
from members.shared.exports_log import log_export
from missions.indicators.forms import ProofForm
from missions.indicators.proof_files import NAMES_PEOPLE, names_people
from missions.indicators.proving import add_proof, lock_proof, remove_proof, unlock_proof
from missions.indicators.views.results import TargetMixin, year_url
from missions.models import Proof
from missions.shared.forms import ReasonForm
from missions.shared.links import indicators_crumbs


class TargetProof(TargetMixin, ActPage):
    needs = ("add", "missions.proof")
    title = "Ajouter une preuve"
    form_class = ProofForm
    submit_label = "Ajouter la preuve"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cpts": self.cpts}

    def act(self, form: ProofForm) -> str:
        add_proof(self.target, form.proof_fields(), by=self.request.user)
        return "La preuve est ajoutée."


class ProofMixin(CptsMixin):
    @cached_property
    def proof(self) -> Proof:
        found = Proof.objects.select_related("target__indicator__mission__cpts", "target__exercise", "meeting")
        return get_object_or_404(found, pk=self.kwargs["pk"], target__exercise__cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return indicators_crumbs(self.cpts, self.proof.target.indicator)

    def back(self) -> str:
        return year_url(self.proof.target)


class ProofFile(ProofMixin, PortalView):
    """The file of a proof; images and PDFs open in the browser, on a page of their own that can do nothing.

    A file that names who came is for the readers of the attendance; every file given leaves a line in the log.
    """

    needs = ("view", "missions.proof")
    http_method_names = ["get", "head", "options"]

    def get(self, _request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        proof = self.proof
        if names_people(proof) and not self.may("view", "missions.attendance"):
            raise PermissionDenied(NAMES_PEOPLE)
        if not proof.file.name or not default_storage.exists(proof.file.name):
            raise Http404
        try:
            answer = given_back(proof.file, proof.filename, sha256=proof.sha256)
        except FileAltered as refusal:
            messages.error(self.request, str(refusal))
            return redirect(self.back())
        log_export(
            self.request, self.cpts, what=self.what(), persons=0, file_format=proof.filename.rpartition(".")[2][:8]
        )
        return answer

    def what(self) -> str:
        """By its number and its nature: a title or the name of a file may name somebody."""
        return f"Preuve n° {self.proof.pk} ({self.proof.get_kind_display()}), personnes non comptées"


class ProofRemove(ProofMixin, ConfirmPage):
    needs = ("delete", "missions.proof")
    title = "Retirer la preuve"
    submit_label = "Retirer la preuve"

    def get_question(self) -> str:
        return f"Retirer la preuve « {self.proof} » ?"

    def consequences(self) -> list[str]:
        return ["Le fichier est effacé ; l’historique garde son intitulé."] if self.proof.file else []

    def act(self) -> str:
        target = self.proof.target
        remove_proof(self.proof, by=self.request.user)
        self.proof.target = target
        return "La preuve est retirée."


class ProofLock(ProofMixin, ConfirmPage):
    needs = ("change", "missions.proof")
    title = "Verrouiller la preuve"
    submit_label = "Verrouiller"
    danger = False

    def get_question(self) -> str:
        return f"Verrouiller la preuve « {self.proof} » ?"

    def consequences(self) -> list[str]:
        return ["Elle ne pourra plus être retirée sans motif."]

    def act(self) -> str:
        lock_proof(self.proof, by=self.request.user)
        return "La preuve est verrouillée."


class ProofUnlock(ProofMixin, ActPage):
    needs = ("change", "missions.proof")
    title = "Déverrouiller la preuve"
    form_class = ReasonForm
    submit_label = "Déverrouiller"

    def act(self, form: ReasonForm) -> str:
        unlock_proof(self.proof, **form.cleaned_data, by=self.request.user)
        return "La preuve est déverrouillée ; l’historique garde le motif."

"""An import small enough to travel in its own preview: the file comes back signed with the confirmation.

No row, no job, no undoing: a table of some lines that an administrator loads (the grid of rates). The plan is read
again when it is confirmed, so that what is written is what is true at that moment.
"""

from typing import Any, ClassVar

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cpts_portal.core.refusals import NotPossible
from cpts_portal.pages import FormPage

KEPT_SECONDS = 60 * 60


class CarriedImport(FormPage):
    """A form whose `file` field holds the file; `template_name` shows `plan`, `filename` and the hidden `kept`."""

    submit_label = "Lire le fichier"
    form_class: type[Any]
    salt: ClassVar[str]
    expired: ClassVar[str] = "L’aperçu a expiré : déposez le fichier à nouveau."

    def read(self, content: bytes) -> Any:
        """The plan of a file: `is_applicable`, and `refused`, its lines that cannot be."""
        raise NotImplementedError

    def write(self, content: bytes) -> str:
        """All of it or nothing; the sentence that says what was done. Raises `NotPossible`."""
        raise NotImplementedError

    def deposit_url(self) -> str:
        """Where a file is dropped again."""
        return self.request.path

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kept = request.POST.get("kept", "")
        return self.apply(kept) if kept else super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        sent = form.cleaned_data["file"]
        return self.preview(sent.read(), sent.name)

    def preview(self, content: bytes, name: str) -> HttpResponse:
        plan, kept = self.read(content), ""
        if plan.is_applicable:
            kept = signing.dumps([name, content.decode("latin-1")], salt=self.salt, compress=True)
        context = self.get_context_data(form=self.form_class(), plan=plan, filename=name, kept=kept)
        return self.render_to_response(context, status=422 if plan.refused else 200)

    def apply(self, kept: str) -> HttpResponse:
        try:
            name, text = signing.loads(kept, salt=self.salt, max_age=KEPT_SECONDS)
        except signing.BadSignature:
            messages.error(self.request, self.expired)
            return redirect(self.deposit_url())
        content = text.encode("latin-1")
        try:
            done = self.write(content)
        except NotPossible as refusal:
            messages.error(self.request, str(refusal))
            return self.preview(content, name)
        messages.success(self.request, done)
        return redirect(self.get_success_url())

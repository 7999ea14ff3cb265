"""What helps a CPTS besides its contract: listed apart, kept by the CPTS."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from contracts.models import OtherResource
from contracts.money.forms import ResourceForm
from contracts.money.links import funding_crumbs, funding_tabs, resources_url
from contracts.money.other_resources import add_resource, change_resource, remove_resource, resources_of, total_of
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, Page


class ResourceList(CptsMixin, Page):
    needs = ("view", "contracts.otherresource")
    title = "Autres ressources"
    template_name = "contracts/money/resources.html"

    def breadcrumbs(self) -> list[Crumb]:
        return funding_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            tabs=funding_tabs(self.cpts.pk, self.title, timezone.localdate().year),
            resources=list(resources_of(self.cpts)),
            total=total_of(self.cpts),
            may_edit=self.may("add", "contracts.otherresource"),
            **kwargs,
        )


class ResourceAct(CptsMixin):
    def breadcrumbs(self) -> list[Crumb]:
        return [*funding_crumbs(self.cpts), ("Autres ressources", resources_url(self.cpts.pk))]

    def back(self) -> str:
        return resources_url(self.cpts.pk)

    @cached_property
    def resource(self) -> OtherResource:
        return get_object_or_404(OtherResource, pk=self.kwargs["pk"], cpts=self.cpts)


class ResourceAdd(ResourceAct, ActPage):
    needs = ("add", "contracts.otherresource")
    title = "Ajouter une ressource"
    form_class = ResourceForm

    def act(self, form: ResourceForm) -> str:
        made = add_resource(self.cpts, fields=form.written, by=self.request.user)
        return f"« {made} » est noté."


class ResourceEdit(ResourceAct, ActPage):
    needs = ("change", "contracts.otherresource")
    title = "Modifier une ressource"
    form_class = ResourceForm
    stale = "Cette ressource a été modifiée entre-temps : relisez-la, puis confirmez."

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.resource, "initial": {"version": self.resource.version}}

    def act(self, form: ResourceForm) -> str:
        version = form.cleaned_data["version"]
        made = change_resource(self.resource, fields=form.written, version=version, by=self.request.user)
        return f"« {made} » est enregistré."

    def edited(self) -> OtherResource:
        return self.resource


class ResourceRemove(ResourceAct, ConfirmPage):
    needs = ("delete", "contracts.otherresource")
    title = "Retirer une ressource"
    submit_label = "Retirer la ressource"

    def get_question(self) -> str:
        return f"Retirer « {self.resource} » ?"

    def consequences(self) -> list[str]:
        return ["Elle disparaît de cette page ; l’historique la garde."]

    def act(self) -> str:
        remove_resource(self.resource, by=self.request.user)
        return "La ressource est retirée."

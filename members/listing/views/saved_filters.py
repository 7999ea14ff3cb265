"""Searches of the register that a reader keeps for herself."""

from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.functional import cached_property

from cpts_portal.pages import ConfirmPage, CptsMixin, Crumb, FormPage
from members.listing.forms import SavedFilterForm
from members.listing.views.register import register_address, register_crumbs
from members.models import SavedFilter

NOT_KEPT = ("page", "export", "row", "all")
LONGEST = 2000


class SavedFilterAdd(CptsMixin, FormPage):
    """Keeps the query string it is opened with."""

    needs = ("add", "members.savedfilter")
    title = "Enregistrer la recherche"
    form_class = SavedFilterForm
    success_message = "La recherche est enregistrée : vous la retrouvez au-dessus de la liste."

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts)

    @cached_property
    def query(self) -> str:
        asked = QueryDict(mutable=True)
        asked.update(self.request.GET)
        for name in NOT_KEPT:
            asked.pop(name, None)
        return asked.urlencode()[:LONGEST]

    def get_form_kwargs(self) -> dict[str, Any]:
        draft = SavedFilter(cpts=self.cpts, owner=self.request.user, query=self.query)
        return {**super().get_form_kwargs(), "instance": draft}

    def form_valid(self, form: SavedFilterForm) -> HttpResponse:
        form.save()
        return super().form_valid(form)

    def get_success_url(self) -> str:
        return register_address(self.cpts, self.query)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.get_success_url(), **kwargs)


class SavedFilterDelete(CptsMixin, ConfirmPage):
    needs = ("delete", "members.savedfilter")
    title = "Supprimer la recherche"
    submit_label = "Supprimer"

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts)

    @cached_property
    def kept(self) -> SavedFilter:
        own = SavedFilter.objects.filter(cpts=self.cpts, owner=self.request.user)
        found = own.filter(pk=self.kwargs["saved_filter_id"]).first()
        if found is None:
            raise Http404("Cette recherche n’existe pas, ou n’est pas la vôtre.")
        return found

    def get_question(self) -> str:
        return f"Supprimer la recherche « {self.kept} » ?"

    def consequences(self) -> list[str]:
        return ["Les fiches qu’elle trouve ne changent pas."]

    def act(self) -> str:
        self.kept.delete()
        return "La recherche est supprimée."

    def back(self) -> str:
        return reverse("members:register", args=[self.cpts.pk])

"""Links between the register and the national directory: proposals, differences, what is taken over."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.text import de, plural
from cpts_portal.pages import ConfirmPage, CptsMixin, Crumb, Page, PortalView
from members.directory.forms import pairs_of
from members.directory.imports import LinkProposal, LinkRefused, propose_links, take_over, unlink
from members.directory.register import decide_links, living, people_who_differ
from members.directory.tables import full_name, place_of
from members.directory.views.directory import READ_DIRECTORY, DirectoryMixin, directory_crumbs
from members.models import DirectoryPractice, Professional
from members.shared.directory_differences import differences

CHANGE_REGISTER = ("change", "members.professional")
ROWS = 50


class Links(DirectoryMixin, Page):
    """Records of the register that are probably persons of the directory: accept, or say that they are not."""

    title = "Rattachements proposés"
    template_name = "members/directory/links.html"
    tab = "directory-links"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = propose_links(self.cpts, day=timezone.localdate()) if self.last else []
        found.sort(key=lambda proposal: not proposal.is_certain)
        page = Paginator(found, ROWS).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            last=self.last,
            page=page,
            rows=shown_rows(list(page.object_list)),
            total=len(found),
            certain=sum(proposal.is_certain for proposal in found),
            may_write=self.may("change", "members.professional"),
            **kwargs,
        )


def shown_rows(proposals: list[LinkProposal]) -> list[dict[str, Any]]:
    """Both sides of each proposal of a page, with the open places of the directory (one query)."""
    practices = DirectoryPractice.objects.filter(end__isnull=True).select_related("commune").order_by("pk")
    open_ones = Prefetch("practices", practices, to_attr="open_practices")
    prefetch_related_objects([proposal.entry for proposal in proposals], open_ones)
    opened: dict[int, list[DirectoryPractice]] = {
        each.entry.pk: vars(each.entry)["open_practices"] for each in proposals
    }
    return [
        {
            "proposal": proposal,
            "value": f"{proposal.professional.pk}-{proposal.entry.pk}",
            "name": full_name(proposal.entry),
            "places": list(dict.fromkeys(place_of(row) for row in opened[proposal.entry.pk])),
            "card_url": reverse(
                "members:person-detail", args=[proposal.professional.cpts_id, proposal.professional.pk]
            ),
        }
        for proposal in proposals
    ]


class LinksDecide(CptsMixin, PortalView):
    """The proposals ticked, accepted or refused together; « certain » accepts every certain one."""

    needs = CHANGE_REGISTER
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_url: Any) -> HttpResponse:
        decision = request.POST.get("decision")
        day = timezone.localdate()
        chosen = pairs_of(request.POST.getlist("pair"))
        if decision == "certain":
            chosen = [proposal.key for proposal in propose_links(self.cpts, day=day) if proposal.is_certain]
        try:
            if decision not in ("accept", "refuse", "certain"):
                raise LinkRefused("Choisissez d’accepter ou de refuser.")
            done = decide_links(self.cpts, chosen, accept=decision != "refuse", day=day, by=self.request.user)
        except LinkRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, said(len(done), refused=decision == "refuse"))
        return redirect("members:directory-links", self.cpts.pk)


def said(count: int, *, refused: bool) -> str:
    if refused:
        return f"{plural(count, 'rattachement écarté', 'rattachements écartés')} : plus proposé dans cette liste."
    linked = plural(count, "fiche rattachée", "fiches rattachées")
    return f"{linked} à l’annuaire national. Aucune donnée saisie n’a changé."


class Differences(DirectoryMixin, Page):
    """Linked persons whose record and entry do not say the same."""

    title = "Différences avec l’annuaire"
    template_name = "members/directory/differences.html"
    tab = "directory-differences"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = people_who_differ(self.cpts) if self.last else []
        page = Paginator(found, ROWS).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            last=self.last,
            page=page,
            total=len(found),
            linked=bool(found) or living(self.cpts).filter(directory_entry__isnull=False).exists(),
            may_write=self.may("change", "members.professional"),
            **kwargs,
        )


class LinkedPersonMixin(CptsMixin):
    """A page about one linked person of the register (`person_id` in its URL)."""

    @cached_property
    def person(self) -> Professional:
        found = living(self.cpts).select_related("profession", "directory_entry__profession")
        return get_object_or_404(found, pk=self.kwargs["person_id"])

    def breadcrumbs(self) -> list[Crumb]:
        listed = ("Différences", reverse("members:directory-differences", args=[self.cpts.pk]))
        return directory_crumbs(self.cpts, listed)

    def here(self) -> str:
        return reverse("members:directory-person", args=[self.cpts.pk, self.person.pk])


class LinkedPerson(LinkedPersonMixin, Page):
    """What was typed beside what the directory says; each difference is taken over or left, one by one."""

    needs = READ_DIRECTORY
    template_name = "members/directory/person.html"

    def get_title(self) -> str:
        return f"{self.person} et l’annuaire national"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            person=self.person,
            entry=self.person.directory_entry,
            differences=differences(self.person),
            chosen=self.request.POST.getlist("field"),
            card_url=reverse("members:person-detail", args=[self.cpts.pk, self.person.pk]),
            may_write=self.may("change", "members.professional"),
            **kwargs,
        )


class TakeOver(LinkedPerson):
    """Write what was ticked, and nothing else; a refusal comes back with the same boxes ticked."""

    needs = CHANGE_REGISTER
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_url: Any) -> HttpResponse:
        try:
            done = take_over(self.person, request.POST.getlist("field"), by=self.request.user)
        except LinkRefused as refusal:
            messages.error(request, str(refusal))
            return self.render_to_response(self.get_context_data(), status=422)
        sentence = plural(len(done), "donnée reprise", "données reprises")
        messages.success(request, f"{sentence} de l’annuaire pour {self.person}. Le reste de la fiche n’a pas changé.")
        return redirect("members:directory-differences", self.cpts.pk)


class Unlink(LinkedPersonMixin, ConfirmPage):
    needs = CHANGE_REGISTER
    title = "Détacher de l’annuaire national"
    submit_label = "Détacher"

    def get_question(self) -> str:
        return f"Détacher la fiche {de(self.person)} de l’annuaire national ?"

    def consequences(self) -> list[str]:
        return ["Aucune donnée de la fiche ne change.", "Le rattachement pourra être proposé de nouveau."]

    def back(self) -> str:
        return self.here()

    def act(self) -> str:
        if self.person.directory_entry_id is None:
            raise ValidationError("Cette fiche n’est pas rattachée à l’annuaire national.")
        unlink(self.person, by=self.request.user)
        return f"La fiche {de(self.person)} n’est plus rattachée à l’annuaire national."

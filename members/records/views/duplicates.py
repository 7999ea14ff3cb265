"""Review of the duplicates of a register: pairs, two records side by side, merging, « ce ne sont pas les mêmes »."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit, check_version
from cpts_portal.pages import CptsMixin, Crumb, Page
from members.models import Professional, Structure
from members.records import duplicates, structure_duplicates
from members.records.joined_memberships import union_of
from members.records.views.person_words import contact_text, practice_text
from members.records.views.union_words import membership_choice, membership_lines, union_lines
from members.shared.known_records import known, known_structures
from members.shared.links import card_url, register_crumbs

PAIRS_PER_PAGE = 50
FIRST, SECOND = "first", "second"
PERSON_FIELDS = {
    "civil_last_name": "Nom d’état civil",
    "civil_first_name": "Prénom",
    "last_name": "Nom d’exercice",
    "profession_id": "Profession",
    "rpps": "RPPS",
    "directory_entry_id": "Fiche de l’annuaire national",
}
STRUCTURE_FIELDS = {
    "name": "Nom",
    "kind": "Type",
    "finess": "FINESS",
    "siret": "SIRET",
    "address": "Adresse",
    "commune_id": "Commune",
    "email": "Adresse électronique",
    "phone": "Téléphone",
    "representative_name": "Représentée par",
    "representative_title": "Fonction",
    "representative_id": "Fiche de cette personne",
}


def duplicates_crumb(cpts_id: int) -> Crumb:
    return "Doublons", reverse("members:duplicates", args=[cpts_id])


class Duplicates(CptsMixin, Page):
    """The pairs that share a sign, persons then structures, the surest first."""

    needs = ("view", "members.professional")
    title = "Doublons"
    template_name = "members/records/duplicates.html"

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = duplicates.pairs_to_review(self.cpts)
        structures = structure_duplicates.pairs_to_review(self.cpts)
        page = Paginator(people, PAIRS_PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            page=page,
            people=self.rows(list(page.object_list), Professional.objects.select_related("profession"), "person"),
            structures=self.rows(structures[:PAIRS_PER_PAGE], Structure.objects.select_related("commune"), "structure"),
            people_total=len(people),
            structures_total=len(structures),
            **kwargs,
        )

    def rows(self, pairs: list[duplicates.Pair], records: Any, word: str) -> list[dict[str, Any]]:
        found = records.in_bulk({pk for pair in pairs for pk in (pair.first_id, pair.second_id)})
        return [
            {
                "first": found[pair.first_id],
                "second": found[pair.second_id],
                "first_hint": hint_of(found[pair.first_id]),
                "second_hint": hint_of(found[pair.second_id]),
                "first_url": card_url(found[pair.first_id]),
                "second_url": card_url(found[pair.second_id]),
                "signs": ", ".join(pair.signs),
                "url": reverse(f"members:{word}-compare", args=[self.cpts.pk, pair.first_id, pair.second_id]),
            }
            for pair in pairs
        ]


def hint_of(record: Professional | Structure) -> str:
    """What tells two namesakes apart: the profession, or the commune."""
    more = record.profession if isinstance(record, Professional) else record.commune
    return f"n° {record.pk}" + (f" · {more}" if more else "")


class CompareForm(forms.Form):
    """Which record is kept, which membership and, field by field, whose value; the versions both had when the page
    was drawn."""

    keep = forms.ChoiceField(choices=[(FIRST, ""), (SECOND, "")])
    membership = forms.IntegerField(required=False)
    versions = forms.CharField()

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in names:
            self.fields[name] = forms.ChoiceField(choices=[(FIRST, ""), (SECOND, "")], required=False)

    def hidden(self) -> "CompareForm":
        """The same answers, carried by the confirmation."""
        for field in self.fields.values():
            field.widget = forms.HiddenInput()
        return self


class ComparePage(CptsMixin, Page):
    """Two records side by side. POST: `apart` says they are different, `review` asks, `merge` does."""

    about: str  # the table whose rows are compared
    template_name = "members/records/compare.html"
    labels: dict[str, str]
    merge: Callable[..., Any]  # of the activity module

    @cached_property
    def pair(self) -> tuple[Any, Any]:
        raise NotImplementedError

    def facts(self, record: Any) -> list[tuple[str, list[str]]]:
        """What follows a record whichever is kept: (label, lines)."""
        raise NotImplementedError

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, duplicates_crumb(self.cpts.pk))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        first, second = self.pair
        action = request.POST.get("action")
        try:
            if action == "apart":
                duplicates.keep_apart(first, second, by=self.request.user)
                messages.success(request, f"C’est noté : {first} et {second} sont deux fiches différentes.")
                return redirect(duplicates_crumb(self.cpts.pk)[1])
            return self.review(CompareForm(request.POST, names=list(self.labels)), done=action == "merge")
        except NotPossible as refusal:
            return self.refuse(str(refusal), 422)
        except StaleEdit:
            return self.refuse("L’une des deux fiches vient de changer : relisez-les avant de les fusionner.", 409)

    def refuse(self, reason: str, status: int) -> HttpResponse:
        messages.error(self.request, reason)
        return self.render_to_response(self.get_context_data(), status=status)

    def review(self, form: CompareForm, *, done: bool) -> HttpResponse:
        if not form.is_valid():
            return self.refuse("Indiquez la fiche à garder et, pour chaque donnée, la valeur à retenir.", 422)
        first, second = self.pair
        check_version_pair(first, second, form.cleaned_data["versions"])
        keep, drop = (first, second) if form.cleaned_data["keep"] == FIRST else (second, first)
        theirs = SECOND if keep is first else FIRST
        taken = [name for name in self.labels if form.cleaned_data.get(name) == theirs]
        if not done:
            return self.confirm(form, keep, drop, taken)
        self.merge(
            keep,
            drop,
            take_from_dropped=taken,
            keep_membership=form.cleaned_data["membership"],
            on=timezone.localdate(),
            by=self.request.user,
        )
        messages.success(self.request, f"Les deux fiches n’en font plus qu’une : {keep}.")
        return redirect(card_url(keep))

    def confirm(self, form: CompareForm, keep: Any, drop: Any, taken: list[str]) -> HttpResponse:
        retaken = ", ".join(self.labels[name].lower() for name in taken)
        union = union_of(keep, drop, membership_id=form.cleaned_data["membership"], on=timezone.localdate())
        context = self.get_context_data(
            question=f"Fusionner ces deux fiches en gardant la fiche n° {keep.pk} ({keep}) ?",
            consequences=[
                f"Repris de la fiche n° {drop.pk} : {retaken}."
                if retaken
                else "Aucune donnée n’est reprise de l’autre.",
                "Ses coordonnées, lieux d’exercice, adhésions, cotisations et mandats rejoignent la fiche gardée.",
                *union_lines(union),
                f"La fiche n° {drop.pk} ne paraît plus dans le registre ; son historique est conservé.",
            ],
            submit_label="Fusionner",
            danger=True,
            cancel_url=self.request.path,
            form=form.hidden(),
        )
        return self.response_class(self.request, ["members/records/merge_confirm.html"], context, using=None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        first, second = self.pair
        return super().get_context_data(
            first=first,
            second=second,
            first_url=card_url(first),
            second_url=card_url(second),
            versions=versions_of(first, second),
            rows=[row_of(first, second, name, label) for name, label in self.labels.items()],
            facts=[
                (label, mine, theirs)
                for (label, mine), (_same, theirs) in zip(self.facts(first), self.facts(second), strict=True)
            ],
            membership=membership_choice(first, second),
            may_edit=self.may("change", self.about),
            **kwargs,
        )


def versions_of(first: Any, second: Any) -> str:
    return f"{first.version}-{second.version}"


def check_version_pair(first: Any, second: Any, sent: str) -> None:
    mine, _, theirs = sent.partition("-")
    check_version(first, mine)
    check_version(second, theirs)


def row_of(first: Any, second: Any, name: str, label: str) -> dict[str, Any]:
    """One field of both; a value facing a blank is proposed."""
    mine, theirs = text_of(first, name), text_of(second, name)
    return {
        "name": name,
        "label": label,
        "first": mine,
        "second": theirs,
        "differs": mine != theirs,
        "chosen": SECOND if theirs and not mine else FIRST,
    }


def text_of(record: Any, name: str) -> str:
    if name == "kind":
        return record.get_kind_display()
    value = getattr(record, name.removesuffix("_id"))
    return str(value) if value else ""


class PersonCompare(ComparePage):
    needs = ("change", "members.professional")
    about = "members.professional"
    labels = PERSON_FIELDS
    merge = staticmethod(duplicates.merge)

    def get_title(self) -> str:
        return "Comparer deux personnes"

    @cached_property
    def pair(self) -> tuple[Professional, Professional]:
        people = known(self.cpts).select_related("profession", "directory_entry")
        return (
            get_object_or_404(people, pk=self.kwargs["pk"]),
            get_object_or_404(people, pk=self.kwargs["other_person_id"]),
        )

    def facts(self, record: Professional) -> list[tuple[str, list[str]]]:
        practices = record.practices.select_related("structure", "commune")
        return [
            ("Spécialités", [str(each) for each in record.specialties.all()]),
            ("Coordonnées", [contact_text(row) for row in record.contacts.all()]),
            ("Lieux d’exercice", [practice_text(row) for row in practices]),
            ("Adhésions", membership_lines(record)),
            ("Mandats", [row.get_office_display() for row in record.mandates.all()]),
        ]


class StructureCompare(ComparePage):
    needs = ("change", "members.structure")
    about = "members.structure"
    labels = STRUCTURE_FIELDS
    merge = staticmethod(structure_duplicates.merge_structures)

    def get_title(self) -> str:
        return "Comparer deux structures"

    @cached_property
    def pair(self) -> tuple[Structure, Structure]:
        structures = known_structures(self.cpts).select_related("commune", "representative")
        return (
            get_object_or_404(structures, pk=self.kwargs["pk"]),
            get_object_or_404(structures, pk=self.kwargs["other_structure_id"]),
        )

    def facts(self, record: Structure) -> list[tuple[str, list[str]]]:
        people = record.practices.select_related("professional")
        return [
            ("Personnes qui y exercent", [str(row.professional) for row in people]),
            ("Adhésions", membership_lines(record)),
        ]

"""Free fields and colleges: what each CPTS decides for its own register."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.periods import active_on
from cpts_portal.core.refusals import NotPossible
from cpts_portal.pages import ConfirmPage, CptsMixin, Crumb, FormPage, Page
from members.membership import custom_fields
from members.membership.forms.organisation import CollegeForm, CustomFieldChangeForm, CustomFieldForm
from members.models import College, CustomField
from members.shared.links import register_crumbs


def fields_url(cpts_id: int) -> str:
    return reverse("members:custom-fields", args=[cpts_id])


def colleges_url(cpts_id: int) -> str:
    return reverse("members:colleges", args=[cpts_id])


def tabs(cpts_id: int, current: str) -> list[tuple[str, str, bool]]:
    pages = [("Champs libres", fields_url(cpts_id)), ("Collèges", colleges_url(cpts_id))]
    return [(label, url, label == current) for label, url in pages]


class RefusedHere(CptsMixin, FormPage):
    """A form whose act may be refused by the rules: it comes back filled, with the reason."""

    def act(self, data: dict[str, Any]) -> None:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.act(form.cleaned_data)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return super().form_valid(form)

    def get_success_url(self) -> str:
        return self.back()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.back(), **kwargs)


# --- Free fields ------------------------------------------------------------------------------------------------
class CustomFields(CptsMixin, Page):
    needs = ("view", "members.customfield")
    title = "Champs libres"
    template_name = "members/membership/custom_fields.html"

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(CustomField.objects.filter(cpts=self.cpts))
        groups = [
            (label, [row for row in rows if row.is_active and row.target == target])
            for target, label in CustomField.Target.choices
        ]
        return super().get_context_data(
            tabs=tabs(self.cpts.pk, "Champs libres"),
            groups=groups,
            retired=[row for row in rows if not row.is_active],
            has_any=bool(rows),
            may_edit=self.may("change", "members.customfield"),
            **kwargs,
        )


class CustomFieldAdd(RefusedHere):
    needs = ("add", "members.customfield")
    title = "Ajouter un champ libre"
    form_class = CustomFieldForm
    submit_label = "Ajouter le champ"
    success_message = "Le champ est ajouté : les formulaires le demandent désormais."

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, ("Champs libres", fields_url(self.cpts.pk)))

    def act(self, data: dict[str, Any]) -> None:
        custom_fields.add_field(self.cpts, **data, by=self.request.user)

    def back(self) -> str:
        return fields_url(self.cpts.pk)


class CustomFieldMixin(CptsMixin):
    needs = ("change", "members.customfield")

    @cached_property
    def custom(self) -> CustomField:
        return get_object_or_404(CustomField, pk=self.kwargs["pk"], cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, ("Champs libres", fields_url(self.cpts.pk)))

    def back(self) -> str:
        return fields_url(self.cpts.pk)


class CustomFieldEdit(CustomFieldMixin, RefusedHere):
    form_class = CustomFieldChangeForm
    success_message = "Le champ est enregistré."

    def get_title(self) -> str:
        return f"Modifier le champ « {self.custom} »"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "has_choices": self.custom.kind == CustomField.Kind.CHOICE}

    def get_initial(self) -> dict[str, Any]:
        return {"label": self.custom.label, "choices": self.custom.choices}

    def act(self, data: dict[str, Any]) -> None:
        custom_fields.change_field(
            self.custom, label=data["label"], choices=data.get("choices", ""), by=self.request.user
        )


class CustomFieldRetire(CustomFieldMixin, ConfirmPage):
    """Retires a field in use, or puts a retired one back."""

    danger = False

    def get_title(self) -> str:
        return f"{'Retirer' if self.custom.is_active else 'Remettre en service'} « {self.custom} »"

    def get_question(self) -> str:
        verb = "Retirer" if self.custom.is_active else "Remettre en service"
        return f"{verb} le champ « {self.custom} » ?"

    def consequences(self) -> list[str]:
        if self.custom.is_active:
            return [
                "Les formulaires ne le demandent plus.",
                "Les valeurs déjà saisies restent dans les fiches et reviennent s’il est remis en service.",
            ]
        return ["Les formulaires le demandent de nouveau, avec les valeurs déjà saisies."]

    def act(self) -> str:
        if self.custom.is_active:
            custom_fields.retire_field(self.custom, by=self.request.user)
            return f"Le champ « {self.custom} » est retiré."
        custom_fields.restore_field(self.custom, by=self.request.user)
        return f"Le champ « {self.custom} » est de nouveau en service."


class MovePage(CptsMixin, Page):
    """POST only: one place up or down."""

    http_method_names = ["post", "options"]

    def item(self) -> Any:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        custom_fields.move(self.item(), up=request.POST.get("sens") == "haut", by=self.request.user)
        return redirect(self.back())


class CustomFieldMove(CustomFieldMixin, MovePage):
    def item(self) -> CustomField:
        return self.custom


# --- Colleges ---------------------------------------------------------------------------------------------------
class Colleges(CptsMixin, Page):
    needs = ("view", "members.college")
    title = "Collèges"
    template_name = "members/membership/colleges.html"

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        current = active_on(timezone.localdate(), "memberships__")
        rows = College.objects.filter(cpts=self.cpts).annotate(members=Count("memberships", filter=current))
        return super().get_context_data(
            tabs=tabs(self.cpts.pk, "Collèges"),
            colleges=rows,
            may_edit=self.may("change", "members.college"),
            **kwargs,
        )


class CollegeAdd(RefusedHere):
    needs = ("add", "members.college")
    title = "Ajouter un collège"
    form_class = CollegeForm
    submit_label = "Ajouter le collège"
    success_message = "Le collège est ajouté."

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, ("Collèges", colleges_url(self.cpts.pk)))

    def act(self, data: dict[str, Any]) -> None:
        custom_fields.add_college(self.cpts, name=data["name"], by=self.request.user)

    def back(self) -> str:
        return colleges_url(self.cpts.pk)


class CollegeMixin(CptsMixin):
    needs = ("change", "members.college")

    @cached_property
    def college(self) -> College:
        return get_object_or_404(College, pk=self.kwargs["pk"], cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, ("Collèges", colleges_url(self.cpts.pk)))

    def back(self) -> str:
        return colleges_url(self.cpts.pk)


class CollegeEdit(CollegeMixin, RefusedHere):
    form_class = CollegeForm
    success_message = "Le collège est enregistré."

    def get_title(self) -> str:
        return f"Renommer le collège « {self.college} »"

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.college.name}

    def act(self, data: dict[str, Any]) -> None:
        custom_fields.rename_college(self.college, name=data["name"], by=self.request.user)


class CollegeDelete(CollegeMixin, ConfirmPage):
    needs = ("delete", "members.college")
    submit_label = "Supprimer le collège"

    def get_title(self) -> str:
        return f"Supprimer le collège « {self.college} »"

    def get_question(self) -> str:
        return f"Supprimer le collège « {self.college} » ?"

    def act(self) -> str:
        name = str(self.college)
        try:
            custom_fields.delete_college(self.college, by=self.request.user)
        except NotPossible as refusal:
            raise ValidationError(str(refusal)) from refusal
        return f"Le collège « {name} » est supprimé."


class CollegeMove(CollegeMixin, MovePage):
    def item(self) -> College:
        return self.college

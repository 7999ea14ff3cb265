"""Settings of memberships (charter, public form, receipts) and the review of what the form receives."""

from typing import Any

import segno
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe

from cpts_portal.accounts.permissions import roles_for
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import de
from cpts_portal.core.versions import StaleEdit
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, Page, who_may_open
from members.joining.applications import (
    charter_print,
    enter_in_register,
    look_alikes,
    refuse_before_register,
    set_aside,
)
from members.joining.forms import RefuseForm, ReviewForm, SetAsideForm, SettingsForm
from members.joining.views.applications import DecisionMixin
from members.membership.custom_fields import shown_values
from members.membership.settings import change_settings, renew_link, settings_of, state_of
from members.models import Application, Contact
from members.shared.links import applications_crumbs
from territories.models import Cpts


def form_url(token: str) -> str:
    return f"{settings.SITE_URL}{reverse('joining:form', args=[token])}"


def qr_code(address: str) -> SafeString:
    """Drawn by us from an address of ours: nothing in it comes from a visitor."""
    drawing = segno.make(address, error="m").svg_inline(omitsize=True, border=2, dark="#000", light="#fff")
    return mark_safe(drawing)  # noqa: S308 (see the docstring)


def settings_crumbs(cpts: Cpts) -> list[Crumb]:
    settings = ("Réglages des adhésions", reverse("members:settings", args=[cpts.pk]))
    return [*applications_crumbs(cpts), settings]


class Settings(ActPage):
    needs = ("view", "members.membershipsettings")
    template_name = "members/joining/settings.html"
    form_class = SettingsForm
    title = "Réglages des adhésions"

    def may_save(self) -> bool:
        return self.may("change", "members.membershipsettings")

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_save():
            raise PermissionDenied(who_may_open(roles_for("members.membershipsettings", "change"), self.actor))
        return super().post(*args, **kwargs)

    def breadcrumbs(self) -> list[Crumb]:
        return applications_crumbs(self.cpts)

    def back(self) -> str:
        return reverse("members:settings", args=[self.cpts.pk])

    def get_form_kwargs(self) -> dict[str, Any]:
        found = settings_of(self.cpts)
        return {**super().get_form_kwargs(), "instance": found, "initial": {"state": state_of(found)}}

    def act(self, form: SettingsForm) -> str:
        values = dict(form.cleaned_data)
        try:
            change_settings(self.cpts, state=values.pop("state"), values=values, by=self.request.user)
        except StaleEdit as stale:
            raise NotPossible(
                "Ces réglages ont été enregistrés par quelqu’un d’autre entre-temps : rouvrez la page pour partir de "
                "sa version, après avoir copié votre texte."
            ) from stale
        return "Les réglages sont enregistrés."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        saved = settings_of(self.cpts)
        return super().get_context_data(
            saved=saved,
            form_url=form_url(saved.form_token) if saved.form_token else "",
            colleges=self.cpts.colleges.all(),
            colleges_url=reverse("members:colleges", args=[self.cpts.pk]),
            may_save=self.may_save(),
            **kwargs,
        )


class RenewLink(CptsMixin, ConfirmPage):
    needs = ("change", "members.membershipsettings")
    title = "Changer le lien du formulaire"
    question = "Remplacer le lien du formulaire public ?"
    submit_label = "Remplacer le lien"

    def breadcrumbs(self) -> list[Crumb]:
        return settings_crumbs(self.cpts)

    def consequences(self) -> list[str]:
        return ["L’ancien lien et les affiches déjà imprimées ne fonctionneront plus."]

    def act(self) -> str:
        renew_link(self.cpts, by=self.request.user)
        return "Le lien du formulaire est remplacé : imprimez de nouveau l’affiche."

    def back(self) -> str:
        return reverse("members:settings", args=[self.cpts.pk])


class Poster(CptsMixin, Page):
    """An A4 page to print: the name of the CPTS, the QR code, the address in letters."""

    needs = ("view", "members.membershipsettings")
    template_name = "members/joining/poster.html"
    title = "Affiche du formulaire d’adhésion"

    def breadcrumbs(self) -> list[Crumb]:
        return settings_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        token = settings_of(self.cpts).form_token
        address = form_url(token) if token else ""
        return super().get_context_data(
            form_url=address, qr_code=qr_code(address) if address else "", settings=settings_of(self.cpts), **kwargs
        )


class ApplicationMixin(DecisionMixin, CptsMixin):
    @cached_property
    def application(self) -> Application:
        found = Application.objects.select_related("cpts", "profession", "commune", "membership", "reviewed_by")
        return get_object_or_404(found, pk=self.kwargs["application_id"], cpts=self.cpts)

    def get_title(self) -> str:
        return f"Demande {de(self.application)}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(application=self.application, **kwargs)


class Review(ApplicationMixin, ActPage):
    """What was typed, the records that look like it, and the choice: link, create, refuse or set aside."""

    needs = ("view", "members.application")
    template_name = "members/joining/review.html"
    form_class = ReviewForm
    submit_label = "Inscrire au registre et soumettre au bureau"

    @cached_property
    def candidates(self) -> list:
        return look_alikes(self.application)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cpts": self.cpts, "candidates": self.candidates}

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        self.application  # noqa: B018 (404 before 403)
        if not self.may("change", "members.application"):
            raise PermissionDenied(who_may_open(roles_for("members.application", "change"), self.actor))
        return super().post(*args, **kwargs)

    def act(self, form: ReviewForm) -> str:
        enter_in_register(
            self.application,
            into=form.holder(),
            college=form.cleaned_data["college"],
            on=timezone.localdate(),
            by=self.request.user,
        )
        return f"La demande {de(self.application)} est inscrite : elle attend la décision du bureau."

    def facts(self) -> list[tuple[str, Any]]:
        found = self.application
        names = ["civil_last_name", "civil_first_name", "last_name", "profession", "mode", "rpps"]
        if not found.is_person:
            names = ["name", "structure_kind", "finess", "siret", "representative_name", "representative_title"]
        rows = [(label(found, name), shown(found, name)) for name in [*names, "place", "address", "commune"]]
        channels = dict(Contact.Channel.choices)
        for one in found.contacts:
            consent = (
                "visible dans l’annuaire des adhérents"
                if one["consent"]
                else "pas d’accord pour l’annuaire des adhérents"
            )
            rows.append((channels.get(one["channel"], one["channel"]), f"{one['value']} ({consent})"))
        rows += shown_values(self.cpts, found.kind, found.extra)
        return [(name[:1].upper() + name[1:], value) for name, value in rows if value]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_current = self.application.charter_sha256 == charter_print(settings_of(self.cpts).charter)
        return super().get_context_data(
            facts=self.facts(),
            candidates=self.candidates,
            is_open=self.application.state == "À examiner",
            charter_is_current=is_current,
            may_write=self.may("change", "members.application"),
            **kwargs,
        )


def label(application: Application, name: str) -> str:
    return str(application._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def shown(application: Application, name: str) -> str:
    display = getattr(application, f"get_{name}_display", None)
    return str(display() if display else getattr(application, name) or "")


class RefuseApplication(ApplicationMixin, ActPage):
    needs = ("change", "members.application")
    template_name = "members/joining/refuse.html"
    form_class = RefuseForm
    submit_label = "Enregistrer le refus"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "today": timezone.localdate()}

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(told=[self.application.email], **kwargs)

    def act(self, form: RefuseForm) -> str:
        refuse_before_register(self.application, by=self.request.user, **form.cleaned_data)
        return f"Le refus est enregistré ; {self.application} en est informé par courriel."


class SetAside(ApplicationMixin, ActPage):
    needs = ("change", "members.application")
    form_class = SetAsideForm
    submit_label = "Écarter cette demande"

    def act(self, form: SetAsideForm) -> str:
        set_aside(self.application, reason=form.cleaned_data["reason"], on=timezone.localdate(), by=self.request.user)
        return f"La demande {de(self.application)} est écartée, sans message à son auteur."

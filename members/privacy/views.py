"""Personal data of a register: consents, the members' directory, one person's file, anonymisation, log of exports."""

import json
from typing import Any

import django_filters
import django_tables2 as tables
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from cpts_portal.core.pdf import PdfUnavailable, pdf_response, render_pdf
from cpts_portal.core.text import date_fr, de, fold
from cpts_portal.pages import ConfirmPage, CptsMixin, Crumb, ListPage, NotInScope, Page
from members.figures.figures import percent_text
from members.membership.consent import consent_by_channel, directory_of_members, members_today
from members.models import Contact, PersonalDataExport, Profession, Professional
from members.privacy.erasure import KINDS, ErasurePlan, carry_out, counts_for, plan_for, told
from members.privacy.person_document import readable
from members.privacy.person_file import person_file
from members.shared.exports_log import log_export
from territories.cpts.views.cpts import cpts_crumbs
from territories.models import Cpts

RECENT = 5
LONGEST_NUMBER = 19  # of digits: more is no key of a table


def privacy_crumbs(cpts: Cpts) -> list[Crumb]:
    return [*cpts_crumbs(cpts), ("Données personnelles", reverse("members:privacy", args=[cpts.pk]))]


class Privacy(CptsMixin, Page):
    """Where a CPTS stands with the personal data of its members."""

    needs = ("view", "members.professional")
    title = "Données personnelles"
    template_name = "members/privacy/detail.html"

    def breadcrumbs(self) -> list[Crumb]:
        return cpts_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        consents = consent_by_channel(self.cpts, today)
        due = counts_for(self.cpts, today=today)
        return super().get_context_data(
            consents=[(row, percent_text(row.percent)) for row in consents],
            listed=directory_of_members(self.cpts, today).count(),
            persons=members_today(self.cpts, today).count(),
            due_people=due["people"],
            due=told(due),
            member_years=settings.MEMBER_RETENTION_YEARS,
            payment_years=settings.PAYMENT_RETENTION_YEARS,
            exports=PersonalDataExport.objects.filter(cpts=self.cpts).select_related("author")[:RECENT],
            may_anonymise=self.may("change", "members.professional"),
            **kwargs,
        )


# --- The members' directory ---------------------------------------------------------------------------------------
class MembersFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Nom", method="search")
    profession = django_filters.ModelChoiceFilter(
        label="Profession", queryset=Profession.objects.all(), empty_label="Toutes"
    )

    class Meta:
        model = Professional
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        for word in fold(value).split():
            queryset = queryset.filter(search__contains=word)
        return queryset


class ChannelColumn(tables.Column):
    """The contacts of one kind that a person agreed to show; in the export only, the page has them in one column."""

    def __init__(self, channel: Contact.Channel) -> None:
        super().__init__(verbose_name=channel.label, accessor="shown_contacts", orderable=False, visible=False)
        self.channel = channel

    def value(self, value: list[Contact]) -> str:
        return ", ".join(contact.value for contact in value if contact.channel == self.channel)


class MembersTable(tables.Table):
    caption = "Annuaire des adhérents"
    name = tables.Column("Nom", accessor="pk", order_by=("civil_last_name", "civil_first_name"))
    profession = tables.Column("Profession")
    communes = tables.Column("Commune d’exercice", accessor="shown_practices", orderable=False)
    contacts = tables.Column("Coordonnées", accessor="shown_contacts", orderable=False, exclude_from_export=True)
    email = ChannelColumn(Contact.Channel.EMAIL)
    mss = ChannelColumn(Contact.Channel.SECURE_MAIL)
    phone = ChannelColumn(Contact.Channel.PHONE)
    mobile = ChannelColumn(Contact.Channel.MOBILE)

    class Meta:
        order_by = "name"

    def render_name(self, record: Professional) -> str:
        return str(record)

    def value_name(self, record: Professional) -> str:
        return str(record)

    def render_communes(self, value: list[Any]) -> str:
        return ", ".join(dict.fromkeys(row.commune.name for row in value if row.commune)) or "–"

    def render_contacts(self, value: list[Contact]) -> SafeString:
        return format_html_join("", "<div>{}</div>", ((str(contact),) for contact in value))


class DirectoryOfMembers(CptsMixin, ListPage):
    """What the CPTS may hand to its members: those who agreed, by the channels they agreed to."""

    needs = ("view", "members.professional")
    title = "Annuaire des adhérents"
    template_name = "members/privacy/directory.html"
    filterset_class = MembersFilter
    table_class = MembersTable
    export_name = "annuaire-des-adherents"
    empty_title = "Personne dans l’annuaire"
    empty_hint = "Un adhérent y figure dès qu’il accepte de montrer une coordonnée : l’accord se note sur sa fiche."

    def breadcrumbs(self) -> list[Crumb]:
        return privacy_crumbs(self.cpts)

    def get_queryset(self) -> QuerySet:
        return directory_of_members(self.cpts, timezone.localdate())

    def export(self, file_format: str) -> HttpResponse:
        response = super().export(file_format)
        persons = self.object_list.count()
        log_export(self.request, self.cpts, what=self.title, persons=persons, file_format=file_format)
        return response


# --- One person's file ---------------------------------------------------------------------------------------------
class PersonData(CptsMixin, Page):
    """Everything the register knows about a person, to hand to her; each download leaves a line in the log."""

    needs = ("view", "members.professional")
    template_name = "members/privacy/person_data.html"

    @cached_property
    def person(self) -> Professional:
        found = Professional.objects.filter(cpts=self.cpts, pk=self.kwargs["pk"]).select_related("profession").first()
        if found is None:
            raise NotInScope("Cette personne n’est pas dans le registre de cette CPTS.")
        return found

    def get_title(self) -> str:
        return f"Données {de(self.person)}"

    def breadcrumbs(self) -> list[Crumb]:
        return privacy_crumbs(self.cpts)

    @cached_property
    def content(self) -> dict[str, Any]:
        return person_file(self.person)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.person, blocks=readable(self.content), **kwargs)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        makers = {"json": self.as_json, "pdf": self.as_pdf}
        wanted = request.POST.get("format", "")
        if wanted not in makers:
            messages.error(request, "Choisissez le format du fichier : JSON ou PDF.")
            return self.render_to_response(self.get_context_data(), status=422)
        try:
            response = makers[wanted]()
        except PdfUnavailable as problem:
            messages.error(request, f"{problem} Le fichier JSON reste disponible.")
            return redirect("members:person-data", self.cpts.pk, self.person.pk)
        log_export(
            self.request,
            self.cpts,
            what=f"Données d’une personne (fiche n° {self.person.pk})",
            persons=1,
            file_format=wanted,
        )
        return response

    @property
    def filename(self) -> str:
        return f"donnees-{fold(str(self.person)).replace(' ', '-')}"

    def as_json(self) -> HttpResponse:
        text = json.dumps(self.content, ensure_ascii=False, indent=2, default=str)
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{self.filename}.json"'
        return response

    def as_pdf(self) -> HttpResponse:
        context = {
            "cpts": self.cpts,
            "person": self.person,
            "blocks": readable(self.content),
            "title": self.get_title(),
            "printed_on": timezone.localdate(),
        }
        return pdf_response(render_pdf("pdf/person_data.html", context), f"{self.filename}.pdf")


# --- Anonymisation -------------------------------------------------------------------------------------------------
class Anonymise(CptsMixin, ConfirmPage):
    """Shows who would be anonymised, then does it to those who were shown."""

    needs = ("change", "members.professional")
    title = "Anonymiser les données anciennes"
    template_name = "members/privacy/anonymise.html"
    submit_label = "Anonymiser définitivement"

    def breadcrumbs(self) -> list[Crumb]:
        return privacy_crumbs(self.cpts)

    def back(self) -> str:
        return reverse("members:privacy", args=[self.cpts.pk])

    @cached_property
    def plan(self) -> ErasurePlan:
        return plan_for(self.cpts, today=timezone.localdate())

    def get_question(self) -> str:
        return "Effacer ces données ? Elles ne pourront pas être retrouvées."

    def consequences(self) -> list[str]:
        lots = [lot for lot in self.plan.lots.values() if lot.lines]
        told = [f"{lot.kind.counted(len(lot.lines))} : {lot.kind.effect}." for lot in lots]
        return [*told, "Les effectifs des années passées ne changent pas : profession, commune et dates sont gardées."]

    def act(self) -> str:
        shown = {kind.key: numbers(self.request.POST.get(kind.key, "")) for kind in KINDS}
        done = told(carry_out(self.cpts, shown=shown, today=timezone.localdate(), by=self.request.user))
        return (
            f"Données effacées : {done}." if done else "Rien n’a été effacé : ce qui était montré n’est plus concerné."
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            lots=[lot for lot in self.plan.lots.values() if lot.lines],
            member_years=settings.MEMBER_RETENTION_YEARS,
            payment_years=settings.PAYMENT_RETENTION_YEARS,
            **kwargs,
        )


def numbers(text: str) -> list[int]:
    """« 12 x 15 » -> 12, 15: what a form sent back, anything else left out."""
    return [int(word) for word in text.split() if word.isascii() and word.isdecimal() and len(word) < LONGEST_NUMBER]


# --- Log of exports ------------------------------------------------------------------------------------------------
class ExportsFilter(django_filters.FilterSet):
    what = django_filters.CharFilter(label="Contenu", lookup_expr="icontains")

    class Meta:
        model = PersonalDataExport
        fields: list[str] = []


class ExportsTable(tables.Table):
    caption = "Exports de données personnelles"
    made_at = tables.Column("Le")
    author = tables.Column("Par", order_by=("author__last_name", "author__first_name"))
    what = tables.Column("Contenu")
    persons = tables.Column("Personnes", attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    file_format = tables.Column("Format")

    class Meta:
        order_by = "-made_at"

    def render_made_at(self, value: Any) -> str:
        local = timezone.localtime(value)
        return f"{date_fr(local)} à {local:%H:%M}"

    def render_file_format(self, value: str) -> str:
        return value.upper()


class ExportsLog(CptsMixin, ListPage):
    needs = ("view", "members.personaldataexport")
    title = "Journal des exports"
    template_name = "members/privacy/exports.html"
    filterset_class = ExportsFilter
    table_class = ExportsTable
    export_name = "journal-des-exports"
    empty_title = "Aucun export"
    empty_hint = "Chaque fichier tiré du registre laisse une ligne ici : qui, quand, combien de personnes."

    def breadcrumbs(self) -> list[Crumb]:
        inside = self.may("view", "members.professional")
        return privacy_crumbs(self.cpts) if inside else cpts_crumbs(self.cpts)

    def export(self, file_format: str) -> HttpResponse:
        """The log names those who exported: its own export is written in it too, after those it holds."""
        response = super().export(file_format)
        persons = self.object_list.order_by().values("author").distinct().count()
        log_export(self.request, self.cpts, what=self.title, persons=persons, file_format=file_format)
        return response

    def get_queryset(self) -> QuerySet:
        return PersonalDataExport.objects.filter(cpts=self.cpts).select_related("author")

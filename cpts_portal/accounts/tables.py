"""Columns of the lists of accounts, invitations, viewings and agencies (the same for the screen and the export)."""

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from cpts_portal.accounts.models import Access, Invitation, User, ViewingAs
from cpts_portal.core.badges import badge
from cpts_portal.core.text import date_fr
from territories.models import Agency

LINE_BREAK = SafeString("<br>")
STATE_TONES = {"waiting": "info", "expired": "warning", "accepted": "success", "cancelled": "neutral"}


def described(access: Access) -> str:
    return f"{access.get_role_display()} – {access.place}"


class UserTable(tables.Table):
    name = tables.Column("Nom", accessor="get_full_name", order_by=("last_name", "first_name"), linkify=True)
    email = tables.Column("Adresse électronique")
    accesses = tables.Column("Accès aujourd’hui", accessor="accesses_today", orderable=False, empty_values=[None])
    is_active = tables.Column("Compte")
    last_login = tables.DateTimeColumn(verbose_name="Dernière connexion", format="j F Y")

    class Meta:
        model = User
        fields = ["name", "email", "accesses", "is_active", "last_login"]

    def render_accesses(self, value: list[Access]) -> str:
        return format_html_join(LINE_BREAK, "{}", ((described(access),) for access in value)) or "Aucun"

    def value_accesses(self, value: list[Access]) -> str:
        return " ; ".join(described(access) for access in value)

    def render_is_active(self, value: bool) -> str:
        return "Actif" if value else "Désactivé"

    def value_is_active(self, value: bool) -> str:
        return self.render_is_active(value)


class InvitationTable(tables.Table):
    email = tables.Column("Personne invitée")
    place = tables.Column("Accès proposé", accessor="offer", orderable=False)
    state = tables.Column("État", orderable=False)
    sent_at = tables.DateTimeColumn(verbose_name="Envoyée le", format="j F Y")
    expires_at = tables.DateTimeColumn(verbose_name="Valable jusqu’au", format="j F Y")
    actions = tables.TemplateColumn(
        template_name="accounts/_invitation_actions.html",
        verbose_name="Actions",
        orderable=False,
        exclude_from_export=True,
    )

    class Meta:
        model = Invitation
        fields = ["email", "place", "state", "sent_at", "expires_at", "actions"]

    def render_email(self, record: Invitation) -> str:
        return format_html_join(LINE_BREAK, "{}", ((text,) for text in (record.person, record.email) if text))

    def value_email(self, value: str) -> str:
        return value

    def render_sent_at(self, value: datetime, record: Invitation) -> str:
        return f"{date_fr(timezone.localtime(value).date())}, par {record.invited_by}"

    def render_expires_at(self, value: datetime) -> str:
        return date_fr(timezone.localtime(value).date())

    def render_state(self, value: Invitation.State) -> str:
        return badge(value.label, STATE_TONES[value])

    def value_state(self, value: Invitation.State) -> str:
        return value.label


class ViewingTable(tables.Table):
    administrator = tables.Column("Administrateur")
    user = tables.Column("A vu le portail comme")
    reason = tables.Column("Motif")
    started_at = tables.DateTimeColumn(verbose_name="Début", format="j F Y, H:i")
    ended_at = tables.DateTimeColumn(verbose_name="Fin", format="j F Y, H:i", default="pas encore terminée")

    class Meta:
        model = ViewingAs
        fields = ["administrator", "user", "reason", "started_at", "ended_at"]


class AgencyTable(tables.Table):
    name = tables.Column("Nom", linkify=("accounts:agency-detail", [tables.A("pk")]))
    kind = tables.Column("Type")
    departments = tables.Column("Départements", orderable=False)
    email = tables.Column("Adresse électronique")
    is_active = tables.Column("État")

    class Meta:
        model = Agency
        fields = ["name", "kind", "departments", "email", "is_active"]

    def render_departments(self, value: Any) -> str:
        return ", ".join(department.code for department in value.all()) or "–"

    def value_departments(self, value: Any) -> str:
        return self.render_departments(value)

    def render_is_active(self, value: bool) -> str:
        return "Active" if value else "Inactive"

    def value_is_active(self, value: bool) -> str:
        return self.render_is_active(value)

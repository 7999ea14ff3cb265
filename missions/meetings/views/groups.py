"""Groups and bodies, with their people."""

from typing import Any

from django.db.models import Count, Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.changes import changes_of
from cpts_portal.core.periods import active_on
from cpts_portal.core.text import plural
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, Page
from missions.meetings.convening import (
    add_group,
    add_people,
    change_group,
    close_group,
    end_participation,
    people_of,
    set_lead,
)
from missions.meetings.forms.meetings import GroupForm, GroupPeopleForm
from missions.meetings.lists import meetings_of
from missions.meetings.tables import MEETING_TONES
from missions.models import Group, GroupMember
from missions.shared.forms import OnForm
from missions.shared.links import group_url, groups_crumbs

MEETINGS_SHOWN = 12


class GroupList(CptsMixin, Page):
    needs = ("view", "missions.group")
    title = "Groupes et instances"
    template_name = "missions/meetings/groups.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = active_on(timezone.localdate(), "people__")
        groups = Group.objects.filter(cpts=self.cpts).annotate(
            people_now=Count("people", filter=now, distinct=True),
            held=Count("meetings", filter=Q(meetings__attendance_locked_at__isnull=False), distinct=True),
        )
        return super().get_context_data(
            groups=[each for each in groups if not each.closed_on],
            closed=[each for each in groups if each.closed_on],
            may_edit=self.may("add", "missions.group"),
            **kwargs,
        )


class GroupMixin(CptsMixin):
    """A page about one group (`pk`) of the CPTS."""

    @cached_property
    def group(self) -> Group:
        return get_object_or_404(Group.objects.select_related("cpts"), pk=self.kwargs["pk"], cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return groups_crumbs(self.cpts, self.group)

    def back(self) -> str:
        return group_url(self.group)


class GroupDetail(GroupMixin, Page):
    needs = ("view", "missions.group")
    template_name = "missions/meetings/group.html"

    def get_title(self) -> str:
        return self.group.name

    def breadcrumbs(self) -> list[Crumb]:
        return groups_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        group, today, now = self.group, timezone.localdate(), timezone.now()
        people = people_of(group, today)
        former = GroupMember.objects.filter(group=group, end__lte=today).select_related("professional")
        meetings = meetings_of(self.cpts).filter(group=group)[:MEETINGS_SHOWN]
        states = [(each, each.state_at(now)) for each in meetings]
        return super().get_context_data(
            group=group,
            missions=group.missions.select_related("mission"),
            people=people,
            former=former,
            meetings=[(each, state.label, MEETING_TONES[state]) for each, state in states],
            may_edit=self.may("change", "missions.group") and not group.closed_on,
            events=changes_of(group.history, GroupMember.history.filter(group_id=group.pk)),
            **kwargs,
        )


class GroupFormPage(ActPage):
    form_class: Any = GroupForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cpts": self.cpts}


class GroupAdd(GroupFormPage):
    needs = ("add", "missions.group")
    title = "Ajouter un groupe ou une instance"
    submit_label = "Ajouter le groupe"
    made: Group | None = None

    def breadcrumbs(self) -> list[Crumb]:
        return groups_crumbs(self.cpts)

    def act(self, form: GroupForm) -> str:
        self.made = add_group(self.cpts, form.sheet(), by=self.request.user)
        return f"« {self.made} » est ajouté. Il reste à y inscrire des personnes."

    def back(self) -> str:
        return group_url(self.made) if self.made else reverse("missions:groups", args=[self.cpts.pk])


class GroupEdit(GroupMixin, GroupFormPage):
    needs = ("change", "missions.group")

    def get_title(self) -> str:
        return f"Modifier « {self.group} »"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.group}

    def act(self, form: GroupForm) -> str:
        change_group(self.group, form.sheet(), by=self.request.user)
        return "Le groupe est enregistré."


class GroupPeople(GroupMixin, GroupFormPage):
    needs = ("add", "missions.groupmember")
    form_class = GroupPeopleForm
    submit_label = "Inscrire ces personnes"

    def get_title(self) -> str:
        return f"Inscrire des personnes dans « {self.group} »"

    def get_initial(self) -> dict[str, Any]:
        return {"start": timezone.localdate()}

    def act(self, form: GroupPeopleForm) -> str:
        made = add_people(self.group, form.people, start=form.cleaned_data["start"], by=self.request.user)
        return f"{plural(len(made), 'personne inscrite', 'personnes inscrites')} dans le groupe."


class GroupClose(GroupMixin, ActPage):
    needs = ("change", "missions.group")
    form_class = OnForm
    submit_label = "Clore le groupe"

    def get_title(self) -> str:
        return f"Clore « {self.group} »"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "label": "Clos le"}

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def act(self, form: OnForm) -> str:
        close_group(self.group, **form.cleaned_data, by=self.request.user)
        return "Le groupe est clos ; ses réunions et son histoire restent lisibles."


class ParticipantMixin(CptsMixin):
    """A page about one person of a group (`pk`)."""

    needs = ("change", "missions.groupmember")

    @cached_property
    def member(self) -> GroupMember:
        found = GroupMember.objects.select_related("group__cpts", "professional")
        return get_object_or_404(found, pk=self.kwargs["pk"], group__cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return groups_crumbs(self.cpts, self.member.group)

    def back(self) -> str:
        return group_url(self.member.group)


class ParticipantLead(ParticipantMixin, ConfirmPage):
    """Leads the group, or no longer does."""

    title = "Animation du groupe"
    danger = False

    def get_question(self) -> str:
        if self.member.is_lead:
            return f"{self.member.professional} n’anime plus « {self.member.group} » ?"
        return f"{self.member.professional} anime « {self.member.group} » ?"

    def act(self) -> str:
        found = set_lead(self.member, is_lead=not self.member.is_lead, by=self.request.user)
        return "Enregistré : cette personne anime le groupe." if found.is_lead else "Enregistré."


class ParticipantEnd(ParticipantMixin, ActPage):
    form_class = OnForm
    submit_label = "Enregistrer le départ"

    def get_title(self) -> str:
        return f"{self.member.professional} quitte « {self.member.group} »"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "label": "Premier jour hors du groupe"}

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def act(self, form: OnForm) -> str:
        end_participation(self.member, **form.cleaned_data, by=self.request.user)
        return "Le départ est enregistré."
